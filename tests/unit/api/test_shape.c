/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shape.h"

#include "base/fault.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct point {
    int64_t x;
    int64_t y;
};

struct thing {
    str_t name;
    str_t note;
    int64_t size;
    opt_i64_t weight;
    opt_bool_t on;
    opt_bool_t off;
    opt_milli_t share;
    ts_t at;
    oid_t owner;
    json_text_t labels;
    struct strs tags;
    struct rows points;
    struct obj middle;
};

static const char *const notes[] = { "short", "long", NULL };

/* clang-format off */
static const struct field point_fields[] = {
    FIELD(struct point, x, REQ, .min = 0, .max = 10),
    FIELD(struct point, y, OPT),
};
static const struct shape point_shape = SHAPE(struct point, "Point", point_fields);

static const struct field thing_fields[] = {
    FIELD(struct thing, name,   REQ, .min = 1, .max = 8, .text = TEXT_MACHINE_ID),
    FIELD(struct thing, note,   OPT, .oneof = notes),
    FIELD(struct thing, size,   OPT, .min = 1, .max = 100),
    FIELD(struct thing, weight, OPT),
    FIELD(struct thing, on,     OPT),
    FIELD(struct thing, off,    OPT, .omit = true, .clears = true),
    FIELD(struct thing, share,  OPT, .min = 0, .max = 100),
    FIELD(struct thing, at,     OPT),
    FIELD(struct thing, owner,  OPT),
    FIELD(struct thing, labels, OPT, .json = JSON_LABELS),
    FIELD(struct thing, tags,   OPT, .max = 2),
    FIELD(struct thing, points, OPT, .of = &point_shape),
    FIELD(struct thing, middle, OPT, .of = &point_shape),
};
static const struct shape thing_shape = SHAPE(struct thing, "Thing", thing_fields);

static const struct {
    const char *name;
    const char *in;
    err_t want;
    const char *field; /* that the refusal names */
} cases[] = {
    { "only what is needed",       "{\"name\":\"a\"}", E_OK, "" },
    { "everything",                "{\"name\":\"a\",\"note\":\"long\",\"size\":100,\"weight\":0,\"on\":false,"
                                   "\"at\":\"2026-01-31T12:00:00+01:00\",\"owner\":\"01890a5d-ac96-774b-bcce-b302099a8057\","
                                   "\"labels\":{\"k\":\"v\"},\"tags\":[\"x\",\"y\"],\"points\":[{\"x\":1}],\"middle\":{\"x\":2,\"y\":3}}", E_OK, "" },
    { "null is absent",            "{\"name\":\"a\",\"size\":null,\"labels\":{},\"on\":null,\"middle\":null}", E_OK, "" },
    { "needed and missing",        "{}", E_BAD_FIELD, "name" },
    { "needed and null",           "{\"name\":null}", E_BAD_FIELD, "name" },
    { "unknown member",            "{\"name\":\"a\",\"nmae\":1}", E_UNKNOWN_FIELD, "nmae" },
    { "unknown member, nested",    "{\"name\":\"a\",\"middle\":{\"x\":1,\"z\":1}}", E_UNKNOWN_FIELD, "z" },
    { "text too long",             "{\"name\":\"123456789\"}", E_BAD_FIELD, "name" },
    { "trimmed before it counts",  "{\"name\":\"  12345678  \"}", E_OK, "" },
    { "only blanks",               "{\"name\":\"   \"}", E_BAD_FIELD, "name" },
    { "a slash in a machine's id", "{\"name\":\"a/b\"}", E_BAD_FIELD, "name" },
    { "not a text",                "{\"name\":1}", E_BAD_FIELD, "name" },
    { "not one of the values",     "{\"name\":\"a\",\"note\":\"huge\"}", E_BAD_FIELD, "note" },
    { "number too small",          "{\"name\":\"a\",\"size\":0}", E_BAD_FIELD, "size" },
    { "number too large",          "{\"name\":\"a\",\"size\":101}", E_BAD_FIELD, "size" },
    { "number over 2^53",          "{\"name\":\"a\",\"weight\":9007199254740993}", E_BAD_FIELD, "weight" },
    { "number with a fraction",    "{\"name\":\"a\",\"size\":1.5}", E_BAD_FIELD, "size" },
    { "text for a number",         "{\"name\":\"a\",\"size\":\"1\"}", E_BAD_FIELD, "size" },
    { "number for a truth",        "{\"name\":\"a\",\"on\":1}", E_BAD_FIELD, "on" },
    { "three decimals",            "{\"name\":\"a\",\"share\":0.001}", E_OK, "" },
    { "with an exponent",          "{\"name\":\"a\",\"share\":1e2}", E_OK, "" },
    { "four decimals",             "{\"name\":\"a\",\"share\":0.0001}", E_BAD_FIELD, "share" },
    { "just over the most",        "{\"name\":\"a\",\"share\":100.001}", E_BAD_FIELD, "share" },
    { "below nothing",             "{\"name\":\"a\",\"share\":-0.001}", E_BAD_FIELD, "share" },
    { "a text for decimals",       "{\"name\":\"a\",\"share\":\"1\"}", E_BAD_FIELD, "share" },
    { "bad time",                  "{\"name\":\"a\",\"at\":\"2026-02-30T00:00:00Z\"}", E_BAD_FIELD, "at" },
    { "bad id",                    "{\"name\":\"a\",\"owner\":\"7\"}", E_BAD_FIELD, "owner" },
    { "label that is no text",     "{\"name\":\"a\",\"labels\":{\"k\":1}}", E_BAD_FIELD, "labels" },
    { "labels that are a list",    "{\"name\":\"a\",\"labels\":[]}", E_BAD_FIELD, "labels" },
    { "list too long",             "{\"name\":\"a\",\"tags\":[\"1\",\"2\",\"3\"]}", E_BAD_FIELD, "tags" },
    { "list of numbers",           "{\"name\":\"a\",\"tags\":[1]}", E_BAD_FIELD, "tags" },
    { "rows of texts",             "{\"name\":\"a\",\"points\":[\"x\"]}", E_BAD_FIELD, "points" },
    { "row without its member",    "{\"name\":\"a\",\"points\":[{\"y\":1}]}", E_BAD_FIELD, "x" },
    { "U+0000 in a text",          "{\"name\":\"a\\u0000b\"}", E_BAD_FIELD, NULL },
    { "top is a list",             "[]", E_BAD_FIELD, "" },
    { "top is a text",             "\"a\"", E_BAD_FIELD, "" },
    { "empty",                     "", E_BAD_JSON, "" },
    { "cut off",                   "{\"name\":\"a\"", E_BAD_JSON, "" },
    { "twice the same member",     "{\"name\":\"a\",\"name\":\"b\"}", E_BAD_JSON, NULL },
    { "something after it",        "{\"name\":\"a\"} x", E_BAD_JSON, "" },
};
/* clang-format on */

static void bodies_are_taken_or_refused_by_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
        struct diag why = { 0 };
        void *to = NULL;
        err_t e = shape_decode(a, &thing_shape, str_from_cz(cases[i].in), &why, &to);
        bool named = cases[i].field == NULL || strcmp(why.field, cases[i].field) == 0;
        if (e != cases[i].want || !named)
            fail_msg("%s: got %s '%s' (%s)", cases[i].name, err_info(e)->slug, why.field, why.text);
        assert_true((e == E_OK) == (to != NULL));
    }
}

static void what_is_decoded_encodes_the_same(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    CLEANUP(buf_fini) struct buf b = { 0 };
    void *to = NULL;
    const char *text = "{\"name\":\"a\",\"note\":null,\"size\":5,\"weight\":null,\"on\":true,"
                       "\"share\":12.5,\"at\":\"2026-01-31T12:00:00.000Z\","
                       "\"owner\":null,\"labels\":{\"k\":\"v\"},\"tags\":[\"x\"],\"points\":[{"
                       "\"x\":1,\"y\":2}],\"middle\":null}";
    buf_init(&b, KIB(4));
    assert_int_equal(shape_decode(a, &thing_shape, str_from_cz(text), NULL, &to), E_OK);
    ((struct thing *)to)->note = STR_NONE; /* null of a text is "", so that a PATCH can clear it */
    struct json_out o = json_out_to(&b);
    shape_encode(&o, &thing_shape, to);
    assert_int_equal(b.err, E_OK);
    assert_true(str_eq(buf_str(&b), str_from_cz(text)));
}

static void null_clears_a_flag_only_where_it_may(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    void *to = NULL;
    const struct thing *t;
    assert_int_equal(
        shape_decode(a, &thing_shape, STR("{\"name\":\"a\",\"on\":null,\"off\":null}"), NULL, &to),
        E_OK);
    t = to;
    assert_false(t->on.set);
    assert_false(t->on.v);
    assert_false(t->off.set);
    assert_true(t->off.v);
    assert_int_equal(shape_decode(a, &thing_shape, STR("{\"name\":\"a\",\"off\":true}"), NULL, &to),
                     E_OK);
    t = to;
    assert_true(t->off.set);
}

struct asked {
    str_t search;
    int64_t limit;
    opt_bool_t count;
    oid_t owner;
    ts_t from;
};

/* clang-format off */
static const struct field asked_fields[] = {
    FIELD(struct asked, search, OPT),
    FIELD(struct asked, limit,  OPT, .min = 1, .max = 500),
    FIELD(struct asked, count,  OPT),
    FIELD(struct asked, owner,  OPT),
    FIELD(struct asked, from,   OPT),
};
static const struct shape asked_shape = SHAPE(struct asked, "Asked", asked_fields);

static const struct {
    const char *name;
    const char *in;
    err_t want;
} queries[] = {
    { "nothing",             "", E_OK },
    { "plain",               "search=mac&limit=5&count=true", E_OK },
    { "escaped",             "search=a%20b+c%C3%A9", E_OK },
    { "empty value",         "search=", E_OK },
    { "unknown",             "serach=x", E_UNKNOWN_FIELD },
    { "twice",               "limit=1&limit=2", E_BAD_FIELD },
    { "twice, escaped once", "limit=1&l%69mit=2", E_BAD_FIELD },
    { "no number",           "limit=five", E_BAD_FIELD },
    { "out of range",        "limit=501", E_BAD_FIELD },
    { "no truth",            "count=yes", E_BAD_FIELD },
    { "NUL",                 "search=%00", E_BAD_FIELD },
    { "not UTF-8",           "search=%ff", E_BAD_FIELD },
    { "bad escape",          "search=%zz", E_BAD_FIELD },
    { "cut escape",          "search=%2", E_BAD_FIELD },
    { "bad id",              "owner=1", E_BAD_FIELD },
    { "bad time",            "from=yesterday", E_BAD_FIELD },
};
/* clang-format on */

static void queries_are_taken_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(queries); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
        void *to = NULL;
        struct diag why = { 0 };
        err_t e = shape_decode_query(a, &asked_shape, str_from_cz(queries[i].in), &why, &to);
        if (e != queries[i].want)
            fail_msg("%s: got %s (%s)", queries[i].name, err_info(e)->slug, why.text);
    }
}

static void a_failed_allocation_is_an_error(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        fault_arm(n);
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
        void *to = NULL;
        err_t e = a == NULL ? E_NO_MEMORY
                            : shape_decode(a, &thing_shape, str_from_cz(cases[1].in), NULL, &to);
        bool fired = fault_used();
        fault_disarm();
        assert_true(fired ? e == E_NO_MEMORY && to == NULL : e == E_OK && to != NULL);
        if (!fired)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_are_taken_or_refused_by_name),
        cmocka_unit_test(what_is_decoded_encodes_the_same),
        cmocka_unit_test(null_clears_a_flag_only_where_it_may),
        cmocka_unit_test(queries_are_taken_or_refused),
        cmocka_unit_test(a_failed_allocation_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
