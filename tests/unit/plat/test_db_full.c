/* SPDX-License-Identifier: Apache-2.0 */
/* A full disk (a tmpfs of the test's own) and an fsync that fails. */
#include "db_dir.h"

#include "plat/db/writer.h"
#include "sql/types.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/mount.h>
#include <sys/syscall.h>

enum { DISK_MIB = 40, BLOB = 256 * 1024 };

static atomic_bool sync_fails;
static atomic_int syncs;

/* In front of libc's, also for SQLite: an fsync that fails as a dying disk makes it fail. */
__attribute__((visibility("default"))) int fdatasync(int fd)
{
    (void)atomic_fetch_add(&syncs, 1);
    if (!atomic_load(&sync_fails))
        return (int)syscall(SYS_fdatasync, fd);
    errno = EIO;
    return -1;
}

struct blob_job {
    struct write_job job;
    int64_t n;
    size_t size;
    int runs;
    err_t result;
    sem_t done;
};

static err_t blob_run(struct write_job *job, struct db *db)
{
    static const char bytes[BLOB];
    struct blob_job *j = CONTAINER_OF(job, struct blob_job, job);
    char name[24];
    int len = snprintf(name, sizeof name, "%ld", (long)j->n);
    struct sql_thing_add in = { .n = j->n,
                                .name = str_of(name, (size_t)len),
                                .raw = str_of(bytes, j->size) };
    memcpy(in.id.b, &j->n, sizeof j->n);
    j->runs++;
    return sql_thing_add(db, &in);
}

static void blob_done(struct write_job *job, err_t e)
{
    struct blob_job *j = CONTAINER_OF(job, struct blob_job, job);
    j->result = e;
    assert_int_equal(sem_post(&j->done), 0);
}

struct outcome {
    err_t e;
    int runs;
};

static struct outcome put(struct writer *w, int64_t n, size_t size, enum write_class class)
{
    struct blob_job j = { .job = { .class = class, .run = blob_run, .done = blob_done },
                          .n = n,
                          .size = size };
    assert_int_equal(sem_init(&j.done, 0, 0), 0);
    assert_int_equal(writer_submit(w, &j.job), E_OK);
    assert_int_equal(sem_wait(&j.done), 0);
    (void)sem_destroy(&j.done);
    return (struct outcome){ j.result, j.runs };
}

static bool has_row(struct db *db, int64_t n)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(1));
    struct sql_thing_by_id in = { 0 };
    struct row_thing row;
    memcpy(in.id.b, &n, sizeof n);
    return sql_thing_by_id(db, a, &in, &row) == E_OK;
}

struct store {
    struct db_dir dir;
    struct writer *w;
    struct db *reader;
};

static void store_open(struct store *s)
{
    struct diag why = { 0 };
    assert_int_equal(db_migrate(s->dir.path, &why), E_OK);
    assert_int_equal(db_open(s->dir.path, DB_READER, &why, &s->reader), E_OK);
    assert_int_equal(
        writer_new(&(struct writer_cfg){ .dir = s->dir.path, .queue_max = 8 }, &why, &s->w), E_OK);
}

static void store_close(struct store *s)
{
    writer_free(s->w);
    db_close(s->reader);
}

/* Take all that is left, byte by byte at the end. */
static void fill_disk(const struct db_dir *d)
{
    static const char zeros[64 * 1024];
    char path[128];
    (void)snprintf(path, sizeof path, "%s/filler", d->path);
    int fd = open(path, O_CREAT | O_WRONLY | O_APPEND, 0600);
    assert_true(fd >= 0);
    for (size_t step = sizeof zeros; step > 0;) {
        if (write(fd, zeros, step) < 0)
            step /= 2;
    }
    (void)close(fd);
}

static void free_disk(const struct db_dir *d)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/filler", d->path);
    assert_int_equal(unlink(path), 0);
}

static bool mount_small_disk(const struct db_dir *d)
{
    char options[32];
    (void)snprintf(options, sizeof options, "size=%dm", DISK_MIB);
    if (unshare(CLONE_NEWNS) != 0)
        return false;
    (void)mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL); /* in a chroot "/" is no mount */
    return mount("none", d->path, "tmpfs", 0, options) == 0;
}

static void test_a_full_disk(void **state)
{
    (void)state;
    struct store s = { 0 };
    db_dir_make(&s.dir);
    if (!mount_small_disk(&s.dir)) {
        db_dir_remove(&s.dir);
        print_message("SKIPPED: mounting a tmpfs is not allowed here\n");
        skip();
    }
    store_open(&s);
    struct writer_stats stats;
    assert_int_equal(put(s.w, 1, 10, WRITE_NORMAL).e, E_OK);
    clock_freeze((ts_t){ 1 }, DUR_S(100));
    fill_disk(&s.dir);

    /* An urgent one that meets the full disk first is written all the same: the ballast makes room.
     */
    assert_int_equal(put(s.w, 2, BLOB, WRITE_URGENT).e, E_OK);
    writer_stats(s.w, &stats);
    assert_true(stats.disk_full);
    assert_false(stats.failed);
    struct outcome refused = put(s.w, 3, 10, WRITE_NORMAL);
    assert_int_equal(refused.e, E_DISK_FULL);
    assert_int_equal(refused.runs, 0);
    assert_int_equal(put(s.w, 3, 10, WRITE_BULK).e, E_DISK_FULL);
    for (int i = 0; i < 20; i++)
        assert_int_equal(put(s.w, 100 + i, 4000, WRITE_URGENT).e, E_OK);
    assert_true(has_row(s.reader, 1) && has_row(s.reader, 2) && has_row(s.reader, 119));
    assert_false(has_row(s.reader, 3));

    /* A second passes without room, then one with it. */
    clock_freeze((ts_t){ 1 }, DUR_S(101));
    assert_int_equal(put(s.w, 4, 10, WRITE_NORMAL).e, E_DISK_FULL);
    free_disk(&s.dir);
    clock_freeze((ts_t){ 1 }, DUR_S(102));
    assert_int_equal(put(s.w, 5, 10, WRITE_NORMAL).e, E_OK);
    writer_stats(s.w, &stats);
    assert_false(stats.disk_full);

    /* Now an ordinary one meets it; nothing of it stays, and the start on a full disk is no
     * failure. */
    fill_disk(&s.dir);
    err_t e = E_OK;
    for (int64_t n = 1000; e == E_OK; n++)
        e = put(s.w, n, BLOB, WRITE_NORMAL).e;
    assert_int_equal(e, E_DISK_FULL);
    fill_disk(&s.dir); /* the ballast's room too */
    store_close(&s);
    store_open(&s);
    assert_int_equal(put(s.w, 6, 10, WRITE_NORMAL).e, E_DISK_FULL);
    assert_true(has_row(s.reader, 5));
    free_disk(&s.dir);
    clock_freeze((ts_t){ 1 }, DUR_S(110));
    assert_int_equal(put(s.w, 6, 10, WRITE_NORMAL).e, E_OK);
    clock_release();
    store_close(&s);
    assert_int_equal(umount2(s.dir.path, MNT_DETACH), 0);
    db_dir_remove(&s.dir);
}

static void test_an_fsync_that_fails_is_the_end(void **state)
{
    (void)state;
    struct store s = { 0 };
    db_dir_make(&s.dir);
    store_open(&s);
    assert_int_equal(put(s.w, 1, 10, WRITE_NORMAL).e, E_OK);
    atomic_store(&sync_fails, true);
    int before = atomic_load(&syncs);
    struct outcome lost = put(s.w, 2, 10, WRITE_NORMAL);
    assert_int_equal(lost.e, E_STORE_UNREACHABLE);
    assert_int_equal(lost.runs, 1); /* not run again */
    assert_int_equal(put(s.w, 3, 10, WRITE_NORMAL).e, E_STORE_UNREACHABLE);
    assert_int_equal(put(s.w, 4, 10, WRITE_URGENT).e, E_STORE_UNREACHABLE);
    struct writer_stats stats;
    writer_stats(s.w, &stats);
    assert_true(stats.failed);
    assert_string_equal(stats.cause, "disk I/O error");
    assert_true(has_row(s.reader, 1));
    assert_false(has_row(s.reader, 2));
    store_close(&s);
    /* The writer asked once; a pass of the checkpointer may have been under way. */
    assert_in_range(atomic_load(&syncs) - before, 1, 2);

    atomic_store(&sync_fails, false); /* a restart, on a sound disk */
    store_open(&s);
    assert_true(has_row(s.reader, 1));
    assert_int_equal(put(s.w, 5, 10, WRITE_NORMAL).e, E_OK);
    store_close(&s);
    db_dir_remove(&s.dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_fsync_that_fails_is_the_end),
        cmocka_unit_test(test_a_full_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
