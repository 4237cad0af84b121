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

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(bounds) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
