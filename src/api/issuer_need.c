/* SPDX-License-Identifier: Apache-2.0 */
#include "api/issuer_need.h"

#include "domain/oauth/issuer_keys.h"
#include "plat/db/writer.h"

#include <pthread.h>

enum { NEED_ARENA_MAX = 256 * 1024 };

/* A worker's own job on the writer: he waits for its end. */
struct need {
    struct write_job job;
    struct services *sv;
    struct arena *arena;
    struct issuer_key_in in;
    struct row_issuer_key row;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool over;
    err_t result;
};

static err_t need_run(struct write_job *job, struct db *db)
{
    struct need *n = CONTAINER_OF(job, struct need, job);
    struct act act = { .arena = n->arena,
                       .db = db,
                       .now = clock_now(),
                       .actor = { .kind = ACTOR_SYSTEM },
                       .keys = &n->sv->keys };
    effects_init(&act.effects);
    return issuer_key_keep(&act, &n->in, &n->row);
}

static void need_done(struct write_job *job, err_t e)
{
    struct need *n = CONTAINER_OF(job, struct need, job);
    (void)pthread_mutex_lock(&n->lock);
    n->result = e;
    n->over = true;
    (void)pthread_cond_signal(&n->ended);
    (void)pthread_mutex_unlock(&n->lock);
}

/* Until the writer has said so: it ends every job that it took. */
static err_t need_write(struct need *n)
{
    (void)pthread_mutex_init(&n->lock, NULL); /* default ones cannot fail with glibc */
    (void)pthread_cond_init(&n->ended, NULL);
    n->job = (struct write_job){
        .class = WRITE_NORMAL, .load = LOAD_TOKEN, .run = need_run, .done = need_done
    };
    err_t e = writer_submit(n->sv->writer, &n->job);
    if (e == E_OK) {
        (void)pthread_mutex_lock(&n->lock);
        while (!n->over)
            (void)pthread_cond_wait(&n->ended, &n->lock);
        (void)pthread_mutex_unlock(&n->lock);
        e = n->result;
    }
    (void)pthread_cond_destroy(&n->ended);
    (void)pthread_mutex_destroy(&n->lock);
    return e;
}

static err_t need_make(struct services *sv, enum issuer_alg alg)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(NEED_ARENA_MAX);
    struct need n = { .sv = sv, .arena = a, .in = { .alg = alg } };
    struct issuer_entry e = { .alg = alg };
    if (a == NULL)
        return E_NO_MEMORY;
    TRY(sign_key_make(issuer_kind(alg), &e.key));
    err_t err = sign_key_write(e.key, a, &n.in.der);
    if (err == E_OK) {
        err = need_write(&n);
        explicit_bzero((char *)(uintptr_t)n.in.der.p, n.in.der.n); /* ours: in the arena */
    }
    if (err != E_OK) {
        sign_key_free(e.key);
        return err;
    }
    return issuer_put(sv->issuer, &e, (ts_t){ 0 });
}

err_t issuer_need(struct services *sv, enum issuer_alg alg)
{
    if (issuer_has(sv->issuer, alg))
        return E_OK;
    issuer_making_begin(sv->issuer);
    err_t e = issuer_has(sv->issuer, alg) ? E_OK : need_make(sv, alg);
    issuer_making_end(sv->issuer);
    return e;
}
