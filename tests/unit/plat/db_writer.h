/* SPDX-License-Identifier: Apache-2.0 */
/* A writer over types.sql, and a job that adds one row and notes what became of it.
 */
#ifndef TESTS_PLAT_DB_WRITER_H
#define TESTS_PLAT_DB_WRITER_H

#include "db_dir.h"

#include "plat/db/writer.h"
#include "sql/types.h"

#include <pthread.h>
#include <semaphore.h>

enum { QUEUE_MAX = 600, LOG_MAX = 1024 };

/* What the writer did, in order: only its thread writes, and the test reads when all is done. */
struct log {
    char text[LOG_MAX];
    size_t n;
};

struct fixture {
    struct db_dir dir;
    struct writer *w;
    struct db *reader;
    struct arena *a;
    struct log log;
    sem_t done;
};

struct add_job {
    struct write_job job;
    struct fixture *f;
    int64_t n;
    err_t answer; /* of run, once the row is written */
    int runs;
    err_t result;
    sem_t *started; /* for a job that holds the writer: it says so, and waits */
    sem_t *go;
};

err_t add_row(struct db *db, int64_t n);
struct add_job add_job(struct fixture *f, int64_t n, enum write_class class);
void submit(struct fixture *f, struct add_job *j);
void await(struct fixture *f, size_t n);
bool has_row(struct fixture *f, int64_t n);
int setup(void **state);
int setup_follower(void **state);
int teardown(void **state);
void quiet_done(struct write_job *job, err_t e);

#endif
