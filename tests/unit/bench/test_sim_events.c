/* SPDX-License-Identifier: Apache-2.0 */
/* A stream of events, however it is cut into pieces and chunks. */
#include "fleet_sim/events.h"

#include "base/buf.h"
#include "check.h"

#define HEAD                                                                                       \
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

/* What is found, in order: B begun, R<ms> retry, E<name>=<data>#<id> an event, ! broken, . over. */
static const struct {
    const char *name;
    const char *bytes;
    const char *want;
} cases[] = {
    { "retry, then an event in one chunk",
      HEAD "2a\r\nretry: 5000\nevent: config\nid: 7\ndata: {}\n\n\r\n", "B R5000 Econfig={}#7 " },
    { "an event over two chunks", HEAD "9\r\nevent: co\r\n14\r\nnfig\nid: 8\ndata: x\n\n\r\n",
      "B Econfig=x#8 " },
    { "comments are nothing", HEAD "3\r\n:\n\n\r\nb\r\n: current\n\n\r\n", "B " },
    { "two events, the second without an id",
      HEAD "22\r\nevent: a\nid: 3\n\nevent: b\ndata: y\n\n\r\n", "B Ea=#3 Eb=y#3 " },
    { "lines may end in CRLF", HEAD "12\r\nevent: a\r\nid:4\r\n\r\n\r\n", "B Ea=#4 " },
    { "the end", HEAD "0\r\n\r\n", "B ." },
    { "a refusal", "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 4\r\n\r\n", "B " },
    { "no head", "hello world\r\n", "!" },
    { "a chunk without a size", HEAD "zz\r\n", "B !" },
    { "a chunk that is too large", HEAD "ffffffffff\r\n", "B !" },
};

static void found_add(struct buf *out, const struct events *e, enum events_found found, uint64_t ms)
{
    if (found == EVENTS_BEGUN)
        BUF_ADD(out, "B ");
    if (found == EVENTS_RETRY)
        buf_addf(out, "R%llu ", (unsigned long long)ms);
    if (found == EVENTS_EVENT)
        buf_addf(out, "E%s=%s#%lld ", e->event, e->data, (long long)e->id);
    if (found == EVENTS_BROKEN)
        BUF_ADD(out, "!");
}

static void one_case(size_t i, size_t piece)
{
    struct events e = { 0 };
    struct buf have;
    uint64_t ms = 0;
    size_t n = strlen(cases[i].bytes);
    enum events_found found = EVENTS_NOTHING;
    events_init(&e);
    buf_init(&have, KIB(1));
    for (size_t at = 0; at < n && found != EVENTS_BROKEN; at += piece) {
        str_t in = str_of(cases[i].bytes + at, n - at < piece ? n - at : piece);
        do {
            found = events_read(&e, &in, &ms);
            found_add(&have, &e, found, ms);
        } while (found != EVENTS_NOTHING && found != EVENTS_BROKEN);
    }
    if (e.part == EVENTS_OVER)
        BUF_ADD(&have, ".");
    if (!str_eq(buf_str(&have), str_from_cz(cases[i].want)))
        fail_msg("%s, %zu bytes at a time: %.*s", cases[i].name, piece, STR_ARG(buf_str(&have)));
    buf_fini(&have);
}

static void test_events(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        for (size_t piece = 1; piece <= 256; piece++)
            one_case(i, piece);
}

static void test_head(void **state)
{
    (void)state;
    struct events e = { .id = 9 };
    uint64_t ms = 0;
    str_t in = STR("HTTP/1.1 503 Service Unavailable\r\nretry-after:  4 \r\n\r\n");
    events_init(&e);
    assert_int_equal(events_read(&e, &in, &ms), EVENTS_BEGUN);
    assert_int_equal(e.status, 503);
    assert_int_equal(e.retry_after_s, 4);
    assert_int_equal(e.id, 9); /* Last-Event-ID outlives the connection */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_head),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
