/* SPDX-License-Identifier: Apache-2.0 */
/* Limits by address: a fixed table of buckets, so that no flood can make it grow. Two addresses may
 * share one. */
#include "api/passage.h"

#include "base/map.h"

static const uint8_t mapped_v4[12] = { [10] = 0xff, [11] = 0xff };

/* An IPv4 address counts by itself, an IPv6 address by its /64: the rest is the holder's to choose.
 */
static uint64_t address_hash(const struct http_peer *peer)
{
    bool v4 = memcmp(peer->ip, mapped_v4, sizeof mapped_v4) == 0;
    return map_hash(peer->ip, v4 ? 16 : 8);
}

bool limit_address(struct api *api, const struct http_peer *peer, bool take, dur_t *ret_wait)
{
    struct gcra_rate rate = rates_get(&api->services->rates, RATE_ADDRESS);
    _Atomic int64_t *bucket = &api->address_buckets[address_hash(peer) % ADDRESS_BUCKETS];
    dur_t now = clock_mono();
    if (take)
        return gcra_take(bucket, rate, now, ret_wait);
    _Atomic int64_t copy = atomic_load_explicit(bucket, memory_order_relaxed);
    return gcra_take(&copy, rate, now, ret_wait);
}

bool limit_signin(struct api *api, const struct http_peer *peer, dur_t *ret_wait)
{
    struct gcra_rate rate = rates_get(&api->services->rates, RATE_SIGNIN);
    _Atomic int64_t *bucket = &api->signin_buckets[address_hash(peer) % ADDRESS_BUCKETS];
    return gcra_take(bucket, rate, clock_mono(), ret_wait);
}

void services_rates(struct services *sv)
{
    struct gcra_rate principal = rates_get(&sv->rates, RATE_PRINCIPAL);
    live_set_rate(sv->live, ACTOR_DEVICE, rates_get(&sv->rates, RATE_DEVICE));
    live_set_rate(sv->live, ACTOR_USER, principal);
    live_set_rate(sv->live, ACTOR_SERVICE, principal);
    live_set_rate(sv->live, ACTOR_ENROLMENT_KEY, rates_get(&sv->rates, RATE_KEY));
}
