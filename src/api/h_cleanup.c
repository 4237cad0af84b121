/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Retention now: what the server's jobs do by and by, slice after slice with others' changes in
 * between, and then the free pages go back to the system. It is done on a worker before the
 * transaction that records it.
 */
#include "api/handlers_operation.h"
#include "api/outside.h"
#include "api/retention.h"
#include "api/shapes_security.h"
#include "api/whole_server.h"
#include "plat/db/inspect.h"
#include "plat/json/out.h"
#include "plat/os/file.h"
#include "plat/os/logbook.h"

#include <pthread.h>

/* Rows and pages of a slice: nobody waits for it longer than for a change of his own. */
enum { SLICE = 500, VACUUM_SLICE = 128, PAGE_BYTES = 4096, VACUUM = RETAINED_COUNT };
#define CLEAN_FOR DUR_S(5)

struct slice {
    struct write_job job;
    const struct services *sv;
    struct act act;
    bool dry;    /* what was done is undone: only how much it was stays */
    size_t what; /* enum retained, or VACUUM */
    bool more;
    int64_t n; /* rows, or pages, that went */
    err_t result;
    bool over;
    pthread_mutex_t lock;
    pthread_cond_t done;
};

static err_t vacuum_run(struct slice *s, struct db *db)
{
    int64_t before;
    int64_t left;
    TRY(db_vacuum(db, INT64_MAX, 0, &before));
    s->n = before;
    if (s->dry)
        return E_OK;
    TRY(db_vacuum(db, 0, VACUUM_SLICE, &left));
    s->n = before - left;
    s->more = left > 0 && s->n > 0;
    return E_OK;
}

static err_t forget(struct slice *s, struct db *db)
{
    int64_t before = db_rows_written(db);
    TRY(retention_run(s->sv, &s->act, (enum retained)s->what, SLICE, &s->more));
    s->n = db_rows_written(db) - before;
    return E_OK;
}

static err_t forget_for_show(struct slice *s, struct db *db)
{
    TRY(db_step_begin(db));
    TRY(forget(s, db));
    return db_step_undo(db);
}

static err_t slice_run(struct write_job *job, struct db *db)
{
    struct slice *s = CONTAINER_OF(job, struct slice, job);
    struct arena *a = s->act.arena;
    arena_reset(a);
    s->more = false;
    if (s->what == VACUUM)
        return vacuum_run(s, db);
    s->act = (struct act){ .arena = a,
                           .db = db,
                           .now = clock_now(),
                           .org = s->sv->default_org,
                           .actor = { .kind = ACTOR_SYSTEM, .perms = perms_all() },
                           .keys = &s->sv->keys };
    effects_init(&s->act.effects);
    return s->dry ? forget_for_show(s, db) : forget(s, db);
}

static void slice_applied(struct write_job *job)
{
    struct slice *s = CONTAINER_OF(job, struct slice, job);
    if (s->what != VACUUM && !s->dry)
        services_apply(s->sv, &s->act.effects);
}

static void slice_done(struct write_job *job, err_t e)
{
    struct slice *s = CONTAINER_OF(job, struct slice, job);
    (void)pthread_mutex_lock(&s->lock);
    s->result = e;
    s->over = true;
    (void)pthread_cond_signal(&s->done);
    (void)pthread_mutex_unlock(&s->lock);
}

static err_t slice_wait(struct slice *s)
{
    s->job = (struct write_job){
        .class = WRITE_BULK, .run = slice_run, .applied = slice_applied, .done = slice_done
    };
    s->over = false;
    s->n = 0;
    TRY(writer_submit(s->sv->writer, &s->job));
    (void)pthread_mutex_lock(&s->lock);
    while (!s->over)
        (void)pthread_cond_wait(&s->done, &s->lock);
    (void)pthread_mutex_unlock(&s->lock);
    return s->result;
}

/* Until nothing is left, or the time is over: *ret_more. For show one slice is all: what it undoes
 * would come again. */
static err_t slices_run(struct slice *s, dur_t until, int64_t *ret_n, bool *ret_more)
{
    int64_t n = 0;
    bool more = true;
    bool again = true;
    while (again && clock_mono().us < until.us && !services_stop(s->sv)) {
        TRY(slice_wait(s));
        n += s->n;
        more = s->more;
        again = more && !s->dry;
    }
    *ret_n = n;
    *ret_more = more;
    return E_OK;
}

static err_t clean(struct slice *s, struct cleanup_out *out)
{
    dur_t until = { clock_mono().us + CLEAN_FOR.us };
    int64_t n = 0;
    bool more;
    out->complete = true;
    for (s->what = 0; s->what <= VACUUM; s->what++) {
        TRY(slices_run(s, until, &n, &more));
        out->complete = out->complete && !more;
        if (s->what == VACUUM)
            out->bytes_freed = n * PAGE_BYTES;
        else
            out->of[s->what] = (struct cleanup_row){ .removed = n, .more = more };
    }
    return E_OK;
}

static void logs_clean(struct services *sv, struct cleanup_out *out)
{
    struct logbook_pruned pruned = { 0 };
    ts_t before = { clock_now().us - services_settings(sv)->log_days * DUR_DAYS(1).us };
    if (sv->logbook != NULL && !clock_guard_behind(&sv->clock) && out->dry_run)
        logbook_prunable(sv->logbook, before, &pruned);
    else if (sv->logbook != NULL && !clock_guard_behind(&sv->clock))
        logbook_prune(sv->logbook, before, &pruned);
    out->log_bytes_freed = pruned.bytes;
}

static err_t clean_alone(struct request *rq, struct cleanup_out *out)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(REQUEST_ARENA_MAX);
    struct slice s = { .sv = rq->services, .dry = out->dry_run, .act = { .arena = a } };
    if (a == NULL)
        return E_NO_MEMORY;
    (void)pthread_mutex_init(&s.lock, NULL); /* a default mutex and condition cannot fail here */
    (void)pthread_cond_init(&s.done, NULL);
    err_t e = clean(&s, out);
    (void)pthread_cond_destroy(&s.done);
    (void)pthread_mutex_destroy(&s.lock);
    TRY(e);
    logs_clean(rq->services, out);
    return E_OK;
}

err_t cleanup_prepare(struct request *rq)
{
    const struct cleanup_in *in = rq->in;
    struct cleanup_out *out = ARENA_NEW(rq->act.arena, struct cleanup_out);
    str_t lock;
    int fd;
    TRY(whole_server_may(rq));
    if (out == NULL)
        return E_NO_MEMORY;
    out->dry_run = in->dry_run;
    TRY(str_format(rq->act.arena, &lock, "%s/cleanup.lock", rq->services->dir));
    if (!outside_take(rq->services)) /* it holds a worker as a call outside does */
        return FAIL(&rq->act.why, E_OVERLOADED, "the server is busy: try again in a minute");
    request_leave_store(rq);
    err_t e = file_lock(lock.p, &rq->act.why, &fd);
    if (e == E_OK) {
        e = clean_alone(rq, out);
        file_unlock(fd);
    } else {
        diag_clear(&rq->act.why); /* it names a path */
        e = FAIL(&rq->act.why, E_CONFLICT, "the store is being cleaned: wait for it");
    }
    outside_give(rq->services);
    TRY(e);
    rq->made = out;
    return E_OK;
}

static err_t details_make(struct request *rq, const struct cleanup_out *out, str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, KIB(2));
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "bytes_freed", i64, out->bytes_freed);
    JSON_OUT(&o, "log_bytes_freed", i64, out->log_bytes_freed);
    JSON_OUT(&o, "removed", i64, out->removed);
    json_out_close(&o, '}');
    TRY(b.err);
    return str_copy(rq->act.arena, buf_str(&b), ret);
}

err_t cleanup_post(struct request *rq)
{
    struct cleanup_out *out = ARENA_NEW(rq->act.arena, struct cleanup_out);
    struct cleanup_row *rows = ARENA_ARRAY(rq->act.arena, struct cleanup_row, RETAINED_COUNT);
    str_t details;
    TRY(whole_server_may(rq)); /* rights may have moved since */
    if (out == NULL || rows == NULL)
        return E_NO_MEMORY;
    *out = *(const struct cleanup_out *)rq->made;
    for (size_t i = 0; i < RETAINED_COUNT; i++) {
        rows[i] = out->of[i];
        rows[i].name = str_from_cz(retained_names[i]);
        out->removed += rows[i].removed;
    }
    out->what = (struct rows){ rows, RETAINED_COUNT };
    TRY(details_make(rq, out, &details));
    request_target(rq, "store", (oid_t){ 0 }, STR_NONE);
    request_details(rq, details);
    rq->quiet = out->dry_run; /* nothing was done */
    return reply_obj(rq, 200, &cleanup_shape, out);
}
