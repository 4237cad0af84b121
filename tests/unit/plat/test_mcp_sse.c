/* SPDX-License-Identifier: Apache-2.0 */
/* Server-sent events: what a stream tells, however it is cut. */
#include "base/rng.h"
#include "check.h"
#include "plat/mcp/mcp_sse.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define TEXT(lit)                                                                                  \
    {                                                                                              \
        "" lit, sizeof(lit) - 1                                                                    \
    }

enum { LAWS = 4000, EVENT_MAX = 64 };

static void on_event(void *arg, const struct mcp_sse_event *e)
{
    buf_addf(arg, "E(%.*s|%.*s|%.*s)", STR_ARG(e->type), STR_ARG(e->id), STR_ARG(e->data));
}

static void on_id(void *arg, str_t id)
{
    buf_addf(arg, "I(%.*s)", STR_ARG(id));
}

static void on_retry(void *arg, dur_t in)
{
    buf_addf(arg, "R(%lld)", (long long)(in.us / 1000));
}

static void on_comment(void *arg)
{
    BUF_ADD((struct buf *)arg, "C");
}

static err_t told(str_t bytes, size_t piece, struct buf *out)
{
    const struct mcp_sse_sink sink = { on_event, on_id, on_retry, on_comment, out };
    struct mcp_sse s;
    err_t e = E_OK;
    mcp_sse_init(&s, EVENT_MAX, &sink);
    while (bytes.n > 0 && e == E_OK) {
        size_t n = piece != 0 ? piece : 1 + rng_below(5);
        e = mcp_sse_feed(&s, str_sub(bytes, 0, n));
        bytes = str_sub(bytes, n, bytes.n);
    }
    mcp_sse_fini(&s);
    return e;
}

/* The examples of the standard, and the rules between them. */
static const struct {
    const char *name;
    str_t bytes;
    const char *want; /* NULL: too big */
} rows[] = {
    { "one", TEXT("data: a\n\n"), "E(||a)" },
    { "several lines", TEXT("data: YHOO\ndata: +2\ndata: 10\n\n"), "E(||YHOO\n+2\n10)" },
    { "type and id", TEXT("event: message\nid: 7\ndata: {}\n\n"), "I(7)E(message|7|{})" },
    { "the id stays", TEXT("id: 7\ndata: a\n\ndata: b\n\n"), "I(7)E(|7|a)E(|7|b)" },
    { "an empty id takes it away", TEXT("id: 7\ndata: a\n\nid\ndata: b\n\n"),
      "I(7)E(|7|a)I()E(||b)" },
    { "an id with NUL is none", TEXT("id: a\0b\ndata: x\n\n"), "E(||x)" },
    { "the type does not stay", TEXT("event: t\ndata: a\n\ndata: b\n\n"), "E(t||a)E(||b)" },
    { "an event without data is none", TEXT("event: t\n\ndata: b\n\n"), "E(||b)" },
    { "priming", TEXT("id: 1\nretry: 500\n\n"), "R(500)I(1)" },
    { "data without a value", TEXT("data\n\ndata\ndata\n\ndata:\n\n"), "E(||)E(||\n)E(||)" },
    { "one blank is dropped", TEXT("data:a\n\ndata: a\n\ndata:  a\n\n"), "E(||a)E(||a)E(|| a)" },
    { "comments", TEXT(": x\n:\n\ndata: a\n\n"), "CCE(||a)" },
    { "CRLF", TEXT("data: a\r\ndata: b\r\n\r\n"), "E(||a\nb)" },
    { "CR", TEXT("data: a\rdata: b\r\r"), "E(||a\nb)" },
    { "all of them", TEXT("data: a\r\ndata: b\rdata: c\n\r\n"), "E(||a\nb\nc)" },
    { "CR CR LF are two ends", TEXT("data: a\r\r\ndata: b\r\r\n"), "E(||a)E(||b)" },
    { "byte order mark",
      TEXT("\xef\xbb\xbf"
           "data: a\n\n"),
      "E(||a)" },
    { "only at the start",
      TEXT("data: a\n\n\xef\xbb\xbf"
           "data: b\n\n"),
      "E(||a)" },
    { "fields nobody knows", TEXT("Data: x\ndata : y\n data: z\nx\n\n"), "" },
    { "times that are none", TEXT("retry: -1\nretry: 1s\nretry:\nretry: 1 \n"), "" },
    { "times that are too long", TEXT("retry: 99999999999999999999\n"), "R(3600000)" },
    { "what never ends is never told", TEXT("data: a\n\ndata: b\n"), "E(||a)" },
    { "as long as may be",
      TEXT("data:12345678901234567890123456789012345678901234567890123456789\n\n"),
      "E(||12345678901234567890123456789012345678901234567890123456789)" },
    { "a line that is too long",
      TEXT("data:123456789012345678901234567890123456789012345678901234567890\n\n"), NULL },
    { "an event that is too long",
      TEXT(
          "data:1234567890123456789012345678901234567890\ndata:123456789012345678901234567890\n\n"),
      NULL },
    { "a line without end",
      TEXT("data:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
      NULL },
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (size_t piece = 1; piece < 120; piece++) {
            struct buf b;
            buf_init(&b, KIB(4));
            err_t e = told(rows[i].bytes, piece, &b);
            check(e == (rows[i].want != NULL ? E_OK : E_TOO_BIG), rows[i].name);
            if (e == E_OK)
                check(str_eq(buf_str(&b), str_from_cz(rows[i].want)), rows[i].name);
            buf_fini(&b);
        }
    }
}

/* Any bytes, cut anywhere. */
static void test_law_of_pieces(void **state)
{
    (void)state;
    static const char *const parts[] = { "data", "id", "event",        "retry", ":",
                                         ": ",   "\n", "\r",           "\r\n",  "\n\n",
                                         "x",    "12", "\xef\xbb\xbf", "" };
    for (uint64_t seed = 1; seed <= LAWS; seed++) {
        struct buf text;
        struct buf whole;
        struct buf cut;
        rng_seed_for_test(seed);
        buf_init(&text, KIB(4));
        buf_init(&whole, KIB(16));
        buf_init(&cut, KIB(16));
        for (size_t n = rng_below(60); n > 0; n--)
            buf_add(&text, str_from_cz(parts[rng_below(ARRAY_LEN(parts))]));
        err_t e = told(buf_str(&text), text.n + 1, &whole);
        if (told(buf_str(&text), 0, &cut) != e || !str_eq(buf_str(&whole), buf_str(&cut)))
            fail_msg("seed %llu", (unsigned long long)seed);
        buf_fini(&text);
        buf_fini(&whole);
        buf_fini(&cut);
    }
    rng_seed_for_test(0);
}

static void test_sticks(void **state)
{
    (void)state;
    struct buf b;
    struct mcp_sse s;
    char line[EVENT_MAX + 1];
    buf_init(&b, KIB(1));
    const struct mcp_sse_sink sink = { .event = on_event, .arg = &b };
    memset(line, 'x', sizeof line);
    mcp_sse_init(&s, EVENT_MAX, &sink);
    assert_int_equal(mcp_sse_feed(&s, str_of(line, sizeof line)), E_TOO_BIG);
    assert_int_equal(mcp_sse_feed(&s, STR("\n\ndata: a\n\n")), E_TOO_BIG);
    assert_int_equal(b.n, 0);
    mcp_sse_fini(&s);
    buf_fini(&b);
}

static const struct {
    struct mcp_sse_event event;
    const char *want;
} written[] = {
    { { .data = TEXT("{}") }, "data: {}\n\n" },
    { { .type = TEXT("message"), .id = TEXT("9"), .data = TEXT("a") },
      "event: message\nid: 9\ndata: a\n\n" },
    { { .id = TEXT("e1"), .data = TEXT("") }, "id: e1\ndata: \n\n" },
    { { .data = TEXT("a\r\nb\rc\n") }, "data: a\ndata: b\ndata: c\ndata: \n\n" },
    { { .type = TEXT("a\ndata: b"), .id = TEXT("a\rb"), .data = TEXT("c") }, "data: c\n\n" },
};

static void test_writer(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, KIB(4));
    for (size_t i = 0; i < ARRAY_LEN(written); i++) {
        buf_clear(&b);
        mcp_sse_put(&b, &written[i].event);
        check(str_eq(buf_str(&b), str_from_cz(written[i].want)), written[i].want);
    }
    buf_clear(&b);
    mcp_sse_put_retry(&b, DUR_MS(1500));
    mcp_sse_put_comment(&b);
    check(str_eq(buf_str(&b), STR("retry: 1500\n\n:\n\n")), "time and comment");
    buf_fini(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_law_of_pieces),
        cmocka_unit_test(test_sticks),
        cmocka_unit_test(test_writer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
