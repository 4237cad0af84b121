/* SPDX-License-Identifier: Apache-2.0 */
#include "base/rng.h"
#include "base/attr.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <sys/random.h>

static _Atomic uint64_t test_state;

void rng_seed_for_test(uint64_t seed)
{
    atomic_store(&test_state, seed);
}

/* SplitMix64: only ever reached from tests. */
static uint64_t test_next(void)
{
    uint64_t z = atomic_fetch_add(&test_state, 0x9e3779b97f4a7c15U) + 0x9e3779b97f4a7c15U;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

static void test_bytes(unsigned char *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (unsigned char)test_next();
}

void rng_bytes(void *out, size_t n)
{
    unsigned char *p = out;
    if (atomic_load_explicit(&test_state, memory_order_relaxed) != 0) {
        test_bytes(p, n);
        return;
    }
    while (n > 0) {
        ssize_t got = getrandom(p, n, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            abort();
        p += got;
        n -= (size_t)got;
    }
}

uint64_t rng_u64(void)
{
    uint64_t v;
    rng_bytes(&v, sizeof v);
    return v;
}

uint64_t rng_below(uint64_t bound)
{
    assert(bound >= 1);
    uint64_t uneven = (0U - bound) % bound; /* 2^64 mod bound: values below it would favour some */
    uint64_t v;
    do {
        v = rng_u64();
    } while (v < uneven);
    return v % bound;
}
