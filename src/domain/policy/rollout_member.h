/* SPDX-License-Identifier: Apache-2.0 */
/* Inside domain/policy: one device of a rollout, and what is counted. */
#ifndef DOMAIN_POLICY_ROLLOUT_MEMBER_H
#define DOMAIN_POLICY_ROLLOUT_MEMBER_H

#include "domain/policy/config.h"
#include "domain/policy/rollout_rings.h"

/* What members became since the rings' counts were written; index 0 is unused. */
struct rollout_tally {
    struct rollout_counts rings[ROLLOUT_RINGS_MAX + 1];
    bool any;
};

void rollout_tally_move(struct rollout_tally *t, int64_t ring, int64_t from, int64_t to);
void rollout_tally_join(struct rollout_tally *t, int64_t ring, int64_t state);
/* Into the store, and into `ro` where it is given; the tally is empty afterwards. */
err_t rollout_tally_write(struct act *act, oid_t rollout, struct rollout_tally *t,
                          struct rollout *ro) MUST_USE;

/* The first ring so far that takes a device; 0: none. */
err_t rollout_ring_that_takes(struct act *act, const struct rollout *ro, oid_t device,
                              int64_t *ret) MUST_USE;

/* Configurations whose ETag is known, by their plan: many devices share few. */
enum { ROLLOUT_KNOWN = 64 };
struct rollout_known {
    size_t n;
    size_t next;
    struct {
        digest_t plan;
        digest_t etag;
    } v[ROLLOUT_KNOWN];
};

struct member_config {
    bool reached;  /* an assignment brings it the target */
    bool same;     /* it would have the same bytes without */
    digest_t etag; /* of what it gets, where it is reached */
};

/* `org`: of the device. What is read on the way dies with the call. E_NOT_FOUND: no such device. */
err_t member_config_find(struct act *act, struct rollout_known *known, oid_t rollout, oid_t org,
                         oid_t device, struct member_config *ret) MUST_USE;

static inline str_t digest_bytes(const digest_t *d)
{
    return str_of(d->b, sizeof d->b);
}

#endif
