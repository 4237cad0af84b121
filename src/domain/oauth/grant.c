/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth/grant.h"

#include "domain/identity/account.h"

/* How long what has run out is still known, so that showing it again says why it is refused. */
#define GRANT_KEEP DUR_HOURS(24)

/* Of a principal by its kind: the one status in which it may act. A device's is that of the table
 * `device` (domain/fleet is not below this directory). */
enum { DEVICE_STATUS_ENROLLED = 2 };

err_t grant_open(struct act *act, const struct grant_in *in, struct row_oauth_grant *ret)
{
    struct sql_oauth_grant_add row = {
        .id = oid_make(),
        .org = act->org,
        .kind = in->kind,
        .application_id = in->application,
        .principal_kind = in->principal_kind,
        .principal = in->principal,
        .session_id = in->session,
        .scope = in->scope.p != NULL ? in->scope : STR(""),
        .resource = in->resource.p != NULL ? in->resource : STR(""),
        .dpop_jkt = in->dpop_jkt,
        .now = act->now,
        .expires_at = ts_add(act->now, in->life),
    };
    TRY(sql_oauth_grant_add(act->db, &row));
    return sql_oauth_grant_get(act->db, act->arena, &(struct sql_oauth_grant_get){ .id = row.id },
                               ret);
}

static bool principal_may_act(const struct row_oauth_grant *g, opt_i64_t status)
{
    int64_t good =
        g->principal_kind == ACTOR_DEVICE ? (int64_t)DEVICE_STATUS_ENROLLED : ACCOUNT_ACTIVE;
    return status.set && status.v == good;
}

static bool session_lives(const struct act *act, const struct sql_oauth_grant_stands_on_row *on)
{
    return on->session_level.set && on->session_level.v == 1 && !ts_is_set(on->session_ended) &&
           on->session_ends.us > act->now.us;
}

static err_t stands(struct act *act, const struct row_oauth_grant *g)
{
    struct sql_oauth_grant_stands_on_row on;
    TRY(sql_oauth_grant_stands_on(act->db, act->arena,
                                  &(struct sql_oauth_grant_stands_on){ .id = g->id }, &on));
    if (on.org_status != ACCOUNT_ACTIVE || !principal_may_act(g, on.principal_status))
        return FAIL(&act->why, E_INVALID_GRANT, "the account may not act any more");
    if (oid_is_set(g->session_id) && !session_lives(act, &on))
        return FAIL(&act->why, E_INVALID_GRANT, "the session has ended: sign in again");
    if (oid_is_set(g->application_id) && on.application_status.v != ACCOUNT_ACTIVE)
        return FAIL(&act->why, E_INVALID_GRANT, "the application is switched off");
    return E_OK;
}

err_t grant_get_live(struct act *act, oid_t id, struct row_oauth_grant *ret)
{
    struct row_oauth_grant g;
    err_t e =
        sql_oauth_grant_get(act->db, act->arena, &(struct sql_oauth_grant_get){ .id = id }, &g);
    if (e == E_NOT_FOUND || (e == E_OK && ts_is_set(g.ended_at)))
        return FAIL(&act->why, E_INVALID_GRANT, "what was granted has been ended");
    TRY(e);
    if (g.expires_at.us <= act->now.us)
        return FAIL(&act->why, E_INVALID_GRANT, "what was granted has run out");
    TRY(stands(act, &g));
    *ret = g;
    return E_OK;
}

err_t grant_extend(struct act *act, oid_t id, ts_t until)
{
    return sql_oauth_grant_extend(
        act->db, &(struct sql_oauth_grant_extend){ .id = id, .expires_at = until });
}

err_t grant_end(struct act *act, const struct row_oauth_grant *grant, str_t reason)
{
    TRY(sql_oauth_grant_end(act->db, &(struct sql_oauth_grant_end){
                                         .id = grant->id, .reason = reason, .now = act->now }));
    return act_effect(
        act,
        (struct effect){ .kind = EFFECT_PRINCIPAL, .org = grant->org, .id = grant->principal });
}

static err_t grant_drop(struct act *act, oid_t id)
{
    TRY(sql_refresh_token_drop_of_grant(
        act->db, &(struct sql_refresh_token_drop_of_grant){ .grant_id = id }));
    return sql_oauth_grant_drop(act->db, &(struct sql_oauth_grant_drop){ .id = id });
}

err_t oauth_expire(struct act *act, int64_t limit, bool *ret_more)
{
    struct sql_auth_request_expire_row *requests = NULL;
    struct sql_refresh_token_expire_row *tokens = NULL;
    struct sql_oauth_grant_expired_row *grants = NULL;
    size_t requests_n = 0;
    size_t tokens_n = 0;
    size_t grants_n = 0;
    ts_t before = { act->now.us - GRANT_KEEP.us };
    TRY(sql_auth_request_expire(act->db, act->arena,
                                &(struct sql_auth_request_expire){ .before = act->now, .n = limit },
                                &requests, &requests_n));
    TRY(sql_refresh_token_expire(act->db, act->arena,
                                 &(struct sql_refresh_token_expire){ .before = before, .n = limit },
                                 &tokens, &tokens_n));
    TRY(sql_oauth_grant_expired(act->db, act->arena,
                                &(struct sql_oauth_grant_expired){ .before = before, .n = limit },
                                &grants, &grants_n));
    for (size_t i = 0; i < grants_n; i++)
        TRY(grant_drop(act, grants[i].id));
    size_t most = (size_t)limit;
    *ret_more = requests_n == most || tokens_n == most || grants_n == most;
    return E_OK;
}
