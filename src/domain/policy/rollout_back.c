/* SPDX-License-Identifier: Apache-2.0 */
/*
 * After an abort the target is nobody's any more: devices fetch what is newest, as after any
 * change. The rollout is rolled back once every device that had applied the target has acknowledged
 * another configuration. One that is away gets it when it comes; one that is there and says nothing
 * is not waited for longer than it might have taken to apply.
 */
#include "domain/policy/rollout_slice.h"

#include "base/enc.h"
#include "domain/fleet/device_state.h"

static const enum rollout_member had_it[] = { MEMBER_APPLIED, MEMBER_LOST };

/* An ETag is stored in its header's form: quotes around hex digits. */
static bool is_etag(str_t text, str_t digest)
{
    uint8_t d[SHA256_SIZE];
    return text.n == 2 * sizeof d + 2 && digest.n == sizeof d &&
           hex_decode(str_sub(text, 1, 2 * sizeof d), d, sizeof d) == E_OK &&
           memcmp(d, digest.p, sizeof d) == 0;
}

static bool is_waited_for(const struct rollout_slice *s, const struct row_rollout_back *m)
{
    const struct row_rollout *r = &s->ro->r;
    bool enrolled = m->status.set && m->status.v == DEVICE_ENROLLED;
    if (!enrolled || !is_etag(m->newest, m->acked))
        return false;
    ts_t seen = slice_seen(s, m->device, m->last_seen_at);
    if (seen.us < r->state_at.us && slice_passed(s, ts_later(r->state_at, seen), r->away_after_s))
        return false;
    return !slice_passed(s, r->state_at, r->timeout_s);
}

static err_t back_pass(struct rollout_slice *s, enum rollout_member state, bool *ret)
{
    struct row_rollout *r = &s->ro->r;
    size_t n = ROLLOUT_SLICE;
    *ret = false;
    while (n == ROLLOUT_SLICE) {
        struct row_rollout_back *rows = NULL;
        arena_reset(s->rows);
        TRY(sql_rollout_back_page(
            s->act->db, s->rows,
            &(struct sql_rollout_back_page){
                .rollout = r->id, .state = state, .after = r->judge_after, .limit = ROLLOUT_SLICE },
            &rows, &n));
        for (size_t i = 0; i < n; i++) {
            if (slice_is_over(s))
                return E_OK;
            if (!is_waited_for(s, &rows[i]))
                TRY(sql_rollout_device_back(
                    s->act->db, &(struct sql_rollout_device_back){ .rollout = r->id,
                                                                   .device = rows[i].device }));
            r->judge_after = rows[i].device;
        }
    }
    *ret = true;
    return E_OK;
}

static err_t all_are_back(struct rollout_slice *s, bool *ret)
{
    err_t e = sql_rollout_back_left(s->act->db, s->act->arena,
                                    &(struct sql_rollout_back_left){ .rollout = s->ro->r.id },
                                    &(struct sql_rollout_back_left_row){ 0 });
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    *ret = e == E_NOT_FOUND;
    return E_OK;
}

err_t rollout_take_back(struct rollout_slice *s)
{
    struct row_rollout *r = &s->ro->r;
    bool whole = true;
    bool done = false;
    while (whole && r->judge_state < (int64_t)ARRAY_LEN(had_it)) {
        TRY(back_pass(s, had_it[r->judge_state], &whole));
        if (whole) {
            r->judge_state++;
            r->judge_after = (oid_t){ 0 };
        }
    }
    if (whole)
        r->judge_state = 0;
    TRY(sql_rollout_judge_set(s->act->db,
                              &(struct sql_rollout_judge_set){ .id = r->id,
                                                               .judge_state = r->judge_state,
                                                               .judge_after = r->judge_after }));
    if (whole)
        TRY(all_are_back(s, &done));
    if (!done)
        return E_OK;
    return rollout_decide(
        s->act, s->tick->audit, s->ro,
        &(struct rollout_decision){
            .kind = KIND_ROLLED_BACK,
            .state = ROLLOUT_ROLLED_BACK,
            .arms = ARMS_NONE,
            .ring = r->ring,
            .reason = STR("every device that had the version has another one again, or is away"),
        });
}
