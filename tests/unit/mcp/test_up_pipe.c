/* SPDX-License-Identifier: Apache-2.0 */
/* Lines out of pieces, messages as lines, and the last words of somebody. */
#include "base/fault.h"
#include "base/rng.h"
#include "check.h"
#include "mcp/up_pipe.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

enum { LINE_MAX_N = 8, LAWS = 3000 };

struct told {
    struct buf b;
    size_t stop_after; /* lines; 0: never */
    size_t n;
};

static bool on_line(void *arg, enum up_line what, str_t line)
{
    struct told *t = arg;
    if (what == UP_LINE)
        buf_addf(&t->b, "[%.*s]", STR_ARG(line));
    else
        BUF_ADD(&t->b, "!");
    return ++t->n != t->stop_after;
}

static err_t told_of(str_t bytes, size_t piece, struct told *t)
{
    struct up_lines_in l;
    err_t e = E_OK;
    buf_init(&t->b, KIB(8));
    t->n = 0;
    up_lines_in_init(&l, LINE_MAX_N);
    while (bytes.n > 0 && e == E_OK) {
        size_t n = piece != 0 ? piece : 1 + rng_below(4);
        e = up_lines_in_feed(&l, str_sub(bytes, 0, n), on_line, t);
        bytes = str_sub(bytes, n, bytes.n);
    }
    up_lines_in_fini(&l);
    return e;
}

static const struct {
    const char *name;
    const char *bytes;
    const char *want;
} rows[] = {
    { "one", "a\n", "[a]" },
    { "two", "a\nbc\n", "[a][bc]" },
    { "CRLF", "a\r\nb\r\n", "[a][b]" },
    { "CR alone is no end", "a\rb\n", "[a\rb]" },
    { "empty ones", "\n\r\n\n", "[][][]" },
    { "what never ends is never told", "a\nbc", "[a]" },
    { "as long as may be", "12345678\n", "[12345678]" },
    { "too long, told once, and the next is heard", "123456789012345678901234567890\nab\n",
      "![ab]" },
    { "too long, without end", "123456789012345678901234567890", "!" },
    { "too long twice", "123456789\n123456789\n", "!!" },
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (size_t piece = 1; piece < 40; piece++) {
            struct told t = { 0 };
            assert_int_equal(told_of(str_from_cz(rows[i].bytes), piece, &t), E_OK);
            check(str_eq(buf_str(&t.b), str_from_cz(rows[i].want)), rows[i].name);
            buf_fini(&t.b);
        }
    }
}

/* However it is cut. */
static void test_law_of_pieces(void **state)
{
    (void)state;
    static const char letters[] = "ab\n\n\r";
    for (uint64_t seed = 1; seed <= LAWS; seed++) {
        char text[64];
        struct told whole = { 0 };
        struct told cut = { 0 };
        rng_seed_for_test(seed);
        size_t n = rng_below(sizeof text);
        for (size_t i = 0; i < n; i++)
            text[i] = letters[rng_below(sizeof letters - 1)];
        assert_int_equal(told_of(str_of(text, n), n + 1, &whole), E_OK);
        assert_int_equal(told_of(str_of(text, n), 0, &cut), E_OK);
        if (!str_eq(buf_str(&whole.b), buf_str(&cut.b)))
            fail_msg("seed %llu", (unsigned long long)seed);
        buf_fini(&whole.b);
        buf_fini(&cut.b);
    }
    rng_seed_for_test(0);
}

/* Who is told may have had enough. */
static void test_stop(void **state)
{
    (void)state;
    struct told t = { .stop_after = 2 };
    assert_int_equal(told_of(STR("a\nb\nc\n"), 100, &t), E_OK);
    check(str_eq(buf_str(&t.b), STR("[a][b]")), "no more than asked for");
    buf_fini(&t.b);
}

static void test_queue(void **state)
{
    (void)state;
    struct up_queue q;
    int fds[2];
    char got[64];
    assert_int_equal(pipe2(fds, O_NONBLOCK | O_CLOEXEC), 0);
    up_queue_init(&q, 32);
    assert_int_equal(up_queue_add(&q, STR("{\"a\":\n 1}\r")), E_OK);
    assert_int_equal(up_queue_add(&q, STR("{}")), E_OK);
    assert_int_equal(up_queue_write(&q, fds[1]), E_OK);
    ssize_t n = read(fds[0], got, sizeof got);
    check(str_eq(str_of(got, (size_t)n), STR("{\"a\":  1} \n{}\n")), "a message is a line");
    assert_int_equal(up_queue_size(&q), 0);
    assert_int_equal(up_queue_add(&q, STR("1234567890123456789012345678901")), E_OK);
    assert_int_equal(up_queue_add(&q, STR("")), E_OVERLOADED);
    assert_int_equal(up_queue_size(&q), 32);
    up_queue_fini(&q);
    close(fds[0]);
    up_queue_init(&q, 32);
    assert_int_equal(up_queue_add(&q, STR("x")), E_OK);
    assert_int_equal(up_queue_write(&q, fds[1]), E_CLOSED);
    up_queue_fini(&q);
    close(fds[1]);
}

/* A reader who takes little at a time gets everything, in its order. */
static void test_slow_reader(void **state)
{
    (void)state;
    struct up_queue q;
    struct buf got;
    int fds[2];
    assert_int_equal(pipe2(fds, O_NONBLOCK | O_CLOEXEC), 0);
    up_queue_init(&q, KIB(256));
    buf_init(&got, MIB(8));
    size_t sent = 0;
    rng_seed_for_test(5);
    for (int i = 0; i < 300; i++) {
        char text[4096];
        char piece[3000];
        size_t n = rng_below(sizeof text);
        memset(text, 'a' + i % 26, n);
        if (up_queue_add(&q, str_of(text, n)) == E_OK)
            sent += n + 1;
        err_t e = up_queue_write(&q, fds[1]);
        check(e == (up_queue_size(&q) == 0 ? E_OK : E_AGAIN), "what is left is said");
        ssize_t r = read(fds[0], piece, rng_below(sizeof piece) + 1);
        if (r > 0)
            buf_add(&got, str_of(piece, (size_t)r));
    }
    while (got.n < sent) {
        char piece[3000];
        err_ignore(up_queue_write(&q, fds[1])); /* until all is read */
        ssize_t r = read(fds[0], piece, sizeof piece);
        if (r > 0)
            buf_add(&got, str_of(piece, (size_t)r));
    }
    assert_int_equal(up_queue_size(&q), 0);
    for (size_t i = 1; i < got.n; i++)
        check(got.p[i] == '\n' || got.p[i - 1] == '\n' || got.p[i] == got.p[i - 1], "lines whole");
    rng_seed_for_test(0);
    buf_fini(&got);
    up_queue_fini(&q);
    close(fds[0]);
    close(fds[1]);
}

static void test_tail(void **state)
{
    (void)state;
    struct up_tail t;
    up_tail_init(&t, 16);
    check(up_tail_last_line(&t, 10).n == 0, "nothing yet");
    up_tail_add(&t, STR("first\nsecond\n"));
    check(str_eq(up_tail_last_line(&t, 10), STR("second")), "the last that is not empty");
    up_tail_add(&t, STR("third line\r\n\n"));
    check(t.b.n == 16 && str_eq(up_tail_last_line(&t, 100), STR("third line")),
          "no more than is kept");
    check(str_eq(up_tail_last_line(&t, 4), STR("line")), "nor than is asked for");
    up_tail_add(&t, STR("0123456789012345678901234567890"));
    check(t.b.n == 16 && str_eq(buf_str(&t.b), STR("5678901234567890")), "a flood is its end");
    up_tail_fini(&t);
}

#ifdef SENESCHAL_FAULTS
static void test_faults(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        struct up_queue q;
        struct told t = { 0 };
        up_queue_init(&q, KIB(1));
        fault_arm(n);
        err_t added = up_queue_add(&q, STR("message"));
        bool first = fault_used();
        err_t told = told_of(STR("a\n"), 1, &t);
        bool fired = fault_used();
        fault_disarm();
        check(added == (first ? E_NO_MEMORY : E_OK) && up_queue_size(&q) == (first ? 0 : 8),
              "all of it or nothing");
        check(told == E_OK || (fired && told == E_NO_MEMORY), "failed allocation");
        up_queue_fini(&q);
        buf_fini(&t.b);
        if (!fired)
            break;
    }
}
#endif

static int setup(void **state)
{
    (void)state;
    return signal(SIGPIPE, SIG_IGN) == SIG_ERR ? -1 : 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),        cmocka_unit_test(test_law_of_pieces),
        cmocka_unit_test(test_stop),        cmocka_unit_test(test_queue),
        cmocka_unit_test(test_slow_reader), cmocka_unit_test(test_tail),
#ifdef SENESCHAL_FAULTS
        cmocka_unit_test(test_faults),
#endif
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
