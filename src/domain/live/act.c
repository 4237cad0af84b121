/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/live/act.h"

#include "sql/store.h"

err_t act_flaw(struct act *act, str_t field, const struct diag *want)
{
    struct act_flaw flaw;
    char name[DIAG_FIELD_MAX];
    if (act->flaws == NULL)
        act->flaws = ARENA_ARRAY(act->arena, struct act_flaw, ACT_FLAWS_MAX);
    if (act->flaws == NULL)
        return E_NO_MEMORY;
    if (act->flaws_n == ACT_FLAWS_MAX)
        return E_BAD_FIELD;
    TRY(str_copy(act->arena, field, &flaw.field));
    TRY(str_copy(act->arena, str_from_cz(diag_said(want)), &flaw.want));
    act->flaws[act->flaws_n++] = flaw;
    str_t shown = str_clip(field, sizeof name - 1);
    (void)snprintf(name, sizeof name, "%.*s", STR_ARG(shown));
    return diag_pass(&act->why, E_BAD_FIELD, name, want);
}

void act_clear_why(struct act *act)
{
    diag_clear(&act->why);
    act->flaws = NULL;
    act->flaws_n = 0;
}

err_t act_effect(struct act *act, struct effect what)
{
    return effect_add(act->arena, &act->effects, what);
}

/* Scopes that stand for no tenant's object have zeros in their key (sql/migrations/0001_store.sql).
 */
static struct effect scope_effect(enum scope_kind scope, oid_t org, oid_t id)
{
    struct effect e = { .kind = EFFECT_SCOPE, .scope = scope, .org = org, .id = id };
    if (scope == SCOPE_GLOBAL) {
        e.org = (oid_t){ 0 };
        e.id = (oid_t){ 0 };
    } else if (scope == SCOPE_ORG) {
        e.id = org;
    }
    return e;
}

err_t act_scope_changed(struct act *act, enum scope_kind scope, oid_t org, oid_t id)
{
    struct effect e = scope_effect(scope, org, id);
    struct sql_generation_next_row next;
    TRY(sql_generation_next(act->db, act->arena, &next));
    e.seq = next.n;
    TRY(sql_scope_seq_set(act->db, &(struct sql_scope_seq_set){
                                       .kind = scope, .org = e.org, .id = e.id, .seq = e.seq }));
    TRY(sql_change_add(act->db,
                       &(struct sql_change_add){
                           .n = e.seq, .part = 0, .kind = scope, .org = e.org, .id = e.id }));
    return act_effect(act, e);
}
