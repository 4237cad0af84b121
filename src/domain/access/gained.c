/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/access/gained.h"

#include "domain/access/facts.h"

static bool has_portal(enum actor_kind kind)
{
    return kind == ACTOR_USER || kind == ACTOR_SERVICE;
}

/* Absent: there is none such. */
static err_t name_of(struct act *act, enum actor_kind kind, oid_t id, str_t *ret)
{
    struct access_facts facts = { 0 };
    err_t e = facts_load(act, act->org, kind, id, &facts);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    *ret = facts.username;
    return E_OK;
}

err_t access_watch(struct act *act, enum actor_kind kind, oid_t id, struct access_watch *ret)
{
    struct row_application *rows = NULL;
    str_t name = STR_NONE;
    size_t n = 0;
    if (has_portal(kind)) {
        TRY(name_of(act, kind, id, &name));
        TRY(access_of(act, kind, id, &rows, &n));
    }
    *ret = (struct access_watch){ kind, id, name, rows, n };
    return E_OK;
}

struct apps {
    const struct row_application *v;
    size_t n;
};

static bool is_in(struct apps list, oid_t id)
{
    for (size_t i = 0; i < list.n; i++) {
        if (oid_eq(list.v[i].id, id))
            return true;
    }
    return false;
}

/* The names of those of `a` that are not in `b`. */
static err_t names_without(struct act *act, struct apps a, struct apps b, const str_t **ret,
                           size_t *ret_n)
{
    str_t *names = ARENA_ARRAY(act->arena, str_t, a.n + 1);
    size_t n = 0;
    if (names == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < a.n; i++) {
        if (!is_in(b, a.v[i].id))
            names[n++] = a.v[i].name;
    }
    *ret = names;
    *ret_n = n;
    return E_OK;
}

err_t access_settle(struct act *act, const struct access_watch *watch, struct access_change *ret)
{
    struct row_application *rows = NULL;
    struct access_change change = { 0 };
    size_t n = 0;
    if (has_portal(watch->kind)) {
        TRY(name_of(act, watch->kind, watch->id, &change.name));
        TRY(access_of(act, watch->kind, watch->id, &rows, &n));
    }
    if (change.name.p == NULL) /* it has gone */
        change.name = watch->name;
    const struct apps had = { watch->had, watch->had_n };
    const struct apps has = { rows, n };
    for (size_t i = 0; i < watch->had_n; i++) {
        struct sql_access_grants_end end = { .application_id = watch->had[i].id,
                                             .principal = watch->id,
                                             .now = act->now };
        if (!is_in(has, watch->had[i].id))
            TRY(sql_access_grants_end(act->db, &end));
    }
    TRY(names_without(act, has, had, &change.gained, &change.gained_n));
    TRY(names_without(act, had, has, &change.lost, &change.lost_n));
    if (change.lost_n > 0)
        TRY(act_effect(
            act, (struct effect){ .kind = EFFECT_PRINCIPAL, .org = act->org, .id = watch->id }));
    *ret = change;
    return E_OK;
}
