/* SPDX-License-Identifier: Apache-2.0 */
/* The queues and the thread; what becomes of a group is write_group.c. */
#include "plat/db/writer.h"
#include "base/fault.h"
#include "base/pace.h"
#include "plat/db/thread.h"
#include "plat/db/write_group.h"

#include <stdatomic.h>

/* On a full disk: how often to look whether there is room again. */
#define WRITER_LOOK_EVERY DUR_S(1)

struct write_queue {
    struct write_job *first;
    struct write_job **last;
    size_t n;
};

/* One queue for each class of load, and two beside them. */
enum { QUEUE_URGENT = LOAD_CLASSES, QUEUE_BULK, QUEUES };

struct writer {
    pthread_t thread;
    struct write_group group; /* the thread's */
    size_t queue_max;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t work;
    bool idle;    /* the thread waits, and nobody has woken it */
    bool lingers; /* so it does, with patient jobs in the queue */
    size_t eager; /* jobs in the queues that are not patient */
    bool stopping;
    struct write_queue queues[QUEUES];
    struct pace pace;
    _Atomic size_t limit;  /* of the pace; these two are changed under the lock, read without it */
    _Atomic size_t normal; /* waiting in the queues of the classes */
    struct writer_stats stats;
};

static void *writer_main(void *arg);

static void writer_drop(struct writer *w)
{
    write_group_fini(&w->group);
    (void)pthread_cond_destroy(&w->work);
    (void)pthread_mutex_destroy(&w->lock);
    free(w);
}

err_t writer_new(const struct writer_cfg *cfg, struct diag *why, struct writer **ret)
{
    struct writer *w = fault_here() ? NULL : calloc(1, sizeof *w);
    if (w == NULL)
        return E_NO_MEMORY;
    w->queue_max = cfg->queue_max;
    pace_init(&w->pace, WRITE_WAIT_MAX, WRITE_GROUP_MAX, cfg->queue_max);
    w->limit = w->pace.limit;
    for (size_t i = 0; i < QUEUES; i++)
        w->queues[i].last = &w->queues[i].first;
    (void)pthread_mutex_init(&w->lock, NULL); /* cannot fail with default attributes */
    thread_cond_init(&w->work);
    err_t e = write_group_init(&w->group, cfg, why);
    if (e == E_OK)
        e = thread_start("writer", writer_main, w, &w->thread);
    if (e != E_OK) {
        writer_drop(w);
        return e;
    }
    *ret = w;
    return E_OK;
}

void writer_free(struct writer *w)
{
    if (w == NULL)
        return;
    (void)pthread_mutex_lock(&w->lock);
    w->stopping = true;
    (void)pthread_cond_signal(&w->work);
    (void)pthread_mutex_unlock(&w->lock);
    (void)pthread_join(w->thread, NULL);
    writer_drop(w);
}

static size_t queue_of(const struct write_job *job)
{
    switch (job->class) {
    case WRITE_URGENT:
        return QUEUE_URGENT;
    case WRITE_BULK:
        return QUEUE_BULK;
    case WRITE_NORMAL:
        return job->load;
    }
    return LOAD_BULK;
}

bool writer_has_room(const struct writer *w, enum load_class load, bool known)
{
    size_t limit = atomic_load_explicit(&w->limit, memory_order_relaxed);
    return atomic_load_explicit(&w->normal, memory_order_relaxed) < load_share(limit, load, known);
}

static bool queue_takes(const struct writer *w, size_t at, const struct write_job *job)
{
    return at < LOAD_CLASSES ? writer_has_room(w, job->load, true) : w->queues[at].n < w->queue_max;
}

/* Must the thread be told of what is in the queues now? */
static bool writer_wakes(const struct writer *w)
{
    return w->idle || (w->lingers && (w->eager > 0 || w->stats.queued >= WRITE_COMPANY));
}

static err_t writer_enqueue(struct writer *w, struct write_job *job, bool *ret_wake)
{
    size_t at = queue_of(job);
    struct write_queue *q = &w->queues[at];
    if (w->stopping)
        return E_STOPPING;
    if (!queue_takes(w, at, job))
        return E_OVERLOADED;
    job->next = NULL;
    *q->last = job;
    q->last = &job->next;
    q->n++;
    w->stats.queued++;
    if (at < LOAD_CLASSES)
        (void)atomic_fetch_add_explicit(&w->normal, 1, memory_order_relaxed);
    w->eager += job->patient ? 0 : 1;
    *ret_wake = writer_wakes(w);
    if (*ret_wake)
        w->idle = w->lingers = false;
    return E_OK;
}

err_t writer_submit(struct writer *w, struct write_job *job)
{
    bool wake = false;
    (void)pthread_mutex_lock(&w->lock);
    err_t e = writer_enqueue(w, job, &wake);
    (void)pthread_mutex_unlock(&w->lock);
    if (wake) /* after the lock was let go, so that the thread does not have to wait for it */
        (void)pthread_cond_signal(&w->work);
    return e;
}

void writer_stats(struct writer *w, struct writer_stats *ret)
{
    (void)pthread_mutex_lock(&w->lock);
    *ret = w->stats;
    ret->limit = w->pace.limit;
    (void)pthread_mutex_unlock(&w->lock);
}

static struct write_job *writer_take(struct writer *w, size_t at)
{
    struct write_queue *q = &w->queues[at];
    struct write_job *job = q->first;
    if (job == NULL)
        return NULL;
    q->first = job->next;
    if (q->first == NULL)
        q->last = &q->first;
    q->n--;
    w->stats.queued--;
    w->eager -= job->patient ? 0 : 1;
    if (at < LOAD_CLASSES)
        (void)atomic_fetch_sub_explicit(&w->normal, 1, memory_order_relaxed);
    return job;
}

/* What a group asks for its next job; NULL when the queues are empty. */
static struct write_job *writer_next(void *arg)
{
    struct writer *w = (struct writer *)arg;
    (void)pthread_mutex_lock(&w->lock);
    struct write_job *job = writer_take(w, QUEUE_URGENT);
    for (size_t class = LOAD_CLASSES; job == NULL && class -- > 0;)
        job = writer_take(w, class);
    (void)pthread_mutex_unlock(&w->lock);
    return job;
}

static struct write_job *writer_next_bulk(void *arg)
{
    struct writer *w = (struct writer *)arg;
    (void)pthread_mutex_lock(&w->lock);
    struct write_job *job = writer_take(w, QUEUE_BULK);
    (void)pthread_mutex_unlock(&w->lock);
    return job;
}

static void writer_note_state(struct writer *w)
{
    w->stats.disk_full = w->group.disk_full;
    w->stats.failed = w->group.failed;
    w->stats.cause = w->group.cause;
}

/* Before the jobs of a group hear of its end, so that who heard sees it counted. */
static void writer_count(void *arg, const struct write_group *g)
{
    struct writer *w = (struct writer *)arg;
    (void)pthread_mutex_lock(&w->lock);
    w->stats.jobs += g->jobs_n;
    w->stats.groups++;
    w->stats.wal_frames = g->wal_frames;
    writer_note_state(w);
    (void)pthread_mutex_unlock(&w->lock);
}

/* The slice of long work and the wait for a checkpoint count too: who queues waits for them. */
static void writer_note_pace(struct writer *w, size_t n, dur_t began)
{
    dur_t took = { clock_mono().us - began.us };
    if (n == 0)
        return;
    (void)pthread_mutex_lock(&w->lock);
    bool more = atomic_load_explicit(&w->normal, memory_order_relaxed) > 0;
    pace_note(&w->pace, n, took, more);
    atomic_store_explicit(&w->limit, w->pace.limit, memory_order_relaxed);
    (void)pthread_mutex_unlock(&w->lock);
}

/* Those that nobody waits for may have company soon. */
static void writer_linger(struct writer *w)
{
    if (w->stats.queued == 0 || w->stats.queued >= WRITE_COMPANY || w->eager > 0 || w->stopping)
        return;
    w->lingers = true;
    thread_cond_wait(&w->work, &w->lock, WRITE_LINGER_MAX);
    w->lingers = false;
}

/* false: stopping, and nothing is left to do. */
static bool writer_wait(struct writer *w)
{
    (void)pthread_mutex_lock(&w->lock);
    writer_note_state(w);
    if (w->stats.queued == 0 && !w->stopping) {
        w->idle = true;
        if (w->group.disk_full)
            thread_cond_wait(&w->work, &w->lock, WRITER_LOOK_EVERY);
        else
            (void)pthread_cond_wait(&w->work, &w->lock);
        w->idle = false;
    }
    writer_linger(w);
    bool more = w->stats.queued != 0 || !w->stopping;
    (void)pthread_mutex_unlock(&w->lock);
    return more;
}

static void *writer_main(void *arg)
{
    struct writer *w = (struct writer *)arg;
    const struct write_group_source normal = { w, writer_next, writer_count };
    const struct write_group_source bulk = { w, writer_next_bulk, writer_count };
    while (writer_wait(w)) {
        write_group_recover(&w->group);
        dur_t began = clock_mono();
        write_group_run(&w->group, &normal, WRITE_GROUP_MAX);
        size_t n = w->group.jobs_n;
        write_group_run(&w->group, &bulk, 1);
        write_group_rest(&w->group);
        writer_note_pace(w, n, began);
    }
    return NULL;
}
