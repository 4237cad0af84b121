/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/audit/refusals.h"

#include "base/map.h"

#include <arpa/inet.h>
#include <assert.h>
#include <pthread.h>

enum { DUE_SLOTS = 16384, DUE_WAYS = 8, COUNTS_MAX = 1024, KNOWN_MAX = 256 };
static_assert(DUE_SLOTS % DUE_WAYS == 0, "slots come in sets");
static_assert((int)KNOWN_MAX < (int)REFUSALS_SLICE, "those of a minute are written in one slice");

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
    struct refusal_summary known[KNOWN_MAX]; /* apart, so that no flood of nobody hides them */
    size_t known_n;
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

/* Under the lock. */
static bool due_take(struct refusals *r, const struct refusal *what, ts_t now)
{
    struct due *d = due_slot(r, what);
    bool noted = ts_is_set(d->at) && refusal_eq(&d->what, what);
    bool again = noted && oid_is_set(what->request) && oid_eq(d->what.request, what->request);
    if (noted && !again && ts_diff(now, d->at).us < DUR_HOURS(1).us)
        return false;
    *d = (struct due){ .what = *what, .at = now };
    return true;
}

bool refusal_is_due(struct refusals *r, const struct refusal *what, ts_t now)
{
    refusals_lock(r);
    CLEANUP(refusals_unlock) UNUSED pthread_mutex_t *held = &r->lock;
    return due_take(r, what, now);
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

static const struct refusal_summary others = { .row = "", .peer = "other", .n = 1 };

/* The last place is for all that found none, so that the sum stays right. */
static void summary_add(struct refusals *r, const struct refusal_summary *one)
{
    for (size_t i = 0; i < r->counts_n; i++) {
        struct refusal_summary *c = &r->counts[i];
        if (c->row == one->row && c->reason == one->reason && strcmp(c->peer, one->peer) == 0) {
            c->n++;
            return;
        }
    }
    if (r->counts_n < COUNTS_MAX) {
        r->counts[r->counts_n++] = *one;
        return;
    }
    struct refusal_summary *rest = &r->counts[COUNTS_MAX - 1];
    int64_t n = rest->n + 1;
    *rest = others;
    rest->reason = one->reason;
    rest->n = n;
}

void refusal_count(struct refusals *r, const char *row, err_t reason, const uint8_t ip[static 16])
{
    struct refusal_summary one = { .row = row, .reason = reason, .n = 1 };
    static_assert(sizeof one.peer >= INET6_ADDRSTRLEN + 4, "every block has room");
    block_format(ip, one.peer);
    refusals_lock(r);
    CLEANUP(refusals_unlock) UNUSED pthread_mutex_t *held = &r->lock;
    summary_add(r, &one);
}

static struct refusal_summary *known_find(struct refusals *r, const struct refusal *what)
{
    for (size_t i = 0; i < r->known_n; i++) {
        struct refusal_summary *k = &r->known[i];
        if (k->row == what->row && k->reason == what->reason && oid_eq(k->who.id, what->principal))
            return k;
    }
    return NULL;
}

void refusal_count_known(struct refusals *r, const struct refusal *what, const struct actor *who,
                         const char *peer, ts_t now)
{
    struct refusal_summary one = {
        .row = what->row,
        .reason = what->reason,
        .n = 1,
        .who = { .kind = who->kind, .id = who->id, .org = who->org },
    };
    (void)snprintf(one.peer, sizeof one.peer, "%s", peer);
    (void)snprintf(one.who.name, sizeof one.who.name, "%s", who->name);
    refusals_lock(r);
    CLEANUP(refusals_unlock) UNUSED pthread_mutex_t *held = &r->lock;
    struct refusal_summary *before = known_find(r, what);
    if (before != NULL) {
        before->n++;
        return;
    }
    if (!due_take(r, what, now))
        return;
    if (r->known_n < KNOWN_MAX) {
        r->known[r->known_n++] = one;
        return;
    }
    one = others;
    one.reason = what->reason;
    summary_add(r, &one);
}

/* From the end: what is left stays where it is. */
static size_t list_take(struct refusal_summary *list, size_t *n, struct refusal_summary *to,
                        size_t room)
{
    size_t taken = *n < room ? *n : room;
    *n -= taken;
    memcpy(to, list + *n, taken * sizeof *to);
    return taken;
}

size_t refusals_take(struct refusals *r, struct refusal_summary *ret, size_t max)
{
    refusals_lock(r);
    CLEANUP(refusals_unlock) UNUSED pthread_mutex_t *held = &r->lock;
    if (r->taken_n == 0) {
        size_t room = max < REFUSALS_SLICE ? max : REFUSALS_SLICE;
        r->taken_n = list_take(r->known, &r->known_n, r->taken, room);
        r->taken_n += list_take(r->counts, &r->counts_n, r->taken + r->taken_n, room - r->taken_n);
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
