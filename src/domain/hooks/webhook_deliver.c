/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a delivery: from the outbox, through its attempts, to the end. */
#include "base/rng.h"
#include "domain/hooks/webhook_match.h"
#include "domain/hooks/webhook_send.h"
#include "sql/store.h"

enum delivery_state { DELIVERY_WAITS = 1, DELIVERY_DONE, DELIVERY_GIVEN_UP };
enum { PAUSE_GROWTH = 5 };
#define PAUSE_MAX DUR_HOURS(10)

static err_t deliver_to(struct act *act, oid_t webhook, const struct row_outbox *o)
{
    struct sql_delivery_waiting_row waiting;
    struct sql_delivery_end_row ended;
    oid_t id = oid_make();
    TRY(sql_delivery_waiting(act->db, act->arena,
                             &(struct sql_delivery_waiting){ .webhook_id = webhook }, &waiting));
    TRY(sql_delivery_add(act->db, &(struct sql_delivery_add){ .id = id,
                                                              .org = o->org,
                                                              .webhook_id = webhook,
                                                              .event = o->event,
                                                              .body = o->body,
                                                              .now = act->now }));
    if (waiting.n < WEBHOOK_WAITING_MAX)
        return E_OK;
    return sql_delivery_end(
        act->db, act->arena,
        &(struct sql_delivery_end){
            .id = id, .state = DELIVERY_GIVEN_UP, .now = act->now, .error = STR("too many wait") },
        &ended);
}

static err_t fan_one(struct act *act, const struct row_outbox *o)
{
    struct sql_webhook_wants_row *hooks = NULL;
    size_t n = 0;
    TRY(sql_webhook_wants(
        act->db, act->arena,
        &(struct sql_webhook_wants){ .org = o->org, .active = ACCOUNT_ACTIVE, .at = o->created_at },
        &hooks, &n));
    for (size_t i = 0; i < n; i++) {
        struct webhook_want want = { hooks[i].events, hooks[i].group_id, hooks[i].application_id };
        if (webhook_wants(&want, o->event, o->body))
            TRY(deliver_to(act, hooks[i].id, o));
    }
    return E_OK;
}

err_t webhook_fan(struct act *act, int64_t limit, bool *ret_more)
{
    struct row_outbox *rows = NULL;
    size_t n = 0;
    TRY(sql_outbox_after(act->db, act->arena, &(struct sql_outbox_after){ .limit = limit }, &rows,
                         &n));
    for (size_t i = 0; i < n; i++)
        TRY(fan_one(act, &rows[i]));
    if (n > 0)
        TRY(sql_outbox_drop(act->db, &(struct sql_outbox_drop){ .upto = rows[n - 1].id }));
    *ret_more = n == (size_t)limit;
    return E_OK;
}

dur_t webhook_pause(const struct webhook_retry *retry, int64_t n)
{
    int64_t us = retry->first.us;
    for (int64_t i = 1; i < n && us < PAUSE_MAX.us; i++)
        us *= PAUSE_GROWTH;
    return (dur_t){ us < PAUSE_MAX.us ? us : PAUSE_MAX.us };
}

static opt_i64_t status_of(const struct webhook_outcome *o)
{
    return (opt_i64_t){ .set = o->status != 0, .v = o->status };
}

static err_t delivered(struct act *act, const struct row_delivery *d,
                       const struct webhook_outcome *o)
{
    struct sql_delivery_end_row row;
    err_t e = sql_delivery_end(act->db, act->arena,
                               &(struct sql_delivery_end){ .id = d->id,
                                                           .state = DELIVERY_DONE,
                                                           .attempts = d->attempts + 1,
                                                           .now = act->now,
                                                           .status = status_of(o) },
                               &row);
    if (e != E_OK && e != E_NOT_FOUND) /* deleted meanwhile */
        return e;
    return sql_webhook_well(act->db, &(struct sql_webhook_well){ .id = d->webhook_id });
}

static err_t given_up(struct act *act, const struct row_webhook *hook, const struct row_delivery *d,
                      const struct webhook_outcome *o, bool *ret_begins)
{
    struct sql_delivery_end_row row;
    err_t e = sql_delivery_end(act->db, act->arena,
                               &(struct sql_delivery_end){ .id = d->id,
                                                           .state = DELIVERY_GIVEN_UP,
                                                           .attempts = d->attempts + 1,
                                                           .now = act->now,
                                                           .status = status_of(o),
                                                           .error = o->error },
                               &row);
    bool begins = e == E_OK && !ts_is_set(hook->failing_since);
    if (e != E_OK && e != E_NOT_FOUND) /* decided meanwhile */
        return e;
    if (begins)
        TRY(sql_webhook_failing(
            act->db, &(struct sql_webhook_failing){ .id = d->webhook_id, .now = act->now }));
    *ret_begins = begins;
    return E_OK;
}

static err_t try_later(struct act *act, const struct row_delivery *d,
                       const struct webhook_outcome *o, const struct webhook_retry *retry)
{
    dur_t pause = webhook_pause(retry, d->attempts + 1);
    /* Four fifths to six fifths of it, so that those who failed together do not come together. */
    pause.us = pause.us * 4 / 5 + (int64_t)rng_below((uint64_t)(pause.us * 2 / 5) + 1);
    return sql_delivery_again(act->db,
                              &(struct sql_delivery_again){ .id = d->id,
                                                            .attempts = d->attempts + 1,
                                                            .due_at = ts_add(act->now, pause),
                                                            .status = status_of(o),
                                                            .error = o->error });
}

err_t webhook_attempted(struct act *act, const struct row_webhook *hook,
                        const struct row_delivery *d, const struct webhook_outcome *o,
                        const struct webhook_retry *retry, bool *ret_given_up)
{
    bool begins = false;
    if (o->ok)
        TRY(delivered(act, d, o));
    else if (d->attempts + 1 >= retry->attempts)
        TRY(given_up(act, hook, d, o, &begins));
    else
        TRY(try_later(act, d, o, retry));
    *ret_given_up = begins;
    return E_OK;
}

err_t delivery_list(struct act *act, const struct delivery_ask *ask, struct row_delivery **ret,
                    size_t *ret_n)
{
    oid_t from = ask->before;
    if (!oid_is_set(from))
        memset(from.b, 0xff, sizeof from.b);
    return sql_delivery_page(act->db, act->arena,
                             &(struct sql_delivery_page){ .org = act->org,
                                                          .webhook_id = ask->webhook,
                                                          .before = from,
                                                          .state = { ask->state != 0, ask->state },
                                                          .limit = ask->limit },
                             ret, ret_n);
}

err_t delivery_again(struct act *act, oid_t webhook, oid_t id, struct row_delivery *ret)
{
    err_t e = sql_delivery_redeliver(
        act->db, act->arena,
        &(struct sql_delivery_redeliver){
            .org = act->org, .webhook_id = webhook, .id = id, .now = act->now },
        ret);
    return e == E_NOT_FOUND ? FAIL(&act->why, e, "there is no such delivery") : e;
}
