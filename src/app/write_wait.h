/* SPDX-License-Identifier: Apache-2.0 */
/* A job of the writer for a thread that has nothing else to do meanwhile. */
#ifndef APP_WRITE_WAIT_H
#define APP_WRITE_WAIT_H

#include "plat/db/writer.h"

#include <pthread.h>

struct write_wait {
    struct write_job write; /* the caller sets .run; .refused and .applied where he needs them */
    pthread_mutex_t lock;
    pthread_cond_t over;
    bool done;
    err_t result;
};

/* Durable when it returns E_OK. What writer_submit and the job may fail with. */
err_t write_wait(struct writer *writer, struct write_wait *w) MUST_USE;

#endif
