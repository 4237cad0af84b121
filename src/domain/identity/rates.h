/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How often somebody may call, per minute: what the configuration says, unless an administrator has
 * set another rate, which is kept as a setting of the server and survives it. Read on every loop;
 * changed after COMMIT.
 */
#ifndef DOMAIN_IDENTITY_RATES_H
#define DOMAIN_IDENTITY_RATES_H

#include "base/gcra.h"
#include "domain/live/act.h"

#include <pthread.h>

#define RATE(code, name, setting, burst, least, text) RATE_##code,
enum rate {
#include "domain/identity/rate.def"
    RATES
};
#undef RATE

#define RATE(code, name, setting, burst, least, text) RATE_LEAST_##code = (least),
enum {
#include "domain/identity/rate.def"
    RATE_MOST = 1000000
};
#undef RATE

struct rate_info {
    const char *name;
    int64_t burst; /* 0: as many as the rate */
    int64_t least;
};
extern const struct rate_info rate_infos[RATES];

struct rates {
    bool on; /* off: nothing is counted, whatever stands here */
    int64_t configured[RATES];
    _Atomic int64_t set[RATES]; /* 0: as configured */
    pthread_mutex_t lock;       /* of whoever applies a change to memory */
    _Atomic uint64_t turns;     /* changes that were kept */
    uint64_t turn;              /* the newest of them that memory has; under the lock */
};

static inline int64_t rates_per_minute(const struct rates *r, enum rate which)
{
    int64_t set = atomic_load_explicit(&r->set[which], memory_order_relaxed);
    return set != 0 ? set : r->configured[which];
}

/* Zero, which is no limit, where they are off. */
struct gcra_rate rates_get(const struct rates *r, enum rate which);
/* What is kept; 0: nothing. E_CORRUPT. */
err_t rates_load(struct act *act, int64_t ret[static RATES]) MUST_USE;
/* The same, whole; 0: what is configured. E_BAD_FIELD: below its least or above RATE_MOST. */
err_t rates_keep(struct act *act, const int64_t set[static RATES]) MUST_USE;

void rates_init(struct rates *r);
void rates_fini(struct rates *r);
/* On the writer, which keeps one change after the other; `turn` tells their order. */
uint64_t rates_turn(struct rates *r);
/* After COMMIT, with the lock: false, and nothing done, where memory has a newer one. */
bool rates_apply(struct rates *r, const int64_t set[static RATES], uint64_t turn);

#endif
