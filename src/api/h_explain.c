/* SPDX-License-Identifier: Apache-2.0 */
/* Why a device's configuration is as it is. Values are shown as they are: policies hold no secrets,
 * and whoever may read both the device and its policies sees them there too. */
#include "api/handlers_policy.h"

#include "api/shapes_explain.h"
#include "base/enc.h"
#include "domain/policy/assignment.h"
#include "domain/policy/explain.h"

#include <assert.h>

/* An answer that is larger is of no use to anybody: ?pointer= names a part. */
enum {
    EXPLAIN_LEAVES_MAX = 10000,
    EXPLAIN_WORDS_MAX = 20000,
    EXPLAIN_TEXT_MAX = 3 * 1024 * 1024,
};

struct view {
    struct request *rq;
    struct explanation *x;
    struct explain_leaf_out *leaves; /* being filled: of the result, or what was removed */
    size_t leaves_n;
    size_t leaves_room; /* 0: they are only counted */
    size_t words_n;     /* of all lists together */
    size_t text_n;      /* of all values together */
};

static err_t value_text(struct view *v, const struct json *value, json_text_t *ret)
{
    struct buf b;
    buf_init(&b, EXPLAIN_TEXT_MAX);
    if (value == NULL)
        BUF_ADD(&b, "{}");
    else
        json_write(&b, value);
    v->text_n += b.n;
    err_t e = b.err != E_OK ? b.err : str_copy(v->rq->act.arena, buf_str(&b), &ret->text);
    buf_fini(&b);
    return e == E_TOO_BIG || v->text_n > EXPLAIN_TEXT_MAX ? explain_too_much(&v->rq->act) : e;
}

static struct explain_by by_source(const struct explain_source *s)
{
    return (struct explain_by){
        .level = str_from_cz(scope_name(s->entry->level)),
        .policy_id = s->entry->policy,
        .policy_name = s->policy_name,
        .number = s->number,
        .version = s->version,
        .assignment_id = s->entry->assignment,
    };
}

static struct explain_by by_number(const struct view *v, size_t source)
{
    return by_source(v->x->by[source]);
}

static err_t lock_view(struct view *v, str_t pointer, size_t source, struct obj *ret)
{
    struct explain_lock_out *out = ARENA_NEW(v->rq->act.arena, struct explain_lock_out);
    if (out == NULL)
        return E_NO_MEMORY;
    out->by = by_number(v, source);
    TRY(str_copy(v->rq->act.arena, pointer, &out->pointer));
    ret->v = out;
    return E_OK;
}

static err_t lock_if_any(struct view *v, const struct said_lock *lock, struct obj *ret)
{
    return lock != NULL ? lock_view(v, lock->pointer, lock->source, ret) : E_OK;
}

static err_t words_room(struct view *v, size_t n, struct explain_word_out **ret)
{
    v->words_n += n;
    if (v->words_n > EXPLAIN_WORDS_MAX)
        return explain_too_much(&v->rq->act);
    *ret = ARENA_ARRAY(v->rq->act.arena, struct explain_word_out, n + 1);
    return *ret != NULL ? E_OK : E_NO_MEMORY;
}

static err_t word_view(struct view *v, const struct said *s, struct explain_word_out *ret)
{
    ret->by = by_number(v, s->source);
    TRY(str_copy(v->rq->act.arena, s->pointer, &ret->pointer));
    TRY(value_text(v, s->value, &ret->value));
    if (s->how != MERGE_REFUSED)
        return E_OK;
    return lock_if_any(v, provenance_refuser(&v->x->said, s->pointer), &ret->locked_by);
}

static err_t words_view(struct view *v, const struct said_list *list, struct rows *ret)
{
    struct explain_word_out *out = NULL;
    TRY(words_room(v, list->n, &out));
    assert(out != NULL);
    for (size_t i = 0; i < list->n; i++)
        TRY(word_view(v, list->v[i], &out[i]));
    *ret = (struct rows){ out, list->n };
    return E_OK;
}

static err_t leaf_view(void *arg, const struct said_leaf *leaf)
{
    struct view *v = arg;
    if (v->leaves_room == 0) {
        v->leaves_n++;
        return v->leaves_n <= EXPLAIN_LEAVES_MAX ? E_OK : explain_too_much(&v->rq->act);
    }
    struct explain_leaf_out *out = &v->leaves[v->leaves_n++];
    out->by = by_number(v, leaf->by->source);
    TRY(str_copy(v->rq->act.arena, leaf->pointer, &out->pointer));
    if (leaf->value != NULL)
        TRY(value_text(v, leaf->value, &out->value));
    TRY(lock_if_any(v, provenance_lock_at(&v->x->said, leaf->pointer), &out->locked_by));
    TRY(words_view(v, &leaf->shadowed, &out->shadowed));
    return words_view(v, &leaf->refused, &out->refused);
}

typedef err_t tell_f(struct provenance *p, const struct json *value, struct arena *scratch,
                     said_leaf_f *each, void *arg);

/* Counted first, so that the list is as long as it must be. */
static err_t leaves_view(struct view *v, tell_f *tell, struct rows *ret)
{
    CLEANUP(arena_freep) struct arena *scratch = arena_new(EXPLAIN_ARENA_MAX);
    const struct json *value = v->x->resolve.merge.value;
    if (scratch == NULL)
        return E_NO_MEMORY;
    v->leaves_n = 0;
    v->leaves_room = 0;
    TRY(tell(&v->x->said, value, scratch, leaf_view, v));
    v->leaves_room = v->leaves_n + 1;
    v->leaves = ARENA_ARRAY(v->rq->act.arena, struct explain_leaf_out, v->leaves_room);
    if (v->leaves == NULL)
        return E_NO_MEMORY;
    v->leaves_n = 0;
    TRY(tell(&v->x->said, value, scratch, leaf_view, v));
    *ret = (struct rows){ v->leaves, v->leaves_n };
    return E_OK;
}

static err_t refused_view(struct view *v, struct rows *ret)
{
    const struct provenance *p = &v->x->said;
    struct explain_word_out *out = NULL;
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++)
        n += p->words[i].how == MERGE_REFUSED;
    TRY(words_room(v, n, &out));
    assert(out != NULL);
    n = 0;
    for (size_t i = 0; i < p->n; i++) {
        if (p->words[i].how == MERGE_REFUSED)
            TRY(word_view(v, &p->words[i], &out[n++]));
    }
    *ret = (struct rows){ out, n };
    return E_OK;
}

static err_t enabled_word(struct view *v, const struct said_enabled *s,
                          struct explain_word_out *ret)
{
    ret->by = by_number(v, s->source);
    ret->pointer = RESOLVE_LOCK_ENABLED;
    ret->value.text = s->value ? STR("true") : STR("false");
    if (!s->refused)
        return E_OK;
    return lock_view(v, RESOLVE_LOCK_ENABLED, (size_t)v->x->said.enabled_lock.v, &ret->locked_by);
}

/* The last that was let in decides; without one it is what comes of there being a policy. */
static err_t enabled_view(struct view *v, struct obj *ret)
{
    const struct provenance *p = &v->x->said;
    struct explain_enabled_out *out = ARENA_NEW(v->rq->act.arena, struct explain_enabled_out);
    struct explain_word_out *shadowed;
    struct explain_word_out *refused;
    const struct said_enabled *last = NULL;
    size_t n = 0;
    for (const struct said_enabled *s = p->enabled; s != NULL; s = s->next, n++)
        last = s->refused ? last : s;
    TRY(words_room(v, n, &shadowed));
    TRY(words_room(v, n, &refused));
    if (out == NULL)
        return E_NO_MEMORY;
    *out = (struct explain_enabled_out){ .value = v->x->enabled };
    out->shadowed.v = shadowed;
    out->refused.v = refused;
    for (const struct said_enabled *s = p->enabled; s != NULL; s = s->next) {
        if (s->refused)
            TRY(enabled_word(v, s, &refused[out->refused.n++]));
        else if (s != last)
            TRY(enabled_word(v, s, &shadowed[out->shadowed.n++]));
    }
    if (last != NULL)
        out->by = by_number(v, last->source);
    if (p->enabled_lock.set)
        TRY(lock_view(v, RESOLVE_LOCK_ENABLED, (size_t)p->enabled_lock.v, &out->locked_by));
    ret->v = out;
    return E_OK;
}

static err_t plan_view(struct view *v, struct rows *ret)
{
    const struct config_plan *plan = &v->x->plan;
    struct explain_plan_out *out =
        ARENA_ARRAY(v->rq->act.arena, struct explain_plan_out, plan->entries_n + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < plan->entries_n; i++) {
        const struct config_entry *entry = &plan->entries[i];
        bool everybody = entry->level == SCOPE_GLOBAL || entry->level == SCOPE_ORG;
        out[i] = (struct explain_plan_out){ .by = by_source(&v->x->sources[i]),
                                            .priority = entry->priority,
                                            .pinned = entry->pinned };
        if (!everybody)
            out[i].target_id = plan->scopes[entry->scope].id;
    }
    *ret = (struct rows){ out, plan->entries_n };
    return E_OK;
}

static err_t explain_view(struct view *v, struct explain_out *out)
{
    char hex[2 * SHA256_SIZE];
    hex_encode(v->x->body.etag.b, SHA256_SIZE, hex);
    TRY(str_format(v->rq->act.arena, &out->etag, "\"%.*s\"", (int)sizeof hex, hex));
    out->version = v->x->body.version;
    TRY(enabled_view(v, &out->enabled));
    TRY(plan_view(v, &out->plan));
    if (!v->x->enabled)
        return E_OK; /* the configuration is {}: nothing stands in it */
    TRY(leaves_view(v, provenance_leaves, &out->leaves));
    TRY(leaves_view(v, provenance_removed, &out->removed));
    return refused_view(v, &out->refused);
}

err_t config_explain(struct request *rq)
{
    const struct explain_query *q = rq->query;
    CLEANUP(explain_closep) struct explanation x = { 0 };
    struct config_ask ask = { .at = q->at };
    struct explain_out *out = ARENA_NEW(rq->act.arena, struct explain_out);
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(request_may(rq, PERM_POLICY_READ));
    TRY(request_param_id(rq, 0, &ask.device));
    TRY(explain_open(&rq->act, &ask, q->pointer.p != NULL ? q->pointer : STR(""), &x));
    *out = (struct explain_out){ .device_id = ask.device, .at = q->at, .pointer = q->pointer };
    TRY(explain_view(&(struct view){ .rq = rq, .x = &x }, out));
    return reply_obj(rq, 200, &explain_out_shape, out);
}
