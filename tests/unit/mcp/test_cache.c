/* SPDX-License-Identifier: Apache-2.0 */
/* Results that are given once more: for as long as they may be, within their bounds, to nobody
 * else. */
#include "base/fault.h"
#include "base/ref.h"
#include "base/rng.h"
#include "check.h"
#include "mcp/cache.h"

enum { ROUNDS = 20000, KEYS = 64, SMALL = 1000 };

static const dur_t MINUTE = { 60000000 };

static digest_t key_of(unsigned n)
{
    return sha256_of(str_of(&n, sizeof n));
}

static oid_t id_of(uint8_t n)
{
    return (oid_t){ { n } };
}

static struct cache_of of_of(uint8_t n)
{
    return (struct cache_of){ id_of(1), id_of(n), { { 0 } }, id_of((uint8_t)(n + 100)) };
}

static bool gives(struct cache *c, unsigned n, int64_t now_us, const char *want)
{
    digest_t key = key_of(n);
    struct cached *hit = cache_find(c, &key, (dur_t){ now_us }, MINUTE);
    bool same = hit == NULL ? want == NULL
                            : want != NULL && str_eq(str_of(hit->text, hit->n), str_from_cz(want));
    ref_drop(hit);
    return same;
}

static void keep(struct cache *c, unsigned n, uint8_t whose, str_t text, int64_t ttl_us)
{
    digest_t key = key_of(n);
    struct cache_of of = of_of(whose);
    cache_keep(c, &key, &of, text, (dur_t){ 0 }, (dur_t){ ttl_us });
}

static void test_time(void **state)
{
    (void)state;
    struct cache c;
    assert_int_equal(cache_init(&c, SMALL), E_OK);
    check(gives(&c, 1, 0, NULL), "nothing");
    keep(&c, 1, 1, STR("one"), 1000);
    check(gives(&c, 1, 999, "one") && gives(&c, 2, 999, NULL), "until its time is over");
    check(gives(&c, 1, 1000, NULL) && c.bytes == 0, "and no longer");
    keep(&c, 1, 1, STR("one"), 2 * MINUTE.us);
    check(gives(&c, 1, MINUTE.us - 1, "one") && gives(&c, 1, MINUTE.us, NULL), "the setting's too");
    keep(&c, 1, 1, STR("one"), 0);
    check(gives(&c, 1, 0, NULL), "no time at all");
    keep(&c, 1, 1, STR("one"), 10);
    keep(&c, 1, 1, STR("other"), 10);
    check(gives(&c, 1, 0, "other") && c.bytes == 5, "the newest");
    keep(&c, 1, 1, STR("one"), -1);
    check(gives(&c, 1, 0, NULL), "what may not be kept takes the older one away");
    cache_fini(&c);
}

static void test_drop(void **state)
{
    (void)state;
    struct cache c;
    static const struct {
        const char *name;
        oid_t id;
    } cases[] = { { "organisation", { { 1 } } },
                  { "principal", { { 7 } } },
                  { "server", { { 107 } } } };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(cache_init(&c, SMALL), E_OK);
        keep(&c, 7, 7, STR("a"), 10);
        keep(&c, 8, 8, STR("b"), 10);
        uint64_t moved = c.moved;
        cache_drop(&c, cases[i].id);
        check(gives(&c, 7, 0, NULL) && gives(&c, 8, 0, i == 0 ? NULL : "b"), cases[i].name);
        check(c.moved > moved, "whoever asked before sees that");
        cache_fini(&c);
    }
    assert_int_equal(cache_init(&c, SMALL), E_OK);
    keep(&c, 1, 1, STR("held"), 10);
    digest_t key = key_of(1);
    struct cached *hit = cache_find(&c, &key, (dur_t){ 0 }, MINUTE);
    cache_drop(&c, id_of(1));
    check(str_eq(str_of(hit->text, hit->n), STR("held")), "whoever has it has it");
    ref_drop(hit);
    cache_fini(&c);
}

static void test_bounds(void **state)
{
    (void)state;
    struct cache c;
    static char big[CACHE_ONE_MAX + 1];
    assert_int_equal(cache_init(&c, SMALL), E_OK);
    for (unsigned i = 0; i < 10; i++)
        keep(&c, i, 1, str_of(big, 100), 10);
    check(c.bytes == SMALL, "full");
    digest_t first = key_of(0);
    ref_drop(cache_find(&c, &first, (dur_t){ 0 }, MINUTE));
    keep(&c, 10, 1, str_of(big, 1), 10);
    check(c.bytes == SMALL - 99 && gives(&c, 1, 0, NULL), "who was asked for longest ago goes");
    ref_drop(cache_find(&c, &first, (dur_t){ 0 }, MINUTE));
    keep(&c, 11, 1, str_of(big, SMALL), 10);
    check(c.bytes == SMALL && slab_count(&c.rows) == 1, "one that takes all of it");
    keep(&c, 12, 1, str_of(big, SMALL + 1), 10);
    check(c.bytes == SMALL && slab_count(&c.rows) == 1, "one that is too large changes nothing");
    cache_fini(&c);
    assert_int_equal(cache_init(&c, CACHE_BYTES_MAX), E_OK);
    keep(&c, 1, 1, str_of(big, sizeof big), 10);
    check(c.bytes == 0, "larger than one may be");
    for (unsigned i = 0; i < CACHE_ROWS_MAX + 5; i++)
        keep(&c, i, 1, STR("{}"), 10);
    check(slab_count(&c.rows) == CACHE_ROWS_MAX && gives(&c, 4, 0, NULL) && gives(&c, 5, 0, "{}"),
          "so many rows");
    cache_fini(&c);
}

/* Against a plain model: what was kept last under a key, or nothing, never anything else. */
static void test_model(void **state)
{
    (void)state;
    struct cache c;
    char model[KEYS][8] = { { 0 } };
    rng_seed_for_test(7);
    assert_int_equal(cache_init(&c, 100), E_OK);
    for (unsigned i = 0; i < ROUNDS; i++) {
        unsigned k = (unsigned)rng_below(KEYS);
        if (rng_below(3) == 0) {
            (void)snprintf(model[k], sizeof model[k], "%u", i);
            keep(&c, k, (uint8_t)(2 + k), str_from_cz(model[k]), 10);
        } else if (rng_below(50) == 0) {
            cache_drop(&c, id_of((uint8_t)(2 + k)));
            model[k][0] = '\0';
        }
        digest_t key = key_of(k);
        struct cached *hit = cache_find(&c, &key, (dur_t){ 0 }, MINUTE);
        check(hit == NULL || str_eq(str_of(hit->text, hit->n), str_from_cz(model[k])), "the last");
        ref_drop(hit);
        check(c.bytes <= 100 && slab_count(&c.rows) == c.by_key.used, "bounded and whole");
    }
    cache_drop(&c, id_of(1));
    check(c.bytes == 0 && slab_count(&c.rows) == 0, "all of it");
    cache_fini(&c);
    rng_seed_for_test(0);
}

static void test_faults(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        struct cache c;
        fault_arm(n);
        err_t e = cache_init(&c, SMALL);
        if (e == E_OK)
            keep(&c, 1, 1, STR("one"), 10);
        bool fired = fault_used();
        fault_disarm();
        check(e == E_OK || e == E_NO_MEMORY, "a failed allocation");
        if (e == E_OK) {
            check(c.bytes == 3 * slab_count(&c.rows), "all of it or nothing");
            keep(&c, 2, 1, STR("two"), 10);
            check(gives(&c, 2, 0, "two"), "it goes on");
        }
        cache_fini(&c);
        if (!fired)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_time),  cmocka_unit_test(test_drop),   cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_model), cmocka_unit_test(test_faults),
    };
    return crypto_init() != E_OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
