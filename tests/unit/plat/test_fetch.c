/* SPDX-License-Identifier: Apache-2.0 */
/* An HTTP client on a loop, against peers that answer, and against those that do everything else.
 */
#include "base/fault.h"

#include "check.h"
#include "fetch_rig.h"

#include <sys/socket.h>

static void test_answers(void **state)
{
    struct rig r;
    (void)state;
    rig_up(&r, &rig_near, serve_ok);
    struct fetch_request req = rig_request(&r);
    for (int i = 0; i < 3; i++) {
        rig_fetch(&r, &req);
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
    rig_up(&r, &rig_near, serve_chunks);
    struct fetch_request req = rig_request(&r);
    req.method = "POST";
    req.body = STR("{}");
    rig_fetch(&r, &req);
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
        rig_up(&r, &rig_near, spoilers[i].script);
        struct fetch_request req = rig_request(&r);
        req.method = "POST";
        req.body = STR("{\"a\":1}");
        req.idle_max = DUR_MS(spoilers[i].idle_ms);
        req.total_max = DUR_MS(spoilers[i].total_ms);
        req.body_max = spoilers[i].body_max;
        rig_fetch(&r, &req);
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
    rig_up(&r, &rig_near, serve_once);
    struct fetch_request req = rig_request(&r);
    req.method = "POST";
    req.body = STR("{}");
    rig_fetch(&r, &req);
    assert_int_equal(r.end.e, E_OK);
    rig_fetch(&r, &req);
    assert_int_equal(r.end.e, E_CLOSED);
    assert_false(r.end.not_sent);
    assert_int_equal(atomic_load(&r.peer.requests_n), 2);
    rig_down(&r);
}

static void test_nobody_listens(void **state)
{
    struct rig r;
    (void)state;
    rig_up(&r, &rig_near, serve_ok);
    struct fetch_request req = rig_request(&r);
    shutdown(r.peer.listening, SHUT_RDWR);
    rig_fetch(&r, &req);
    assert_int_equal(r.end.e, E_IO);
    assert_true(r.end.not_sent);
    rig_down(&r);
}

static void test_where_it_may_not_go(void **state)
{
    struct rig r;
    struct diag why = { 0 };
    (void)state;
    rig_up(&r, &rig_far, serve_ok);
    struct fetch_request req = rig_request(&r);
    rig_fetch(&r, &req);
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
    rig_up(&r, &rig_near, serve_ok);
    fetcher_free(r.fetcher);
    snprintf(url, sizeof url, "http://localhost%s", strrchr(r.peer.url, ':'));
    struct fetcher_cfg cfg = rig_cfg(&r);
    cfg.url = str_from_cz(url);
    assert_int_equal(fetcher_new(&cfg, NULL, &r.fetcher), E_OK);
    struct fetch_request req = rig_request(&r);
    req.url = str_from_cz(url);
    rig_fetch(&r, &req);
    assert_int_equal(r.end.e, E_OK);
    fetcher_free(r.fetcher); /* and now while it is looked up */
    assert_int_equal(fetcher_new(&cfg, NULL, &r.fetcher), E_OK);
    rig_start(&r, &req);
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
    rig_up(&r, &rig_near, serve_other_place);
    struct fetch_request req = rig_request(&r);
    rig_fetch(&r, &req);
    assert_int_equal(r.end.e, E_OK);
    assert_int_equal(r.status, 302);
    assert_int_equal(atomic_load(&r.peer.requests_n), 1);
    rig_down(&r);
}

static void test_no_memory(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        struct rig r;
        rig_up(&r, &rig_near, serve_ok);
        fetcher_free(r.fetcher);
        r.fetcher = NULL;
        struct fetcher_cfg cfg = rig_cfg(&r);
        struct fetch_request req = rig_request(&r);
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

int main(int argc, char **argv)
{
    (void)argv;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_chunks_after_an_interim_answer),
        cmocka_unit_test(test_spoilers),
        cmocka_unit_test(test_a_post_is_sent_once),
        cmocka_unit_test(test_nobody_listens),
        cmocka_unit_test(test_where_it_may_not_go),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_redirects_are_answers),
        cmocka_unit_test(test_no_memory),
    };
    rig_library = argc > 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
