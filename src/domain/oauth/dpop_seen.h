/* SPDX-License-Identifier: Apache-2.0 */
/* Which proofs were shown already: two generations of fixed size, each for one window; the older is
 * dropped whole. Not thread-safe. Inside domain/oauth. */
#ifndef DOMAIN_OAUTH_DPOP_SEEN_H
#define DOMAIN_OAUTH_DPOP_SEEN_H

#include "base/clock.h"
#include "plat/crypto/crypto.h"

enum { SEEN_SLOTS = 262144, SEEN_KEY = 16 };

struct seen_set {
    size_t n;
    uint8_t (*keys)[SEEN_KEY]; /* SEEN_SLOTS of them; all zero is free */
};
struct dpop_seen {
    struct seen_set sets[2]; /* [0] is the younger */
    ts_t turn;               /* when the younger becomes the older */
};

/* E_NO_MEMORY. */
err_t dpop_seen_init(struct dpop_seen *s, ts_t now) MUST_USE;
void dpop_seen_fini(struct dpop_seen *s);
/* E_CONFLICT: it is there already. E_OVERLOADED: no room; nothing that may come again is dropped
 * for it. */
err_t dpop_seen_add(struct dpop_seen *s, ts_t now, const digest_t *what) MUST_USE;

#endif
