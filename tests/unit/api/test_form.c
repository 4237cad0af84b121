/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shape.h"

#include "base/fault.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct order {
    str_t grant_type;
    str_t code;
    struct strs resource;
    bool keep;
    opt_i64_t max_age;
};

/* clang-format off */
static const struct field order_fields[] = {
    FIELD(struct order, grant_type, REQ, .min = 1, .max = 64, .text = TEXT_TOKEN),
    FIELD(struct order, code,       OPT, .max = 1000),
    FIELD(struct order, resource,   OPT, .max = 2),
    FIELD(struct order, keep,       OPT),
    FIELD(struct order, max_age,    OPT, .min = 0, .max = 1000),
};
static const struct shape order_shape = SHAPE(struct order, "Order", order_fields);

static const struct {
    const char *name;
    const char *in;
    bool open;
    err_t want;
    const char *field;
} cases[] = {
    { "plain",                          "grant_type=x",                              false, E_OK, "" },
    { "plus and percent",               "grant_type=a%2Bb&code=a+b%20c",             false, E_OK, "" },
    { "a name in percent form",         "%67rant_type=x",                            false, E_OK, "" },
    { "nothing",                        "",                                          false, E_BAD_FIELD, "grant_type" },
    { "without a value is as if absent", "grant_type=",                              false, E_BAD_FIELD, "grant_type" },
    { "an optional one without value",  "grant_type=x&code=",                        false, E_OK, "" },
    { "twice",                          "grant_type=x&code=1&code=2",                false, E_BAD_FIELD, "code" },
    { "twice the same",                 "grant_type=x&code=1&code=1",                false, E_BAD_FIELD, "code" },
    { "twice, once in percent form",    "grant_type=x&code=1&c%6Fde=1",              false, E_BAD_FIELD, "code" },
    { "twice, once without a value",    "grant_type=x&code=&code=1",                 false, E_BAD_FIELD, "code" },
    { "a list may come twice",          "grant_type=x&resource=a&resource=b",        false, E_OK, "" },
    { "but not more than its maximum",  "grant_type=x&resource=a&resource=b&resource=c", false, E_BAD_FIELD, "resource" },
    { "unknown",                        "grant_type=x&nonsense=1",                   false, E_UNKNOWN_FIELD, "nonsense" },
    { "unknown where it is open",       "grant_type=x&nonsense=1",                   true,  E_OK, "" },
    { "unknown twice where it is open", "grant_type=x&n=1&n=2",                      true,  E_OK, "" },
    { "skipped",                        "csrf=zzz&grant_type=x",                     false, E_OK, "" },
    { "percent without digits",         "grant_type=%",                              false, E_BAD_FIELD, NULL },
    { "percent with one digit",         "grant_type=%4",                             false, E_BAD_FIELD, NULL },
    { "percent with no digits",         "grant_type=%zz",                            false, E_BAD_FIELD, NULL },
    { "NUL",                            "grant_type=a%00b",                          false, E_BAD_FIELD, NULL },
    { "NUL in a name",                  "grant_type%00=a",                           true,  E_BAD_FIELD, NULL },
    { "not UTF-8",                      "grant_type=x&code=%ff",                     false, E_BAD_FIELD, NULL },
    { "a line break where none may be", "grant_type=a%0d%0ab",                       false, E_BAD_FIELD, "grant_type" },
    { "a box that is ticked",           "grant_type=x&keep=on",                      false, E_OK, "" },
    { "a box with nonsense",            "grant_type=x&keep=maybe",                   false, E_BAD_FIELD, "keep" },
    { "no number",                      "grant_type=x&max_age=1e2",                  false, E_BAD_FIELD, "max_age" },
    { "JSON",                           "{\"grant_type\":\"x\"}",                    false, E_UNKNOWN_FIELD, NULL },
    { "only separators",                "&&grant_type=x&&",                          false, E_OK, "" },
};
/* clang-format on */

static err_t decode(struct arena *a, str_t form, bool open, struct diag *why, struct order **ret)
{
    const struct form_rules rules = { .open = open, .no_empty = true, .skip = STR("csrf") };
    void *to = NULL;
    err_t e = shape_decode_form(a, &order_shape, form, &rules, why, &to);
    *ret = to;
    return e;
}

static void forms_are_taken_or_refused_by_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
        struct diag why = { 0 };
        struct order *o = NULL;
        err_t e = decode(a, str_from_cz(cases[i].in), cases[i].open, &why, &o);
        bool named = cases[i].field == NULL || strcmp(why.field, cases[i].field) == 0;
        if (e != cases[i].want || !named)
            fail_msg("%s: got %s '%s' (%s)", cases[i].name, err_info(e)->slug, why.field, why.text);
        assert_true((e == E_OK) == (o != NULL));
    }
}

static void values_are_what_was_meant(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    struct order *o = NULL;
    str_t form =
        STR("grant_type=a%2Bb&code=%C3%A9+%26&resource=r1&keep=on&resource=r%32&max_age=7");
    assert_int_equal(decode(a, form, false, NULL, &o), E_OK);
    assert_true(str_eq(o->grant_type, STR("a+b")));
    assert_true(str_eq(o->code, STR("\xC3\xA9 &")));
    assert_int_equal(o->resource.n, 2);
    assert_true(str_eq(o->resource.v[0], STR("r1")));
    assert_true(str_eq(o->resource.v[1], STR("r2")));
    assert_true(o->keep);
    assert_true(o->max_age.set && o->max_age.v == 7);
    assert_int_equal(decode(a, STR("grant_type=x&code="), false, NULL, &o), E_OK);
    assert_true(o->code.p == NULL);
}

static void a_parameter_of_200_kB_is_refused(void **state)
{
    (void)state;
    enum { BIG = 200 * 1024 };
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(4));
    struct diag why = { 0 };
    struct order *o = NULL;
    char *text = arena_alloc(a, BIG);
    assert_non_null(text);
    memset(text, 'a', BIG);
    memcpy(text, "grant_type=x&code=", 18);
    assert_int_equal(decode(a, str_of(text, BIG), false, &why, &o), E_BAD_FIELD);
    assert_string_equal(why.field, "code");
}

static void one_name_is_found_before_the_whole_is_read(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    struct diag why = { 0 };
    str_t found;
    str_t form = STR("a=1&cs%72f=x%20y&csrf=z");
    assert_int_equal(form_find(a, form, STR("csrf"), &why, &found), E_OK);
    assert_true(str_eq(found, STR("x y")));
    assert_int_equal(form_find(a, form, STR("b"), &why, &found), E_OK);
    assert_true(found.p == NULL);
    assert_int_equal(form_find(a, STR("%"), STR("b"), &why, &found), E_BAD_FIELD);
}

static void a_failed_allocation_is_an_error(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        struct order *o = NULL;
        fault_arm(n);
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
        err_t e = a == NULL ? E_NO_MEMORY
                            : decode(a, STR("grant_type=x&resource=a&resource=b"), false, NULL, &o);
        bool fired = fault_used();
        fault_disarm();
        assert_true(fired ? e == E_NO_MEMORY && o == NULL : e == E_OK && o != NULL);
        if (!fired)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_are_taken_or_refused_by_name),
        cmocka_unit_test(values_are_what_was_meant),
        cmocka_unit_test(a_parameter_of_200_kB_is_refused),
        cmocka_unit_test(one_name_is_found_before_the_whole_is_read),
        cmocka_unit_test(a_failed_allocation_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
