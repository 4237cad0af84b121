/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/diff.h"

#include "base/secret_name.h"

#include <assert.h>

enum { DIFF_DEPTH_MAX = JSON_DEPTH_MAX + 2, DIFF_POINTER_MAX = 4 * 1024 * 1024 };

/* A pair of containers of one type, or one container and nothing; how far it has been walked. */
struct frame {
    struct json_pair *from;
    struct json_pair *to;
    size_t from_n, from_at;
    size_t to_n, to_at;
    size_t pointer_n; /* of the container itself */
    bool array;
    bool hidden;
};

struct walk {
    struct arena *a;
    struct buf pointer;
    struct frame frames[DIFF_DEPTH_MAX];
    size_t depth;
    void (*each)(void *arg, const struct agent_change *change);
    void *arg;
};

bool agent_name_is_secret(str_t name, const struct json *value)
{
    bool number = value != NULL && (json_type(value) == JSON_INT || json_type(value) == JSON_REAL);
    return secret_name_is(name, number);
}

static bool is_container(const struct json *v)
{
    return v != NULL && (json_type(v) == JSON_OBJECT || json_type(v) == JSON_ARRAY);
}

static bool is_leaf(const struct json *v)
{
    return v != NULL && (!is_container(v) || json_count(v) == 0);
}

static err_t walk_members(struct arena *a, const struct json *v, struct json_pair **ret,
                          size_t *ret_n)
{
    *ret = NULL;
    *ret_n = 0;
    if (v == NULL)
        return E_OK;
    if (json_type(v) == JSON_OBJECT)
        return json_members(a, v, ret, ret_n);
    size_t n = json_count(v);
    struct json_pair *pairs = ARENA_ARRAY(a, struct json_pair, n + 1);
    if (pairs == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        TRY(str_format(a, &pairs[i].name, "%zu", i));
        pairs[i].value = json_at(v, i);
    }
    *ret = pairs;
    *ret_n = n;
    return E_OK;
}

static err_t walk_enter(struct walk *w, const struct json *from, const struct json *to, bool hidden)
{
    assert(w->depth < DIFF_DEPTH_MAX); /* json_parse bounds the depth of a value */
    struct frame *f = &w->frames[w->depth];
    *f = (struct frame){ .pointer_n = w->pointer.n, .hidden = hidden };
    f->array = json_type(from != NULL ? from : to) == JSON_ARRAY;
    TRY(walk_members(w->a, from, &f->from, &f->from_n));
    TRY(walk_members(w->a, to, &f->to, &f->to_n));
    w->depth++;
    return E_OK;
}

static void walk_tell(struct walk *w, const struct json *from, const struct json *to, bool hidden)
{
    const struct agent_change change = { buf_str(&w->pointer), from, to, hidden };
    w->each(w->arg, &change);
}

/* One position: what stands there is told, or entered. */
static err_t walk_visit(struct walk *w, const struct json *from, const struct json *to, bool hidden)
{
    bool same_kind = is_container(from) && is_container(to) && json_type(from) == json_type(to);
    if (from != NULL && to != NULL && json_equal(from, to))
        return E_OK;
    if (same_kind)
        return walk_enter(w, from, to, hidden);
    const struct json *left = is_leaf(from) ? from : NULL;
    const struct json *right = is_leaf(to) ? to : NULL;
    if (left != NULL || right != NULL)
        walk_tell(w, left, right, hidden);
    /* A container that stands alone, or against a value of another kind, goes or comes leaf by
     * leaf; of two, the new one is entered last and so walked first. */
    if (from != NULL && left == NULL)
        TRY(walk_enter(w, from, NULL, hidden));
    return to != NULL && right == NULL ? walk_enter(w, NULL, to, hidden) : E_OK;
}

/* Negative: only `from` has the next member; positive: only `to`; 0: both. */
static int walk_order(const struct frame *f)
{
    if (f->to_at == f->to_n)
        return -1;
    if (f->from_at == f->from_n)
        return 1;
    if (f->array)
        return 0; /* both are at the same index */
    return str_cmp(f->from[f->from_at].name, f->to[f->to_at].name);
}

static err_t walk_next(struct walk *w)
{
    struct frame *f = &w->frames[w->depth - 1];
    if (f->from_at == f->from_n && f->to_at == f->to_n) {
        w->depth--;
        return E_OK;
    }
    int order = walk_order(f);
    struct json_pair from = { 0 };
    struct json_pair to = { 0 };
    if (order <= 0)
        from = f->from[f->from_at++];
    if (order >= 0)
        to = f->to[f->to_at++];
    str_t name = order <= 0 ? from.name : to.name;
    bool hidden = f->hidden;
    if (!f->array) /* a number may be open, and a text under the same name not */
        hidden = hidden || (from.value != NULL && agent_name_is_secret(name, from.value)) ||
                 (to.value != NULL && agent_name_is_secret(name, to.value));
    w->pointer.n = f->pointer_n;
    json_pointer_add(&w->pointer, name);
    TRY(w->pointer.err);
    return walk_visit(w, from.value, to.value, hidden);
}

err_t agent_diff(struct arena *a, const struct json *from, const struct json *to,
                 void (*each)(void *arg, const struct agent_change *change), void *arg)
{
    struct walk *w = ARENA_NEW(a, struct walk);
    if (w == NULL)
        return E_NO_MEMORY;
    w->a = a;
    w->each = each;
    w->arg = arg;
    buf_init(&w->pointer, DIFF_POINTER_MAX);
    err_t e = walk_visit(w, from, to, false);
    while (e == E_OK && w->depth > 0)
        e = walk_next(w);
    buf_fini(&w->pointer);
    return e;
}
