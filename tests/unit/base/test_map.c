/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fault.h"
#include "base/map.h"
#include "base/rng.h"
#include "check.h"

enum { KEYS = 3000 };

static bool key_eq(const void *rows, uint32_t row, const void *key)
{
    return ((const uint64_t *)rows)[row] == *(const uint64_t *)key;
}

/* Hashes that differ little put many keys on few places. */
static uint64_t even_hash(uint64_t key)
{
    return map_hash(&key, sizeof key);
}
static uint64_t crowded_hash(uint64_t key)
{
    return (key % 7) << 32 | key;
}
static uint64_t same_hash(uint64_t key)
{
    (void)key;
    return 42;
}

/* Random puts and drops beside a plain table; what the map says is what the table says. */
static void against_a_plain_table(uint64_t (*hash)(uint64_t), int steps, uint64_t keys)
{
    static uint64_t rows[KEYS];
    bool in[KEYS] = { false };
    size_t used = 0;
    struct map m;
    map_init(&m);
    for (uint64_t k = 0; k < keys; k++)
        rows[k] = k * 0x10001;
    for (int i = 0; i < steps; i++) {
        uint32_t row = (uint32_t)rng_below(keys);
        uint64_t h = hash(rows[row]);
        if (in[row]) {
            assert_true(map_drop(&m, h, row));
            used--;
        } else {
            assert_false(map_drop(&m, h, row));
            assert_int_equal(map_put(&m, h, row), E_OK);
            used++;
        }
        in[row] = !in[row];
        assert_int_equal(m.used, used);
        uint32_t other = (uint32_t)rng_below(keys);
        uint32_t found = map_get(&m, hash(rows[other]), key_eq, rows, &rows[other]);
        assert_int_equal(found, in[other] ? other : MAP_NONE);
    }
    for (uint32_t k = 0; k < keys; k++) {
        uint32_t found = map_get(&m, hash(rows[k]), key_eq, rows, &rows[k]);
        assert_int_equal(found, in[k] ? k : MAP_NONE);
    }
    map_fini(&m);
    assert_int_equal(map_get(&m, hash(rows[0]), key_eq, rows, &rows[0]), MAP_NONE);
}

static void random_puts_and_drops(void **state)
{
    (void)state;
    rng_seed_for_test(7);
    against_a_plain_table(even_hash, 200000, KEYS);
    against_a_plain_table(even_hash, 20000, 20);
    against_a_plain_table(crowded_hash, 20000, 200);
    against_a_plain_table(same_hash, 5000, 60);
    rng_seed_for_test(0);
}

static void hash_depends_on_every_byte(void **state)
{
    (void)state;
    unsigned char bytes[40] = { 0 };
    for (size_t n = 1; n <= sizeof bytes; n++) {
        uint64_t before = map_hash(bytes, n);
        assert_true(before == map_hash(bytes, n));
        assert_true(before != map_hash(bytes, n - 1));
        for (size_t bit = 0; bit < 8 * n; bit++) {
            bytes[bit / 8] = (unsigned char)(1U << bit % 8);
            assert_true(before != map_hash(bytes, n));
            bytes[bit / 8] = 0;
        }
    }
}

/* Two texts that would meet under a hash whose multiplier is known: the top bit of a word passes
 * any odd multiplication, and the next word takes it back. */
static void chosen_differences_do_not_meet(void **state)
{
    (void)state;
    uint64_t words[2];
    uint64_t twins[2];
    for (int i = 0; i < 1000; i++) {
        words[0] = rng_u64();
        words[1] = rng_u64();
        twins[0] = words[0] ^ UINT64_C(1) << 63;
        twins[1] = words[1] ^ (UINT64_C(1) << 63 | UINT64_C(1) << 31);
        assert_true(map_hash(words, sizeof words) != map_hash(twins, sizeof twins));
    }
}

/* Consecutive keys spread: no place of 4096 gets much more than its share of 65536. */
static void hash_spreads(void **state)
{
    (void)state;
    static unsigned counts[4096];
    unsigned most = 0;
    for (uint64_t k = 0; k < 65536; k++) {
        unsigned at = (unsigned)(map_hash(&k, sizeof k) >> 32) % 4096;
        counts[at]++;
        most = counts[at] > most ? counts[at] : most;
    }
    assert_true(most < 60); /* 16 on average, a standard deviation of 4 */
}

#ifdef SENESCHAL_FAULTS
static void each_failing_step(void **state)
{
    (void)state;
    static uint64_t rows[100];
    for (uint64_t k = 0; k < 100; k++)
        rows[k] = k;
    for (long n = 0;; n++) {
        struct map m;
        map_init(&m);
        fault_arm(n);
        uint32_t put = 0;
        err_t e = E_OK;
        while (put < 100 && e == E_OK) {
            e = map_put(&m, even_hash(put), put);
            put += e == E_OK;
        }
        bool fired = fault_used();
        fault_disarm();
        assert_int_equal(e, fired ? E_NO_MEMORY : E_OK);
        assert_int_equal(m.used, put);
        for (uint64_t k = 0; k < put; k++) /* what was in before the failure is still in */
            assert_int_equal(map_get(&m, even_hash(k), key_eq, rows, &k), k);
        map_fini(&m);
        if (!fired) {
            assert_int_equal(put, 100);
            break;
        }
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_puts_and_drops),
        cmocka_unit_test(hash_depends_on_every_byte),
        cmocka_unit_test(chosen_differences_do_not_meet),
        cmocka_unit_test(hash_spreads),
#ifdef SENESCHAL_FAULTS
        cmocka_unit_test(each_failing_step),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
