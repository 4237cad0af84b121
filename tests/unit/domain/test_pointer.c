/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/pointer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct {
    const char *name;
    const char *in;
    err_t want;
} checks[] = {
    { "the whole", "", E_OK },
    { "one name", "/a", E_OK },
    { "an empty name", "/", E_OK },
    { "two empty names", "//", E_OK },
    { "escapes", "/a~0b~1c", E_OK },
    { "no slash in front", "a/b", E_BAD_FIELD },
    { "a tilde at the end", "/a~", E_BAD_FIELD },
    { "a tilde before a letter", "/a~2", E_BAD_FIELD },
    { "32 parts", "/1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7/8/9/0/1/2", E_OK },
    { "33 parts", "/1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7/8/9/0/1/2/3",
      E_BAD_FIELD },
};

static void test_check(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
        err_t e = pointer_check(str_from_cz(checks[i].in), NULL);
        if (e != checks[i].want)
            fail_msg("%s: %s", checks[i].name, err_info(e)->slug);
    }
}

/* RFC 6901 section 5, those of its pointers that name members of objects. */
static const struct {
    const char *pointer;
    const char *name; /* of its only token */
} rfc6901[] = {
    { "/foo", "foo" }, { "/", "" },        { "/a~1b", "a/b" },  { "/c%d", "c%d" },
    { "/e^f", "e^f" }, { "/g|h", "g|h" },  { "/i\\j", "i\\j" }, { "/k\"l", "k\"l" },
    { "/ ", " " },     { "/m~0n", "m~n" }, { "/~01", "~1" },
};

static void test_tokens_and_back(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    for (size_t i = 0; i < ARRAY_LEN(rfc6901); i++) {
        str_t rest = str_from_cz(rfc6901[i].pointer);
        str_t got;
        assert_int_equal(pointer_next(a, &rest, &got), E_OK);
        assert_true(got.p != NULL && str_eq(got, str_from_cz(rfc6901[i].name)));
        struct buf b;
        buf_init(&b, 64);
        json_pointer_add(&b, got);
        assert_true(str_eq(buf_str(&b), str_from_cz(rfc6901[i].pointer)));
        buf_fini(&b);
        assert_int_equal(pointer_next(a, &rest, &got), E_OK);
        assert_null(got.p);
    }
}

static const struct {
    const char *pointer;
    bool want;
} arrays[] = {
    { "", false },          { "/o", false },         { "/o/x", false },
    { "/absent/x", false }, { "/s/x", false },       { "/list", false },
    { "/list/0", true },    { "/o/deep/0/x", true }, { "/o/deep", false },
};

static void test_meets_array(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    CLEANUP(json_freep) struct json *root = NULL;
    assert_int_equal(
        json_parse(STR("{\"o\":{\"deep\":[{\"x\":1}]},\"s\":\"text\",\"list\":[1]}"), NULL, &root),
        E_OK);
    for (size_t i = 0; i < ARRAY_LEN(arrays); i++) {
        bool got = !arrays[i].want;
        assert_int_equal(pointer_meets_array(a, str_from_cz(arrays[i].pointer), root, &got), E_OK);
        if (got != arrays[i].want)
            fail_msg("%s: %d", arrays[i].pointer, got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check),
        cmocka_unit_test(test_tokens_and_back),
        cmocka_unit_test(test_meets_array),
    };
    return cmocka_run_group_tests_name("domain/policy/pointer", tests, NULL, NULL);
}
