/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/log.h"
#include "check.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

/* What LOG() wrote, taken from standard error. */
static char taken[8192];

#define TAKE(...)                                                                                  \
    do {                                                                                           \
        int fds[2];                                                                                \
        assert_int_equal(pipe(fds), 0);                                                            \
        int kept = dup(STDERR_FILENO);                                                             \
        assert_true(dup2(fds[1], STDERR_FILENO) >= 0);                                             \
        close(fds[1]);                                                                             \
        __VA_ARGS__;                                                                               \
        assert_true(dup2(kept, STDERR_FILENO) >= 0);                                               \
        close(kept);                                                                               \
        ssize_t got = read(fds[0], taken, sizeof taken - 1);                                       \
        close(fds[0]);                                                                             \
        taken[got < 0 ? 0 : got] = '\0';                                                           \
    } while (0)

static const char head[] =
    "{\"at\":\"2026-11-22T02:15:30.123Z\",\"level\":\"info\",\"event\":\"e\"";

static void escaping(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct { const char *name; str_t in; const char *want; } cases[] = {
        { "plain",                      { "a b/c", 5 },           "a b/c" },
        { "absent is empty",            { NULL, 0 },              "" },
        { "quote and backslash",        { "\"\\", 2 },            "\\\"\\\\" },
        { "a forged line",              { "x\r\n{\"at\"", 8 },    "x\\u000d\\u000a{\\\"at\\\"" },
        { "NUL, tab, escape, DEL",      { "\0\t\x1b\x7f", 4 },    "\\u0000\\u0009\\u001b\\u007f" },
        { "UTF-8 stays",                { "caf\xc3\xa9", 5 },     "caf\xc3\xa9" },
        { "no UTF-8: each byte",        { "caf\xe9 \xc3\xa9", 7 }, "caf\\u00e9 \\u00c3\\u00a9" },
        { "C1 control (CSI)",           { "a\xc2\x9b" "31m", 6 },   "a\\u009b31m" },
        { "U+00A0 is no control",       { "\xc2\xa0", 2 },        "\xc2\xa0" },
        { "cut inside a sequence",      { "\xc2", 1 },            "\\u00c2" },
    };
    /* clang-format on */
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char want[256];
        snprintf(want, sizeof want, "%s,\"f\":\"%s\"}\n", head, cases[i].want);
        TAKE(LOG(LOG_INFO, "e", LOG_F("f", cases[i].in)));
        check(strcmp(taken, want) == 0, cases[i].name);
    }
}

static void kinds_of_fields(void **state)
{
    (void)state;
    char *null = NULL;
    char want[512];
    snprintf(want, sizeof want, "%s,\"i\":-5,\"u\":7,\"s\":\"x\",\"n\":\"\"}\n", head);
    TAKE(LOG(LOG_INFO, "e", LOG_F("i", (int64_t)-5), LOG_F("u", 7U), LOG_F("s", "x"),
             LOG_F("n", null)));
    assert_string_equal(taken, want);
}

/* A long text is cut, at the end of a character; the line is written all the same. */
static void long_text_is_cut(void **state)
{
    (void)state;
    static char text[4000];
    for (size_t i = 0; i + 1 < sizeof text; i += 2)
        memcpy(text + i, "\xc3\xa9", 2);
    TAKE(LOG(LOG_INFO, "e", LOG_F("f", str_of(text, sizeof text))));
    size_t n = strlen(taken);
    assert_true(n > 1000 && n < 1200);
    assert_string_equal(taken + n - 5, "\xc3\xa9\"}\n");
    TAKE(LOG(LOG_INFO, "e", LOG_F("f", str_of(text + 1, sizeof text - 1))));
    assert_int_equal(taken[strlen(taken) - 1], '\n');
}

/* But for one that means nothing when it is cut, such as a signed checkpoint. */
static void whole_text_is_not_cut(void **state)
{
    (void)state;
    static char text[6000];
    memset(text, 'x', sizeof text);
    TAKE(LOG_EVERY(LOG_INFO, "e", log_field_whole("f", str_of(text, sizeof text))));
    assert_int_equal(strlen(taken), sizeof head - 1 + sizeof ",\"f\":\"\"}\n" - 1 + sizeof text);
}

static void levels(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        err_t want;
        enum log_level level;
    } cases[] = {
        { "debug", E_OK, LOG_DEBUG },        { "INFO", E_OK, LOG_INFO },
        { "warning", E_OK, LOG_WARNING },    { "error", E_OK, LOG_ERROR },
        { "errors", E_BAD_FIELD, LOG_INFO }, { "", E_BAD_FIELD, LOG_INFO },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        enum log_level level = LOG_INFO;
        check(log_level_parse(str_from_cz(cases[i].name), &level) == cases[i].want, cases[i].name);
        check(level == cases[i].level, cases[i].name);
    }
    log_set_level(LOG_WARNING);
    TAKE(LOG(LOG_INFO, "e", LOG_F("f", "x")));
    assert_string_equal(taken, "");
    TAKE(LOG(LOG_WARNING, "e", LOG_F("f", "x")));
    assert_true(strstr(taken, "\"level\":\"warning\"") != NULL);
    log_set_level(LOG_INFO);
}

static void formats(void **state)
{
    (void)state;
    log_set_format(LOG_TEXT);
    TAKE(LOG(LOG_WARNING, "e", LOG_F("plain", "a/b:c"), LOG_F("n", 7), LOG_F("blank", "a b"),
             LOG_F("none", ""), LOG_F("forged", "x\nerror"), LOG_F("sign", "a=b")));
    assert_string_equal(taken, "2026-11-22T02:15:30.123Z warning e plain=a/b:c n=7 blank=\"a b\" "
                               "none=\"\" forged=\"x\\u000aerror\" sign=\"a=b\"\n");
    log_set_format(LOG_JOURNAL);
    TAKE(LOG(LOG_ERROR, "e", LOG_F("f", "x")));
    assert_true(strncmp(taken, "<3>{\"at\":", 9) == 0);
    log_set_format(LOG_AUTO); /* a pipe is no terminal */
    TAKE(LOG(LOG_INFO, "e", LOG_F("f", "x")));
    assert_true(taken[0] == '{');
    enum log_format format;
    assert_int_equal(log_format_parse(STR("Journal"), &format), E_OK);
    assert_int_equal(format, LOG_JOURNAL);
    assert_int_equal(log_format_parse(STR("xml"), &format), E_BAD_FIELD);
    log_set_format(LOG_JSON);
}

static void repeats_are_held_back(void **state)
{
    (void)state;
    struct log_stats before;
    struct log_stats after;
    log_get_stats(&before);
    for (int i = 0; i < 300; i++)
        TAKE(LOG(LOG_INFO, "often", LOG_F("i", i)));
    log_get_stats(&after);
    uint64_t held = after.suppressed - before.suppressed;
    assert_int_equal(held + after.lines[LOG_INFO] - before.lines[LOG_INFO], 300);
    assert_true(held > 90 && held <= 100);
    TAKE(LOG(LOG_INFO, "seldom", LOG_F("i", 1)));
    assert_true(strstr(taken, "seldom") != NULL);
    TAKE(LOG_EVERY(LOG_INFO, "often", LOG_F("i", 1)));
    assert_true(strstr(taken, "often") != NULL);
    clock_freeze((ts_t){ 1795313730123000 }, DUR_S(2));
    char want[64];
    snprintf(want, sizeof want, "\"suppressed\":%d}", (int)held);
    TAKE(LOG(LOG_INFO, "often", LOG_F("i", 1)));
    assert_true(strstr(taken, want) != NULL);
    TAKE(LOG(LOG_INFO, "often", LOG_F("i", 1)));
    assert_true(strstr(taken, "suppressed") == NULL);
}

/* A pipe that nobody reads: more lines than are kept; then the reader comes. */
static void nobody_waits_for_a_stuck_pipe(void **state)
{
    (void)state;
    enum { LINES = 20000 };
    struct log_stats stats;
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    int kept = dup(STDERR_FILENO);
    assert_true(dup2(fds[1], STDERR_FILENO) >= 0);
    close(fds[1]);
    clock_release();
    assert_int_equal(log_start(), E_OK);
    for (int i = 0; i < LINES; i++)
        LOG_EVERY(LOG_INFO, "e", LOG_F("i", i), LOG_F("f", "some text to fill it sooner"));
    log_get_stats(&stats);
    assert_true(stats.dropped > 0 && stats.dropped < LINES);
    log_stop(DUR_MS(50)); /* gives up: what was kept is lost too */
    log_get_stats(&stats);
    uint64_t dropped = stats.dropped;
    assert_true(dup2(kept, STDERR_FILENO) >= 0);
    close(kept);
    uint64_t lines = 0;
    ssize_t got;
    while ((got = read(fds[0], taken, sizeof taken)) > 0) {
        for (ssize_t i = 0; i < got; i++)
            lines += taken[i] == '\n';
    }
    close(fds[0]);
    assert_int_equal(lines + dropped, LINES); /* every line is somewhere, and no half of one */
}

static uint64_t dropped_since(uint64_t before)
{
    struct log_stats stats;
    log_get_stats(&stats);
    return stats.dropped - before;
}

/* Who read the log has gone: nothing is tried again and again meanwhile, and the next who reads is
 * told how much is missing. */
static void nobody_reads_any_more(void **state)
{
    (void)state;
    enum { LINES = 10 };
    const struct timespec tick = { .tv_nsec = 10 * 1000 * 1000 };
    uint64_t before = dropped_since(0);
    int gone[2];
    (void)signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe(gone), 0);
    int terminal = dup(STDERR_FILENO);
    assert_true(dup2(gone[1], STDERR_FILENO) >= 0);
    close(gone[0]);
    close(gone[1]);
    clock_release();
    assert_int_equal(log_start(), E_OK);
    for (int i = 0; i < LINES; i++)
        LOG_EVERY(LOG_INFO, "e", LOG_F("i", i));
    while (dropped_since(before) < LINES)
        nanosleep(&tick, NULL);
    for (int i = 0; i < 10; i++)
        nanosleep(&tick, NULL);
    assert_int_equal(dropped_since(before), LINES);
    TAKE(LOG_EVERY(LOG_INFO, "again", LOG_F("i", 1)); log_stop(DUR_S(10)));
    assert_true(dup2(terminal, STDERR_FILENO) >= 0);
    close(terminal);
    assert_true(strstr(taken, "again") != NULL);
    assert_true(strstr(taken, "\"log-dropped\",\"lines\":10}") != NULL);
}

/* What was said before the end is there. */
static void the_last_lines_come(void **state)
{
    (void)state;
    TAKE(assert_int_equal(log_start(), E_OK); LOG(LOG_INFO, "first", LOG_F("i", 1));
         LOG(LOG_INFO, "last", LOG_F("i", 2)); log_stop(DUR_S(10)));
    assert_true(strstr(taken, "first") < strstr(taken, "last"));
    assert_true(strstr(taken, "last") != NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escaping),
        cmocka_unit_test(kinds_of_fields),
        cmocka_unit_test(long_text_is_cut),
        cmocka_unit_test(whole_text_is_not_cut),
        cmocka_unit_test(levels),
        cmocka_unit_test(formats),
        cmocka_unit_test(repeats_are_held_back),
        cmocka_unit_test(nobody_waits_for_a_stuck_pipe),
        cmocka_unit_test(nobody_reads_any_more),
        cmocka_unit_test(the_last_lines_come),
    };
    clock_freeze((ts_t){ 1795313730123000 }, DUR_S(1));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
