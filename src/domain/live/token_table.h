/* SPDX-License-Identifier: Apache-2.0 */
/* Inside domain/live: hash of a token -> its principal, and what it says beyond him. */
#ifndef DOMAIN_LIVE_TOKEN_TABLE_H
#define DOMAIN_LIVE_TOKEN_TABLE_H

#include "base/map.h"
#include "base/slab.h"
#include "domain/authz/actor.h"
#include "plat/crypto/crypto.h"

#include <pthread.h>
#include <stdatomic.h>

/* Of a credential that stands for less than its principal, or hangs on a session. */
struct token_bounds {
    oid_t session;
    oid_t grant;
    oid_t client;
    perms_t mask;
    bool half;
};
struct token_bound { /* a counted block */
    struct token_bounds says;
    _Atomic int64_t seen_us; /* last use */
    int64_t collected_us;    /* under the shard's write lock */
};

struct token_row {
    digest_t hash;
    oid_t principal;
    uint64_t stamp; /* of the principal row it was filled with; another one: this row is stale */
    int64_t join_seq;
    int64_t expires_us;
    struct token_bound *bounds; /* NULL: none, as of a million devices */
    bool used;                  /* false: a row that was given back */
};

struct token_shard {
    pthread_rwlock_t lock;
    struct map by_hash;
    struct slab rows;
    uint32_t hand;
};

#endif
