/* SPDX-License-Identifier: Apache-2.0 */
/* Figures over time: how points become one, hours of their minutes, gaps that stay gaps, and what
 * is forgotten. */
#include "base/fault.h"
#include "domain/series/series.h"

#include "check.h"
#include "store.h"

enum { HOUR_S = 3600 };
static const ts_t noon = { INT64_C(497724) * HOUR_S * 1000000 }; /* a whole hour */

static void folds(void **state)
{
    /* clang-format off */
    static const struct { const char *name; enum series_fold how; int64_t v[3]; int64_t want; } cases[] = {
        { "sum",           FOLD_SUM,  { 1, 2, 4 },    7 },
        { "mean",          FOLD_MEAN, { 1, 2, 6 },    3 },
        { "greatest",      FOLD_MAX,  { -5, -2, -9 }, -2 },
        { "least",         FOLD_MIN,  { 5, 2, 9 },    2 },
        { "least of many", FOLD_MIN,  { 0, 2, 9 },    0 },
        { "last",          FOLD_LAST, { 5, 9, 2 },    2 },
    };
    /* clang-format on */
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct series_folded f = { 0 };
        for (size_t k = 0; k < 3; k++)
            series_fold(cases[i].how, &f, cases[i].v[k]);
        check(series_folded(cases[i].how, &f) == cases[i].want, cases[i].name);
    }
}

static void names(void **state)
{
    (void)state;
    for (size_t i = 0; i < SERIES_COUNT; i++) {
        enum series got;
        check(series_parse(str_from_cz(series_infos[i].name), &got) == E_OK, series_infos[i].name);
        check((size_t)got == i, series_infos[i].name);
    }
    enum series got;
    check(series_parse(STR("nothing"), &got) == E_BAD_FIELD, "a name of nobody");
    check(series_parse(STR(""), &got) == E_BAD_FIELD, "no name");
}

/* In minute `m` after noon: so many requests, and this much room on the disk; -1: not measured. */
static void put(struct store *s, int64_t m, int64_t requests, int64_t room)
{
    struct series_sample sample = { .at = ts_add(noon, DUR_S(60 * m + 17)) };
    sample.v[SERIES_REQUESTS] = (opt_i64_t){ requests >= 0, requests };
    sample.v[SERIES_DISK_FREE] = (opt_i64_t){ room >= 0, room };
    assert_int_equal(db_tx_begin(s->db), E_OK);
    assert_int_equal(series_put(s->db, &sample), E_OK);
    assert_int_equal(db_tx_commit(s->db), E_OK);
}

static opt_i64_t *get(struct store *s, enum series which, int64_t from_s, int64_t step_s, size_t n)
{
    opt_i64_t *v = NULL;
    struct series_ask ask = {
        .series = which, .from = ts_add(noon, DUR_S(from_s)), .step_s = step_s, .points = n
    };
    assert_int_equal(series_read(s->db, s->a, &ask, &v), E_OK);
    return v;
}

static void check_points(const opt_i64_t *v, const int64_t *want, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        check(v[i].set == (want[i] >= 0) && (!v[i].set || v[i].v == want[i]), name);
}

static void minutes_and_hours(void **state)
{
    struct store s;
    (void)state;
    store_open(&s);
    put(&s, 0, 5, 900);
    put(&s, 1, 7, 800);
    put(&s, 3, 1, -1);
    put(&s, 59, 2, 850);
    put(&s, 60, 11, 700);
    check_points(get(&s, SERIES_REQUESTS, 0, 60, 5), (int64_t[]){ 5, 7, -1, 1, -1 }, 5,
                 "minutes, and gaps");
    check_points(get(&s, SERIES_DISK_FREE, 0, 60, 4), (int64_t[]){ 900, 800, -1, -1 }, 4,
                 "not measured: a gap");
    check_points(get(&s, SERIES_REQUESTS, 0, 120, 3), (int64_t[]){ 12, 1, -1 }, 3,
                 "two minutes each");
    check_points(get(&s, SERIES_REQUESTS, -3600, 3600, 4), (int64_t[]){ -1, 15, 11, -1 }, 4,
                 "hours are sums");
    check_points(get(&s, SERIES_DISK_FREE, 0, 3600, 2), (int64_t[]){ 800, 700 }, 2, "or the least");
    check_points(get(&s, SERIES_REQUESTS, 0, 7200, 1), (int64_t[]){ 26 }, 1, "two hours");
    put(&s, 1, 7, 800);
    check_points(get(&s, SERIES_REQUESTS, 0, 3600, 1), (int64_t[]){ 15 }, 1,
                 "said twice it is the same");
    put(&s, 1, 0, 100);
    check_points(get(&s, SERIES_REQUESTS, 0, 3600, 1), (int64_t[]){ 8 }, 1, "said anew it is anew");
    check_points(get(&s, SERIES_DISK_FREE, 0, 3600, 1), (int64_t[]){ 100 }, 1, "for each fold");
    store_close(&s);
}

static void forgetting(void **state)
{
    struct store s;
    bool more = false;
    (void)state;
    store_open(&s);
    for (int64_t m = 0; m < 30; m++)
        put(&s, m, m, m);
    ts_t day_later = ts_add(noon, DUR_S(24 * 3600 + 20 * 60));
    assert_int_equal(db_tx_begin(s.db), E_OK);
    assert_int_equal(series_prune(s.db, day_later, 7, &more), E_OK);
    check(more, "a slice at a time");
    while (more)
        assert_int_equal(series_prune(s.db, day_later, 7, &more), E_OK);
    assert_int_equal(db_tx_commit(s.db), E_OK);
    const opt_i64_t *v = get(&s, SERIES_REQUESTS, 0, 60, 30);
    for (size_t i = 0; i < 30; i++)
        check(v[i].set == (i >= 20), "minutes of more than a day ago");
    check(get(&s, SERIES_REQUESTS, 0, 3600, 1)[0].v == 435, "their hour stays");
    assert_int_equal(db_tx_begin(s.db), E_OK);
    assert_int_equal(series_prune(s.db, ts_add(noon, DUR_DAYS(31)), 1000, &more), E_OK);
    assert_int_equal(db_tx_commit(s.db), E_OK);
    check(!get(&s, SERIES_REQUESTS, 0, 3600, 1)[0].set, "but not for ever");
    store_close(&s);
}

static void failing_steps(void **state)
{
    struct store s;
    (void)state;
    store_open(&s);
    put(&s, 0, 5, 900);
    for (long n = 0;; n++) {
        struct series_sample sample = { .at = noon };
        sample.v[SERIES_REQUESTS] = (opt_i64_t){ true, 99 };
        opt_i64_t *v = NULL;
        bool more = true;
        struct series_ask ask = {
            .series = SERIES_REQUESTS, .from = noon, .step_s = 60, .points = 3
        };
        assert_int_equal(db_tx_begin(s.db), E_OK);
        fault_arm(n);
        err_t e = series_put(s.db, &sample);
        if (e == E_OK)
            e = series_read(s.db, s.a, &ask, &v);
        if (e == E_OK)
            e = series_prune(s.db, noon, 10, &more);
        bool fired = fault_used();
        fault_disarm();
        db_tx_rollback(s.db);
        check(fired ? e != E_OK && more : e == E_OK && !more, "each step");
        check_points(get(&s, SERIES_REQUESTS, 0, 60, 1), (int64_t[]){ 5 }, 1,
                     "nothing is half done");
        if (!fired)
            break;
    }
    store_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folds),
        cmocka_unit_test(names),
        cmocka_unit_test(minutes_and_hours),
        cmocka_unit_test(forgetting),
        cmocka_unit_test(failing_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
