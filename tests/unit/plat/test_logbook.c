/* SPDX-License-Identifier: Apache-2.0 */
/* Lines that are kept: backwards across files, what a cut file leaves, what a slow reader loses. */
#include "base/fault.h"
#include "base/log.h"
#include "base/num.h"
#include "plat/os/logbook.h"

#include "check.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

static char dir[64];
static char logs[80];

static void logs_empty(void)
{
    DIR *d = opendir(logs);
    for (struct dirent *e = d != NULL ? readdir(d) : NULL; e != NULL; e = readdir(d)) {
        if (e->d_name[0] != '.')
            assert_int_equal(unlinkat(dirfd(d), e->d_name, 0), 0);
    }
    if (d != NULL)
        closedir(d);
}

static int setup(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/seneschal-test-XXXXXX");
    if (mkdtemp(dir) == NULL)
        return -1;
    snprintf(logs, sizeof logs, "%s/logs", dir);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    logs_empty();
    return rmdir(logs) == 0 && rmdir(dir) == 0 ? 0 : -1;
}

static struct logbook *open_book(void)
{
    struct diag why = { 0 };
    struct logbook *lb = NULL;
    assert_int_equal(logbook_open(dir, &why, &lb), E_OK);
    return lb;
}

/* A line of this day and number, `more` bytes longer than it must be. */
static void put(struct logbook *lb, int day, int number, size_t more)
{
    static char text[LOGBOOK_LINE_MAX];
    int n = snprintf(text, sizeof text,
                     "{\"at\":\"2026-11-%02dT01:02:03.000Z\",\"n\":1%06d,\"x\":\"", day, number);
    memset(text + n, 'x', more);
    memcpy(text + n + more, "\"}\n", 3);
    logbook_put(lb, str_of(text, (size_t)n + more + 3));
}

struct seen {
    int numbers[4096];
    size_t n;
    size_t limit;
};

/* 0: no line of ours. */
static int number_of(str_t line)
{
    int64_t n = 0;
    return num_parse_i64(str_sub(line, 37, 7), &n) == E_OK ? (int)(n - 1000000) : 0;
}

static err_t see(void *arg, struct logbook_place at, str_t line)
{
    struct seen *s = arg;
    assert_true(at.segment > 0 && at.offset >= 0);
    if (number_of(line) != 0 && s->n < ARRAY_LEN(s->numbers))
        s->numbers[s->n++] = number_of(line);
    return s->n == s->limit ? E_AGAIN : E_OK;
}

/* Everything, `limit` at a time, as one list. */
static size_t read_all(struct logbook *lb, struct seen *all, size_t limit, size_t bytes_max)
{
    struct logbook_place next = { 0 };
    size_t pages = 0;
    all->n = 0;
    do {
        struct seen page = { .limit = limit };
        struct logbook_ask ask = {
            .from = next, .bytes_max = bytes_max, .line = see, .arg = &page
        };
        assert_int_equal(logbook_read(lb, &ask, NULL, &next), E_OK);
        for (size_t i = 0; i < page.n; i++)
            all->numbers[all->n++] = page.numbers[i];
        pages++;
        assert_true(pages < 5000);
    } while (next.segment != 0);
    return pages;
}

static void check_down(const struct seen *s, int newest, size_t n, const char *name)
{
    check(s->n == n, name);
    for (size_t i = 0; i < n; i++)
        check(s->numbers[i] == newest - (int)i, name);
}

static void backwards(void **state)
{
    (void)state;
    static struct seen s;
    struct logbook *lb = open_book();
    int64_t closed;
    logs_empty();
    read_all(lb, &s, 10, 1000);
    check(s.n == 0, "an empty book");
    for (int i = 1; i <= 1000; i++) {
        put(lb, 1 + (i - 1) / 400, i, (size_t)(i % 7) * 100);
        if (i == 100)
            logbook_rotate(lb, &closed);
        if (i % 200 == 0)
            logbook_flush(lb);
    }
    assert_int_equal(closed, 1);
    read_all(lb, &s, 5000, SIZE_MAX);
    check_down(&s, 1000, 1000, "at once");
    check(read_all(lb, &s, 7, SIZE_MAX) >= 143, "in pages of seven");
    check_down(&s, 1000, 1000, "in pages of seven");
    read_all(lb, &s, 5000, 1);
    check_down(&s, 1000, 1000, "a block at a time");
    logbook_close(lb);
    lb = open_book();
    read_all(lb, &s, 11, SIZE_MAX);
    check_down(&s, 1000, 1000, "after a new start");
    struct logbook_stats stats;
    logbook_stats(lb, &stats);
    check(stats.segments >= 4 && stats.lost == 0, "days and rotations have files of their own");
    struct logbook_pruned gone;
    ts_t before;
    assert_int_equal(ts_parse(STR("2026-11-02T00:00:00Z"), &before), E_OK);
    struct logbook_pruned would;
    logbook_prunable(lb, before, &would);
    logbook_prune(lb, before, &gone);
    check(gone.segments == 2, "the first day is over");
    check(would.segments == 2 && would.bytes == gone.bytes, "as was said before");
    read_all(lb, &s, 5000, SIZE_MAX);
    check_down(&s, 1000, 600, "what is younger stays");
    struct seen one = { .limit = 5000 };
    struct logbook_place next;
    struct logbook_ask ask = { .until = before, .bytes_max = SIZE_MAX, .line = see, .arg = &one };
    assert_int_equal(logbook_read(lb, &ask, NULL, &next), E_OK);
    check(one.n == 0 && next.segment == 0, "files that lie outside are not read");
    logbook_close(lb);
    logs_empty();
}

static void cut_files(void **state)
{
    static const struct {
        const char *name;
        const char *bytes;
        size_t kept; /* lines of the file that are left */
    } cases[] = {
        { "empty", "", 0 },
        { "no line end at all", "{\"at\":\"2026-11-01", 0 },
        { "one whole line, one cut",
          "{\"at\":\"2026-11-01T01:02:03.000Z\",\"n\":1000007,\"x\":\"\"}\n{\"at", 1 },
        { "no line of ours", "hello\nworld\n", 0 },
        { "line ends alone", "\n\n\n", 0 },
    };
    (void)state;
    static struct seen s;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/log-00000007.ndjson", logs);
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        assert_true(fd >= 0);
        assert_int_equal(write(fd, cases[i].bytes, strlen(cases[i].bytes)),
                         (ssize_t)strlen(cases[i].bytes));
        close(fd);
        struct logbook *lb = open_book();
        put(lb, 1, 8, 0);
        read_all(lb, &s, 100, SIZE_MAX);
        check(s.n == cases[i].kept + 1 && s.numbers[0] == 8, cases[i].name);
        logbook_close(lb);
        logs_empty();
    }
}

static void following(void **state)
{
    static char block[LOGBOOK_LINE_MAX];
    struct logbook *lb = open_book();
    struct logbook_mark mark;
    uint64_t lost;
    (void)state;
    logbook_mark(lb, &mark);
    check(logbook_follow(lb, &mark, block, sizeof block, &lost) == 0 && lost == 0, "nothing yet");
    put(lb, 1, 1, 0);
    put(lb, 1, 2, 0);
    size_t n = logbook_follow(lb, &mark, block, sizeof block, &lost);
    check(n > 80 && block[n - 1] == '\n' && lost == 0, "two lines");
    check(logbook_follow(lb, &mark, block, sizeof block, &lost) == 0, "once each");
    for (int i = 0; i < 3000; i++) {
        put(lb, 1, i, 1000);
        if (i % 500 == 0)
            logbook_flush(lb);
    }
    check(logbook_follow(lb, &mark, block, sizeof block, &lost) == 0, "he goes on at the newest");
    struct logbook_stats stats;
    logbook_stats(lb, &stats);
    check(lost == 3000 && stats.lines == 3002, "and knows what he missed");
    mark = (struct logbook_mark){ .byte = UINT64_MAX, .line = 5 };
    check(logbook_follow(lb, &mark, block, sizeof block, &lost) == 0 && lost > 0,
          "a mark of nobody");
    logbook_close(lb);
    logs_empty();
}

static void refused_lines(void **state)
{
    struct logbook *lb = open_book();
    struct logbook_stats stats;
    (void)state;
    logbook_put(lb, STR(""));
    logbook_put(lb, STR("without an end"));
    static char big[LOGBOOK_LINE_MAX + 1];
    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\n';
    logbook_put(lb, str_of(big, sizeof big));
    logbook_flush(lb);
    logbook_stats(lb, &stats);
    check(stats.lines == 0 && stats.bytes == 0, "no line is no line");
    logbook_close(lb);
    logs_empty();
}

static void failing_steps(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        struct diag why = { 0 };
        struct logbook *lb = NULL;
        fault_arm(n);
        err_t e = logbook_open(dir, &why, &lb);
        bool fired = fault_used();
        fault_disarm();
        check(fired ? (e != E_OK && lb == NULL) : (e == E_OK && lb != NULL), "opening");
        if (e == E_OK)
            logbook_close(lb);
        if (!fired)
            break;
    }
    logs_empty();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(backwards),     cmocka_unit_test(cut_files),
        cmocka_unit_test(following),     cmocka_unit_test(refused_lines),
        cmocka_unit_test(failing_steps),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
