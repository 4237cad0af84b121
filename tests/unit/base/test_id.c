/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/id.h"
#include "check.h"

#include <pthread.h>

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(oid_t));
}

static void in_order_and_of_version_7(void **state)
{
    (void)state;
    oid_t last = { 0 };
    assert_false(oid_is_set(last));
    int64_t before_ms = clock_now().us / 1000;
    for (int i = 0; i < 50000; i++) {
        oid_t id = oid_make();
        assert_true(oid_is_set(id));
        assert_true(compare(&last, &id) < 0);
        assert_int_equal(id.b[6] >> 4, 7); /* RFC 9562 section 5.7: version */
        assert_int_equal(id.b[8] >> 6, 2); /* section 4.1: variant */
        last = id;
    }
    int64_t ms = 0;
    for (size_t i = 0; i < 6; i++)
        ms = ms << 8 | last.b[i];
    assert_true(ms >= before_ms && ms <= clock_now().us / 1000 + 50);
}

/* A clock that stands still, or was set back, gives no id twice and keeps the order. */
static void order_without_a_clock(void **state)
{
    (void)state;
    clock_freeze((ts_t){ 1795313730000000 }, DUR_S(1));
    oid_t last = oid_make();
    for (int i = 0; i < 10000; i++) {
        if (i == 5000)
            clock_freeze((ts_t){ 1600000000000000 }, DUR_S(1));
        oid_t id = oid_make();
        assert_true(compare(&last, &id) < 0);
        last = id;
    }
    clock_release();
}

enum { THREADS = 4, EACH = 20000 };

static void *make_many(void *out)
{
    oid_t *ids = out;
    for (size_t i = 0; i < EACH; i++)
        ids[i] = oid_make();
    return NULL;
}

static void threads_get_different_ones(void **state)
{
    (void)state;
    static oid_t ids[THREADS * EACH];
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, make_many, ids + i * EACH), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    qsort(ids, ARRAY_LEN(ids), sizeof ids[0], compare);
    for (size_t i = 1; i < ARRAY_LEN(ids); i++)
        assert_true(compare(&ids[i - 1], &ids[i]) < 0);
}

static void text(void **state)
{
    (void)state;
    static const struct {
        const char *name, *in;
        err_t want;
    } cases[] = {
        { "RFC 9562's own", "017F22E2-79B0-7CC3-98C4-DC0C0C07398F", E_OK },
        { "lower case", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f", E_OK },
        { "another version", "919108f7-52d1-4320-9bac-f847db4148a8", E_OK },
        { "no hyphens", "017f22e279b07cc398c4dc0c0c07398f", E_BAD_FIELD },
        { "hyphens elsewhere", "017f22e27-9b0-7cc3-98c4-dc0c0c07398f", E_BAD_FIELD },
        { "braces", "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}", E_BAD_FIELD },
        { "one short", "017f22e2-79b0-7cc3-98c4-dc0c0c07398", E_BAD_FIELD },
        { "one long", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0", E_BAD_FIELD },
        { "a letter that is no digit", "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", E_BAD_FIELD },
        { "empty", "", E_BAD_FIELD },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        oid_t id = { { 1 } };
        oid_t kept = id;
        char back[OID_TEXT];
        check(oid_parse(str_from_cz(cases[i].in), &id) == cases[i].want, cases[i].name);
        oid_format(id, back);
        if (cases[i].want == E_OK)
            check(str_eq_nocase(str_of(back, OID_TEXT), str_from_cz(cases[i].in)), cases[i].name);
        else
            check(oid_eq(id, kept), cases[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_order_and_of_version_7),
        cmocka_unit_test(order_without_a_clock),
        cmocka_unit_test(threads_get_different_ones),
        cmocka_unit_test(text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
