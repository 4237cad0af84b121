/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/db/checkpoint.h"
#include "plat/db/dbconn.h"
#include "plat/db/thread.h"

struct checkpoint {
    pthread_t thread;
    struct db *db; /* the thread's */
    pthread_mutex_t lock;
    pthread_cond_t work; /* for the thread: dirty, wanted or stopping moved */
    pthread_cond_t done; /* for the writer: passes moved */
    bool dirty;          /* something was committed since the last pass began */
    bool asleep;         /* the thread waits without a deadline */
    bool running;        /* a pass is under way */
    bool stopping;
    uint64_t wanted; /* the writer waits until so many passes have ended */
    uint64_t passes;
    enum checkpoint_state state;
};

#define CHECKPOINT_EVERY DUR_MS(50)

static void *checkpoint_main(void *arg);

static void checkpoint_drop(struct checkpoint *c)
{
    db_close(c->db);
    (void)pthread_cond_destroy(&c->done);
    (void)pthread_cond_destroy(&c->work);
    (void)pthread_mutex_destroy(&c->lock);
    free(c);
}

err_t checkpoint_new(const char *dir, struct diag *why, struct checkpoint **ret)
{
    struct checkpoint *c = calloc(1, sizeof *c);
    if (c == NULL)
        return E_NO_MEMORY;
    (void)pthread_mutex_init(&c->lock, NULL); /* cannot fail with default attributes */
    thread_cond_init(&c->work);
    thread_cond_init(&c->done);
    err_t e = dbconn_open(dir, DB_WRITER, why, &c->db);
    if (e == E_OK)
        (void)sqlite3_db_config(c->db->sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    if (e == E_OK)
        e = thread_start("checkpoint", checkpoint_main, c, &c->thread);
    if (e != E_OK) {
        checkpoint_drop(c);
        return e;
    }
    *ret = c;
    return E_OK;
}

void checkpoint_stop(struct checkpoint *c)
{
    (void)pthread_mutex_lock(&c->lock);
    c->stopping = true;
    (void)pthread_cond_signal(&c->work);
    (void)pthread_mutex_unlock(&c->lock);
}

void checkpoint_free(struct checkpoint *c)
{
    if (c == NULL)
        return;
    checkpoint_stop(c);
    (void)pthread_join(c->thread, NULL);
    checkpoint_drop(c);
}

void checkpoint_note(struct checkpoint *c)
{
    (void)pthread_mutex_lock(&c->lock);
    c->dirty = true;
    if (c->asleep)
        (void)pthread_cond_signal(&c->work);
    (void)pthread_mutex_unlock(&c->lock);
}

enum checkpoint_state checkpoint_wait(struct checkpoint *c)
{
    (void)pthread_mutex_lock(&c->lock);
    /* A pass that runs now began before our last frames: it does not count. */
    uint64_t until = c->passes + (c->running ? 2 : 1);
    c->wanted = until;
    (void)pthread_cond_signal(&c->work);
    while (c->passes < until)
        (void)pthread_cond_wait(&c->done, &c->lock);
    enum checkpoint_state state = c->state;
    (void)pthread_mutex_unlock(&c->lock);
    return state;
}

enum checkpoint_state checkpoint_state(struct checkpoint *c)
{
    (void)pthread_mutex_lock(&c->lock);
    enum checkpoint_state state = c->state;
    (void)pthread_mutex_unlock(&c->lock);
    return state;
}

/* PASSIVE: neither readers nor the writer are ever blocked; what a reader still needs is left. */
static enum checkpoint_state checkpoint_pass(struct db *db, bool *ret_left)
{
    int frames = 0;
    int moved = 0;
    int rc =
        sqlite3_wal_checkpoint_v2(db->sqlite, NULL, SQLITE_CHECKPOINT_PASSIVE, &frames, &moved);
    *ret_left = rc != SQLITE_OK || moved < frames;
    if (rc == SQLITE_OK || rc == SQLITE_BUSY) /* busy: another process does it */
        return CHECKPOINT_FINE;
    err_t e = dbconn_error(db, rc);
    if (db->broken != SQLITE_OK)
        return CHECKPOINT_FAILED;
    return e == E_DISK_FULL ? CHECKPOINT_FULL : CHECKPOINT_FINE;
}

/* With the lock held; false: the end. */
static bool checkpoint_sleep(struct checkpoint *c)
{
    while (!c->stopping && c->wanted <= c->passes) {
        if (c->dirty) {
            thread_cond_wait(&c->work, &c->lock, CHECKPOINT_EVERY);
            break;
        }
        c->asleep = true;
        (void)pthread_cond_wait(&c->work, &c->lock);
        c->asleep = false;
    }
    return !c->stopping;
}

static void *checkpoint_main(void *arg)
{
    struct checkpoint *c = (struct checkpoint *)arg;
    (void)pthread_mutex_lock(&c->lock);
    while (checkpoint_sleep(c)) {
        bool left = false;
        c->dirty = false;
        c->running = true;
        (void)pthread_mutex_unlock(&c->lock);
        enum checkpoint_state state = checkpoint_pass(c->db, &left);
        (void)pthread_mutex_lock(&c->lock);
        c->running = false;
        c->dirty = c->dirty || left;
        if (c->state != CHECKPOINT_FAILED) /* an fsync that failed is never tried again */
            c->state = state;
        c->stopping = c->stopping || state == CHECKPOINT_FAILED;
        c->passes++;
        (void)pthread_cond_broadcast(&c->done);
    }
    c->passes = UINT64_MAX; /* nobody waits for a thread that has ended */
    (void)pthread_cond_broadcast(&c->done);
    (void)pthread_mutex_unlock(&c->lock);
    return NULL;
}
