/* SPDX-License-Identifier: Apache-2.0 */
/* Which devices a percentage takes: frozen places, and what holds for all of them. */
#include "base/rng.h"
#include "domain/policy/rollout_hash.h"
#include "plat/crypto/crypto.h"

#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { CASES = 10000 };

static const struct {
    const char *seed;
    const char *device;
    int64_t place;
} vectors[] = {
#define VECTOR(seed, device, place) { seed, device, place },
#include "rollout_vectors.def"
#undef VECTOR
};

static void frozen_places(void **state)
{
    (void)state;
    static_assert(ARRAY_LEN(vectors) >= 20, "enough of them to notice");
    for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
        oid_t device;
        str_t seed = str_from_cz(vectors[i].seed);
        assert_int_equal(oid_parse(str_from_cz(vectors[i].device), &device), E_OK);
        if (rollout_place(seed, device) != vectors[i].place)
            fail_msg("%s %s: %lld", vectors[i].seed, vectors[i].device,
                     (long long)rollout_place(seed, device));
        assert_false(rollout_takes(seed, device, vectors[i].place));
        assert_true(rollout_takes(seed, device, vectors[i].place + 1));
    }
}

static oid_t any_device(void)
{
    oid_t id;
    rng_bytes(id.b, sizeof id.b);
    return id;
}

static str_t any_seed(char text[static 16])
{
    uint8_t bytes[15];
    rng_bytes(bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        text[i] = (char)('a' + bytes[i] % 26);
    return str_of(text, 1 + bytes[0] % 15);
}

static int64_t any_percent(void)
{
    uint8_t b[4];
    rng_bytes(b, sizeof b);
    return (int64_t)((uint32_t)b[0] << 16 | (uint32_t)b[1] << 8 | b[2]) % (ROLLOUT_WHOLE + 1);
}

/* A greater percentage takes all that a smaller one took, whoever else enrolled meanwhile: the
 * place of a device depends on nobody else. */
static void monotone(void **state)
{
    (void)state;
    rng_seed_for_test(1);
    for (int i = 0; i < CASES; i++) {
        char text[16];
        str_t seed = any_seed(text);
        oid_t device = any_device();
        int64_t a = any_percent();
        int64_t b = any_percent();
        int64_t least = a < b ? a : b;
        int64_t most = a < b ? b : a;
        assert_true(!rollout_takes(seed, device, least) || rollout_takes(seed, device, most));
        assert_false(rollout_takes(seed, device, 0));
        assert_true(rollout_takes(seed, device, ROLLOUT_WHOLE));
        int64_t place = rollout_place(seed, device);
        assert_true(place >= 0 && place < ROLLOUT_WHOLE);
        assert_int_equal(place, rollout_place(seed, device));
    }
    rng_seed_for_test(0);
}

/* Six standard deviations around the expected share: sd^2 = n p (1 - p). */
static void want_share(int64_t got, int64_t n, int64_t percent)
{
    int64_t off = got * ROLLOUT_WHOLE - n * percent; /* in hundred-thousandths of a device */
    int64_t variance = n * percent / 1000 * (ROLLOUT_WHOLE - percent) / 1000; /* times 10^4 */
    if (off / 1000 * (off / 1000) > 36 * variance)
        fail_msg("%lld of %lld at %lld thousandths", (long long)got, (long long)n,
                 (long long)percent);
}

static void expected_share(void **state)
{
    (void)state;
    static const int64_t percents[] = { 100, 1000, 5000, 10000, 50000, 90000 };
    rng_seed_for_test(2);
    for (size_t p = 0; p < ARRAY_LEN(percents); p++) {
        char text[16];
        str_t seed = any_seed(text);
        int64_t got = 0;
        for (int i = 0; i < CASES; i++)
            got += rollout_takes(seed, any_device(), percents[p]);
        want_share(got, CASES, percents[p]);
    }
    rng_seed_for_test(0);
}

/* Whom one seed takes says nothing of whom another takes. */
static void seeds_are_independent(void **state)
{
    (void)state;
    rng_seed_for_test(3);
    int64_t first = 0;
    int64_t both = 0;
    for (int i = 0; i < CASES; i++) {
        oid_t device = any_device();
        bool a = rollout_takes(STR("spring"), device, 50000);
        bool b = rollout_takes(STR("summer"), device, 50000);
        first += a;
        both += a && b;
    }
    want_share(first, CASES, 50000);
    want_share(both, CASES, 25000);
    rng_seed_for_test(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frozen_places),
        cmocka_unit_test(monotone),
        cmocka_unit_test(expected_share),
        cmocka_unit_test(seeds_are_independent),
    };
    return crypto_init() == E_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
