/* SPDX-License-Identifier: Apache-2.0 */
/* Connections of our own: which are used again, which never, and what may not get into a request.
 */
#include "check.h"
#include "fetch_rig.h"

#include <sys/socket.h>

/* Answers after which nothing may follow on the connection; each is asked for twice. */

static void serve_to_the_end(struct peer *p, int fd)
{
    if (peer_hear(p, fd))
        peer_tell(p, fd, STR("HTTP/1.1 200 OK\r\nContent-Type: a/b\r\n\r\nhello"));
}

static void serve_1_0(struct peer *p, int fd)
{
    while (peer_hear(p, fd))
        peer_tell(p, fd, STR("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello"));
}

static void serve_last(struct peer *p, int fd)
{
    while (peer_hear(p, fd))
        peer_tell(p, fd,
                  STR("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"));
}

/* The answer to the next request, before it was asked. */
static void serve_more(struct peer *p, int fd)
{
    while (peer_hear(p, fd))
        peer_tell(p, fd,
                  STR("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
                      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong"));
}

static void serve_both_framings(struct peer *p, int fd)
{
    while (peer_hear(p, fd))
        peer_tell(p, fd,
                  STR("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
                      "5\r\nhello\r\n0\r\n\r\n"));
}

/* It closes its connection while it rests. */
static void serve_one(struct peer *p, int fd)
{
    if (peer_hear(p, fd))
        peer_tell(p, fd, STR("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"));
}

static const struct {
    const char *name;
    peer_script_f *script;
} lasts[] = {
    { "the body ends with the connection", serve_to_the_end },
    { "HTTP/1.0", serve_1_0 },
    { "it says so", serve_last },
    { "more than was asked for", serve_more },
    { "two framings", serve_both_framings },
    { "it is closed", serve_one },
};

static void test_connections_that_have_no_future(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(lasts); i++) {
        struct rig r;
        rig_up(&r, &rig_near, lasts[i].script);
        struct fetch_request req = rig_request(&r);
        req.method = "POST";
        req.body = STR("{}");
        for (int k = 0; k < 3; k++) {
            rig_fetch(&r, &req);
            check(r.end.e == E_OK && r.status == 200, lasts[i].name);
            check(str_eq(buf_str(&r.body), STR("hello")), lasts[i].name);
            peer_wait(&r.peer, 20); /* what it says or does after its answer arrives */
        }
        check(atomic_load(&r.peer.conns_n) == 3, lasts[i].name);
        rig_down(&r);
    }
}

/* It hears a second request, and hangs up: one without a body may be asked again. */
static void serve_deaf(struct peer *p, int fd)
{
    if (!peer_hear(p, fd))
        return;
    peer_tell(p, fd, STR("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"));
    peer_hear(p, fd);
}

static void test_what_has_no_body_is_asked_again(void **state)
{
    struct rig r;
    (void)state;
    rig_up(&r, &rig_near, serve_deaf);
    struct fetch_request req = rig_request(&r);
    rig_fetch(&r, &req);
    rig_fetch(&r, &req);
    assert_int_equal(r.end.e, E_OK);
    check(str_eq(buf_str(&r.body), STR("hello")), "the second answer");
    assert_int_equal(atomic_load(&r.peer.conns_n), 2);
    assert_int_equal(atomic_load(&r.peer.requests_n), 3);
    rig_down(&r);
}

/* An answer that comes byte by byte, head and chunks. */
static void serve_bytes(struct peer *p, int fd)
{
    static const char text[] = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"
                               "Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
                               "3\r\nhel\r\n2\r\nlo\r\n0\r\nX: y\r\n\r\n";
    while (peer_hear(p, fd)) {
        for (size_t i = 0; i < sizeof text - 1; i++) {
            peer_tell(p, fd, str_of(text + i, 1));
            peer_wait(p, i % 8 == 0 ? 1 : 0);
        }
    }
}

static void test_byte_by_byte(void **state)
{
    struct rig r;
    (void)state;
    rig_up(&r, &rig_near, serve_bytes);
    struct fetch_request req = rig_request(&r);
    for (int i = 0; i < 2; i++) {
        rig_fetch(&r, &req);
        assert_int_equal(r.end.e, E_OK);
        assert_string_equal(r.type, "text/plain");
        check(str_eq(buf_str(&r.body), STR("hello")), "the body");
    }
    assert_int_equal(atomic_load(&r.peer.conns_n), 1);
    rig_down(&r);
}

/* A request that does not fit into the socket, to a peer that reads slowly. */
enum { LARGE = 4 * 1024 * 1024 };

static void serve_late(struct peer *p, int fd)
{
    static char room[65536];
    ssize_t n = 0;
    peer_wait(p, 100);
    for (size_t body = 0; n >= 0; body = 0) {
        while (body < LARGE && (n = recv(fd, room, sizeof room, 0)) > 0) {
            for (ssize_t i = 0; i < n; i++)
                body += room[i] == '~';
        }
        if (body < LARGE)
            return;
        atomic_fetch_add(&p->requests_n, 1);
        peer_tell(p, fd, STR("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    }
}

static void test_a_large_request(void **state)
{
    static char large[LARGE];
    struct rig r;
    (void)state;
    memset(large, '~', sizeof large);
    rig_up(&r, &rig_near, serve_late);
    struct fetch_request req = rig_request(&r);
    req.method = "POST";
    req.body = str_of(large, sizeof large);
    for (int i = 0; i < 2; i++) {
        rig_fetch(&r, &req);
        assert_int_equal(r.end.e, E_OK);
    }
    assert_int_equal(atomic_load(&r.peer.requests_n), 2);
    assert_int_equal(atomic_load(&r.peer.conns_n), 1);
    rig_down(&r);
}

static void test_what_may_not_be_in_a_request(void **state)
{
    static const char *const lines[] = { "X: a\r\nY: b", "X: a\nY: b", "X: \x01" };
    struct rig r;
    char url[96];
    (void)state;
    rig_up(&r, &rig_near, serve_ok);
    struct fetch_request req = rig_request(&r);
    req.headers_n = 1;
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        req.headers = &lines[i];
        assert_int_equal(fetch_start(r.fetcher, &req, NULL, &r.fetch), E_BAD_FIELD);
    }
    req.headers_n = 0;
    snprintf(url, sizeof url, "%s?\xc3\xa9", r.peer.url);
    req.url = str_from_cz(url);
    assert_int_equal(fetch_start(r.fetcher, &req, NULL, &r.fetch), E_BAD_FIELD);
    assert_int_equal(atomic_load(&r.peer.conns_n), 0);
    rig_down(&r);
}

/* What the peer hears. */

static char heard[1024];

static void serve_and_note(struct peer *p, int fd)
{
    if (peer_hear_all(p, fd, heard, sizeof heard))
        peer_tell(p, fd, STR("HTTP/1.1 204 No Content\r\n\r\n"));
}

static void test_the_request(void **state)
{
    static const char *const line = "Accept: a/b";
    struct rig r;
    char url[96];
    char want[512];
    (void)state;
    rig_up(&r, &rig_near, serve_and_note);
    struct fetch_request req = rig_request(&r);
    snprintf(url, sizeof url, "%s/y?a=b&c", r.peer.url);
    req.method = "POST";
    req.url = str_from_cz(url);
    req.body = STR("{\"a\":1}");
    req.headers = &line;
    req.headers_n = 1;
    rig_fetch(&r, &req);
    assert_int_equal(r.end.e, E_OK);
    assert_int_equal(r.status, 204);
    snprintf(want, sizeof want,
             "POST /x/y?a=b&c HTTP/1.1\r\nHost: 127.0.0.1%.*s\r\nUser-Agent: seneschal\r\n"
             "Accept: a/b\r\nContent-Length: 7\r\n\r\n{\"a\":1}",
             (int)strcspn(strrchr(r.peer.url, ':'), "/"), strrchr(r.peer.url, ':'));
    assert_string_equal(heard, want);
    rig_down(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_connections_that_have_no_future),
        cmocka_unit_test(test_what_has_no_body_is_asked_again),
        cmocka_unit_test(test_byte_by_byte),
        cmocka_unit_test(test_a_large_request),
        cmocka_unit_test(test_what_may_not_be_in_a_request),
        cmocka_unit_test(test_the_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
