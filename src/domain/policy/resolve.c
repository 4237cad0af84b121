/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/resolve.h"

#include "domain/policy/provenance.h"
#include "plat/json/out.h"

#include <assert.h>

err_t resolve_init(struct resolve *r, struct arena *a)
{
    *r = (struct resolve){ 0 };
    return merge_init(&r->merge, a);
}

void resolve_record(struct resolve *r, struct provenance *p)
{
    r->provenance = p;
    r->merge.note = provenance_note;
    r->merge.note_arg = p;
}

void resolve_fini(struct resolve *r)
{
    merge_fini(&r->merge);
}

/* A level's locks count after its own content: they come into force when the level is left. */
static err_t enter_level(struct resolve *r, int level)
{
    assert(r->versions_n == 0 || level >= r->level);
    if (r->versions_n == 0 || level > r->level) {
        for (; r->pending != NULL; r->pending = r->pending->next)
            TRY(merge_lock(&r->merge, r->pending->pointer));
        r->enabled_locked = r->enabled_locked || r->enabled_pending;
    }
    r->level = level;
    return E_OK;
}

static err_t note_lock(struct resolve *r, str_t pointer)
{
    if (str_eq(pointer, RESOLVE_LOCK_ENABLED)) {
        r->enabled_pending = true;
        if (r->provenance != NULL)
            provenance_enabled_lock(r->provenance, r->versions_n);
        return E_OK;
    }
    struct resolve_lock *lock = ARENA_NEW(r->merge.arena, struct resolve_lock);
    if (lock == NULL)
        return E_NO_MEMORY;
    TRY(str_copy(r->merge.arena, pointer, &lock->pointer));
    lock->next = r->pending;
    r->pending = lock;
    return r->provenance != NULL ? provenance_lock(r->provenance, lock->pointer, r->versions_n)
                                 : E_OK;
}

static err_t note_enabled(struct resolve *r, opt_bool_t said)
{
    if (!said.set)
        return E_OK;
    bool refused = r->enabled_locked && said.v != resolve_enabled(r);
    bool agrees = r->enabled_locked && !refused;
    if (!r->enabled_locked)
        r->enabled = said;
    return r->provenance != NULL && !agrees
               ? provenance_enabled(r->provenance, said.v, r->versions_n, refused)
               : E_OK;
}

static err_t note_version(struct resolve *r, const struct resolve_version *v)
{
    int order = str_cmp(v->day, r->newest_day);
    if (order < 0 || (order == 0 && v->day_number <= r->newest_number))
        return E_OK;
    TRY(str_copy(r->merge.arena, v->version, &r->newest));
    TRY(str_copy(r->merge.arena, v->day, &r->newest_day));
    r->newest_number = v->day_number;
    return E_OK;
}

err_t resolve_add(struct resolve *r, const struct resolve_version *v)
{
    TRY(enter_level(r, v->level));
    TRY(merge_apply(&r->merge, v->content, r->versions_n));
    TRY(note_enabled(r, v->enabled));
    for (size_t i = 0; i < v->locked_n; i++)
        TRY(note_lock(r, v->locked[i]));
    TRY(note_version(r, v));
    r->versions_n++;
    return E_OK;
}

bool resolve_enabled(const struct resolve *r)
{
    return r->versions_n > 0 && (!r->enabled.set || r->enabled.v);
}

void resolve_write(const struct resolve *r, struct buf *out)
{
    bool enabled = resolve_enabled(r);
    struct json_out o = json_out_to(out);
    json_out_open(&o, '{');
    json_out_name(&o, STR("config"));
    if (enabled)
        json_write(out, r->merge.value);
    else
        BUF_ADD(out, "{}");
    o.comma = true;
    JSON_OUT(&o, "enabled", bool, enabled);
    JSON_OUT(&o, "version", str, r->newest);
    json_out_close(&o, '}');
}
