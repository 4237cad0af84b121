/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/audit/refusals.h"

#include "base/map.h"

#include <arpa/inet.h>
#include <assert.h>
#include <pthread.h>

enum { DUE_SLOTS = 16384, DUE_WAYS = 8, COUNTS_MAX = 1024 };
static_assert(DUE_SLOTS % DUE_WAYS == 0, "slots come in sets");

struct due { /* when this refusal was written last */
    struct refusal what;
    ts_t at;
};

struct refusals {
    struct arena *arena; /* owns this */
    pthread_mutex_t lock;
    struct due due[DUE_SLOTS]; /* sets of DUE_WAYS: a full set forgets its oldest */
    struct refusal_summary counts[COUNTS_MAX];
    size_t counts_n;
    struct refusal_summary taken[REFUSALS_SLICE]; /* handed out, not known to be written yet */
    size_t taken_n;
};

err_t refusals_new(struct refusals **ret)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(sizeof(struct refusals) + KIB(1));
    struct refusals *r = a == NULL ? NULL : ARENA_NEW(a, struct refusals);
    if (r == NULL)
        return E_NO_MEMORY;
    if (pthread_mutex_init(&r->lock, NULL) != 0)
        return E_NO_MEMORY;
    r->arena = a;
    a = NULL;
    *ret = r;
    return E_OK;
}

void refusals_free(struct refusals *r)
{
    if (r == NULL)
        return;
    (void)pthread_mutex_destroy(&r->lock); /* nobody holds it any more */
    arena_free(r->arena);
}

static void refusals_lock(struct refusals *r)
{
    int failed = pthread_mutex_lock(&r->lock);
    assert(failed == 0);
}

static void refusals_unlock(pthread_mutex_t **lock)
{
    int failed = pthread_mutex_unlock(*lock);
    assert(failed == 0);
}

static bool refusal_eq(const struct refusal *a, const struct refusal *b)
{
    return oid_eq(a->principal, b->principal) && a->row == b->row && a->reason == b->reason;
}

/* Its own slot, else a free one, else the oldest of its set. */
static struct due *due_slot(struct refusals *r, const struct refusal *what)
{
    struct {
        oid_t principal;
        uint64_t row;
        uint64_t reason;
    } key = { what->principal, (uint64_t)(uintptr_t)what->row, (uint64_t)what->reason };
    struct due *set = &r->due[map_hash(&key, sizeof key) % (DUE_SLOTS / DUE_WAYS) * DUE_WAYS];
    struct due *best = set;
    for (size_t i = 0; i < DUE_WAYS; i++) {
        if (ts_is_set(set[i].at) && refusal_eq(&set[i].what, what))
            return &set[i];
        if (set[i].at.us < best->at.us)
            best = &set[i];
    }
    return best;
}

bool refusal_is_due(struct refusals *r, const struct refusal *what, ts_t now)
{
    refusals_lock(r);
    CLEANUP(refusals_unlock) UNUSED pthread_mutex_t *held = &r->lock;
    struct due *d = due_slot(r, what);
    bool noted = ts_is_set(d->at) && refusal_eq(&d->what, what);
    bool again = noted && oid_is_set(what->request) && oid_eq(d->what.request, what->request);
    if (noted && !again && ts_diff(now, d->at).us < DUR_HOURS(1).us)
        return false;
    *d = (struct due){ .what = *what, .at = now };
    return true;
}

void refusal_forget(struct refusals *r, const struct refusal *what)
{
    refusals_lock(r);
    CLEANUP(refusals_unlock) UNUSED pthread_mutex_t *held = &r->lock;
    struct due *d = due_slot(r, what);
    if (refusal_eq(&d->what, what) && oid_eq(d->what.request, what->request))
        d->at = (ts_t){ 0 };
}

/* RFC 4291 section 2.5.5.2: ::ffff:a.b.c.d is IPv4. What one person easily has at hand counts as
 * one: /24, or /64. */
static void block_format(const uint8_t ip[static 16], char out[static INET6_ADDRSTRLEN + 4])
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    uint8_t block[16] = { 0 };
    bool v4 = memcmp(ip, mapped, sizeof mapped) == 0;
    memcpy(block, v4 ? ip + sizeof mapped : ip, v4 ? 3 : 8);
    char text[INET6_ADDRSTRLEN];
    const char *written = inet_ntop(v4 ? AF_INET : AF_INET6, block, text, sizeof text);
    assert(written != NULL);
    (void)snprintf(out, INET6_ADDRSTRLEN + 4, "%s/%d", text, v4 ? 24 : 64);
}

/* The last place is for all that found none, so that the sum stays right. */
void refusal_count(struct refusals *r, const char *row, err_t reason, const uint8_t ip[static 16])
{
    struct refusal_summary one = { .row = row, .reason = reason, .n = 1 };
    static_assert(sizeof one.block >= INET6_ADDRSTRLEN + 4, "every block has room");
    block_format(ip, one.block);
    refusals_lock(r);
    CLEANUP(refusals_unlock) UNUSED pthread_mutex_t *held = &r->lock;
    for (size_t i = 0; i < r->counts_n; i++) {
        struct refusal_summary *c = &r->counts[i];
        if (c->row == row && c->reason == reason && strcmp(c->block, one.block) == 0) {
            c->n++;
            return;
        }
    }
    if (r->counts_n < COUNTS_MAX) {
        r->counts[r->counts_n++] = one;
        return;
    }
    struct refusal_summary *rest = &r->counts[COUNTS_MAX - 1];
    *rest =
        (struct refusal_summary){ .row = "", .block = "other", .reason = reason, .n = rest->n + 1 };
}

size_t refusals_take(struct refusals *r, struct refusal_summary *ret, size_t max)
{
    refusals_lock(r);
    CLEANUP(refusals_unlock) UNUSED pthread_mutex_t *held = &r->lock;
    if (r->taken_n == 0) {
        size_t n = r->counts_n < max ? r->counts_n : max;
        r->taken_n = n < REFUSALS_SLICE ? n : REFUSALS_SLICE;
        r->counts_n -= r->taken_n; /* from the end: what is left stays where it is */
        memcpy(r->taken, r->counts + r->counts_n, r->taken_n * sizeof *ret);
    }
    size_t n = r->taken_n < max ? r->taken_n : max;
    memcpy(ret, r->taken, n * sizeof *ret);
    return n;
}

void refusals_written(struct refusals *r)
{
    refusals_lock(r);
    CLEANUP(refusals_unlock) UNUSED pthread_mutex_t *held = &r->lock;
    r->taken_n = 0;
}
