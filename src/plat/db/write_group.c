/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/db/write_group.h"
#include "plat/db/dbconn.h"

static void write_group_fill(struct write_group *g, const struct write_group_source *from,
                             size_t max, bool *ret_lost);
static void write_group_publish(struct write_group *g, const struct write_group_source *from);
static bool write_group_again(struct write_group *g);
static void write_group_alone(struct write_group *g, const struct write_group_source *from);
static void write_group_undo(struct write_group *g);
static void write_group_lose(struct write_group *g);
static bool job_run(struct write_group *g, size_t at);

static int write_group_on_commit(void *arg, sqlite3 *sqlite, const char *name, int frames)
{
    struct write_group *g = (struct write_group *)arg;
    (void)sqlite;
    (void)name;
    g->wal_frames = (uint64_t)frames;
    return SQLITE_OK;
}

err_t write_group_init(struct write_group *g, const struct writer_cfg *cfg, struct diag *why)
{
    g->follower = cfg->follower;
    g->wal_limit = CHECKPOINT_FRAMES_MAX;
    TRY(ballast_init(&g->ballast, cfg->dir));
    TRY(db_open(cfg->dir, DB_WRITER, why, &g->db));
    (void)sqlite3_wal_hook(g->db->sqlite, write_group_on_commit, g);
    TRY(checkpoint_new(cfg->dir, why, &g->checkpoint));
    err_t e = ballast_take(&g->ballast);
    if (e == E_IO)
        return FAIL(why, e, "%s cannot be written", g->ballast.path);
    g->disk_full = e != E_OK;
    return E_OK;
}

void write_group_fini(struct write_group *g)
{
    checkpoint_free(g->checkpoint);
    db_close(g->db); /* the last connection moves the log into the store, unless an fsync failed */
}

void write_group_run(struct write_group *g, const struct write_group_source *from, size_t max)
{
    bool lost = false;
    g->jobs_n = 0;
    g->torn = false;
    g->db->guarded = g->guarded_left > 0;
    write_group_fill(g, from, max, &lost);
    if (g->jobs_n == 0)
        return;
    if (g->guarded_left > 0)
        g->guarded_left--;
    if (!lost && dbconn_in_tx(g->db))
        lost = dbconn_commit(g->db) != E_OK;
    if (lost) {
        write_group_lose(g);
        write_group_alone(g, from);
    } else {
        write_group_publish(g, from);
    }
}

static void follow(const struct write_group *g, void (*what)(void *arg))
{
    if (what != NULL)
        what(g->follower.arg);
}

/* Has the job's class no right to run now? */
static err_t job_admit(const struct write_group *g, const struct write_job *job)
{
    if (g->failed)
        return E_STORE_UNREACHABLE;
    return g->disk_full && job->class != WRITE_URGENT ? E_DISK_FULL : E_OK;
}

/* False: the transaction is lost. */
static bool write_group_take(struct write_group *g, size_t at)
{
    g->results[at] = job_admit(g, g->jobs[at]);
    if (g->results[at] != E_OK)
        return true;
    bool begun = dbconn_in_tx(g->db) || dbconn_control(g->db, DBCONN_BEGIN_IMMEDIATE) == E_OK;
    return begun && job_run(g, at);
}

static void write_group_fill(struct write_group *g, const struct write_group_source *from,
                             size_t max, bool *ret_lost)
{
    dur_t start = clock_mono();
    while (!*ret_lost && g->jobs_n < max) {
        if (clock_mono().us - start.us > WRITE_GROUP_TIME_MAX.us)
            break;
        struct write_job *job = from->next(from->arg);
        if (job == NULL)
            break;
        size_t at = g->jobs_n++;
        g->jobs[at] = job;
        *ret_lost = !write_group_take(g, at) && !(g->torn && write_group_again(g));
    }
}

/* A job failed after it had written, with nothing to go back to: the same jobs once more, each
 * under a savepoint, and those of the next groups too, since what fails so may come in numbers. */
static bool write_group_again(struct write_group *g)
{
    write_group_undo(g);
    g->guarded_left = WRITE_GROUPS_GUARDED;
    g->db->guarded = true;
    for (size_t i = 0; i < g->jobs_n; i++) {
        if (!write_group_take(g, i))
            return false;
    }
    return true;
}

static void job_begin(struct write_group *g)
{
    g->changes = sqlite3_total_changes64(g->db->sqlite);
    follow(g, g->follower.mark);
}

/* The end of a job, and of its savepoint; false: the transaction is lost, by the engine's word or
 * because the job cannot be taken out of it. */
static bool job_end(struct write_group *g, err_t e)
{
    struct db *db = g->db;
    bool changed = sqlite3_total_changes64(db->sqlite) != g->changes;
    if (!dbconn_in_tx(db) || db->full || db->broken != SQLITE_OK)
        return false;
    g->torn = e != E_OK && changed && !db->savepoint;
    if (g->torn)
        return false;
    if (e != E_OK)
        follow(g, g->follower.rewind);
    if (!db->savepoint)
        return true;
    db->savepoint = false;
    if (e != E_OK && dbconn_control(db, DBCONN_REWIND) != E_OK)
        return false;
    return dbconn_control(db, DBCONN_RELEASE) == E_OK;
}

static bool job_run(struct write_group *g, size_t at)
{
    struct write_job *job = g->jobs[at];
    g->db->in_job = true;
    job_begin(g);
    err_t e = job->run(job, g->db);
    bool alive = job_end(g, e);
    if (alive && e != E_OK && job->refused != NULL) {
        job_begin(g);
        alive = job_end(g, job->refused(job, g->db, e));
    }
    g->db->in_job = false;
    g->results[at] = e;
    return alive;
}

/* Durable: memory first, then the answers. */
static void write_group_publish(struct write_group *g, const struct write_group_source *from)
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
static void write_group_fail(struct write_group *g, const char *cause)
{
    if (g->failed)
        return;
    g->failed = true;
    g->cause = cause;
    checkpoint_stop(g->checkpoint);
    (void)sqlite3_db_config(g->db->sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

static void write_group_note_full(struct write_group *g)
{
    if (g->disk_full)
        return;
    g->disk_full = true;
    g->looked_at = clock_mono();
    ballast_release(&g->ballast);
}

static void write_group_undo(struct write_group *g)
{
    dbconn_rollback(g->db);
    g->db->in_job = false;
    follow(g, g->follower.abort);
}

static void write_group_lose(struct write_group *g)
{
    write_group_undo(g);
    if (g->db->broken != SQLITE_OK)
        write_group_fail(g, sqlite3_errstr(g->db->broken));
    if (g->db->full)
        write_group_note_full(g);
    g->db->full = false;
}

/* The one job of a group, in a transaction of its own. */
static void write_group_try(struct write_group *g)
{
    g->results[0] = job_admit(g, g->jobs[0]);
    if (g->results[0] != E_OK)
        return;
    err_t e = dbconn_control(g->db, DBCONN_BEGIN_IMMEDIATE);
    if (e == E_OK) {
        bool alive = job_run(g, 0);
        e = alive ? dbconn_commit(g->db) : g->results[0];
        if (alive && e == E_OK)
            return;
    }
    bool full = g->db->full;
    write_group_lose(g);
    /* A job may have hidden the engine's error, or it struck while the refusal was written. */
    g->results[0] = full ? E_DISK_FULL : g->failed || e == E_OK ? E_STORE_UNREACHABLE : e;
}

/* After a lost group: each job by itself, so that one cannot take the others with it twice. */
static void write_group_alone(struct write_group *g, const struct write_group_source *from)
{
    struct write_job *jobs[WRITE_GROUP_MAX];
    size_t n = g->jobs_n;
    g->db->guarded = true; /* a refusal shall be written where its job could not be */
    memcpy(jobs, g->jobs, n * sizeof(struct write_job *));
    for (size_t i = 0; i < n; i++) {
        bool full = g->disk_full;
        g->jobs[0] = jobs[i];
        g->jobs_n = 1;
        write_group_try(g);
        if (!full && g->disk_full && jobs[i]->class == WRITE_URGENT)
            write_group_try(g); /* the ballast has made room a moment ago */
        write_group_publish(g, from);
    }
}

void write_group_rest(struct write_group *g)
{
    enum checkpoint_state state = checkpoint_state(g->checkpoint);
    if (g->wal_frames < CHECKPOINT_FRAMES_MAX)
        g->wal_limit = CHECKPOINT_FRAMES_MAX;
    if (g->wal_frames >= g->wal_limit) {
        state = checkpoint_wait(g->checkpoint);
        /* A reader may keep the log from starting again: do not wait at every group for it. */
        g->wal_limit = g->wal_frames + CHECKPOINT_FRAMES_MORE;
    }
    if (state == CHECKPOINT_FAILED)
        write_group_fail(g, "a checkpoint failed");
    if (state == CHECKPOINT_FULL)
        write_group_note_full(g);
}

void write_group_recover(struct write_group *g)
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
