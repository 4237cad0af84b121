/* SPDX-License-Identifier: Apache-2.0 */
/* What the clock says of members (docs/ROLLOUTS.md): each is looked at in turn, in slices. */
#include "domain/policy/rollout_slice.h"

#include "domain/fleet/device_state.h"

/* In this order, pass after pass; the others are settled, but for an acknowledgement. */
static const enum rollout_member passes[] = {
    MEMBER_PENDING,
    MEMBER_AWAY,
    MEMBER_APPLIED,
    MEMBER_LOST,
};

/* What becomes of a member; its state unchanged: nothing, but for `seen_at`. */
struct verdict {
    enum rollout_member state;
    ts_t since;
    ts_t seen_at;
    str_t reason;
};

static void judge_pending(const struct rollout_slice *s, const struct row_rollout_judge *m,
                          ts_t seen, struct verdict *v)
{
    const struct row_rollout *r = &s->ro->r;
    ts_t noted = ts_later(seen, m->seen_at);
    bool here = noted.us >= m->since.us;
    if (here && m->seen_at.us < m->since.us)
        v->seen_at = noted;
    if (here && slice_passed(s, m->since, r->timeout_s)) {
        v->state = MEMBER_TIMED_OUT;
        v->reason = STR("it was there, and did not say in time what it did");
    } else if (!here && slice_passed(s, ts_later(m->since, noted), r->away_after_s)) {
        v->state = MEMBER_AWAY;
    }
}

static void judge_away(const struct row_rollout_judge *m, ts_t seen, struct verdict *v)
{
    if (seen.us <= m->at.us && seen.us < m->since.us)
        return;
    v->state = MEMBER_PENDING;
    v->since = seen;
    v->seen_at = seen;
}

static void judge_applied(const struct rollout_slice *s, const struct row_rollout_judge *m,
                          ts_t seen, struct verdict *v)
{
    int64_t after_s = s->ro->r.lost_after_s;
    if (after_s == 0 || !slice_passed(s, ts_later(m->at, seen), after_s))
        return;
    v->state = MEMBER_LOST;
    v->reason = STR("it was not seen again after it had applied");
}

static struct verdict judge(const struct rollout_slice *s, const struct row_rollout_judge *m)
{
    struct verdict v = { (enum rollout_member)m->state, m->since, m->seen_at, m->reason };
    ts_t seen = slice_seen(s, m->device, m->last_seen_at);
    bool enrolled = m->status.set && m->status.v == DEVICE_ENROLLED;
    switch ((enum rollout_member)m->state) {
    case MEMBER_PENDING:
        judge_pending(s, m, seen, &v);
        break;
    case MEMBER_AWAY:
        judge_away(m, seen, &v);
        break;
    case MEMBER_APPLIED:
        if (enrolled)
            judge_applied(s, m, seen, &v);
        return v;
    case MEMBER_LOST:
        if (seen.us > m->at.us) {
            v.state = MEMBER_APPLIED;
            v.reason = STR_NONE;
        }
        return v;
    case MEMBER_FAILED:
    case MEMBER_TIMED_OUT:
    case MEMBER_UNCHANGED:
    case MEMBER_GONE:
    case MEMBER_STATES:
        break;
    }
    if (!enrolled)
        v.state = MEMBER_GONE;
    return v;
}

static err_t judge_one(struct rollout_slice *s, const struct row_rollout_judge *m)
{
    struct verdict v = judge(s, m);
    bool moved = v.state != (enum rollout_member)m->state;
    if (!moved && v.seen_at.us == m->seen_at.us)
        return E_OK;
    if (moved)
        rollout_tally_move(&s->tally, m->ring, m->state, v.state);
    return sql_rollout_device_set(
        s->act->db, &(struct sql_rollout_device_set){ .rollout = s->ro->r.id,
                                                      .device = m->device,
                                                      .state = v.state,
                                                      .since = v.since,
                                                      .seen_at = v.seen_at,
                                                      .etag = m->etag,
                                                      .acked = m->acked,
                                                      .reason = v.reason,
                                                      .at = moved ? s->act->now : m->at });
}

/* One state, from where the last slice stopped. False: the slice is over. */
static err_t judge_pass(struct rollout_slice *s, enum rollout_member state, bool *ret)
{
    struct row_rollout *r = &s->ro->r;
    size_t n = ROLLOUT_SLICE;
    *ret = false;
    while (n == ROLLOUT_SLICE) {
        struct row_rollout_judge *rows = NULL;
        arena_reset(s->rows);
        TRY(sql_rollout_judge_page(
            s->act->db, s->rows,
            &(struct sql_rollout_judge_page){
                .rollout = r->id, .state = state, .after = r->judge_after, .limit = ROLLOUT_SLICE },
            &rows, &n));
        for (size_t i = 0; i < n; i++) {
            if (slice_is_over(s))
                return E_OK;
            TRY(judge_one(s, &rows[i]));
            r->judge_after = rows[i].device;
        }
    }
    *ret = true;
    return E_OK;
}

err_t rollout_judge(struct rollout_slice *s)
{
    struct row_rollout *r = &s->ro->r;
    const struct row_rollout was = *r;
    bool whole = true;
    while (whole && r->judge_state < (int64_t)ARRAY_LEN(passes)) {
        TRY(judge_pass(s, passes[r->judge_state], &whole));
        if (whole) {
            r->judge_state++;
            r->judge_after = (oid_t){ 0 };
        }
    }
    if (whole)
        r->judge_state = 0;
    TRY(rollout_tally_write(s->act, r->id, &s->tally, s->ro));
    if (was.judge_state == r->judge_state && oid_eq(was.judge_after, r->judge_after))
        return E_OK;
    return sql_rollout_judge_set(s->act->db,
                                 &(struct sql_rollout_judge_set){ .id = r->id,
                                                                  .judge_state = r->judge_state,
                                                                  .judge_after = r->judge_after });
}
