/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Results that are given once more: bounded in bytes and rows, the one that nobody has asked for
 * longest goes first. What may be kept, and under which key, is decided in call_cache.c; here a
 * key is 32 bytes. One thread.
 */
#ifndef MCP_CACHE_H
#define MCP_CACHE_H

#include "base/clock.h"
#include "base/id.h"
#include "base/map.h"
#include "base/slab.h"
#include "plat/crypto/crypto.h"

enum {
    CACHE_BYTES_MAX = 32 * 1024 * 1024, /* of all results */
    CACHE_ONE_MAX = 1024 * 1024,        /* of one */
    CACHE_ROWS_MAX = 4096,
};

/* Whom a result is for, and whose it is: it goes with any of them. */
struct cache_of {
    oid_t org;
    oid_t principal;
    oid_t person; /* whose credential was shown; zero: nobody's */
    oid_t server;
};

/* Of one call. */
struct call_cache {
    bool may;       /* what comes may be kept under this key */
    bool asked;     /* it asked something in the middle */
    bool hit;       /* what it is told was kept */
    uint64_t moved; /* of the cache, when it was looked for */
    digest_t key;
};

/* A counted block (base/ref.h). */
struct cached {
    size_t n;
    char text[];
};

struct cache_row {
    struct cache_row *prev; /* by last use, the newest first */
    struct cache_row *next;
    uint32_t row;
    uint32_t unused;
    digest_t key;
    struct cache_of of;
    struct cached *result;
    dur_t at;  /* when it came, CLOCK_MONOTONIC */
    dur_t ttl; /* for which its server lets it be kept */
};

struct cache {
    struct slab rows;
    struct map by_key;
    struct cache_row ends; /* of the ring */
    uint64_t moved;        /* counts drops: what was asked before one may not be kept after it */
    size_t bytes;
    size_t bytes_max;
};

err_t cache_init(struct cache *c, size_t bytes_max) MUST_USE;
void cache_fini(struct cache *c);

/* One reference; NULL: there is none that is younger than its own time and `ttl`. */
struct cached *cache_find(struct cache *c, const digest_t *key, dur_t now, dur_t ttl);
/* In place of what stands under this key. Where memory is short, or it is too large, nothing is
 * kept. */
void cache_keep(struct cache *c, const digest_t *key, const struct cache_of *of, str_t result,
                dur_t now, dur_t ttl);
/* Everything that is of this organisation, principal, person or server. */
void cache_drop(struct cache *c, oid_t id);

#endif
