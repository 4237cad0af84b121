/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/fleet/enrolment_key.h"

#include "base/glob.h"
#include "domain/fleet/derive.h"
#include "domain/identity/actor_load.h"

/* A key uninstalls what it enrolled: nobody gives that who may not. */
static err_t key_rights(struct act *act, const struct enrolment_key_in *in)
{
    if (in->may_uninstall && !perms_have(act->actor.perms, PERM_DEVICE_REVOKE))
        return FAIL(&act->why, E_FORBIDDEN, "may_uninstall gives device:revoke, which you lack");
    if (ts_is_set(in->expires_at) && in->expires_at.us <= act->now.us)
        return diag_set_field(&act->why, E_BAD_FIELD, "expires_at", "want a time to come");
    return E_OK;
}

static err_t key_token_add(struct act *act, const struct sql_enrolment_key_add *row,
                           struct token_text *ret)
{
    token_make(STR("sen_e_"), ret);
    digest_t hash = sha256_of(token_str(ret));
    struct sql_fleet_token_add in = {
        .hash = digest_str(&hash),
        .id = oid_make(),
        .org = act->org,
        .kind = ACTOR_ENROLMENT_KEY,
        .principal = row->id,
        .state = TOKEN_CURRENT,
        .name = row->name,
        .now = act->now,
    };
    return sql_fleet_token_add(act->db, &in);
}

err_t enrolment_key_make(struct act *act, const struct enrolment_key_in *in,
                         struct row_enrolment_key *ret, struct token_text *ret_key)
{
    struct row_device_group *groups;
    TRY(key_rights(act, in));
    TRY(groups_resolve(act, in->groups, in->groups_n, &groups));
    struct sql_enrolment_key_add row = {
        .id = oid_make(),
        .org = act->org,
        .name = in->name,
        .uses = in->uses,
        .expires_at =
            ts_is_set(in->expires_at) ? in->expires_at : ts_add(act->now, ENROLMENT_KEY_TTL),
        .auto_approve = in->auto_approve,
        .may_uninstall = in->may_uninstall,
        .adopt = in->adopt,
        .machine_pattern = in->machine_pattern,
        .labels = in->labels,
        .by_kind = act->actor.kind,
        .by_id = act->actor.id,
        .now = act->now,
    };
    struct token_text key;
    TRY(sql_enrolment_key_add(act->db, &row));
    for (size_t i = 0; i < in->groups_n; i++) {
        struct sql_enrolment_key_group_add link = { .key_id = row.id, .grp = groups[i].id };
        TRY(sql_enrolment_key_group_add(act->db, &link));
    }
    TRY(key_token_add(act, &row, &key));
    TRY(enrolment_key_get(act, row.id, ret));
    *ret_key = key;
    return E_OK;
}

err_t enrolment_key_get(struct act *act, oid_t id, struct row_enrolment_key *ret)
{
    struct sql_enrolment_key_get in = { .org = act->org, .id = id };
    return sql_enrolment_key_get(act->db, act->arena, &in, ret);
}

err_t enrolment_key_list(struct act *act, oid_t after, int64_t limit,
                         struct row_enrolment_key **ret, size_t *ret_n)
{
    struct sql_enrolment_key_list in = { .org = act->org, .after = after, .limit = limit };
    return sql_enrolment_key_list(act->db, act->arena, &in, ret, ret_n);
}

err_t enrolment_key_delete(struct act *act, oid_t id)
{
    struct row_enrolment_key key;
    TRY(enrolment_key_get(act, id, &key));
    bool own =
        key.created_by_kind == (int64_t)act->actor.kind && oid_eq(key.created_by, act->actor.id);
    if (!own && !perms_have(act->actor.perms, PERM_DEVICE_WRITE))
        return FAIL(&act->why, E_FORBIDDEN, "an enroller deletes only the keys that he made");
    struct sql_fleet_token_drop_all tokens = { .org = act->org, .principal = id };
    struct sql_enrolment_key_drop drop = { .org = act->org, .id = id };
    TRY(sql_fleet_token_drop_all(act->db, &tokens));
    TRY(sql_enrolment_key_group_drop(act->db,
                                     &(struct sql_enrolment_key_group_drop){ .key_id = id }));
    TRY(sql_enrolment_key_drop(act->db, &drop));
    return act_effect(act, (struct effect){ .kind = EFFECT_PRINCIPAL, .org = act->org, .id = id });
}

static err_t key_alive(struct act *act, const struct row_enrolment_key *key)
{
    if (key->expires_at.us <= act->now.us)
        return FAIL(&act->why, E_KEY_EXPIRED, "the enrolment key has expired");
    if (key->uses_left.set && key->uses_left.v <= 0)
        return FAIL(&act->why, E_KEY_EXHAUSTED, "the enrolment key has no uses left");
    return E_OK;
}

err_t enrolment_key_check(struct act *act, oid_t id, str_t machine_id,
                          struct row_enrolment_key *ret)
{
    struct row_enrolment_key key;
    err_t e = enrolment_key_get(act, id, &key);
    if (e == E_NOT_FOUND)
        return FAIL(&act->why, E_UNAUTHENTICATED, "the enrolment key is gone");
    TRY(e);
    TRY(key_alive(act, &key));
    if (key.machine_pattern.p != NULL && !glob_matches(key.machine_pattern, machine_id))
        return FAIL(&act->why, E_FORBIDDEN, "the enrolment key is for other machines");
    *ret = key;
    return E_OK;
}

err_t enrolment_key_use(struct act *act, oid_t id, struct row_enrolment_key *ret)
{
    struct sql_enrolment_key_use in = { .org = act->org, .id = id, .now = act->now };
    TRY(sql_enrolment_key_use(act->db, &in));
    if (db_changed(act->db) > 0)
        return enrolment_key_get(act, id, ret);
    struct row_enrolment_key key;
    err_t e = enrolment_key_get(act, id, &key);
    if (e == E_NOT_FOUND)
        return FAIL(&act->why, E_UNAUTHENTICATED, "the enrolment key is gone");
    TRY(e);
    TRY(key_alive(act, &key));
    return E_INTERNAL; /* it lives and yet could not be used */
}
