/* SPDX-License-Identifier: Apache-2.0 */
/* An HTTP client on a loop, against peers that answer, and against those that do everything else.
 */
#include "plat/http/fetch.h"

#include "base/buf.h"
#include "base/fault.h"

#include "check.h"
#include "fetch_peer.h"

#include <sys/socket.h>

static const struct outbound_rules near = { .loopback = true };
static const struct outbound_rules far = { .loopback = false };

/* A loop, a fetcher, and what came of the last fetch. */
struct rig {
    struct loop *loop;
    struct outbound_lookups *lookups;
    struct fetcher *fetcher;
    struct peer peer;
    struct fetch *fetch;
    struct buf body;
    int status;
    int ended;
    int wanted; /* ends before the loop stops */
    struct fetch_end end;
    char text[256];
    char type[64];
};

static void on_head(void *arg, const struct http_answer *head)
{
    struct rig *r = arg;
    str_t type = http_answer_field(head, STR("content-type"));
    r->status = head->status;
    snprintf(r->type, sizeof r->type, "%.*s", STR_ARG(type));
}

static void on_body(void *arg, str_t part)
{
    struct rig *r = arg;
    buf_add(&r->body, part);
}

static void on_end(void *arg, const struct fetch_end *end)
{
    struct rig *r = arg;
    r->end = *end;
    snprintf(r->text, sizeof r->text, "%s", end->text != NULL ? end->text : "");
    r->end.text = r->text;
    r->fetch = NULL;
    if (++r->ended == r->wanted)
        loop_stop(r->loop);
}

static const struct fetch_events all_events = { .head = on_head, .body = on_body, .end = on_end };

static void rig_up(struct rig *r, const struct outbound_rules *rules, peer_script_f *script)
{
    memset(r, 0, sizeof *r);
    peer_up(&r->peer, script);
    assert_int_equal(loop_new(NULL, &r->loop), E_OK);
    r->lookups = outbound_lookups_new(2);
    assert_non_null(r->lookups);
    buf_init(&r->body, MIB(4));
    r->wanted = 1;
    const struct fetcher_cfg cfg = { .loop = r->loop,
                                     .rules = rules,
                                     .lookups = r->lookups,
                                     .url = str_from_cz(r->peer.url),
                                     .connections_max = 4 };
    assert_int_equal(fetcher_new(&cfg, NULL, &r->fetcher), E_OK);
}

static void rig_down(struct rig *r)
{
    fetcher_free(r->fetcher);
    outbound_lookups_free(r->lookups);
    loop_free(r->loop);
    peer_down(&r->peer);
    buf_fini(&r->body);
}

static struct fetch_request request_of(struct rig *r)
{
    return (struct fetch_request){ .method = "GET",
                                   .url = str_from_cz(r->peer.url),
                                   .connect_max = DUR_S(20),
                                   .idle_max = DUR_S(20),
                                   .on = &all_events,
                                   .arg = r };
}

static void start(struct rig *r, const struct fetch_request *req)
{
    struct diag why = { 0 };
    assert_int_equal(fetch_start(r->fetcher, req, &why, &r->fetch), E_OK);
}

/* One fetch from its start to its end. */
static void fetch_one(struct rig *r, const struct fetch_request *req)
{
    buf_clear(&r->body);
    r->ended = 0;
    r->status = 0;
    start(r, req);
    loop_run(r->loop);
}

static void serve_ok(struct peer *p, int fd)
{
    while (peer_hear(p, fd))
        peer_tell(p, fd,
                  STR("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
                      "\r\nhello"));
}

static void test_answers(void **state)
{
    struct rig r;
    (void)state;
    rig_up(&r, &near, serve_ok);
    struct fetch_request req = request_of(&r);
    for (int i = 0; i < 3; i++) {
        fetch_one(&r, &req);
        assert_int_equal(r.end.e, E_OK);
        assert_int_equal(r.status, 200);
        assert_string_equal(r.type, "text/plain");
        check(str_eq(buf_str(&r.body), STR("hello")), "the body");
    }
    assert_int_equal(atomic_load(&r.peer.conns_n), 1); /* used again */
    rig_down(&r);
}

static void serve_chunks(struct peer *p, int fd)
{
    peer_hear(p, fd);
    peer_tell(p, fd,
              STR("HTTP/1.1 100 Continue\r\nX: 1\r\n\r\nHTTP/1.1 404 Not Found\r\n"
                  "Transfer-Encoding: chunked\r\nContent-Type: a/b\r\n\r\n3\r\nabc\r\n"));
    peer_wait(p, 30);
    peer_tell(p, fd, STR("2\r\nde\r\n0\r\nTrailer: x\r\n\r\n"));
}

static void test_chunks_after_an_interim_answer(void **state)
{
    struct rig r;
    (void)state;
    rig_up(&r, &near, serve_chunks);
    struct fetch_request req = request_of(&r);
    req.method = "POST";
    req.body = STR("{}");
    fetch_one(&r, &req);
    assert_int_equal(r.end.e, E_OK);
    assert_int_equal(r.status, 404);
    check(str_eq(buf_str(&r.body), STR("abcde")), "all chunks");
    rig_down(&r);
}

/* The peers that spoil it: what the fetch ends with. */

static void serve_nothing(struct peer *p, int fd)
{
    peer_hear(p, fd);
    while (!atomic_load(&p->over) && !peer_is_left(fd))
        peer_wait(p, 5);
}

static void serve_drip(struct peer *p, int fd)
{
    peer_hear(p, fd);
    bool ok = peer_tell(p, fd, STR("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"));
    while (ok && !atomic_load(&p->over)) {
        ok = peer_tell(p, fd, STR("."));
        peer_wait(p, 10);
    }
}

static void serve_flood(struct peer *p, int fd)
{
    static char block[65536];
    peer_hear(p, fd);
    bool ok = peer_tell(p, fd, STR("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"));
    while (ok)
        ok = peer_tell(p, fd, str_of(block, sizeof block));
}

static void serve_half(struct peer *p, int fd)
{
    peer_hear(p, fd);
    peer_tell(p, fd, STR("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"));
}

static void serve_reset(struct peer *p, int fd)
{
    struct linger now = { .l_onoff = 1 };
    peer_hear(p, fd);
    peer_tell(p, fd, STR("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"));
    peer_wait(p, 50);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

static void serve_hang_up(struct peer *p, int fd)
{
    peer_hear(p, fd);
}

static void serve_noise(struct peer *p, int fd)
{
    peer_hear(p, fd);
    peer_tell(p, fd, STR("SSH-2.0-OpenSSH_9.2\r\n\r\n"));
}

static void serve_head_flood(struct peer *p, int fd)
{
    peer_hear(p, fd);
    bool ok = peer_tell(p, fd, STR("HTTP/1.1 200 OK\r\n"));
    while (ok)
        ok = peer_tell(p, fd, STR("X-Y: zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz\r\n"));
}

static void serve_gzip(struct peer *p, int fd)
{
    peer_hear(p, fd);
    peer_tell(p, fd,
              STR("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nxx"));
}

static void serve_bad_chunk(struct peer *p, int fd)
{
    peer_hear(p, fd);
    peer_tell(p, fd, STR("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"));
}

static const struct {
    const char *name;
    peer_script_f *script;
    int64_t idle_ms;
    int64_t total_ms;
    size_t body_max;
    err_t want;
} spoilers[] = {
    { "it never answers", serve_nothing, 150, 0, 0, E_TIMEOUT },
    { "it drips, and nobody minds silence", serve_drip, 0, 300, 0, E_TIMEOUT },
    { "it drips within the silence", serve_drip, 2000, 300, 0, E_TIMEOUT },
    { "it sends a gigabyte", serve_flood, 5000, 0, 100000, E_TOO_BIG },
    { "it closes half way", serve_half, 5000, 0, 0, E_CLOSED },
    { "it resets", serve_reset, 5000, 0, 0, E_CLOSED },
    { "it hangs up without a word", serve_hang_up, 5000, 0, 0, E_CLOSED },
    { "it speaks something else", serve_noise, 5000, 0, 0, E_IO },
    { "its head never ends", serve_head_flood, 5000, 0, 0, E_TOO_BIG },
    { "it packs its answer", serve_gzip, 5000, 0, 0, E_UNSUPPORTED_MEDIA },
    { "its chunks are wrong", serve_bad_chunk, 5000, 0, 0, E_CLOSED },
};

static void test_spoilers(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(spoilers); i++) {
        struct rig r;
        rig_up(&r, &near, spoilers[i].script);
        struct fetch_request req = request_of(&r);
        req.method = "POST";
        req.body = STR("{\"a\":1}");
        req.idle_max = DUR_MS(spoilers[i].idle_ms);
        req.total_max = DUR_MS(spoilers[i].total_ms);
        req.body_max = spoilers[i].body_max;
        fetch_one(&r, &req);
        if (r.end.e != spoilers[i].want)
            fail_msg("%s: got %s (%s)", spoilers[i].name, err_info(r.end.e)->slug, r.text);
        check(!r.end.not_sent, spoilers[i].name);
        check(r.text[0] != '\0', spoilers[i].name);
        check(atomic_load(&r.peer.requests_n) == 1, spoilers[i].name);
        rig_down(&r);
    }
}

/* It answers once, then reads a request and hangs up: libcurl would send it again. */
static void serve_once(struct peer *p, int fd)
{
    if (!peer_hear(p, fd))
        return;
    peer_tell(p, fd, STR("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
    peer_hear(p, fd);
}

static void test_a_post_is_sent_once(void **state)
{
    struct rig r;
    (void)state;
    rig_up(&r, &near, serve_once);
    struct fetch_request req = request_of(&r);
    req.method = "POST";
    req.body = STR("{}");
    fetch_one(&r, &req);
    assert_int_equal(r.end.e, E_OK);
    fetch_one(&r, &req);
    assert_int_equal(r.end.e, E_CLOSED);
    assert_false(r.end.not_sent);
    assert_int_equal(atomic_load(&r.peer.requests_n), 2);
    rig_down(&r);
}

static void test_nobody_listens(void **state)
{
    struct rig r;
    (void)state;
    rig_up(&r, &near, serve_ok);
    struct fetch_request req = request_of(&r);
    shutdown(r.peer.listening, SHUT_RDWR);
    fetch_one(&r, &req);
    assert_int_equal(r.end.e, E_IO);
    assert_true(r.end.not_sent);
    rig_down(&r);
}

static void test_where_it_may_not_go(void **state)
{
    struct rig r;
    struct diag why = { 0 };
    (void)state;
    rig_up(&r, &far, serve_ok);
    struct fetch_request req = request_of(&r);
    fetch_one(&r, &req);
    assert_int_equal(r.end.e, E_FORBIDDEN);
    assert_true(r.end.not_sent);
    req.url = STR("http://127.0.0.1:1/x");
    assert_int_equal(fetch_start(r.fetcher, &req, &why, &r.fetch), E_FORBIDDEN);
    req.url = STR("https://example.org/x");
    assert_int_equal(fetch_start(r.fetcher, &req, NULL, &r.fetch), E_FORBIDDEN);
    req.url = STR("file:///etc/passwd");
    assert_int_equal(fetch_start(r.fetcher, &req, NULL, &r.fetch), E_BAD_FIELD);
    assert_int_equal(atomic_load(&r.peer.conns_n), 0);
    rig_down(&r);
}

/* By a name: the look-up runs off the loop. */
static void test_names(void **state)
{
    struct rig r;
    char url[80];
    (void)state;
    rig_up(&r, &near, serve_ok);
    fetcher_free(r.fetcher);
    snprintf(url, sizeof url, "http://localhost%s", strrchr(r.peer.url, ':'));
    const struct fetcher_cfg cfg = { .loop = r.loop,
                                     .rules = &near,
                                     .lookups = r.lookups,
                                     .url = str_from_cz(url),
                                     .connections_max = 4 };
    assert_int_equal(fetcher_new(&cfg, NULL, &r.fetcher), E_OK);
    struct fetch_request req = request_of(&r);
    req.url = str_from_cz(url);
    fetch_one(&r, &req);
    assert_int_equal(r.end.e, E_OK);
    fetcher_free(r.fetcher); /* and now while it is looked up */
    assert_int_equal(fetcher_new(&cfg, NULL, &r.fetcher), E_OK);
    start(&r, &req);
    rig_down(&r);
}

static void serve_other_place(struct peer *p, int fd)
{
    peer_hear(p, fd);
    peer_tell(p, fd, STR("HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n"));
}

static void test_redirects_are_answers(void **state)
{
    struct rig r;
    (void)state;
    rig_up(&r, &near, serve_other_place);
    struct fetch_request req = request_of(&r);
    fetch_one(&r, &req);
    assert_int_equal(r.end.e, E_OK);
    assert_int_equal(r.status, 302);
    assert_int_equal(atomic_load(&r.peer.requests_n), 1);
    rig_down(&r);
}

/* Backpressure: paused after the first part, looked at after a while, resumed. */

struct slow {
    struct rig rig;
    struct loop_timer timer;
    unsigned long long seen[2]; /* what the peer had sent when it was looked at */
    int looks;
    size_t got;
};

static void slow_on_look(struct loop_timer *timer)
{
    struct slow *s = CONTAINER_OF(timer, struct slow, timer);
    s->seen[s->looks++] = atomic_load(&s->rig.peer.sent);
    if (s->looks == 1) {
        loop_timer_start(s->rig.loop, timer, DUR_MS(200), slow_on_look);
        return;
    }
    fetch_pause(s->rig.fetch, false);
}

static void slow_on_body(void *arg, str_t part)
{
    struct slow *s = arg;
    s->got += part.n;
    if (s->looks == 0) {
        fetch_pause(s->rig.fetch, true);
        loop_timer_start(s->rig.loop, &s->timer, DUR_MS(300), slow_on_look);
    } else if (s->got > MIB(32)) {
        fetch_cancel(s->rig.fetch);
        loop_stop(s->rig.loop);
    }
}

static void test_a_paused_peer_waits(void **state)
{
    static const struct fetch_events events = { .body = slow_on_body, .end = on_end };
    static struct slow s;
    (void)state;
    rig_up(&s.rig, &near, serve_flood);
    struct fetch_request req = request_of(&s.rig);
    req.on = &events;
    req.arg = &s;
    req.idle_max = DUR_MS(100); /* less than the pause, which does not count */
    start(&s.rig, &req);
    loop_run(s.rig.loop);
    assert_int_equal(s.rig.ended, 0);
    assert_true(s.got > MIB(32));
    assert_true(s.seen[0] < MIB(16));
    assert_true(s.seen[0] == s.seen[1]);
    rig_down(&s.rig);
}

/* What callbacks may do to their fetch, to others and to the fetcher. */

struct act {
    struct rig rig;
    struct fetch *other;
    int what;
    bool head; /* or at the body, or the end */
    bool body;
};

static void act_now(struct act *t)
{
    if (t->what == 0)
        fetch_cancel(t->rig.fetch);
    if (t->what == 1)
        fetch_cancel(t->other);
    if (t->what == 2) {
        fetcher_free(t->rig.fetcher);
        t->rig.fetcher = NULL;
    }
    if (t->what != 1)
        loop_stop(t->rig.loop);
}

static void act_on_head(void *arg, const struct http_answer *head)
{
    struct act *t = arg;
    (void)head;
    if (t->head)
        act_now(t);
}

static void act_on_body(void *arg, str_t part)
{
    struct act *t = arg;
    (void)part;
    if (t->body)
        act_now(t);
}

static void act_on_end(void *arg, const struct fetch_end *end)
{
    struct act *t = arg;
    assert_int_equal(end->e, E_OK);
    assert_true(t->what == 1 || !(t->head || t->body));
    t->rig.ended++;
    if (!t->head && !t->body && t->what != 0)
        act_now(t);
    loop_stop(t->rig.loop);
}

static void other_end(void *arg, const struct fetch_end *end)
{
    const struct act *t = arg;
    (void)end;
    check(t->what == 0, "told of a fetch that was cancelled");
}

static void test_callbacks_may_end_everything(void **state)
{
    static const struct fetch_events events = { act_on_head, act_on_body, act_on_end };
    static const struct fetch_events other = { .end = other_end };
    (void)state;
    for (int i = 0; i < 9; i++) {
        struct act t = { .what = i % 3, .head = i / 3 == 0, .body = i / 3 == 1 };
        rig_up(&t.rig, &near, serve_ok);
        fetcher_free(t.rig.fetcher);
        const struct fetcher_cfg cfg = { .loop = t.rig.loop,
                                         .rules = &near,
                                         .lookups = t.rig.lookups,
                                         .url = str_from_cz(t.rig.peer.url),
                                         .connections_max = 1 }; /* the other one waits */
        assert_int_equal(fetcher_new(&cfg, NULL, &t.rig.fetcher), E_OK);
        struct fetch_request req = request_of(&t.rig);
        req.on = &events;
        req.arg = &t;
        start(&t.rig, &req);
        req.on = &other;
        assert_int_equal(fetch_start(t.rig.fetcher, &req, NULL, &t.other), E_OK);
        loop_run(t.rig.loop);
        rig_down(&t.rig);
    }
}

static void test_several_at_once(void **state)
{
    struct rig r;
    (void)state;
    rig_up(&r, &near, serve_ok);
    struct fetch_request req = request_of(&r);
    r.wanted = 50;
    for (int i = 0; i < 50; i++)
        start(&r, &req);
    loop_run(r.loop);
    assert_int_equal(r.ended, 50);
    assert_int_equal(r.body.n, 250);
    assert_true(atomic_load(&r.peer.conns_n) <= 4);
    rig_down(&r);
}

static void test_no_memory(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        struct rig r;
        rig_up(&r, &near, serve_ok);
        fetcher_free(r.fetcher);
        r.fetcher = NULL;
        const struct fetcher_cfg cfg = { .loop = r.loop,
                                         .rules = &near,
                                         .lookups = r.lookups,
                                         .url = str_from_cz(r.peer.url),
                                         .connections_max = 4 };
        struct fetch_request req = request_of(&r);
        fault_arm(n);
        err_t e = fetcher_new(&cfg, NULL, &r.fetcher);
        if (e == E_OK)
            e = fetch_start(r.fetcher, &req, NULL, &r.fetch);
        if (e == E_OK)
            loop_run(r.loop);
        bool fired = fault_used();
        fault_disarm();
        bool failed = e == E_NO_MEMORY || (e == E_OK && r.end.e != E_OK) || r.body.err != E_OK;
        check(fired ? failed : !failed && e == E_OK, "a failed allocation");
        rig_down(&r);
        if (!fired)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_chunks_after_an_interim_answer),
        cmocka_unit_test(test_spoilers),
        cmocka_unit_test(test_a_post_is_sent_once),
        cmocka_unit_test(test_nobody_listens),
        cmocka_unit_test(test_where_it_may_not_go),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_redirects_are_answers),
        cmocka_unit_test(test_a_paused_peer_waits),
        cmocka_unit_test(test_callbacks_may_end_everything),
        cmocka_unit_test(test_several_at_once),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
