/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/fault.h"
#include "check.h"

static void grows_and_keeps(void **state)
{
    (void)state;
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, KIB(64));
    assert_true(str_eq(buf_str(&b), STR("")));
    for (int i = 0; i < 3000; i++)
        buf_add_i64(&b, i % 10);
    buf_add_i64(&b, INT64_MIN);
    buf_addf(&b, "%s", "");
    assert_int_equal(b.err, E_OK);
    for (size_t i = 0; i < 3000; i++)
        assert_int_equal(b.p[i], '0' + i % 10);
    assert_true(str_eq(str_sub(buf_str(&b), 3000, 99), STR("-9223372036854775808")));
    buf_clear(&b);
    BUF_ADD(&b, "a\0b");
    buf_add(&b, STR_NONE);
    buf_add_byte(&b, '!');
    assert_true(str_eq(buf_str(&b), STR("a\0b!")));
}

static void the_cap_is_exact_and_sticks(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t max, n;
        err_t want;
    } cases[] = {
        { "nothing into nothing", 0, 0, E_OK }, { "one into nothing", 0, 1, E_TOO_BIG },
        { "one short", 300, 299, E_OK },        { "full", 300, 300, E_OK },
        { "one over", 300, 301, E_TOO_BIG },    { "far over", 300, 100000, E_TOO_BIG },
    };
    static char text[100001];
    memset(text, 'x', sizeof text - 1);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(buf_fini) struct buf whole = { 0 };
        CLEANUP(buf_fini) struct buf bytes = { 0 };
        CLEANUP(buf_fini) struct buf printed = { 0 };
        buf_init(&whole, cases[i].max);
        buf_init(&bytes, cases[i].max);
        buf_init(&printed, cases[i].max);
        buf_add(&whole, str_of(text, cases[i].n));
        for (size_t k = 0; k < cases[i].n; k++)
            buf_add_byte(&bytes, 'x');
        buf_addf(&printed, "%.*s", (int)cases[i].n, text);
        check(whole.err == cases[i].want, cases[i].name);
        check(bytes.err == cases[i].want, cases[i].name);
        check(printed.err == cases[i].want, cases[i].name);
        if (cases[i].want == E_OK)
            check(str_eq(buf_str(&whole), buf_str(&printed)), cases[i].name);
    }
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, 4);
    BUF_ADD(&b, "abc");
    BUF_ADD(&b, "de");
    BUF_ADD(&b, "f"); /* would fit, but what is missing before it would not be seen */
    assert_int_equal(b.err, E_TOO_BIG);
    assert_true(str_eq(buf_str(&b), STR("abc")));
    assert_null(buf_reserve(&b, 1));
    buf_clear(&b);
    BUF_ADD(&b, "ghij");
    assert_int_equal(b.err, E_OK);
}

static void a_secret_one_grows_the_same(void **state)
{
    (void)state;
    CLEANUP(buf_fini) struct buf plain = { 0 };
    CLEANUP(buf_fini) struct buf secret = { 0 };
    buf_init(&plain, KIB(8));
    buf_init(&secret, KIB(8));
    secret.secret = true;
    for (int i = 0; i < 1000; i++) {
        buf_addf(&plain, "%d,", i);
        buf_addf(&secret, "%d,", i);
    }
    assert_true(str_eq(buf_str(&plain), buf_str(&secret)));
    buf_fini(&secret);
    assert_true(secret.secret);
    BUF_ADD(&secret, "again");
    assert_true(str_eq(buf_str(&secret), STR("again")));
}

#ifdef SENESCHAL_FAULTS
static void each_failing_step(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        CLEANUP(buf_fini) struct buf b = { 0 };
        buf_init(&b, KIB(4));
        fault_arm(n);
        for (int i = 0; i < 2000; i++)
            buf_add_byte(&b, 'x');
        bool fired = fault_used();
        fault_disarm();
        assert_int_equal(b.err, fired ? E_NO_MEMORY : E_OK);
        assert_true(fired || b.n == 2000);
        if (!fired) {
            assert_true(n > 0);
            break;
        }
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_and_keeps),
        cmocka_unit_test(the_cap_is_exact_and_sticks),
        cmocka_unit_test(a_secret_one_grows_the_same),
#ifdef SENESCHAL_FAULTS
        cmocka_unit_test(each_failing_step),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
