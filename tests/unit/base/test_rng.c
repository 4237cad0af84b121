/* SPDX-License-Identifier: Apache-2.0 */
#include "base/attr.h"
#include "base/rng.h"
#include "base/secret.h"
#include "check.h"

#include <sys/wait.h>
#include <unistd.h>

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

/* What a thread has fetched ahead is not given out by its child too. */
static void parent_and_child_differ(void **state)
{
    (void)state;
    uint64_t child = 0;
    int ends[2];
    (void)rng_u64();
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        child = rng_u64();
        _exit(write(ends[1], &child, sizeof child) == (ssize_t)sizeof child ? 0 : 1);
    }
    uint64_t parent = rng_u64();
    assert_int_equal(read(ends[0], &child, sizeof child), sizeof child);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_true(parent != child);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

/* Small requests come from what was fetched ahead, large ones do not: neither repeats itself. */
static void no_bytes_come_twice(void **state)
{
    (void)state;
    uint64_t seen[1000];
    for (size_t i = 0; i < ARRAY_LEN(seen); i++) {
        unsigned char odd[3];
        unsigned char large[200];
        rng_bytes(odd, sizeof odd);
        rng_bytes(large, sizeof large);
        seen[i] = rng_u64();
        for (size_t k = 0; k < i; k++)
            assert_true(seen[k] != seen[i]);
    }
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
        cmocka_unit_test(parent_and_child_differ),
        cmocka_unit_test(no_bytes_come_twice),
        cmocka_unit_test(secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
