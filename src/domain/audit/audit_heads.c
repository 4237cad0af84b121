/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/audit/audit_heads.h"

#include "domain/audit/audit_body.h"
#include "domain/audit/topic.h"
#include "sql/audit.h"

#include <assert.h>

enum { HEADS_ARENA_MAX = 512 * 1024 * 1024 };

err_t audit_new(struct audit **ret)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(HEADS_ARENA_MAX);
    struct audit *log = a == NULL ? NULL : ARENA_NEW(a, struct audit);
    if (log == NULL)
        return E_NO_MEMORY;
    TRY(topics_new(&log->topics));
    map_init(&log->by_org);
    buf_init(&log->body, AUDIT_BODY_MAX);
    buf_init(&log->private, AUDIT_PRIVATE_MAX);
    log->unsigned_now = 1;
    log->unsigned_before_job = 1;
    atomic_init(&log->unsigned_durable, 1);
    log->arena = a;
    a = NULL;
    *ret = log;
    return E_OK;
}

void audit_free(struct audit *log)
{
    if (log == NULL)
        return;
    map_fini(&log->by_org);
    buf_fini(&log->body);
    buf_fini(&log->private);
    topics_free(log->topics);
    arena_free(log->arena);
}

uint64_t audit_moved(const struct audit *log)
{
    return atomic_load_explicit(&log->moved, memory_order_acquire);
}

struct topics *audit_topics(struct audit *log)
{
    return log->topics;
}

int64_t audit_unsigned(const struct audit *log)
{
    return atomic_load_explicit(&log->unsigned_durable, memory_order_relaxed);
}

static struct head *head_at(const struct audit *log, uint32_t row)
{
    return &log->chunks[row / HEADS_CHUNK][row % HEADS_CHUNK];
}

static bool head_is(const void *rows, uint32_t row, const void *key)
{
    return oid_eq(head_at((const struct audit *)rows, row)->org, *(const oid_t *)key);
}

static err_t head_add(struct audit *log, uint64_t hash, oid_t org, struct head **ret)
{
    uint32_t chunk = log->heads_n / HEADS_CHUNK;
    if (chunk == HEADS_CHUNKS_MAX)
        return E_NO_MEMORY;
    if (log->chunks[chunk] == NULL)
        log->chunks[chunk] = ARENA_ARRAY(log->arena, struct head, HEADS_CHUNK);
    if (log->chunks[chunk] == NULL)
        return E_NO_MEMORY;
    TRY(map_put(&log->by_org, hash, log->heads_n));
    struct head *h = head_at(log, log->heads_n++);
    *h = (struct head){ .org = org };
    *ret = h;
    return E_OK;
}

/* Nothing of this chain was appended in this transaction, so what the store says now is what is
 * durable. */
static err_t head_load(struct db *db, struct arena *a, struct head *h)
{
    struct head_state state = { .known = true };
    struct sql_audit_chain_of which = { .org = h->org, .node = STR("") };
    struct sql_audit_chain_of_row chain;
    err_t e = sql_audit_chain_of(db, a, &which, &chain);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    if (e == E_OK) {
        struct sql_audit_last end = { .chain = chain.id };
        struct sql_audit_last_row last;
        TRY(sql_audit_last(db, a, &end, &last));
        if (last.hash.n != SHA256_SIZE)
            return E_CORRUPT;
        state.chain = chain.id;
        state.seq = last.seq;
        memcpy(state.hash.b, last.hash.p, SHA256_SIZE);
    }
    h->now = state;
    return E_OK;
}

err_t head_of(struct audit *log, struct db *db, struct arena *a, oid_t org, struct head **ret)
{
    uint64_t hash = map_hash(org.b, sizeof org.b);
    uint32_t row = map_get(&log->by_org, hash, head_is, log, &org);
    struct head *h = row == MAP_NONE ? NULL : head_at(log, row);
    if (h == NULL)
        TRY(head_add(log, hash, org, &h));
    if (!h->now.known)
        TRY(head_load(db, a, h));
    *ret = h;
    return E_OK;
}

void head_touch(struct audit *log, struct head *h)
{
    assert(h->now.known);
    if (!h->in_job) {
        h->before_job = h->now;
        h->in_job = true;
        h->job_next = log->job;
        log->job = h;
    }
    if (!h->in_group) {
        h->durable = h->now;
        h->in_group = true;
        h->group_next = log->group;
        log->group = h;
    }
}

static void job_clear(struct audit *log, bool rewind)
{
    for (struct head *h = log->job; h != NULL; h = h->job_next) {
        h->in_job = false;
        if (rewind)
            h->now = h->before_job;
    }
    log->job = NULL;
}

static void group_clear(struct audit *log, bool rewind)
{
    for (struct head *h = log->group; h != NULL; h = h->group_next) {
        h->in_group = false;
        if (rewind)
            h->now = h->durable;
    }
    log->group = NULL;
}

static void follower_mark(void *arg)
{
    struct audit *log = (struct audit *)arg;
    job_clear(log, false);
    log->unsigned_before_job = log->unsigned_now;
}

static void follower_rewind(void *arg)
{
    struct audit *log = (struct audit *)arg;
    job_clear(log, true);
    log->unsigned_now = log->unsigned_before_job;
}

static void follower_commit(void *arg)
{
    struct audit *log = (struct audit *)arg;
    bool moved = log->group != NULL;
    job_clear(log, false);
    group_clear(log, false);
    if (moved)
        (void)atomic_fetch_add_explicit(&log->moved, 1, memory_order_release);
    atomic_store_explicit(&log->unsigned_durable, log->unsigned_now, memory_order_relaxed);
    topics_end(log->topics, true);
}

static void follower_abort(void *arg)
{
    struct audit *log = (struct audit *)arg;
    job_clear(log, false);
    group_clear(log, true);
    log->unsigned_now = atomic_load_explicit(&log->unsigned_durable, memory_order_relaxed);
    log->unsigned_before_job = log->unsigned_now;
    topics_end(log->topics, false);
}

struct write_follower audit_follower(struct audit *log)
{
    return (struct write_follower){ .arg = log,
                                    .mark = follower_mark,
                                    .rewind = follower_rewind,
                                    .commit = follower_commit,
                                    .abort = follower_abort };
}
