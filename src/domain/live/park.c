/* SPDX-License-Identifier: Apache-2.0 */
/* What waits for a change of its device: one poll and one stream at most, the newest of each. */
#include "domain/live/tables.h"

static uint64_t mark_born(uint64_t mark)
{
    return mark >> 16;
}

static unsigned mark_where(uint64_t mark)
{
    return (unsigned)(mark & UINT16_MAX) - 1;
}

/* Under no lock: whoever is woken asks for it. */
static void mark_wake(struct live *l, oid_t device, uint64_t mark)
{
    if (mark != 0 && l->cfg.wake != NULL)
        l->cfg.wake(l->cfg.wake_arg, &device, mark_where(mark));
}

void parked_wake(struct live *l, oid_t device, const uint64_t parked[static LIVE_PARK_KINDS])
{
    bool same = mark_where(parked[LIVE_POLL]) == mark_where(parked[LIVE_STREAM]);
    mark_wake(l, device, parked[LIVE_POLL]);
    if (!same) /* one call wakes both kinds of a loop */
        mark_wake(l, device, parked[LIVE_STREAM]);
}

/* The row that a token was filled with; 0: the token is not in memory. */
static uint64_t token_stamp(struct live *l, const digest_t *token)
{
    struct token_shard *s = token_shard_of(l, token);
    (void)pthread_rwlock_rdlock(&s->lock);
    const struct token_row *t = token_find(s, token);
    uint64_t stamp = t == NULL ? 0 : t->stamp;
    (void)pthread_rwlock_unlock(&s->lock);
    return stamp;
}

/* Under the shard's lock. Another call of the same device may have brought the row up to date
 * already: then it is fresh, and its ETag another one. */
static enum live_parked park_judge(struct live *l, struct principal_row *r,
                                   const struct live_known *known, const struct live_park *park)
{
    if (r == NULL || r->stamp != known->stamp)
        return LIVE_MOVED;
    if (mark_born(r->parked[park->kind]) > park->born)
        return LIVE_REPLACED;
    bool holds = r->refuse == E_OK && principal_is_fresh(l, r) &&
                 memcmp(r->effective->etag.b, known->etag.b, SHA256_SIZE) == 0;
    return holds ? LIVE_PARKED : LIVE_MOVED;
}

enum live_parked live_park(struct live *l, const digest_t *token, const struct live_hit *hit,
                           const struct live_park *park, bool *ret_older)
{
    oid_t id = hit->who.actor.id;
    bool current = token_stamp(l, token) == hit->stamp;
    struct principal_shard *s = principal_shard_of(l, id);
    uint64_t before = 0;
    uint32_t row;
    (void)pthread_rwlock_wrlock(&s->lock);
    struct principal_row *r = principal_find(s, id, &row);
    struct live_known known = { hit->stamp, hit->etag };
    enum live_parked parked = current ? park_judge(l, r, &known, park) : LIVE_MOVED;
    if (parked == LIVE_PARKED) {
        before = r->parked[park->kind];
        r->parked[park->kind] = park_mark(park);
    }
    (void)pthread_rwlock_unlock(&s->lock);
    *ret_older = before != 0 && mark_born(before) != park->born;
    if (*ret_older && mark_where(before) != park->where)
        mark_wake(l, id, before);
    return parked;
}

enum live_parked live_park_check(struct live *l, oid_t device, const struct live_known *known,
                                 const struct live_park *park)
{
    struct principal_shard *s = principal_shard_of(l, device);
    uint32_t row;
    (void)pthread_rwlock_rdlock(&s->lock);
    enum live_parked parked = park_judge(l, principal_find(s, device, &row), known, park);
    (void)pthread_rwlock_unlock(&s->lock);
    return parked;
}

void live_unpark(struct live *l, oid_t device, const struct live_park *park)
{
    struct principal_shard *s = principal_shard_of(l, device);
    uint32_t row;
    (void)pthread_rwlock_wrlock(&s->lock);
    struct principal_row *r = principal_find(s, device, &row);
    if (r != NULL && r->parked[park->kind] == park_mark(park))
        r->parked[park->kind] = 0;
    (void)pthread_rwlock_unlock(&s->lock);
}
