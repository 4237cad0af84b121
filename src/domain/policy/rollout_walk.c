/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding members. Who gets the target is a function (rollout_arm.h); here it is only written down
 * whom that is, device by device, so that somebody waits for them. The first walk of a ring finds
 * its members, the later ones those who enrolled, moved or left since.
 */
#include "domain/policy/rollout_slice.h"

#include "domain/fleet/device_state.h"

#define WALK_AGAIN DUR_S(60)

static err_t walk_page(struct rollout_slice *s, bool everywhere, struct row_rollout_walk **ret,
                       size_t *ret_n)
{
    const struct row_rollout *r = &s->ro->r;
    arena_reset(s->rows);
    if (everywhere)
        return sql_rollout_walk_all(s->act->db, s->rows,
                                    &(struct sql_rollout_walk_all){ .rollout = r->id,
                                                                    .after = r->walk_after,
                                                                    .limit = ROLLOUT_SLICE },
                                    ret, ret_n);
    return sql_rollout_walk_org(
        s->act->db, s->rows,
        &(struct sql_rollout_walk_org){
            .rollout = r->id, .org = r->org, .after = r->walk_after, .limit = ROLLOUT_SLICE },
        ret, ret_n);
}

static bool is_unsettled(int64_t state)
{
    return state == MEMBER_PENDING || state == MEMBER_AWAY || state == MEMBER_GONE;
}

/* Its time runs from the start of its ring, of a late one from now. */
static ts_t member_since(const struct rollout_slice *s, int64_t ring)
{
    bool late = s->ro->r.walked || ring != s->ro->r.ring;
    return late ? s->act->now : s->ro->rings[ring - 1].started_at;
}

/* Somebody who was here a moment ago is waited for; who was not is away. */
static enum rollout_member waiting_state(const struct rollout_slice *s, ts_t since, ts_t seen)
{
    int64_t silent_us = ts_diff(s->act->now, seen).us;
    bool here = seen.us >= since.us || silent_us <= DUR_S(s->ro->r.away_after_s).us;
    return here ? MEMBER_PENDING : MEMBER_AWAY;
}

static err_t member_add(struct rollout_slice *s, const struct row_rollout_walk *d, int64_t ring,
                        const struct member_config *c)
{
    ts_t since = member_since(s, ring);
    ts_t seen = slice_seen(s, d->id, d->last_seen_at);
    enum rollout_member state = c->same ? MEMBER_UNCHANGED : waiting_state(s, since, seen);
    rollout_tally_join(&s->tally, ring, state);
    return sql_rollout_device_add(
        s->act->db,
        &(struct sql_rollout_device_add){ .rollout = s->ro->r.id,
                                          .device = d->id,
                                          .ring = ring,
                                          .state = state,
                                          .since = since,
                                          .seen_at = seen.us >= since.us ? seen : (ts_t){ 0 },
                                          .etag = digest_bytes(&c->etag),
                                          .now = s->act->now });
}

/* A member that is still waited for, or was gone: what is it now? */
static err_t member_again(struct rollout_slice *s, const struct row_rollout_walk *d,
                          const struct member_config *c)
{
    struct row_rollout_device m;
    TRY(sql_rollout_device_get(
        s->act->db, s->rows,
        &(struct sql_rollout_device_get){ .rollout = s->ro->r.id, .device = d->id }, &m));
    struct sql_rollout_device_set set = {
        .rollout = s->ro->r.id,
        .device = d->id,
        .state = m.state,
        .since = m.since,
        .seen_at = m.seen_at,
        .etag = c->reached ? digest_bytes(&c->etag) : m.etag,
        .acked = m.acked,
        .reason = m.reason,
        .at = s->act->now,
    };
    if (!c->reached) {
        set.state = MEMBER_GONE;
    } else if (c->same) {
        set.state = MEMBER_UNCHANGED;
    } else if (m.state == MEMBER_GONE) {
        set.since = s->act->now;
        set.state = waiting_state(s, set.since, slice_seen(s, d->id, d->last_seen_at));
    }
    if (set.state == m.state && str_eq(set.etag, m.etag))
        return E_OK;
    if (set.state == m.state)
        set.at = m.at;
    else
        rollout_tally_move(&s->tally, m.ring, m.state, set.state);
    return sql_rollout_device_set(s->act->db, &set);
}

static err_t walk_one(struct rollout_slice *s, const struct row_rollout_walk *d)
{
    struct member_config c;
    int64_t ring = 0;
    if (d->member.set && !is_unsettled(d->member.v))
        return E_OK;
    if (!d->member.set)
        TRY(rollout_ring_that_takes(s->act, s->ro, d->id, &ring));
    if (!d->member.set && ring == 0)
        return E_OK;
    TRY(member_config_find(s->act, s->known, s->ro->r.id, d->org, d->id, &c));
    if (d->member.set)
        return member_again(s, d, &c);
    return c.reached ? member_add(s, d, ring, &c) : E_OK;
}

/* The end of the registry: from its start again after a while. */
static void walk_ends(struct rollout_slice *s)
{
    struct row_rollout *r = &s->ro->r;
    r->walked = true;
    r->walk_after = (oid_t){ 0 };
    r->walk_at = ts_add(s->act->now, WALK_AGAIN);
}

static err_t walk_pages(struct rollout_slice *s, bool everywhere)
{
    struct row_rollout *r = &s->ro->r;
    size_t n = ROLLOUT_SLICE;
    while (n == ROLLOUT_SLICE) {
        struct row_rollout_walk *rows = NULL;
        TRY(walk_page(s, everywhere, &rows, &n));
        for (size_t i = 0; i < n; i++) {
            if (slice_is_over(s))
                return E_OK;
            TRY(walk_one(s, &rows[i]));
            r->walk_after = rows[i].id;
        }
    }
    walk_ends(s);
    return E_OK;
}

err_t rollout_walk(struct rollout_slice *s)
{
    struct row_rollout *r = &s->ro->r;
    struct sql_rollout_reach_row widest;
    bool begun = oid_is_set(r->walk_after);
    if (r->walked && !begun && s->act->now.us < r->walk_at.us)
        return E_OK;
    TRY(sql_rollout_reach(s->act->db, s->act->arena,
                          &(struct sql_rollout_reach){ .policy_id = r->policy_id }, &widest));
    TRY(walk_pages(s, widest.scope.set && widest.scope.v == SCOPE_GLOBAL));
    s->tick->more = s->tick->more || !r->walked;
    TRY(rollout_tally_write(s->act, r->id, &s->tally, s->ro));
    return sql_rollout_walk_set(
        s->act->db,
        &(struct sql_rollout_walk_set){
            .id = r->id, .walk_after = r->walk_after, .walked = r->walked, .walk_at = r->walk_at });
}
