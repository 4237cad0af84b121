/* SPDX-License-Identifier: Apache-2.0 */
/* The product's own schema: it can be made, and SQLite understands every statement as the table
 * says. */
#include "db_dir.h"

#include "base/fault.h"
#include "plat/db/backup.h"
#include "plat/db/dbconn.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void test_every_statement_runs(void **state)
{
    (void)state;
    struct db_dir dir;
    struct diag why = { 0 };
    struct db *db = NULL;
    static const char zeros[4096]; /* as input of any of them: the absent value of each member */
    db_dir_make(&dir);
    assert_int_equal(db_migrate(dir.path, &why), E_OK);
    assert_int_equal(db_open(dir.path, DB_WRITER, &why, &db), E_OK);
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(1));
    assert_true(sql_stmts_n > 20);
    for (size_t q = 0; q < sql_stmts_n; q++) {
        const struct sql_stmt *s = &sql_stmts[q];
        void *rows = NULL;
        size_t n = 0;
        assert_int_equal(db_tx_begin(db), E_OK);
        err_t e = s->out_n == 0 ? db_exec(db, q, zeros) : db_many(db, a, q, zeros, &rows, &n);
        db_tx_rollback(db);
        check(e == E_OK || e == E_CONFLICT, s->name);
        arena_reset(a);
    }
    db_close(db);
    db_dir_remove(&dir);
}

static int64_t pragma(struct db *db, const char *text)
{
    sqlite3_stmt *st = NULL;
    assert_int_equal(sqlite3_prepare_v2(db->sqlite, text, -1, &st, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(st, 0);
    (void)sqlite3_finalize(st);
    return n;
}

static void test_free_pages_go_back_slice_by_slice(void **state)
{
    (void)state;
    struct db_dir dir;
    struct diag why = { 0 };
    struct db *db = NULL;
    int64_t left = 0;
    db_dir_make(&dir);
    assert_int_equal(db_migrate(dir.path, &why), E_OK);
    assert_int_equal(db_open(dir.path, DB_WRITER, &why, &db), E_OK);
    static const char fill[] =
        "CREATE TABLE big (x BLOB); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
        "LIMIT 300) INSERT INTO big SELECT zeroblob(8000) FROM n; DELETE FROM big;";
    assert_int_equal(sqlite3_exec(db->sqlite, fill, NULL, NULL, NULL), SQLITE_OK);
    int64_t before = pragma(db, "PRAGMA page_count");
    int64_t unused = pragma(db, "PRAGMA freelist_count");
    assert_true(unused > 500);
    for (int64_t want = unused - 100; want >= 50; want -= 100) {
        assert_int_equal(db_tx_begin(db), E_OK);
        assert_int_equal(db_vacuum(db, 50, 100, &left), E_OK);
        assert_int_equal(db_tx_commit(db), E_OK);
        assert_int_equal(left, want);
    }
    assert_int_equal(db_vacuum(db, 50, 100, &left), E_OK);
    assert_int_equal(left, 50); /* they are kept for what comes next */
    assert_int_equal(db_vacuum(db, 50, 100, &left), E_OK);
    assert_int_equal(left, 50);
    assert_true(pragma(db, "PRAGMA page_count") <= before - (unused - 50));
    db_close(db);
    db_dir_remove(&dir);
}

static void test_a_copy_is_whole_or_not_there(void **state)
{
    (void)state;
    struct db_dir dir;
    struct diag why = { 0 };
    char to[512];
    bool fired = true;
    db_dir_make(&dir);
    assert_int_equal(db_migrate(dir.path, &why), E_OK);
    (void)snprintf(to, sizeof to, "%s/copy", dir.path);
    for (long n = 0; fired; n++) {
        int fd = open(to, O_RDWR | O_CREAT | O_TRUNC, 0600);
        check(fd >= 0, "a file");
        fault_arm(n);
        err_t e = db_backup(dir.path, to, fd, NULL, &why);
        fired = fault_used();
        fault_disarm();
        (void)close(fd);
        check(fired ? e != E_OK : e == E_OK, "a step that fails");
    }
    struct stat st;
    check(stat(to, &st) == 0 && st.st_size % 4096 == 0 && st.st_size > 4096, "whole pages");
    db_dir_remove(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_every_statement_runs),
                                        cmocka_unit_test(test_free_pages_go_back_slice_by_slice),
                                        cmocka_unit_test(test_a_copy_is_whole_or_not_there) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
