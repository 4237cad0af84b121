/* SPDX-License-Identifier: Apache-2.0 */
#include "base/rng.h"
#include "base/attr.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/random.h>

/* One getrandom(2) serves many small requests; who wants more than a quarter asks by himself. */
enum { RNG_POOL = 512, RNG_SMALL = RNG_POOL / 4 };

struct rng_pool {
    unsigned forks; /* how often this process had been forked when the pool was filled */
    size_t left;    /* unused bytes, at the front; the rest is wiped */
    unsigned char bytes[RNG_POOL];
};

static _Atomic uint64_t test_state;
static _Atomic unsigned fork_count;
static _Thread_local struct rng_pool pool;

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

static void kernel_bytes(unsigned char *p, size_t n)
{
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

static void on_fork_child(void)
{
    atomic_fetch_add(&fork_count, 1);
}

static void watch_forks(void)
{
    if (pthread_atfork(NULL, NULL, on_fork_child) != 0)
        abort(); /* parent and child would give out the same bytes */
}

/* Each byte is given out once and wiped as it goes. A forked child starts from an empty pool. */
static void pool_bytes(unsigned char *p, size_t n)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, watch_forks);
    unsigned forks = atomic_load_explicit(&fork_count, memory_order_relaxed);
    if (pool.left < n || pool.forks != forks) {
        kernel_bytes(pool.bytes, sizeof pool.bytes);
        pool.left = sizeof pool.bytes;
        pool.forks = forks;
    }
    pool.left -= n;
    memcpy(p, pool.bytes + pool.left, n);
    explicit_bzero(pool.bytes + pool.left, n);
}

void rng_bytes(void *out, size_t n)
{
    if (atomic_load_explicit(&test_state, memory_order_relaxed) != 0)
        test_bytes(out, n);
    else if (n > RNG_SMALL)
        kernel_bytes(out, n);
    else
        pool_bytes(out, n);
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
