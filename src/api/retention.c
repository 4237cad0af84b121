/* SPDX-License-Identifier: Apache-2.0 */
#include "api/retention.h"

#include "domain/fleet/rotate.h"
#include "domain/live/history.h"
#include "domain/oauth/assertion.h"
#include "domain/oauth/device_code.h"
#include "domain/oauth/grant.h"
#include "domain/series/series.h"
#include "domain/signin/passkeys.h"
#include "domain/signin/session.h"
#include "domain/signin/signin.h"
#include "sql/hooks.h"
#include "sql/store.h"

#define IDEMPOTENCY_LIFE DUR_HOURS(24)
#define DELIVERY_LIFE    DUR_DAYS(30)

const char *const retained_names[RETAINED_COUNT] = {
    [RETAINED_IDEMPOTENCY] = "idempotency_keys",
    [RETAINED_DELIVERIES] = "webhook_deliveries",
    [RETAINED_SESSIONS] = "sessions",
    [RETAINED_GRANTS] = "grants",
    [RETAINED_HISTORY] = "history",
    [RETAINED_ONCE] = "used_once",
    [RETAINED_SERIES] = "figures",
    [RETAINED_TOKENS] = "device_tokens",
};

static err_t idempotency(const struct services *sv, struct act *act, int64_t limit, bool *ret_more)
{
    ts_t before = { act->now.us - IDEMPOTENCY_LIFE.us };
    (void)sv;
    TRY(sql_idempotency_drop(act->db,
                             &(struct sql_idempotency_drop){ .before = before, .limit = limit }));
    *ret_more = db_changed(act->db) == limit;
    return E_OK;
}

static err_t deliveries(const struct services *sv, struct act *act, int64_t limit, bool *ret_more)
{
    ts_t before = { act->now.us - DELIVERY_LIFE.us };
    (void)sv;
    TRY(sql_delivery_expire(act->db,
                            &(struct sql_delivery_expire){ .before = before, .limit = limit }));
    *ret_more = db_changed(act->db) == limit;
    return E_OK;
}

static err_t sessions(const struct services *sv, struct act *act, int64_t limit, bool *ret_more)
{
    (void)sv;
    TRY(signin_purge(act, limit));
    TRY(passkey_purge(act));
    return session_purge(act, limit, ret_more);
}

static err_t grants(const struct services *sv, struct act *act, int64_t limit, bool *ret_more)
{
    (void)sv;
    return oauth_expire(act, limit, ret_more);
}

static err_t history(const struct services *sv, struct act *act, int64_t limit, bool *ret_more)
{
    ts_t before = { act->now.us - services_settings(sv)->history_days * DUR_DAYS(1).us };
    return history_prune(act, before, limit, ret_more);
}

static err_t once(const struct services *sv, struct act *act, int64_t limit, bool *ret_more)
{
    (void)sv;
    TRY(assertions_expire(act, limit));
    TRY(device_codes_expire(act, limit));
    *ret_more = db_changed(act->db) == limit;
    return E_OK;
}

static err_t series(const struct services *sv, struct act *act, int64_t limit, bool *ret_more)
{
    (void)sv;
    return series_prune(act->db, act->now, limit, ret_more);
}

static err_t tokens(const struct services *sv, struct act *act, int64_t limit, bool *ret_more)
{
    (void)sv;
    return retired_tokens_expire(act, limit, ret_more);
}

err_t retention_run(const struct services *sv, struct act *act, enum retained what, int64_t limit,
                    bool *ret_more)
{
    static err_t (*const runs[RETAINED_COUNT])(const struct services *, struct act *, int64_t,
                                               bool *) = {
        [RETAINED_IDEMPOTENCY] = idempotency, [RETAINED_DELIVERIES] = deliveries,
        [RETAINED_SESSIONS] = sessions,       [RETAINED_GRANTS] = grants,
        [RETAINED_HISTORY] = history,         [RETAINED_ONCE] = once,
        [RETAINED_SERIES] = series,           [RETAINED_TOKENS] = tokens,
    };
    *ret_more = false;
    return clock_guard_behind(&sv->clock) ? E_OK : runs[what](sv, act, limit, ret_more);
}
