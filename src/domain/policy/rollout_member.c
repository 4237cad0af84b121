/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/rollout_member.h"

#include "domain/policy/rollout_hash.h"

enum { PLAN_ARENA_MAX = 4 * 1024 * 1024 };

void rollout_tally_move(struct rollout_tally *t, int64_t ring, int64_t from, int64_t to)
{
    t->rings[ring].n[from]--;
    t->rings[ring].n[to]++;
    t->any = true;
}

void rollout_tally_join(struct rollout_tally *t, int64_t ring, int64_t state)
{
    t->rings[ring].n[state]++;
    t->any = true;
}

static void ring_add(struct row_rollout_ring *to, const struct rollout_counts *c)
{
    to->pending += c->n[MEMBER_PENDING];
    to->away += c->n[MEMBER_AWAY];
    to->applied += c->n[MEMBER_APPLIED];
    to->failed += c->n[MEMBER_FAILED];
    to->timed_out += c->n[MEMBER_TIMED_OUT];
    to->lost += c->n[MEMBER_LOST];
    to->unchanged += c->n[MEMBER_UNCHANGED];
    to->gone += c->n[MEMBER_GONE];
}

static bool counts_are_zero(const struct rollout_counts *c)
{
    static const struct rollout_counts none;
    return memcmp(c, &none, sizeof none) == 0;
}

err_t rollout_tally_write(struct act *act, oid_t rollout, struct rollout_tally *t,
                          struct rollout *ro)
{
    for (int64_t n = 1; t->any && n <= ROLLOUT_RINGS_MAX; n++) {
        const struct rollout_counts *c = &t->rings[n];
        if (counts_are_zero(c))
            continue;
        TRY(sql_rollout_ring_count(act->db, &(struct sql_rollout_ring_count){
                                                .rollout = rollout,
                                                .n = n,
                                                .pending = c->n[MEMBER_PENDING],
                                                .away = c->n[MEMBER_AWAY],
                                                .applied = c->n[MEMBER_APPLIED],
                                                .failed = c->n[MEMBER_FAILED],
                                                .timed_out = c->n[MEMBER_TIMED_OUT],
                                                .lost = c->n[MEMBER_LOST],
                                                .unchanged = c->n[MEMBER_UNCHANGED],
                                                .gone = c->n[MEMBER_GONE],
                                            }));
        if (ro != NULL)
            ring_add(&ro->rings[n - 1], c);
    }
    *t = (struct rollout_tally){ 0 };
    return E_OK;
}

struct rollout_counts rollout_ring_counts(const struct row_rollout_ring *ring)
{
    return (struct rollout_counts){ {
        [MEMBER_PENDING] = ring->pending,
        [MEMBER_AWAY] = ring->away,
        [MEMBER_APPLIED] = ring->applied,
        [MEMBER_FAILED] = ring->failed,
        [MEMBER_TIMED_OUT] = ring->timed_out,
        [MEMBER_LOST] = ring->lost,
        [MEMBER_UNCHANGED] = ring->unchanged,
        [MEMBER_GONE] = ring->gone,
    } };
}

err_t rollout_ring_that_takes(struct act *act, const struct rollout *ro, oid_t device, int64_t *ret)
{
    struct sql_rollout_ring_of_row selected;
    int64_t place = ro->r.percent > 0 ? rollout_place(ro->r.seed, device) : 0;
    if (ro->r.selectors > 0) {
        err_t e =
            sql_rollout_ring_of(act->db, act->arena,
                                &(struct sql_rollout_ring_of){
                                    .rollout = ro->r.id, .ring = ro->r.ring, .device = device },
                                &selected);
        if (e == E_OK)
            *ret = selected.n;
        if (e != E_NOT_FOUND)
            return e;
    }
    for (int64_t i = ro->r.selectors; i < ro->r.ring; i++) {
        if (place < ro->rings[i].percent.v) {
            *ret = i + 1;
            return E_OK;
        }
    }
    *ret = 0;
    return E_OK;
}

static err_t etag_of(struct act *act, struct rollout_known *known, const struct config_plan *plan,
                     digest_t *ret)
{
    struct config_body body;
    for (size_t i = 0; i < known->n; i++) {
        if (memcmp(known->v[i].plan.b, plan->digest.b, SHA256_SIZE) == 0) {
            *ret = known->v[i].etag;
            return E_OK;
        }
    }
    TRY(config_compute(act, plan, &body));
    known->v[known->next].plan = plan->digest;
    known->v[known->next].etag = body.etag;
    known->next = (known->next + 1) % ROLLOUT_KNOWN;
    known->n += known->n < ROLLOUT_KNOWN ? 1 : 0;
    *ret = body.etag;
    return E_OK;
}

static err_t config_find(struct act *act, struct rollout_known *known, oid_t rollout, oid_t device,
                         struct member_config *ret)
{
    struct config_plan plan;
    struct config_plan without;
    struct member_config found = { 0 };
    digest_t other;
    TRY(config_plan(act, &(struct config_ask){ .device = device }, &plan));
    TRY(config_plan_without(act, &plan, rollout, &without, &found.reached));
    if (found.reached) {
        TRY(etag_of(act, known, &plan, &found.etag));
        TRY(etag_of(act, known, &without, &other));
        found.same = memcmp(found.etag.b, other.b, SHA256_SIZE) == 0;
    }
    *ret = found;
    return E_OK;
}

err_t member_config_find(struct act *act, struct rollout_known *known, oid_t rollout, oid_t org,
                         oid_t device, struct member_config *ret)
{
    CLEANUP(arena_freep) struct arena *scratch = arena_new(PLAN_ARENA_MAX);
    struct arena *kept = act->arena;
    oid_t own = act->org;
    if (scratch == NULL)
        return E_NO_MEMORY;
    act->arena = scratch;
    act->org = org;
    err_t e = config_find(act, known, rollout, device, ret);
    act->arena = kept;
    act->org = own;
    return e;
}
