/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/rollout_tick.h"

#include "base/num.h"
#include "domain/policy/rollout_hash.h"
#include "domain/policy/rollout_slice.h"

enum { OPEN_PAGE = 100, ROWS_ARENA_MAX = 4 * 1024 * 1024 };

static err_t tick_one(struct rollout_slice *s, dur_t share) MUST_USE;
static err_t drop_hidden(struct act *act, struct rollout_tick *t) MUST_USE;

/* Is there anything that time alone may change? */
static bool wants_another(const struct row_rollout *r)
{
    return !ts_is_set(r->ended_at) && r->arms != ARMS_HELD;
}

static err_t tick_page(struct act *act, struct rollout_tick *t, const struct rollout_slice *with,
                       const struct row_rollout *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct rollout ro = { .r = rows[i] };
        struct rollout_slice s = *with;
        s.ro = &ro;
        act->org = ro.r.org;
        TRY(rollout_load_rings(act, &ro));
        TRY(tick_one(&s, (dur_t){ t->budget.us / (int64_t)n }));
        t->open = t->open || wants_another(&ro.r);
    }
    return E_OK;
}

err_t rollout_tick(struct act *act, struct rollout_tick *t)
{
    CLEANUP(arena_freep) struct arena *scratch = arena_new(ROWS_ARENA_MAX);
    struct rollout_slice s = { .act = act, .rows = scratch, .tick = t };
    struct sql_rollout_open page = { .limit = OPEN_PAGE };
    size_t n = OPEN_PAGE;
    t->more = false;
    t->open = false;
    s.known = ARENA_NEW(act->arena, struct rollout_known);
    if (scratch == NULL || s.known == NULL)
        return E_NO_MEMORY;
    while (n == OPEN_PAGE) {
        struct row_rollout *rows = NULL;
        TRY(sql_rollout_open(act->db, act->arena, &page, &rows, &n));
        TRY(tick_page(act, t, &s, rows, n));
        page.after = n > 0 ? rows[n - 1].id : page.after;
    }
    return drop_hidden(act, t);
}

static str_t percent_text(struct arena *a, int64_t part, int64_t whole)
{
    char text[NUM_MILLI_TEXT];
    str_t ret = STR("?");
    num_format_milli(part * ROLLOUT_WHOLE / whole, text);
    err_ignore(str_format(a, &ret, "%s", text)); /* a reason without its figure is one still */
    return ret;
}

static err_t abort_reason(struct act *act, const struct rollout *ro, const struct rollout_gate *g,
                          str_t *ret)
{
    const struct rollout_counts *c =
        rollout_fails(&g->ring, rollout_needs(&g->ring, g->min_executed), g->max_failed) ? &g->ring
                                                                                         : &g->all;
    char most[NUM_MILLI_TEXT];
    num_format_milli(g->max_failed, most);
    return str_format(
        act->arena, ret,
        "%lld of %lld that executed failed (%.*s %%, at most %s %% may) in ring %lld: %lld failed, "
        "%lld timed out, %lld lost",
        (long long)rollout_failures(c), (long long)rollout_executed(c),
        STR_ARG(percent_text(act->arena, rollout_failures(c), rollout_executed(c))), most,
        (long long)ro->r.ring, (long long)c->n[MEMBER_FAILED], (long long)c->n[MEMBER_TIMED_OUT],
        (long long)c->n[MEMBER_LOST]);
}

static err_t gate_aborts(struct rollout_slice *s, const struct rollout_gate *g)
{
    str_t reason;
    TRY(abort_reason(s->act, s->ro, g, &reason));
    return rollout_decide_abort(s->act, s->tick->audit, s->ro, s->ro->r.auto_rollback, reason);
}

static err_t ring_is_met(struct rollout_slice *s)
{
    struct rollout *ro = s->ro;
    struct rollout_decision d = {
        .kind = KIND_RING_MET,
        .state = ROLLOUT_RUNNING,
        .arms = ARMS_RINGS,
        .ring = ro->r.ring,
    };
    struct rollout_counts c = rollout_ring_counts(rollout_ring_now(ro));
    TRY(sql_rollout_ring_meet(s->act->db, &(struct sql_rollout_ring_meet){ .rollout = ro->r.id,
                                                                           .n = ro->r.ring,
                                                                           .now = s->act->now }));
    TRY(str_format(s->act->arena, &d.reason,
                   "ring %lld has answered: %lld of %lld executed, %lld failed",
                   (long long)ro->r.ring, (long long)rollout_executed(&c),
                   (long long)rollout_members(&c), (long long)rollout_failures(&c)));
    return rollout_decide(s->act, s->tick->audit, ro, &d);
}

static err_t ring_pauses(struct rollout_slice *s)
{
    struct rollout_decision d = {
        .kind = KIND_PAUSED,
        .state = ROLLOUT_PAUSED,
        .arms = ARMS_RINGS,
        .ring = s->ro->r.ring,
    };
    TRY(sql_rollout_ring_look(
        s->act->db, &(struct sql_rollout_ring_look){ .rollout = s->ro->r.id, .n = d.ring }));
    TRY(str_format(s->act->arena, &d.reason,
                   "ring %lld is over, and wants to be looked at before the next",
                   (long long)d.ring));
    return rollout_decide(s->act, s->tick->audit, s->ro, &d);
}

/* Decide what the counts allow. True: the state or the ring moved, look again. */
static err_t decide(struct rollout_slice *s, bool *ret)
{
    struct rollout_gate g = rollout_gate_of(s->ro, s->act->now);
    bool running = s->ro->r.state == ROLLOUT_RUNNING;
    enum rollout_verdict v = rollout_gate(&g);
    *ret = true;
    switch (v) {
    case GATE_ABORT:
        *ret = false;
        return gate_aborts(s, &g);
    case GATE_MET:
        if (running)
            return ring_is_met(s);
        break;
    case GATE_PAUSE:
        *ret = false;
        if (running)
            return ring_pauses(s);
        break;
    case GATE_OVER:
        if (running)
            return rollout_decide_next(s->act, s->tick->audit, s->ro);
        break;
    case GATE_COUNTING:
    case GATE_PENDING:
    case GATE_FEW:
    case GATE_SOAKING:
    case GATE_APPROVAL:
        break;
    }
    *ret = false;
    return E_OK;
}

static err_t tick_one(struct rollout_slice *s, dur_t share)
{
    enum rollout_state state = (enum rollout_state)s->ro->r.state;
    dur_t now = clock_mono();
    bool again = true;
    s->until = (dur_t){ now.us + share.us };
    if (state == ROLLOUT_ABORTED)
        return s->ro->r.arms == ARMS_NONE ? rollout_take_back(s) : E_OK;
    if (s->ro->r.walked) {
        s->until = (dur_t){ now.us + share.us / 2 };
        TRY(rollout_judge(s));
        s->until = (dur_t){ now.us + share.us };
    }
    TRY(rollout_walk(s));
    while (again && s->ro->r.state != ROLLOUT_COMPLETED)
        TRY(decide(s, &again));
    s->tick->more = s->tick->more || !s->ro->r.walked;
    return E_OK;
}

static err_t drop_rows(struct act *act, oid_t rollout, bool *ret)
{
    TRY(sql_rollout_device_drop(
        act->db, &(struct sql_rollout_device_drop){ .rollout = rollout, .limit = ROLLOUT_SLICE }));
    err_t e = sql_rollout_hidden_member(act->db, act->arena,
                                        &(struct sql_rollout_hidden_member){ .rollout = rollout },
                                        &(struct sql_rollout_hidden_member_row){ 0 });
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    *ret = e == E_NOT_FOUND;
    return E_OK;
}

/* One slice of one of them. */
static err_t drop_hidden(struct act *act, struct rollout_tick *t)
{
    struct sql_rollout_hidden_row *rows = NULL;
    size_t n = 0;
    bool empty = false;
    TRY(sql_rollout_hidden(act->db, act->arena, &(struct sql_rollout_hidden){ .limit = 1 }, &rows,
                           &n));
    if (n == 0)
        return E_OK;
    t->open = true;
    TRY(drop_rows(act, rows[0].id, &empty));
    if (!empty)
        return E_OK;
    TRY(sql_rollout_event_drop(act->db, &(struct sql_rollout_event_drop){ .rollout = rows[0].id }));
    TRY(sql_rollout_ring_drop(act->db, &(struct sql_rollout_ring_drop){ .rollout = rows[0].id }));
    return sql_rollout_drop(act->db, &(struct sql_rollout_drop){ .id = rows[0].id });
}
