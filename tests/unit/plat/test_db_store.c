/* SPDX-License-Identifier: Apache-2.0 */
/* The product's own schema: it can be made, and SQLite understands every statement as the table
 * says. */
#include "db_dir.h"

#include "plat/db/stmt.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_every_statement_runs) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
