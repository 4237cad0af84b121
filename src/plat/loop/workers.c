/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/loop/workers.h"

#include "base/codel.h"

#include <pthread.h>
#include <stdatomic.h>

enum { WORKERS_MAX = 64, RANKS = 2 }; /* of a class, the known before the others */

struct work_queue {
    struct work *first;
    struct work **last;
    size_t n;
    struct codel codel;
};

struct workers {
    struct workers_cfg cfg;
    pthread_mutex_t lock;
    pthread_cond_t some;
    struct work_queue queues[LOAD_CLASSES][RANKS];
    _Atomic size_t queued; /* but for the urgent; changed under the lock, read without it */
    _Atomic size_t urgent;
    uint64_t taken;
    dur_t waited;
    bool stopping;
    bool waking;   /* a thread was woken, and has not looked yet */
    unsigned idle; /* threads that wait */
    unsigned started;
    struct worker_thread {
        pthread_t thread;
        struct workers *pool;
        void *own;
    } threads[WORKERS_MAX];
};

static _Atomic size_t *room_taken(struct workers *w, enum load_class class)
{
    return class == LOAD_URGENT ? &w->urgent : &w->queued;
}

static struct work_queue *first_queue(struct workers *w)
{
    for (size_t class = LOAD_CLASSES; class -- > 0;) {
        for (size_t rank = 0; rank < RANKS; rank++) {
            if (w->queues[class][rank].first != NULL)
                return &w->queues[class][rank];
        }
    }
    return NULL;
}

/* One whose turn does not come, since higher classes have enough to do: whoever has waited there
 * for the interval of his class is told so, and does not wait for ever. */
static struct work_queue *starved_queue(struct workers *w, const struct work_queue *served,
                                        dur_t now)
{
    for (size_t class = 0; class < LOAD_URGENT; class ++) {
        for (size_t rank = 0; rank < RANKS; rank++) {
            struct work_queue *q = &w->queues[class][rank];
            const struct work *first = q->first;
            if (q == served || first == NULL || first->refused == NULL)
                continue; /* after the one that is served, CoDel looks */
            if (now.us - first->since.us > load_law(first->class)->interval.us)
                return q;
        }
    }
    return NULL;
}

static struct work *queue_pop(struct work_queue *q)
{
    struct work *work = q->first;
    q->first = work->next;
    if (q->first == NULL)
        q->last = &q->first;
    q->n--;
    return work;
}

/* Under the lock. What is refused leaves the queue in the same way as what is run. */
static struct work *workers_take(struct workers *w, bool *ret_refuse)
{
    dur_t now = clock_mono();
    struct work_queue *q = first_queue(w);
    if (q == NULL)
        return NULL;
    bool urgent = q->first->class == LOAD_URGENT; /* before everything, refusing included */
    struct work_queue *starved = urgent ? NULL : starved_queue(w, q, now);
    struct work *work = queue_pop(starved != NULL ? starved : q);
    dur_t waited = { now.us - work->since.us };
    (void)atomic_fetch_sub_explicit(room_taken(w, work->class), 1, memory_order_relaxed);
    w->taken++;
    w->waited.us += waited.us;
    bool may = !urgent && work->refused != NULL;
    *ret_refuse = starved != NULL || (may && codel_refuses(&q->codel, load_law(work->class), now,
                                                           waited, q->n < w->cfg.threads));
    return work;
}

/* Under the lock: does somebody wait for what is queued, who has to be woken? To wake a thread
 * costs more than many a job: it is done for one at a time, who wakes the next when there is more.
 */
static bool workers_wake(struct workers *w)
{
    size_t n = atomic_load_explicit(&w->queued, memory_order_relaxed) +
               atomic_load_explicit(&w->urgent, memory_order_relaxed);
    bool wake = n > 0 && w->idle > 0 && !w->waking;
    w->waking = w->waking || wake;
    return wake;
}

/* After the lock was let go, so that who is woken does not have to wait for it. */
static void workers_signal(struct workers *w, bool wake)
{
    if (wake)
        (void)pthread_cond_signal(&w->some);
}

static struct work *workers_wait(struct workers *w, bool *ret_refuse)
{
    (void)pthread_mutex_lock(&w->lock);
    struct work *work = workers_take(w, ret_refuse);
    while (work == NULL && !w->stopping) {
        w->idle++;
        (void)pthread_cond_wait(&w->some, &w->lock);
        w->idle--;
        w->waking = false;
        work = workers_take(w, ret_refuse);
    }
    bool wake = workers_wake(w);
    (void)pthread_mutex_unlock(&w->lock);
    workers_signal(w, wake);
    return work;
}

static void *worker_main(void *arg)
{
    struct worker_thread *self = arg;
    bool refuse = false;
    struct work *work = workers_wait(self->pool, &refuse);
    while (work != NULL) {
        if (refuse)
            work->refused(work);
        else
            work->run(work, self->own);
        work = workers_wait(self->pool, &refuse);
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
    if (w->cfg.threads > WORKERS_MAX)
        w->cfg.threads = WORKERS_MAX;
    for (size_t i = 0; i < LOAD_CLASSES; i++) {
        for (size_t rank = 0; rank < RANKS; rank++)
            w->queues[i][rank].last = &w->queues[i][rank].first;
    }
    (void)pthread_mutex_init(&w->lock, NULL); /* a default mutex and condition cannot fail here */
    (void)pthread_cond_init(&w->some, NULL);
    while (w->started < w->cfg.threads) {
        err_t e = worker_start(w, why);
        if (e != E_OK) {
            workers_free(w);
            return e;
        }
    }
    *ret = w;
    return E_OK;
}

bool workers_have_room(const struct workers *w, enum load_class class, bool known)
{
    const _Atomic size_t *taken = class == LOAD_URGENT ? &w->urgent : &w->queued;
    return atomic_load_explicit(taken, memory_order_relaxed) <
           load_share(w->cfg.queue_max, class, known);
}

err_t workers_submit(struct workers *w, struct work *work)
{
    err_t e = E_OK;
    bool wake = false;
    (void)pthread_mutex_lock(&w->lock);
    struct work_queue *q = &w->queues[work->class][work->known ? 0 : 1];
    if (w->stopping) {
        e = E_STOPPING;
    } else if (!workers_have_room(w, work->class, work->known)) {
        e = E_OVERLOADED;
    } else {
        work->next = NULL;
        work->since = clock_mono();
        *q->last = work;
        q->last = &work->next;
        q->n++;
        (void)atomic_fetch_add_explicit(room_taken(w, work->class), 1, memory_order_relaxed);
        wake = workers_wake(w);
    }
    (void)pthread_mutex_unlock(&w->lock);
    workers_signal(w, wake);
    return e;
}

void workers_stats(struct workers *w, struct workers_stats *ret)
{
    struct workers_stats stats = { 0 };
    (void)pthread_mutex_lock(&w->lock);
    for (size_t i = 0; i < LOAD_CLASSES; i++) {
        for (size_t rank = 0; rank < RANKS; rank++) {
            stats.queued[i] += w->queues[i][rank].n;
            stats.stands = stats.stands || w->queues[i][rank].codel.stands;
        }
    }
    stats.taken = w->taken;
    stats.waited = w->waited;
    (void)pthread_mutex_unlock(&w->lock);
    *ret = stats;
}

void workers_stop(struct workers *w)
{
    if (w == NULL)
        return;
    (void)pthread_mutex_lock(&w->lock);
    w->stopping = true;
    (void)pthread_cond_broadcast(&w->some);
    (void)pthread_mutex_unlock(&w->lock);
    for (; w->started > 0; w->started--) {
        const struct worker_thread *t = &w->threads[w->started - 1];
        (void)pthread_join(t->thread, NULL);
        w->cfg.end(w->cfg.arg, t->own);
    }
}

void workers_free(struct workers *w)
{
    if (w == NULL)
        return;
    workers_stop(w);
    (void)pthread_mutex_destroy(&w->lock);
    (void)pthread_cond_destroy(&w->some);
    free(w);
}
