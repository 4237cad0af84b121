/* SPDX-License-Identifier: Apache-2.0 */
#include "app/write_wait.h"

static void wait_done(struct write_job *write, err_t e)
{
    struct write_wait *w = CONTAINER_OF(write, struct write_wait, write);
    (void)pthread_mutex_lock(&w->lock);
    w->result = e;
    w->done = true;
    (void)pthread_cond_signal(&w->over);
    (void)pthread_mutex_unlock(&w->lock);
}

static err_t wait_over(struct writer *writer, struct write_wait *w)
{
    TRY(writer_submit(writer, &w->write));
    (void)pthread_mutex_lock(&w->lock);
    while (!w->done)
        (void)pthread_cond_wait(&w->over, &w->lock);
    (void)pthread_mutex_unlock(&w->lock);
    return w->result;
}

err_t write_wait(struct writer *writer, struct write_wait *w)
{
    w->write.class = WRITE_NORMAL;
    w->write.load = LOAD_ADMIN;
    w->write.done = wait_done;
    w->done = false;
    (void)pthread_mutex_init(&w->lock, NULL); /* a default mutex and condition cannot fail here */
    (void)pthread_cond_init(&w->over, NULL);
    err_t e = wait_over(writer, w);
    (void)pthread_cond_destroy(&w->over);
    (void)pthread_mutex_destroy(&w->lock);
    return e;
}
