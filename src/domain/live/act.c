/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/live/act.h"

#include "sql/store.h"

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
