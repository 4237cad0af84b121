/* SPDX-License-Identifier: Apache-2.0 */
/* What the generator makes, against a schema of the tests' own: every type, every kind, every
 * refusal. */
#include "db_dir.h"

#include "sql/types.h"

struct fixture {
    struct db_dir dir;
    struct db *db;
    struct db *reader;
    struct arena *a;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    db_dir_make(&f->dir);
    struct diag why = { 0 };
    assert_int_equal(db_migrate(f->dir.path, &why), E_OK);
    assert_int_equal(db_open(f->dir.path, DB_WRITER, &why, &f->db), E_OK);
    assert_int_equal(db_open(f->dir.path, DB_READER, &why, &f->reader), E_OK);
    f->a = arena_new(MIB(1));
    assert_non_null(f->a);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    clock_release();
    arena_free(f->a);
    db_close(f->reader);
    db_close(f->db);
    db_dir_remove(&f->dir);
    free(f);
    return 0;
}

/* The least that a row needs, told apart by n. */
static struct sql_thing_add thing(int64_t n, str_t name)
{
    return (struct sql_thing_add){ .id = { .b = { [0] = 1, [15] = (uint8_t)n } },
                                   .n = n,
                                   .name = name };
}

static void add(struct fixture *f, int64_t n, str_t name)
{
    struct sql_thing_add in = thing(n, name);
    assert_int_equal(sql_thing_add(f->db, &in), E_OK);
}

static struct row_thing get(struct fixture *f, oid_t id)
{
    struct row_thing row;
    assert_int_equal(sql_thing_by_id(f->reader, f->a, &(struct sql_thing_by_id){ id }, &row), E_OK);
    return row;
}

static void test_every_type_comes_back(void **state)
{
    struct fixture *f = *state;
    add(f, 1, STR("parent"));
    struct sql_thing_add in = {
        .id = oid_make(),
        .n = INT64_MIN,
        .yes = true,
        .seen = { INT64_MAX },
        .name = STR("na\xc3\xafve 'quoted' $id {thing}"),
        .raw = { "\0\xff\0", 3 },
        .parent = thing(1, STR_NONE).id,
        .other = { .b = { [15] = 1 } },
        .n_maybe = { true, -7 },
        .yes_maybe = { true, true },
        .seen_maybe = { 1 },
        .name_maybe = STR("x"),
        .raw_maybe = { "\0", 1 },
    };
    assert_int_equal(sql_thing_add(f->db, &in), E_OK);
    struct row_thing out = get(f, in.id);
    assert_true(oid_eq(out.id, in.id));
    assert_int_equal(out.n, INT64_MIN);
    assert_true(out.yes);
    assert_int_equal(out.seen.us, INT64_MAX);
    assert_true(str_eq(out.name, in.name));
    assert_true(str_eq(out.raw, in.raw));
    assert_true(oid_eq(out.parent, in.parent));
    assert_true(oid_eq(out.other, in.other));
    assert_true(out.n_maybe.set && out.n_maybe.v == -7);
    assert_true(out.yes_maybe.set && out.yes_maybe.v);
    assert_int_equal(out.seen_maybe.us, 1);
    assert_true(str_eq(out.name_maybe, in.name_maybe));
    assert_true(str_eq(out.raw_maybe, in.raw_maybe));
}

static void test_absent_is_null_and_empty_is_not(void **state)
{
    struct fixture *f = *state;
    struct sql_thing_add in = thing(1, STR("absent"));
    assert_int_equal(sql_thing_add(f->db, &in), E_OK);
    struct row_thing out = get(f, in.id);
    assert_false(oid_is_set(out.parent) || out.n_maybe.set || out.yes_maybe.set ||
                 ts_is_set(out.seen_maybe));
    assert_null(out.name_maybe.p);
    assert_null(out.raw_maybe.p);
    assert_true(out.raw.p != NULL && out.raw.n == 0); /* not nullable: absent was stored as empty */

    in = thing(2, STR(""));
    in.n_maybe = (opt_i64_t){ true, 0 };
    in.yes_maybe = (opt_bool_t){ true, false };
    in.name_maybe = STR("");
    in.raw_maybe = STR("");
    assert_int_equal(sql_thing_add(f->db, &in), E_OK);
    out = get(f, in.id);
    assert_true(out.n_maybe.set && out.n_maybe.v == 0);
    assert_true(out.yes_maybe.set && !out.yes_maybe.v);
    assert_true(out.name.p != NULL && out.name.n == 0);
    assert_true(out.name_maybe.p != NULL && out.name_maybe.n == 0);
    assert_true(out.raw_maybe.p != NULL && out.raw_maybe.n == 0);
}

static void test_refusals_have_their_codes(void **state)
{
    struct fixture *f = *state;
    add(f, 1, STR("one"));
    add(f, 2, STR("two"));
    oid_t nobody = { .b = { 9 } };
    struct sql_thing_add same_name = thing(3, STR("one"));
    struct sql_thing_add same_id = thing(2, STR("other"));
    struct sql_thing_add checked = thing(13, STR("thirteen"));
    struct sql_thing_add orphan = thing(4, STR("orphan"));
    orphan.parent = nobody;
    assert_int_equal(sql_thing_add(f->db, &same_name), E_CONFLICT);
    assert_int_equal(sql_thing_add(f->db, &same_id), E_CONFLICT);
    assert_int_equal(sql_thing_add(f->db, &checked), E_CONFLICT);
    assert_int_equal(sql_thing_add(f->db, &orphan), E_CONFLICT);

    struct row_thing row = { .n = 77 };
    assert_int_equal(sql_thing_by_id(f->db, f->a, &(struct sql_thing_by_id){ nobody }, &row),
                     E_NOT_FOUND);
    assert_int_equal(row.n, 77); /* an output is written only on success */
    struct sql_thing_adopt_row adopted;
    struct sql_thing_adopt adopt = { same_id.id, nobody };
    /* The row is there before the foreign key is checked. */
    assert_int_equal(sql_thing_adopt(f->db, f->a, &adopt, &adopted), E_CONFLICT);
    assert_false(oid_is_set(get(f, same_id.id).parent));
    adopt.parent = thing(1, STR_NONE).id;
    assert_int_equal(sql_thing_adopt(f->db, f->a, &adopt, &adopted), E_OK);
    assert_true(str_eq(adopted.name, STR("two")));
    adopt.id = nobody;
    assert_int_equal(sql_thing_adopt(f->db, f->a, &adopt, &adopted), E_NOT_FOUND);
    struct sql_thing_rename rename = { same_id.id, STR_NONE };
    assert_int_equal(sql_thing_rename(f->db, &rename),
                     E_INTERNAL); /* NULL where none may be: our bug */
}

static void test_arguments_are_bound_by_name(void **state)
{
    struct fixture *f = *state;
    struct sql_thing_add in = thing(1, STR("a"));
    in.n_maybe = (opt_i64_t){ true, 5 };
    assert_int_equal(sql_thing_add(f->db, &in), E_OK);
    add(f, 5, STR("b"));
    add(f, 6, STR("c"));
    struct sql_thing_count_row count;
    assert_int_equal(sql_thing_count(f->reader, f->a, &(struct sql_thing_count){ 5 }, &count),
                     E_OK);
    assert_int_equal(count.n, 2);
    assert_true(str_eq(count.text, STR("$name; {thing}")));
}

static void test_lists_grow(void **state)
{
    struct fixture *f = *state;
    struct row_thing *rows = NULL;
    size_t n = 1;
    assert_int_equal(sql_thing_list(f->reader, f->a, &(struct sql_thing_list){ 0 }, &rows, &n),
                     E_OK);
    assert_true(rows != NULL && n == 0);
    char name[100][4];
    for (int i = 0; i < 100; i++) {
        int len = snprintf(name[i], sizeof name[i], "%d", i);
        add(f, i == 13 ? 1000 : i, str_of(name[i], (size_t)len));
    }
    assert_int_equal(sql_thing_list(f->reader, f->a, &(struct sql_thing_list){ 50 }, &rows, &n),
                     E_OK);
    assert_int_equal(n, 51);
    for (int i = 0; i < 50; i++)
        assert_true(rows[i].n == 50 + i && str_eq(rows[i].name, str_from_cz(name[50 + i])));
    CLEANUP(arena_freep) struct arena *small = arena_new(KIB(8));
    rows = NULL;
    assert_int_equal(sql_thing_list(f->reader, small, &(struct sql_thing_list){ 0 }, &rows, &n),
                     E_NO_MEMORY);
    assert_null(rows);
}

struct seen {
    int64_t sum;
    int64_t stop_at;
    err_t with;
};

static err_t see(void *arg, const struct row_thing *row)
{
    struct seen *s = arg;
    s->sum += row->n;
    return row->n == s->stop_at ? s->with : E_OK;
}

static void test_each_goes_row_by_row(void **state)
{
    struct fixture *f = *state;
    add(f, 1, STR("a"));
    add(f, 2, STR("b"));
    add(f, 4, STR("c"));
    CLEANUP(arena_freep) struct arena *scratch = arena_new(KIB(1));
    struct seen all = { 0 };
    assert_int_equal(sql_thing_each(f->reader, scratch, see, &all), E_OK);
    assert_int_equal(all.sum, 7);
    /* Also an answer that the loop itself knows does not read as the end. */
    struct seen some = { .stop_at = 2, .with = E_NOT_FOUND };
    assert_int_equal(sql_thing_each(f->reader, scratch, see, &some), E_NOT_FOUND);
    assert_int_equal(some.sum, 3);
    assert_int_equal(sql_thing_each(f->reader, scratch, see, &all), E_OK); /* it can run again */
}

static void test_bytes_of_the_wrong_form_are_corrupt(void **state)
{
    struct fixture *f = *state;
    add(f, 1, STR("one"));
    struct row_thing row = { .n = 77 };
    struct sql_thing_spoil spoil = { thing(1, STR_NONE).id, STR("short") };
    assert_int_equal(sql_thing_spoil(f->db, &spoil), E_OK);
    assert_int_equal(sql_thing_by_id(f->reader, f->a, &(struct sql_thing_by_id){ spoil.id }, &row),
                     E_CORRUPT);
    assert_int_equal(row.n, 77);
}

static void test_zero_is_a_value_where_null_may_not_be(void **state)
{
    struct fixture *f = *state;
    struct sql_thing_add in = thing(2, STR("two"));
    in.id = (oid_t){ 0 };
    assert_int_equal(sql_thing_add(f->db, &in), E_OK);
    assert_int_equal(get(f, in.id).n, 2);
}

static void test_readers_see_only_what_is_committed(void **state)
{
    struct fixture *f = *state;
    struct row_thing row;
    struct sql_thing_by_id one = { thing(1, STR_NONE).id };
    assert_int_equal(db_tx_begin(f->db), E_OK);
    add(f, 1, STR("one"));
    assert_int_equal(sql_thing_by_id(f->reader, f->a, &one, &row), E_NOT_FOUND);
    db_tx_rollback(f->db);
    assert_int_equal(db_tx_begin(f->db), E_OK);
    add(f, 1, STR("one"));
    assert_int_equal(db_tx_commit(f->db), E_OK);
    assert_int_equal(sql_thing_by_id(f->reader, f->a, &one, &row), E_OK);

    assert_int_equal(db_read_begin(f->reader), E_OK);
    assert_int_equal(sql_thing_by_id(f->reader, f->a, &one, &row), E_OK);
    add(f, 2, STR("two"));
    struct sql_thing_by_id two = { thing(2, STR_NONE).id };
    assert_int_equal(sql_thing_by_id(f->reader, f->a, &two, &row), E_NOT_FOUND); /* one view */
    db_read_end(f->reader);
    assert_int_equal(sql_thing_by_id(f->reader, f->a, &two, &row), E_OK);
}

static void test_readers_end_after_five_seconds(void **state)
{
    struct fixture *f = *state;
    add(f, 1, STR("one"));
    struct row_thing row;
    struct sql_thing_by_id one = { thing(1, STR_NONE).id };
    clock_freeze((ts_t){ 1 }, DUR_S(100));
    assert_int_equal(db_read_begin(f->reader), E_OK);
    clock_freeze((ts_t){ 1 }, DUR_S(105));
    assert_int_equal(sql_thing_by_id(f->reader, f->a, &one, &row), E_OK);
    clock_freeze((ts_t){ 1 }, (dur_t){ DUR_S(105).us + 1 });
    assert_int_equal(sql_thing_by_id(f->reader, f->a, &one, &row), E_STORE_UNREACHABLE);
    db_read_end(f->reader);
    assert_int_equal(sql_thing_by_id(f->reader, f->a, &one, &row),
                     E_OK); /* alone: five seconds anew */
}

static void test_a_running_statement_is_interrupted(void **state)
{
    struct fixture *f = *state;
    struct sql_count_for_ever_row row;
    dur_t start = clock_mono();
    assert_int_equal(sql_count_for_ever(f->reader, f->a, &row), E_STORE_UNREACHABLE);
    dur_t took = { clock_mono().us - start.us };
    assert_in_range(took.us, DUR_S(5).us, DUR_S(30).us);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_every_type_comes_back),
        CASE(test_absent_is_null_and_empty_is_not),
        CASE(test_refusals_have_their_codes),
        CASE(test_arguments_are_bound_by_name),
        CASE(test_lists_grow),
        CASE(test_each_goes_row_by_row),
        CASE(test_bytes_of_the_wrong_form_are_corrupt),
        CASE(test_zero_is_a_value_where_null_may_not_be),
        CASE(test_readers_see_only_what_is_committed),
        CASE(test_readers_end_after_five_seconds),
        CASE(test_a_running_statement_is_interrupted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
