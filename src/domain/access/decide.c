/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/access/decide.h"

#include "domain/access/facts.h"
#include "domain/access/rule.h"

#include <assert.h>

const char *access_effect_name(enum access_effect e)
{
    static const char *const names[ACCESS_EFFECT_COUNT] = {
        [ACCESS_DENY] = "deny",
        [ACCESS_ALLOW] = "allow",
        [ACCESS_REQUIRE_MFA] = "require_mfa",
        [ACCESS_REQUIRE_REAUTH] = "require_reauth",
    };
    assert(e < ACCESS_EFFECT_COUNT);
    return names[e];
}

static err_t decided(struct access_decision *ret, enum access_effect effect, str_t reason)
{
    *ret = (struct access_decision){ .effect = effect, .reason = reason };
    return E_OK;
}

/* A client that came by itself (RFC 7591, a metadata document) rests on each person's consent until
 * somebody is bound to it for the first time. */
static err_t is_bound(struct act *act, const struct access_ask *ask, bool *ret)
{
    const struct row_application *app = ask->app;
    struct act_trial trial = act_trial_of(act, ask->principal);
    struct sql_access_bound in = { .application_id = app->id,
                                   .kind = ask->kind,
                                   .principal = ask->principal,
                                   .joins = trial.joins,
                                   .leaves = trial.leaves,
                                   .without = ask->without };
    struct sql_access_bound_row bound;
    TRY(sql_access_bound(act->db, act->arena, &in, &bound));
    bool by_itself = app->origin == APP_REGISTERED || app->origin == APP_METADATA;
    *ret = bound.n > 0 || ask->binds || (by_itself && !ts_is_set(app->bound_at));
    return E_OK;
}

err_t access_decide(struct act *act, const struct access_ask *ask, struct access_decision *ret)
{
    return access_explain(act, ask, NULL, ret);
}

err_t access_explain(struct act *act, const struct access_ask *ask, struct access_trace *ret_trace,
                     struct access_decision *ret)
{
    const struct row_application *app = ask->app;
    oid_t org = oid_is_set(ask->org) ? ask->org : app->org;
    struct access_facts facts = { 0 };
    bool bound = false;
    if (app->status != APP_ACTIVE)
        return decided(ret, ACCESS_DENY, STR("the application is disabled"));
    if (app->origin != APP_BUILT_IN && !oid_eq(org, app->org))
        return decided(ret, ACCESS_DENY, STR("the application is of another organisation"));
    err_t e = facts_load(act, org, ask->kind, ask->principal, &facts);
    if (e == E_NOT_FOUND)
        return decided(ret, ACCESS_DENY, STR("there is no such principal in this organisation"));
    TRY(e);
    if (!facts.active)
        return decided(ret, ACCESS_DENY, STR("the account or device is not active"));
    if (app->origin == APP_BUILT_IN)
        return decided(ret, ACCESS_ALLOW, STR("the client is part of the server"));
    if (app->admin != 0 && !facts_administrator(&facts))
        return decided(ret, ACCESS_DENY, STR("the application is for administrators"));
    TRY(is_bound(act, ask, &bound));
    if (!bound)
        return decided(ret, ACCESS_DENY, STR("no binding of the application names this principal"));
    struct access_decision d = { .effect = ACCESS_ALLOW,
                                 .reason = STR("a binding of the application, and no rule") };
    TRY(rules_decide(act, ask, &facts, ret_trace, &d));
    *ret = d;
    return E_OK;
}

err_t access_of(struct act *act, enum actor_kind kind, oid_t principal,
                struct row_application **ret, size_t *ret_n)
{
    struct act_trial trial = act_trial_of(act, principal);
    struct sql_access_applications in = { .org = act->org,
                                          .kind = kind,
                                          .principal = principal,
                                          .joins = trial.joins,
                                          .leaves = trial.leaves,
                                          .n = ACCESS_LIST_MAX };
    struct row_application *rows = NULL;
    struct access_facts facts = { 0 };
    size_t n = 0;
    size_t kept = 0;
    err_t e = facts_load(act, act->org, kind, principal, &facts);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    if (e == E_OK && facts.active)
        TRY(sql_access_applications(act->db, act->arena, &in, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        if (rows[i].admin == 0 || facts_administrator(&facts))
            rows[kept++] = rows[i];
    }
    *ret = rows;
    *ret_n = kept;
    return E_OK;
}

err_t access_open_now(struct act *act, const struct access_ask *ask, struct row_application **ret,
                      size_t *ret_n)
{
    struct sql_access_rule_count in = { .org = act->org };
    struct sql_access_rule_count_row rules;
    struct row_application *rows = NULL;
    size_t n = 0;
    size_t kept = 0;
    TRY(access_of(act, ask->kind, ask->principal, &rows, &n));
    TRY(sql_access_rule_count(act->db, act->arena, &in, &rules));
    for (size_t i = 0; i < n; i++) {
        struct access_ask one = *ask;
        struct access_decision d = { .effect = ACCESS_ALLOW };
        one.app = &rows[i];
        if (rules.n > 0) /* else the bindings have said it all */
            TRY(access_decide(act, &one, &d));
        if (d.effect != ACCESS_DENY)
            rows[kept++] = rows[i];
    }
    *ret = rows;
    *ret_n = kept;
    return E_OK;
}
