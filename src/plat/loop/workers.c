/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/loop/workers.h"

#include <pthread.h>

enum { WORKERS_MAX = 64 };

struct work_queue {
    struct work *first;
    struct work **last;
    size_t n;
};

struct workers {
    struct workers_cfg cfg;
    pthread_mutex_t lock;
    pthread_cond_t some;
    struct work_queue queues[WORK_CLASSES];
    bool stopping;
    unsigned started;
    struct worker_thread {
        pthread_t thread;
        struct workers *pool;
        void *own;
    } threads[WORKERS_MAX];
};

/* Under the lock. */
static struct work *workers_take(struct workers *w)
{
    for (size_t i = 0; i < WORK_CLASSES; i++) {
        struct work_queue *q = &w->queues[i];
        struct work *first = q->first;
        if (first == NULL)
            continue;
        q->first = first->next;
        if (q->first == NULL)
            q->last = &q->first;
        q->n--;
        return first;
    }
    return NULL;
}

static struct work *workers_wait(struct workers *w)
{
    (void)pthread_mutex_lock(&w->lock);
    struct work *work = workers_take(w);
    while (work == NULL && !w->stopping) {
        (void)pthread_cond_wait(&w->some, &w->lock);
        work = workers_take(w);
    }
    (void)pthread_mutex_unlock(&w->lock);
    return work;
}

static void *worker_main(void *arg)
{
    struct worker_thread *self = arg;
    struct work *work = workers_wait(self->pool);
    while (work != NULL) {
        work->run(work, self->own);
        work = workers_wait(self->pool);
    }
    return NULL;
}

static err_t worker_start(struct workers *w, struct diag *why)
{
    struct worker_thread *t = &w->threads[w->started];
    t->pool = w;
    TRY(w->cfg.make(w->cfg.arg, why, &t->own));
    if (pthread_create(&t->thread, NULL, worker_main, t) != 0) {
        w->cfg.end(w->cfg.arg, t->own);
        return FAIL(why, E_IO, "cannot start a worker thread");
    }
    w->started++;
    return E_OK;
}

err_t workers_new(const struct workers_cfg *cfg, struct diag *why, struct workers **ret)
{
    struct workers *w = calloc(1, sizeof *w);
    if (w == NULL)
        return E_NO_MEMORY;
    w->cfg = *cfg;
    for (size_t i = 0; i < WORK_CLASSES; i++)
        w->queues[i].last = &w->queues[i].first;
    (void)pthread_mutex_init(&w->lock, NULL); /* a default mutex and condition cannot fail here */
    (void)pthread_cond_init(&w->some, NULL);
    unsigned threads = cfg->threads < WORKERS_MAX ? cfg->threads : WORKERS_MAX;
    while (w->started < threads) {
        err_t e = worker_start(w, why);
        if (e != E_OK) {
            workers_free(w);
            return e;
        }
    }
    *ret = w;
    return E_OK;
}

err_t workers_submit(struct workers *w, struct work *work)
{
    err_t e = E_OK;
    (void)pthread_mutex_lock(&w->lock);
    struct work_queue *q = &w->queues[work->class];
    if (w->stopping) {
        e = E_STOPPING;
    } else if (q->n >= w->cfg.queue_max) {
        e = E_OVERLOADED;
    } else {
        work->next = NULL;
        *q->last = work;
        q->last = &work->next;
        q->n++;
        (void)pthread_cond_signal(&w->some);
    }
    (void)pthread_mutex_unlock(&w->lock);
    return e;
}

size_t workers_queued(struct workers *w)
{
    size_t n = 0;
    (void)pthread_mutex_lock(&w->lock);
    for (size_t i = 0; i < WORK_CLASSES; i++)
        n += w->queues[i].n;
    (void)pthread_mutex_unlock(&w->lock);
    return n;
}

void workers_free(struct workers *w)
{
    if (w == NULL)
        return;
    (void)pthread_mutex_lock(&w->lock);
    w->stopping = true;
    (void)pthread_cond_broadcast(&w->some);
    (void)pthread_mutex_unlock(&w->lock);
    for (unsigned i = 0; i < w->started; i++) {
        (void)pthread_join(w->threads[i].thread, NULL);
        w->cfg.end(w->cfg.arg, w->threads[i].own);
    }
    (void)pthread_mutex_destroy(&w->lock);
    (void)pthread_cond_destroy(&w->some);
    free(w);
}
