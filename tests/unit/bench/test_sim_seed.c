/* SPDX-License-Identifier: Apache-2.0 */
/* Seeded choice: it repeats, it differs where it must, and shares are exact. */
#include "fleet_sim/seed.h"

#include "check.h"

static int set_up(void **state)
{
    (void)state;
    return crypto_init() == E_OK ? 0 : -1;
}

static void test_repeats(void **state)
{
    (void)state;
    struct seed a;
    struct seed b;
    char one[SEED_MACHINE];
    char two[SEED_MACHINE];
    secret_t key;
    secret_t again;
    seed_init(&a, STR("spring"));
    seed_init(&b, STR("spring"));
    seed_machine(&a, 17, one);
    seed_machine(&b, 17, two);
    assert_string_equal(one, two);
    seed_key(&a, 17, &key);
    seed_key(&b, 17, &again);
    assert_true(secret_eq(&key, &again));
    assert_int_equal(seed_random(&a, 17), seed_random(&b, 17));
}

static void test_differs(void **state)
{
    (void)state;
    struct seed a;
    struct seed b;
    char one[SEED_MACHINE];
    char two[SEED_MACHINE];
    char nonces[4][SEED_NONCE + 1];
    secret_t key;
    secret_t other;
    seed_init(&a, STR("spring"));
    seed_init(&b, STR("autumn"));
    seed_machine(&a, 17, one);
    seed_machine(&b, 17, two);
    assert_string_not_equal(one, two);
    seed_key(&a, 17, &key);
    seed_key(&a, 18, &other);
    assert_false(secret_eq(&key, &other));
    /* A copy of a machine asks with another nonce: that is how it is found out. */
    seed_nonce(&a, "rotate", 17, 1, nonces[0]);
    seed_nonce(&a, "rotate", 200, 1, nonces[1]);
    seed_nonce(&a, "rotate", 17, 2, nonces[2]);
    seed_nonce(&a, "init", 17, 1, nonces[3]);
    for (size_t i = 0; i < ARRAY_LEN(nonces); i++) {
        assert_int_equal(strlen(nonces[i]), SEED_NONCE);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(nonces[i], nonces[j]);
    }
}

/* Every place once: so that "5 of them" are exactly 5. */
static void test_places(void **state)
{
    (void)state;
    static const char *const seeds[] = { "1", "2", "spring", "" };
    static const uint32_t sizes[] = { 1, 2, 3, 7, 12, 100, 200, 1000, 4096 };
    for (size_t k = 0; k < ARRAY_LEN(seeds); k++) {
        struct seed s;
        seed_init(&s, str_from_cz(seeds[k]));
        for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
            uint8_t seen[4096] = { 0 };
            for (uint32_t n = 0; n < sizes[i]; n++) {
                uint32_t place = seed_place(&s, n, sizes[i]);
                check(place < sizes[i], seeds[k]);
                check(seen[place]++ == 0, seeds[k]);
            }
        }
    }
}

static void test_random_upto(void **state)
{
    (void)state;
    uint64_t random = 5;
    bool zero = false;
    bool three = false;
    for (int i = 0; i < 200; i++) {
        int64_t n = random_upto(&random, 3);
        assert_in_range(n, 0, 3);
        zero |= n == 0;
        three |= n == 3;
    }
    assert_true(zero);
    assert_true(three);
    assert_int_equal(random_upto(&random, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_repeats),
        cmocka_unit_test(test_differs),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_random_upto),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
