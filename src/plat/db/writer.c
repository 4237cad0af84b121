/* SPDX-License-Identifier: Apache-2.0 */
/* The queues and the thread; what becomes of a group is write_group.c. */
#include "plat/db/writer.h"
#include "base/fault.h"
#include "plat/db/thread.h"
#include "plat/db/write_group.h"

/* On a full disk: how often to look whether there is room again. */
#define WRITER_LOOK_EVERY DUR_S(1)

struct write_queue {
    struct write_job *first;
    struct write_job **last;
    size_t n;
};

enum { WRITE_CLASSES = WRITE_BULK + 1 };

struct writer {
    pthread_t thread;
    struct write_group group; /* the thread's */
    size_t queue_max;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t work;
    bool idle; /* the thread waits: a signal is needed */
    bool stopping;
    struct write_queue queues[WRITE_CLASSES];
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
    for (size_t i = 0; i < WRITE_CLASSES; i++)
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

static err_t writer_enqueue(struct writer *w, struct write_job *job)
{
    struct write_queue *q = &w->queues[job->class];
    if (w->stopping)
        return E_STOPPING;
    if (q->n >= w->queue_max)
        return E_OVERLOADED;
    job->next = NULL;
    *q->last = job;
    q->last = &job->next;
    q->n++;
    w->stats.queued++;
    if (w->idle)
        (void)pthread_cond_signal(&w->work);
    return E_OK;
}

err_t writer_submit(struct writer *w, struct write_job *job)
{
    (void)pthread_mutex_lock(&w->lock);
    err_t e = writer_enqueue(w, job);
    (void)pthread_mutex_unlock(&w->lock);
    return e;
}

void writer_stats(struct writer *w, struct writer_stats *ret)
{
    (void)pthread_mutex_lock(&w->lock);
    *ret = w->stats;
    (void)pthread_mutex_unlock(&w->lock);
}

static struct write_job *writer_take(struct writer *w, enum write_class class)
{
    struct write_queue *q = &w->queues[class];
    struct write_job *job = q->first;
    if (job == NULL)
        return NULL;
    q->first = job->next;
    if (q->first == NULL)
        q->last = &q->first;
    q->n--;
    w->stats.queued--;
    return job;
}

/* What a group asks for its next job; NULL when the queues are empty. */
static struct write_job *writer_next(void *arg)
{
    struct writer *w = (struct writer *)arg;
    (void)pthread_mutex_lock(&w->lock);
    struct write_job *job = writer_take(w, WRITE_URGENT);
    if (job == NULL)
        job = writer_take(w, WRITE_NORMAL);
    (void)pthread_mutex_unlock(&w->lock);
    return job;
}

static struct write_job *writer_next_bulk(void *arg)
{
    struct writer *w = (struct writer *)arg;
    (void)pthread_mutex_lock(&w->lock);
    struct write_job *job = writer_take(w, WRITE_BULK);
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
        write_group_run(&w->group, &normal, WRITE_GROUP_MAX);
        write_group_run(&w->group, &bulk, 1);
        write_group_rest(&w->group);
    }
    return NULL;
}
