/* SPDX-License-Identifier: Apache-2.0 */
/* Forward only: what was applied may not change, and what is newer is left alone. */
#include "db_dir.h"

#include "sql/types.h"

#include <fcntl.h>
#include <sys/stat.h>

static int setup(void **state)
{
    struct db_dir *d = calloc(1, sizeof *d);
    assert_non_null(d);
    db_dir_make(d);
    *state = d;
    return 0;
}

static int teardown(void **state)
{
    db_dir_remove(*state);
    free(*state);
    return 0;
}

/* A store of the newest schema, and then what `change` makes of it. */
static void make_store(const struct db_dir *d, err_t (*change)(struct db *db))
{
    struct diag why = { 0 };
    CLEANUP(db_closep) struct db *db = NULL;
    assert_int_equal(db_migrate(d->path, &why), E_OK);
    assert_int_equal(db_open(d->path, DB_WRITER, &why, &db), E_OK);
    if (change != NULL)
        assert_int_equal(change(db), E_OK);
}

static void test_a_new_store(void **state)
{
    const struct db_dir *d = *state;
    make_store(d, NULL);
    char path[128];
    struct stat s;
    (void)snprintf(path, sizeof path, "%s/seneschal.db", d->path);
    assert_int_equal(stat(path, &s), 0);
    assert_int_equal(s.st_mode & 0777, 0600);
    make_store(d, NULL); /* a second time changes nothing */
}

static void test_only_what_is_missing_is_applied(void **state)
{
    const struct db_dir *d = *state;
    struct diag why = { 0 };
    struct db *db = NULL;
    make_store(d, NULL);
    assert_int_equal(db_open(d->path, DB_WRITER, &why, &db), E_OK);
    assert_int_equal(sql_migration_drop(db, &(struct sql_migration_drop){ 2 }), E_OK);
    db_close(db);
    db = NULL;
    assert_int_equal(db_open(d->path, DB_READER, &why, &db), E_CORRUPT); /* not up to date */
    assert_non_null(strstr(why.text, "0002 (second)"));
    assert_null(db);
    assert_int_equal(db_migrate(d->path, NULL), E_OK);
    assert_int_equal(db_open(d->path, DB_READER, NULL, &db), E_OK);
    db_close(db);
}

static err_t edit(struct db *db)
{
    return sql_migration_edit(db, &(struct sql_migration_edit){ 1, STR("other") });
}
static err_t add_newer(struct db *db)
{
    return sql_migration_add(db, &(struct sql_migration_add){ 3, STR("third") });
}
static err_t drop_older(struct db *db)
{
    return sql_migration_drop(db, &(struct sql_migration_drop){ 1 });
}

static const struct {
    const char *name;
    err_t (*change)(struct db *db);
    const char *says;
} refused[] = {
    { "an applied migration was edited", edit, "0001 (first) was changed" },
    { "a newer schema", add_newer, "0003 (third), newer than this program" },
    { "a gap", drop_older, "0002 (second), which this program lacks" },
};

static void test_refusals(void **state)
{
    const struct db_dir *d = *state;
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        make_store(d, refused[i].change);
        struct diag why = { 0 };
        struct db *db = NULL;
        check(db_migrate(d->path, &why) == E_CORRUPT, refused[i].name);
        check(strstr(why.text, refused[i].says) != NULL, refused[i].name);
        check(db_open(d->path, DB_READER, NULL, &db) == E_CORRUPT, refused[i].name);
        check(db == NULL, refused[i].name);
        db_dir_empty(d);
    }
}

static void write_file(const struct db_dir *d, const char *text)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/seneschal.db", d->path);
    int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    (void)close(fd);
}

static void test_a_file_that_is_no_store(void **state)
{
    const struct db_dir *d = *state;
    char noise[2048];
    memset(noise, 'x', sizeof noise - 1);
    noise[sizeof noise - 1] = '\0';
    write_file(d, noise);
    struct diag why = { 0 };
    assert_int_equal(db_migrate(d->path, &why), E_STORE_UNREACHABLE);
    assert_non_null(strstr(why.text, "seneschal.db"));
}

static void test_a_directory_that_is_not_there(void **state)
{
    const struct db_dir *d = *state;
    char path[128];
    (void)snprintf(path, sizeof path, "%s/no", d->path);
    struct diag why = { 0 };
    assert_int_equal(db_migrate(path, &why), E_IO);
    assert_non_null(strstr(why.text, "No such file or directory"));
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_a_new_store),
        CASE(test_only_what_is_missing_is_applied),
        CASE(test_refusals),
        CASE(test_a_file_that_is_no_store),
        CASE(test_a_directory_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
