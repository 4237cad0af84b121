/* SPDX-License-Identifier: Apache-2.0 */
/* The buckets of histograms: their texts are their bounds, and each time falls into one. */
#include "base/hist.h"
#include "check.h"

#include <stdio.h>
#include <string.h>

/* As the shortest text of so many seconds. */
static const char *seconds(uint64_t us, char *out, size_t room)
{
    (void)snprintf(out, room, "%u.%06u", (unsigned)(us / 1000000), (unsigned)(us % 1000000));
    size_t n = strlen(out);
    while (out[n - 1] == '0')
        out[--n] = '\0';
    if (out[n - 1] == '.')
        out[n - 1] = '\0';
    return out;
}

static void bounds(void **state)
{
    char text[32];
    (void)state;
    for (size_t i = 0; i < HIST_BUCKETS; i++) {
        const struct hist_bound *b = &hist_bounds[i];
        check(i == 0 || b->us > hist_bounds[i - 1].us, b->text);
        check(strcmp(seconds(b->us, text, sizeof text), b->text) == 0, b->text);
        check(hist_bucket(b->us) == i, b->text);
        check(hist_bucket(b->us + 1) == i + 1, b->text);
    }
    check(hist_bucket(0) == 0, "no time at all");
    check(hist_bucket(UINT64_MAX) == HIST_BUCKETS, "above all bounds");
}

static void quantiles(void **state)
{
    /* clang-format off */
    static const struct { const char *name; size_t bucket[3]; uint64_t n[3]; unsigned permille; uint64_t want; } cases[] = {
        { "nothing was counted",           { 0 },          { 0 },         500, 0 },
        { "one, half of one bucket",       { 3 },          { 2 },         500, 750 },
        { "all of a bucket is its bound",  { 3 },          { 7 },        1000, 1000 },
        { "the median is in the first",    { 0, 9 },       { 99, 1 },     500, 50 },
        { "the worst of a hundred",        { 0, 9 },       { 99, 1 },    1000, 100000 },
        { "99 of 100 are below it",        { 0, 9 },       { 99, 1 },     990, 100 },
        { "empty buckets lie between",     { 1, 12, 15 },  { 1, 1, 1 },   666, 1000000 },
        { "above all bounds: the last",    { 16 },         { 5 },         500, 60000000 },
    };
    /* clang-format on */
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct hist h = { 0 };
        for (size_t k = 0; k < 3; k++)
            h.n[cases[i].bucket[k]] += cases[i].n[k];
        uint64_t got = hist_quantile(&h, cases[i].permille);
        if (got != cases[i].want)
            fail_msg("%s: got %llu", cases[i].name, (unsigned long long)got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(bounds), cmocka_unit_test(quantiles) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
