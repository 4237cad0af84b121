/* SPDX-License-Identifier: Apache-2.0 */
#include "base/attr.h"
#include "base/rng.h"
#include "base/secret.h"
#include "check.h"

static void below_its_bound_and_even(void **state)
{
    (void)state;
    rng_seed_for_test(3);
    static const uint64_t bounds[] = { 1, 2, 3, 7, 1000, UINT64_C(1) << 63, UINT64_MAX };
    for (size_t i = 0; i < ARRAY_LEN(bounds); i++) {
        for (int k = 0; k < 1000; k++)
            assert_true(rng_below(bounds[i]) < bounds[i]);
    }
    unsigned counts[6] = { 0 };
    for (int k = 0; k < 60000; k++)
        counts[rng_below(6)]++;
    for (size_t i = 0; i < 6; i++)
        assert_in_range(counts[i], 9600, 10400); /* 10,000 with a standard deviation of 91 */
    rng_seed_for_test(0);
}

static void seeds(void **state)
{
    (void)state;
    rng_seed_for_test(5);
    uint64_t first = rng_u64();
    uint64_t second = rng_u64();
    rng_seed_for_test(5);
    assert_true(rng_u64() == first && rng_u64() == second && first != second);
    rng_seed_for_test(0);
    uint64_t kernel = rng_u64();
    assert_true(kernel != rng_u64());
    unsigned char big[5000] = { 0 }; /* more than one answer of getrandom(2) may bring */
    rng_bytes(big, sizeof big);
    size_t zeros = 0;
    for (size_t i = 0; i < sizeof big; i++)
        zeros += big[i] == 0;
    assert_true(zeros < 100);
}

static void secrets(void **state)
{
    (void)state;
    secret_t a = { .n = 3, .b = "abc" };
    secret_t b = { .n = 3, .b = "abcdef" }; /* what stands behind n is not part of it */
    secret_t c = { .n = 2, .b = "abc" };
    secret_t d = { .n = 3, .b = "abd" };
    assert_true(secret_eq(&a, &b));
    assert_false(secret_eq(&a, &c));
    assert_false(secret_eq(&a, &d));
    secret_wipe(&a);
    for (size_t i = 0; i < sizeof a; i++)
        assert_int_equal(((unsigned char *)&a)[i], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(below_its_bound_and_even),
        cmocka_unit_test(seeds),
        cmocka_unit_test(secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
