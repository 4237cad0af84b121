/* SPDX-License-Identifier: Apache-2.0 */
/* Inside domain/live: the tables and their locks. Locks are taken in the order token shard,
 * principal shard, scopes. */
#ifndef DOMAIN_LIVE_TABLES_H
#define DOMAIN_LIVE_TABLES_H

#include "base/map.h"
#include "base/slab.h"
#include "domain/live/park.h"
#include "domain/live/signer_table.h"
#include "domain/live/token_table.h"

#include <pthread.h>
#include <stdatomic.h>

struct scope_set { /* a counted block */
    size_t n;
    uint32_t rows[]; /* of the scope table; each holds one reference */
};

struct principal_row {
    oid_t id;
    oid_t org;
    perms_t perms;
    uint64_t stamp; /* never 0, never given twice */
    enum actor_kind kind;
    err_t refuse;
    char *name; /* a counted block, NUL-terminated; NULL: not known */
    struct effective *effective;
    struct scope_set *scopes;
    int64_t seq; /* greatest change of its scopes when `effective` was planned */
    uint64_t parked[LIVE_PARK_KINDS]; /* park_mark() of what is parked here; 0: nothing */
    _Atomic bool asked;               /* since the eviction hand came by */
    _Atomic uint64_t
        checked; /* value of scope_table.changes up to which `effective` is known to hold */
    _Atomic int64_t bucket; /* GCRA */
    _Atomic int64_t seen_us;
    int64_t collected_us;
};

/* Which one is parked, and where, in one word: there are a million rows. */
static inline uint64_t park_mark(const struct live_park *park)
{
    return park->born << 16 | (park->where + 1);
}

static inline bool principal_is_parked(const struct principal_row *p)
{
    return (p->parked[LIVE_POLL] | p->parked[LIVE_STREAM]) != 0;
}

struct principal_shard {
    pthread_rwlock_t lock;
    _Atomic uint64_t touched; /* by effects: what guards compare */
    struct map by_id;
    struct slab rows;
    uint32_t hand; /* of the eviction clock */
};

struct scope_row {
    struct live_scope key;
    _Atomic int64_t seq;
    size_t refs; /* scope sets that name it */
};

struct scope_table {
    pthread_mutex_t lock;
    _Atomic uint64_t changes; /* scope effects ever applied */
    struct map by_key;
    struct slab rows;
};

struct effective_table {
    pthread_mutex_t lock;
    struct map by_plan;
    struct slab rows; /* of struct effective * */
    uint32_t hand;
};

struct live_rate {
    _Atomic int64_t interval_us;
    _Atomic int64_t burst_us;
};

struct live {
    struct live_cfg cfg;
    struct live_rate rates[ACTOR_SYSTEM + 1];
    _Atomic int64_t seq; /* of the newest change that was applied */
    _Atomic uint64_t stamps;
    struct token_shard tokens[LIVE_SHARDS];
    struct principal_shard principals[LIVE_SHARDS];
    struct scope_table scopes;
    struct effective_table effectives;
    struct signer_table signers;
};

static inline uint64_t digest_hash(const digest_t *d)
{
    uint64_t h;
    memcpy(&h, d->b, sizeof h); /* already even: nobody chooses a SHA-256 */
    return h;
}

static inline struct token_shard *token_shard_of(struct live *l, const digest_t *token)
{
    return &l->tokens[token->b[31] % LIVE_SHARDS];
}

/* The last byte of a UUIDv7 is random. */
static inline struct principal_shard *principal_shard_of(struct live *l, oid_t id)
{
    return &l->principals[id.b[15] % LIVE_SHARDS];
}

/* Under the shard's lock; NULL when not in. */
struct principal_row *principal_find(const struct principal_shard *s, oid_t id, uint32_t *ret_row);
/* Under the shard's write lock. */
void principal_drop(struct live *l, struct principal_shard *s, uint32_t row);
/* Under the shard's write lock, of a row in use. */
void token_drop(struct token_shard *s, uint32_t row);
struct token_row *token_find(const struct token_shard *s, const digest_t *token);
/* After an effect: tell who was parked on a row that looked like this. */
void parked_wake(struct live *l, oid_t device, const uint64_t parked[static LIVE_PARK_KINDS]);
bool principal_is_fresh(struct live *l, struct principal_row *p);

err_t scope_table_init(struct scope_table *t, size_t max) MUST_USE;
void scope_table_fini(struct scope_table *t);
/* A set of references, or NULL when memory is short. */
struct scope_set *scope_set_new(struct scope_table *t, const struct live_scope *scopes, size_t n);
void scope_set_drop(struct scope_table *t, struct scope_set *set);
/* Only the writer raises it. */
void live_seq_raise(struct live *l, int64_t seq);
void scope_raise(struct scope_table *t, const struct live_scope *scope, int64_t seq);
/* The greatest change of a set's scopes; no lock. */
int64_t scope_set_seq(const struct scope_table *t, const struct scope_set *set);

err_t effective_table_init(struct effective_table *t, size_t max) MUST_USE;
void effective_table_fini(struct effective_table *t);

#endif
