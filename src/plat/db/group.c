/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/db/group.h"
#include "plat/db/conn.h"

static void group_fill(struct group *g, const struct group_source *from, size_t max,
                       bool *ret_lost);
static void group_publish(struct group *g, const struct group_source *from);
static void group_alone(struct group *g, const struct group_source *from);
static void group_lose(struct group *g);
static bool job_run(struct group *g, size_t at);

static int group_on_commit(void *arg, sqlite3 *sqlite, const char *name, int frames)
{
    struct group *g = (struct group *)arg;
    (void)sqlite;
    (void)name;
    g->wal_frames = (uint64_t)frames;
    return SQLITE_OK;
}

err_t group_init(struct group *g, const struct writer_cfg *cfg, struct diag *why)
{
    g->follower = cfg->follower;
    g->wal_limit = CHECKPOINT_FRAMES_MAX;
    TRY(ballast_init(&g->ballast, cfg->dir));
    TRY(db_open(cfg->dir, DB_WRITER, why, &g->db));
    (void)sqlite3_wal_hook(g->db->sqlite, group_on_commit, g);
    TRY(checkpoint_new(cfg->dir, why, &g->checkpoint));
    err_t e = ballast_take(&g->ballast);
    if (e == E_IO)
        return FAIL(why, e, "%s cannot be written", g->ballast.path);
    g->disk_full = e != E_OK;
    return E_OK;
}

void group_fini(struct group *g)
{
    checkpoint_free(g->checkpoint);
    db_close(g->db); /* the last connection moves the log into the store, unless an fsync failed */
}

void group_run(struct group *g, const struct group_source *from, size_t max)
{
    bool lost = false;
    g->jobs_n = 0;
    group_fill(g, from, max, &lost);
    if (g->jobs_n == 0)
        return;
    if (!lost && conn_in_tx(g->db))
        lost = conn_commit(g->db) != E_OK;
    if (lost) {
        group_lose(g);
        group_alone(g, from);
    } else {
        group_publish(g, from);
    }
}

static void follow(const struct group *g, void (*what)(void *arg))
{
    if (what != NULL)
        what(g->follower.arg);
}

/* Has the job's class no right to run now? */
static err_t job_admit(const struct group *g, const struct write_job *job)
{
    if (g->failed)
        return E_STORE_UNREACHABLE;
    return g->disk_full && job->class != WRITE_URGENT ? E_DISK_FULL : E_OK;
}

static void group_fill(struct group *g, const struct group_source *from, size_t max, bool *ret_lost)
{
    dur_t start = clock_mono();
    while (!*ret_lost && g->jobs_n < max) {
        if (clock_mono().us - start.us > GROUP_TIME_MAX.us)
            break;
        struct write_job *job = from->next(from->arg);
        if (job == NULL)
            break;
        size_t at = g->jobs_n++;
        g->jobs[at] = job;
        g->results[at] = job_admit(g, job);
        if (g->results[at] != E_OK)
            continue;
        bool begun = conn_in_tx(g->db) || conn_control(g->db, CONN_BEGIN_IMMEDIATE) == E_OK;
        *ret_lost = !begun || !job_run(g, at);
    }
}

/* The end of a job's savepoint; false: the engine has given up the transaction, or must not go on.
 */
static bool job_end(struct group *g, err_t e)
{
    struct db *db = g->db;
    if (!conn_in_tx(db) || db->full || db->broken != SQLITE_OK)
        return false;
    if (e != E_OK)
        follow(g, g->follower.rewind);
    if (!db->savepoint)
        return true;
    db->savepoint = false;
    if (e != E_OK && conn_control(db, CONN_REWIND) != E_OK)
        return false;
    return conn_control(db, CONN_RELEASE) == E_OK;
}

static bool job_run(struct group *g, size_t at)
{
    struct write_job *job = g->jobs[at];
    g->db->in_job = true;
    follow(g, g->follower.mark);
    err_t e = job->run(job, g->db);
    bool alive = job_end(g, e);
    if (alive && e != E_OK && job->refused != NULL) {
        follow(g, g->follower.mark);
        alive = job_end(g, job->refused(job, g->db, e));
    }
    g->db->in_job = false;
    g->results[at] = e;
    return alive;
}

/* Durable: memory first, then the answers. */
static void group_publish(struct group *g, const struct group_source *from)
{
    follow(g, g->follower.commit);
    checkpoint_note(g->checkpoint);
    for (size_t i = 0; i < g->jobs_n; i++) {
        if (g->results[i] == E_OK && g->jobs[i]->applied != NULL)
            g->jobs[i]->applied(g->jobs[i]);
    }
    from->count(from->arg, g);
    for (size_t i = 0; i < g->jobs_n; i++)
        g->jobs[i]->done(g->jobs[i], g->results[i]);
}

/* Nothing may be written any more, not even at the end: an fsync that failed says nothing when
 * asked again. */
static void group_fail(struct group *g, const char *cause)
{
    if (g->failed)
        return;
    g->failed = true;
    g->cause = cause;
    checkpoint_stop(g->checkpoint);
    (void)sqlite3_db_config(g->db->sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

static void group_fill_disk(struct group *g)
{
    if (!g->disk_full)
        ballast_release(&g->ballast);
    g->disk_full = true;
    g->looked_at = clock_mono();
}

static void group_lose(struct group *g)
{
    conn_rollback(g->db);
    g->db->in_job = false;
    follow(g, g->follower.abort);
    if (g->db->broken != SQLITE_OK)
        group_fail(g, sqlite3_errstr(g->db->broken));
    if (g->db->full)
        group_fill_disk(g);
    g->db->full = false;
}

/* The one job of a group, in a transaction of its own. */
static void group_try(struct group *g)
{
    g->results[0] = job_admit(g, g->jobs[0]);
    if (g->results[0] != E_OK)
        return;
    err_t e = conn_control(g->db, CONN_BEGIN_IMMEDIATE);
    if (e == E_OK) {
        bool alive = job_run(g, 0);
        e = alive ? conn_commit(g->db) : g->results[0];
        if (alive && e == E_OK)
            return;
    }
    bool full = g->db->full;
    group_lose(g);
    /* A job may have hidden the engine's error, or it struck while the refusal was written. */
    g->results[0] = full ? E_DISK_FULL : g->failed || e == E_OK ? E_STORE_UNREACHABLE : e;
}

/* After a lost group: each job by itself, so that one cannot take the others with it twice. */
static void group_alone(struct group *g, const struct group_source *from)
{
    struct write_job *jobs[GROUP_MAX];
    size_t n = g->jobs_n;
    memcpy(jobs, g->jobs, n * sizeof(struct write_job *));
    for (size_t i = 0; i < n; i++) {
        bool full = g->disk_full;
        g->jobs[0] = jobs[i];
        g->jobs_n = 1;
        group_try(g);
        if (!full && g->disk_full && jobs[i]->class == WRITE_URGENT)
            group_try(g); /* the ballast has made room a moment ago */
        group_publish(g, from);
    }
}

void group_rest(struct group *g)
{
    enum checkpoint_state state = checkpoint_state(g->checkpoint);
    if (g->wal_frames < CHECKPOINT_FRAMES_MAX)
        g->wal_limit = CHECKPOINT_FRAMES_MAX;
    if (g->wal_frames >= g->wal_limit) {
        state = checkpoint_wait(g->checkpoint);
        /* A reader may keep the log from starting again: do not wait at every group until it ends.
         */
        g->wal_limit = g->wal_frames + CHECKPOINT_FRAMES_MORE;
    }
    if (state == CHECKPOINT_FAILED)
        group_fail(g, "a checkpoint failed");
    if (state == CHECKPOINT_FULL)
        group_fill_disk(g);
}

void group_recover(struct group *g)
{
    dur_t now = clock_mono();
    if (!g->disk_full || g->failed || now.us - g->looked_at.us < DUR_S(1).us)
        return;
    g->looked_at = now;
    if (ballast_take(&g->ballast) != E_OK)
        return;
    if (checkpoint_wait(g->checkpoint) == CHECKPOINT_FINE)
        g->disk_full = false;
    else
        ballast_release(&g->ballast);
}
