/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/fleet/agents.h"

#include "domain/fleet/derive.h"
#include "domain/fleet/requests.h"
#include "domain/fleet/rotate.h"
#include "domain/fleet/seen.h"

static err_t machine_find(struct act *act, str_t machine_id, struct row_device *ret)
{
    err_t e = device_by_machine_id(act, machine_id, ret);
    if (e != E_NOT_FOUND)
        return e;
    *ret = (struct row_device){ .status = DEVICE_NONE };
    return E_OK;
}

/* May the actor speak for this machine? */
static err_t may_speak_for(struct act *act, const struct row_device *d)
{
    if (act->actor.kind == ACTOR_DEVICE && oid_eq(act->actor.id, d->id))
        return E_OK;
    if (act->actor.kind != ACTOR_DEVICE && perms_have(act->actor.perms, PERM_DEVICE_REVOKE))
        return E_OK;
    if (act->actor.kind == ACTOR_ENROLMENT_KEY) {
        struct row_enrolment_key key;
        err_t e = enrolment_key_get(act, act->actor.id, &key);
        if (e != E_OK && e != E_NOT_FOUND)
            return e;
        bool own = d->status == DEVICE_NONE || oid_eq(d->enrol_key_id, act->actor.id);
        if (e == E_OK && key.may_uninstall && own)
            return E_OK;
    }
    if (d->status == DEVICE_NONE && act->actor.kind == ACTOR_DEVICE)
        return E_OK; /* there is nothing to speak for */
    return FAIL(&act->why, E_FORBIDDEN, "this credential does not speak for that machine");
}

err_t agent_uninstall(struct act *act, str_t machine_id, str_t reason, struct row_device *ret)
{
    struct row_device d;
    enum device_status to;
    TRY(machine_find(act, machine_id, &d));
    TRY(may_speak_for(act, &d));
    bool admin =
        act->actor.kind != ACTOR_DEVICE && perms_have(act->actor.perms, PERM_DEVICE_REVOKE);
    if (admin && str_eq(reason, STR("admin_revoke"))) {
        TRY(device_change_row(act, &d, MOVE_REVOKE, reason));
        return device_get(act, d.id, ret);
    }
    TRY(device_step((enum device_status)d.status, MOVE_UNINSTALL, &act->why, &to));
    TRY(device_change_row(act, &d, MOVE_UNINSTALL, reason));
    return device_get(act, d.id, ret);
}

err_t agent_heartbeat(struct act *act, str_t machine_id, str_t version)
{
    struct row_device d;
    TRY(machine_find(act, machine_id, &d));
    TRY(may_speak_for(act, &d));
    if (d.status == DEVICE_REVOKED)
        return E_DEVICE_REVOKED;
    if (d.status == DEVICE_BLOCKED)
        return E_DEVICE_BLOCKED;
    if (d.status != DEVICE_ENROLLED)
        return E_OK;
    struct device_seen seen = { .device = d.id, .org = act->org, .at = act->now };
    if (act->actor.kind != ACTOR_DEVICE) /* its own call is counted where its token is looked up */
        TRY(device_seen_batch(act, &seen, 1));
    return device_heartbeat(act, d.id, version, STR_NONE);
}

err_t agent_heartbeat_due(struct act *act, str_t machine_id, str_t version, bool *ret)
{
    struct row_device d;
    TRY(machine_find(act, machine_id, &d));
    bool own = act->actor.kind == ACTOR_DEVICE && oid_eq(act->actor.id, d.id);
    bool stale = d.last_seen_at.us <= act->now.us - SEEN_LEAST.us;
    if (d.status != DEVICE_ENROLLED || (!own && stale) || may_speak_for(act, &d) != E_OK) {
        diag_clear(&act->why); /* the writer says it */
        *ret = true;
        return E_OK;
    }
    return device_heartbeat_due(act, d.id, version, STR_NONE, ret);
}

err_t agent_verify(struct act *act, str_t token, str_t *ret_machine_id)
{
    digest_t hash = sha256_of(token);
    struct row_device_token t = { 0 };
    struct row_device d = { 0 };
    struct sql_device_token_get by = { .hash = digest_str(&hash), .kind = ACTOR_DEVICE };
    err_t e = sql_device_token_get(act->db, act->arena, &by, &t);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    bool same =
        e == E_OK && t.hash.n == sizeof hash.b && bytes_eq_ct(t.hash.p, hash.b, sizeof hash.b);
    /* Asked for an unknown token too (the id is zero then), so that both take the same steps. */
    e = device_get(act, t.principal, &d);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    bool good = same && e == E_OK && d.status == DEVICE_ENROLLED && t.state != TOKEN_RETIRED;
    *ret_machine_id = good ? d.machine_id : STR_NONE;
    return E_OK;
}

err_t agent_list(struct act *act, enum device_status status, struct agent_page page,
                 struct row_device **ret, size_t *ret_n)
{
    struct sql_agent_page in = {
        .org = act->org,
        .status = { .set = status != DEVICE_NONE, .v = status },
        .at = ts_is_set(page.at) ? page.at : (ts_t){ INT64_MAX },
        .from_id = page.id,
        .limit = page.limit,
    };
    return sql_agent_page(act->db, act->arena, &in, ret, ret_n);
}

err_t agent_count(struct act *act, enum device_status status, int64_t *ret)
{
    struct sql_agent_count in = { .org = act->org, .status = { status != DEVICE_NONE, status } };
    struct sql_agent_count_row row;
    TRY(sql_agent_count(act->db, act->arena, &in, &row));
    *ret = row.n;
    return E_OK;
}
