/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock_guard.h"
#include "check.h"

/* clang-format off */
static const struct { const char *name; str_t in; err_t want; int64_t us; } parse_cases[] = {
    { "a plain one",                { "2026-11-22T02:15:30.123Z", 24 },      E_OK, 1795313730123000 },
    { "no fraction",                { "2026-11-22T02:15:30Z", 20 },          E_OK, 1795313730000000 },
    { "lower case letters",         { "2026-11-22t02:15:30z", 20 },          E_OK, 1795313730000000 },
    { "east of Greenwich",          { "2026-11-22T04:15:30+02:00", 25 },     E_OK, 1795313730000000 },
    { "west, with minutes",         { "2026-11-21T21:45:30-04:30", 25 },     E_OK, 1795313730000000 },
    { "offset unknown",             { "2026-11-22T02:15:30-00:00", 25 },     E_OK, 1795313730000000 },
    { "nanoseconds are cut",        { "2026-11-22T02:15:30.123456789Z", 30 }, E_OK, 1795313730123456 },
    { "one digit of fraction",      { "2026-11-22T02:15:30.5Z", 22 },        E_OK, 1795313730500000 },
    { "leap day",                   { "2024-02-29T00:00:00Z", 20 },          E_OK, 1709164800000000 },
    { "leap day of a century",      { "2000-02-29T00:00:00Z", 20 },          E_OK, 951782400000000 },
    { "leap second",                { "2016-12-31T23:59:60Z", 20 },          E_OK, 1483228800000000 },
    { "first microsecond",          { "1970-01-01T00:00:00.000001Z", 27 },   E_OK, 1 },
    { "last microsecond",           { "9999-12-31T23:59:59.999999Z", 27 },   E_OK, 253402300799999999 },
    { "zero means absent",          { "1970-01-01T00:00:00Z", 20 },          E_BAD_FIELD, 0 },
    { "before 1970 by offset",      { "1970-01-01T00:30:00+01:00", 25 },     E_BAD_FIELD, 0 },
    { "after 9999 by offset",       { "9999-12-31T23:30:00-01:00", 25 },     E_BAD_FIELD, 0 },
    { "no leap day",                { "2023-02-29T00:00:00Z", 20 },          E_BAD_FIELD, 0 },
    { "no leap day in 2100",        { "2100-02-29T00:00:00Z", 20 },          E_BAD_FIELD, 0 },
    { "month 0",                    { "2026-00-10T00:00:00Z", 20 },          E_BAD_FIELD, 0 },
    { "month 13",                   { "2026-13-10T00:00:00Z", 20 },          E_BAD_FIELD, 0 },
    { "day 0",                      { "2026-01-00T00:00:00Z", 20 },          E_BAD_FIELD, 0 },
    { "31 April",                   { "2026-04-31T00:00:00Z", 20 },          E_BAD_FIELD, 0 },
    { "hour 24",                    { "2026-01-01T24:00:00Z", 20 },          E_BAD_FIELD, 0 },
    { "minute 60",                  { "2026-01-01T00:60:00Z", 20 },          E_BAD_FIELD, 0 },
    { "second 61",                  { "2026-01-01T00:00:61Z", 20 },          E_BAD_FIELD, 0 },
    { "offset of 24 hours",         { "2026-01-01T00:00:00+24:00", 25 },     E_BAD_FIELD, 0 },
    { "offset with 60 minutes",     { "2026-01-01T00:00:00+00:60", 25 },     E_BAD_FIELD, 0 },
    { "offset without colon",       { "2026-01-01T00:00:00+0100", 24 },      E_BAD_FIELD, 0 },
    { "no offset",                  { "2026-01-01T00:00:00", 19 },           E_BAD_FIELD, 0 },
    { "a blank for the T",          { "2026-01-01 00:00:00Z", 20 },          E_BAD_FIELD, 0 },
    { "a point and no digit",       { "2026-01-01T00:00:00.Z", 21 },         E_BAD_FIELD, 0 },
    { "comma for the point",        { "2026-01-01T00:00:00,5Z", 22 },        E_BAD_FIELD, 0 },
    { "something after it",         { "2026-01-01T00:00:00Zx", 21 },         E_BAD_FIELD, 0 },
    { "year of five digits",        { "12026-01-01T00:00:00Z", 21 },         E_BAD_FIELD, 0 },
    { "sign in a number",           { "2026-+1-01T00:00:00Z", 20 },          E_BAD_FIELD, 0 },
    { "day alone",                  { "2026-01-01", 10 },                    E_BAD_FIELD, 0 },
    { "empty",                      { "", 0 },                               E_BAD_FIELD, 0 },
    { "absent",                     { NULL, 0 },                             E_BAD_FIELD, 0 },
};
/* clang-format on */

static void parsing(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(parse_cases); i++) {
        ts_t t = { -7 };
        check(ts_parse(parse_cases[i].in, &t) == parse_cases[i].want, parse_cases[i].name);
        int64_t want = parse_cases[i].want == E_OK ? parse_cases[i].us : -7;
        check(t.us == want, parse_cases[i].name);
    }
}

static void formatting(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int64_t us;
        const char *text, *http;
    } cases[] = {
        { "zero", 0, "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 GMT" },
        { "before it", -5, "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 GMT" },
        { "cut, not rounded", 1795313730123999, "2026-11-22T02:15:30.123Z",
          "Sun, 22 Nov 2026 02:15:30 GMT" },
        { "RFC 9110's own", 784111777000000, "1994-11-06T08:49:37.000Z",
          "Sun, 06 Nov 1994 08:49:37 GMT" },
        { "leap day", 1709164800000000, "2024-02-29T00:00:00.000Z",
          "Thu, 29 Feb 2024 00:00:00 GMT" },
        { "new year's eve", 1767225599999000, "2025-12-31T23:59:59.999Z",
          "Wed, 31 Dec 2025 23:59:59 GMT" },
        { "the last", INT64_MAX, "9999-12-31T23:59:59.999Z", "Fri, 31 Dec 9999 23:59:59 GMT" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char text[TS_TEXT];
        char http[TS_HTTP_TEXT];
        char day[TS_DAY_TEXT];
        ts_format((ts_t){ cases[i].us }, text);
        ts_format_http((ts_t){ cases[i].us }, http);
        ts_format_day((ts_t){ cases[i].us }, day);
        check(memcmp(text, cases[i].text, TS_TEXT) == 0, cases[i].name);
        check(memcmp(http, cases[i].http, TS_HTTP_TEXT) == 0, cases[i].name);
        check(memcmp(day, cases[i].text, TS_DAY_TEXT) == 0, cases[i].name);
    }
}

/* Every day from 1970 to 9999, at an odd hour: the text names the day after the day before. */
static void every_day_there_and_back(void **state)
{
    (void)state;
    char before[TS_TEXT] = "";
    for (int64_t day = 0; day < 2932897; day++) {
        ts_t t = { day * 86400000000 + day % 86400 * 1000000 + 999000 };
        ts_t back = { 0 };
        char text[TS_TEXT];
        ts_format(t, text);
        if (ts_parse(str_of(text, TS_TEXT), &back) != E_OK || back.us != t.us)
            fail_msg("day %d: %.24s", (int)day, text);
        if (memcmp(before, text, TS_DAY_TEXT) >= 0)
            fail_msg("day %d: %.10s does not follow %.10s", (int)day, text, before);
        memcpy(before, text, TS_TEXT);
    }
    assert_memory_equal(before, "9999-12-31", TS_DAY_TEXT);
}

static void frozen_and_running(void **state)
{
    (void)state;
    clock_freeze((ts_t){ 1795313730000000 }, DUR_S(5));
    assert_int_equal(clock_now().us, 1795313730000000);
    assert_int_equal(clock_wall().us, 1795313730000000);
    assert_int_equal(clock_mono().us, 5000000);
    clock_freeze((ts_t){ 1700000000000000 }, DUR_S(6)); /* a test may set it back */
    assert_int_equal(clock_now().us, 1700000000000000);
    clock_release();
    ts_t last = { 0 };
    dur_t mono = { 0 };
    for (int i = 0; i < 10000; i++) {
        ts_t now = clock_now();
        dur_t m = clock_mono();
        assert_true(now.us >= last.us);
        assert_true(m.us >= mono.us);
        last = now;
        mono = m;
    }
    assert_int_equal(ts_diff(ts_add(last, DUR_DAYS(3)), last).us, INT64_C(3) * 86400 * 1000000);
}

static void a_clock_that_was_set_back(void **state)
{
    (void)state;
    static const ts_t noon = { 1795313730000000 };
    struct clock_guard g;
    clock_freeze(noon, DUR_S(1));
    clock_guard_init(&g, (ts_t){ 0 });
    assert_false(clock_guard_behind(&g));
    assert_int_equal(clock_guard_seen(&g).us, noon.us);
    clock_freeze((ts_t){ noon.us - CLOCK_BACK_MAX.us }, DUR_S(2)); /* five minutes are forgiven */
    assert_false(clock_guard_look(&g));
    clock_freeze((ts_t){ noon.us - CLOCK_BACK_MAX.us - 1 }, DUR_S(3));
    assert_true(clock_guard_look(&g));
    assert_true(clock_guard_behind(&g));
    assert_false(clock_guard_look(&g)); /* told once */
    assert_int_equal(clock_guard_seen(&g).us, noon.us);
    struct clock_guard successor;
    clock_guard_init(&successor, clock_guard_seen(&g));
    assert_true(clock_guard_behind(&successor));
    clock_freeze((ts_t){ noon.us - CLOCK_BACK_MAX.us }, DUR_S(4)); /* it catches up */
    assert_true(clock_guard_look(&g));
    assert_false(clock_guard_behind(&g));
    clock_freeze((ts_t){ 1700000000000000 }, DUR_S(5));
    clock_guard_confirm(&successor);
    assert_false(clock_guard_behind(&successor));
    assert_false(clock_guard_look(&successor));
    clock_release();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parsing),
        cmocka_unit_test(formatting),
        cmocka_unit_test(every_day_there_and_back),
        cmocka_unit_test(frozen_and_running),
        cmocka_unit_test(a_clock_that_was_set_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
