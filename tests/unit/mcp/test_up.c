/* SPDX-License-Identifier: Apache-2.0 */
/* An upstream whose memory runs out at any step, that is taken away by any callback, and two that
 * are one server with two credentials. */
#include "mcp/up.h"

#include "base/fault.h"
#include "base/num.h"
#include "mcp/up_wire.h"

#include "check.h"
#include "unit/plat/fetch_peer.h"

#include <sys/socket.h>

enum { ROOM = 8192 };

static const struct outbound_rules near = { .loopback = true };

/* A server of 2025-06-18: notes, asks, and answers each call. */

static unsigned long long id_in(const char *text)
{
    const char *at = strstr(text, "\"id\":");
    uint64_t id = 0;
    if (at == NULL || at[5] == '"')
        return 0; /* what we answer to its own question */
    assert_int_equal(num_parse_u64(str_of(at + 5, strspn(at + 5, "0123456789")), &id), E_OK);
    return id;
}

static bool answer(struct peer *p, int fd, const char *status, const char *type, const char *body)
{
    char out[1024];
    int n = snprintf(out, sizeof out,
                     "HTTP/1.1 %s\r\nContent-Type: %s\r\nMcp-Session-Id: s\r\n"
                     "Content-Length: %zu\r\n\r\n%s",
                     status, type, strlen(body), body);
    return peer_tell(p, fd, str_of(out, (size_t)n));
}

static bool answer_call(struct peer *p, int fd, const char *heard)
{
    char body[1024];
    snprintf(body, sizeof body,
             "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{}}\n\n"
             "data: {\"jsonrpc\":\"2.0\",\"id\":\"q\",\"method\":\"roots/list\"}\n\n"
             "data: {\"jsonrpc\":\"2.0\",\"id\":%llu,\"result\":{\"a\":1}}\n\n",
             id_in(heard));
    return answer(p, fd, "200 OK", "text/event-stream", body);
}

static void serve_mcp(struct peer *p, int fd)
{
    char heard[ROOM];
    char body[512];
    bool ok = true;
    while (ok && peer_hear_all(p, fd, heard, sizeof heard)) {
        snprintf(body, sizeof body,
                 "{\"jsonrpc\":\"2.0\",\"id\":%llu,\"result\":{\"protocolVersion\":\"2025-06-18\","
                 "\"capabilities\":{},\"serverInfo\":{\"name\":\"x\",\"version\":\"1\"}}}",
                 id_in(heard));
        if (strncmp(heard, "POST", 4) != 0)
            ok = answer(p, fd, "405 No", "text/plain", "");
        else if (strstr(heard, "server/discover") != NULL)
            ok = answer(p, fd, "400 No", "text/plain", "");
        else if (strstr(heard, "\"initialize\"") != NULL)
            ok = answer(p, fd, "200 OK", "application/json", body);
        else if (strstr(heard, "tools/call") != NULL)
            ok = answer_call(p, fd, heard);
        else
            ok = answer(p, fd, "202 Accepted", "text/plain", "");
    }
}

/* Who calls. */

enum when { WHEN_DONE, WHEN_NOTE, WHEN_ASK, WHEN_READY, WHEN_CONNECTING, WHENS };

struct rig {
    struct peer peer;
    struct loop *loop;
    struct outbound_lookups *lookups;
    struct up *up;
    struct up_call call;
    enum when close_when;
    bool stops; /* the loop, when the call has ended */
    int ended;
    int closed;
    bool done;
};

static void rig_close(struct rig *r, enum when when)
{
    if (when != r->close_when || r->up == NULL)
        return;
    struct up *up = r->up;
    r->up = NULL;
    up_close(up);
}

static void on_state(void *arg, enum up_state state, err_t e, const struct diag *why)
{
    (void)e;
    (void)why;
    if (state == UP_READY)
        rig_close(arg, WHEN_READY);
    if (state == UP_CONNECTING)
        rig_close(arg, WHEN_CONNECTING);
}

static void on_closed(void *arg)
{
    struct rig *r = arg;
    r->closed++;
    loop_stop(r->loop);
}

static void on_note(struct up_call *c, str_t notification)
{
    (void)notification;
    rig_close(CONTAINER_OF(c, struct rig, call), WHEN_NOTE);
}

static void on_ask(struct up_call *c, uint64_t ask, str_t method, str_t params)
{
    (void)method;
    (void)params;
    rig_close(CONTAINER_OF(c, struct rig, call), WHEN_ASK);
    up_reply(c, ask, STR("{\"roots\":[]}"), STR_NONE); /* no harm where it has ended */
}

static void on_input(struct up_call *c, str_t input_requests, str_t state)
{
    (void)c;
    (void)input_requests;
    (void)state;
    fail_msg("the older era has no rounds");
}

static void call_over(struct rig *r)
{
    r->ended++;
    if (r->stops)
        loop_stop(r->loop);
    rig_close(r, WHEN_DONE);
}

static void on_done(struct up_call *c, str_t result, str_t error)
{
    struct rig *r = CONTAINER_OF(c, struct rig, call);
    check(str_eq(result, STR("{\"a\":1}")) && error.p == NULL, "the result as it came");
    r->done = true;
    call_over(r);
}

static void on_fail(struct up_call *c, const struct up_failure *why)
{
    struct rig *r = CONTAINER_OF(c, struct rig, call);
    check(why->e != E_OK && why->text != NULL, "a failure says why");
    call_over(r);
}

static const struct up_call_events call_events = {
    .note = on_note,
    .ask = on_ask,
    .input = on_input,
    .done = on_done,
    .fail = on_fail,
};

static void rig_up(struct rig *r, enum when close_when, peer_script_f *script)
{
    memset(r, 0, sizeof *r);
    r->close_when = close_when;
    r->call.on = &call_events;
    peer_up(&r->peer, script);
    assert_int_equal(loop_new(NULL, &r->loop), E_OK);
    r->lookups = outbound_lookups_new(1);
    assert_non_null(r->lookups);
}

static void rig_down(struct rig *r)
{
    outbound_lookups_free(r->lookups);
    loop_free(r->loop);
    peer_down(&r->peer);
}

static err_t rig_open(struct rig *r, const str_t *header, struct up **ret)
{
    const struct up_cfg cfg = {
        .name = STR("x"),
        .wire = &up_wire_http,
        .url = str_from_cz(r->peer.url),
        .headers = header,
        .headers_n = header != NULL ? 1 : 0,
        .client_info = STR("{}"),
        .loop = r->loop,
        .rules = &near,
        .lookups = r->lookups,
        .message_max = KIB(64),
        .calls_max = 4,
        .connect_max = DUR_S(2),
        .on = { .state = on_state, .closed = on_closed },
        .arg = r,
    };
    return up_new(&cfg, NULL, ret);
}

static const struct up_in in = {
    .method = { "tools/call", 10 },
    .name = { "x", 1 },
    .params = { "{\"name\":\"x\"}", 12 },
    .timeout = { 500000 },
};

static void test_any_callback_may_close_it(void **state)
{
    (void)state;
    for (enum when when = WHEN_DONE; when < WHENS; when++) {
        struct rig r;
        rig_up(&r, when, serve_mcp);
        assert_int_equal(rig_open(&r, NULL, &r.up), E_OK);
        assert_int_equal(up_start(r.up, &r.call, &in), E_OK);
        loop_run(r.loop);
        check(r.ended == 1 && r.closed == 1, "one end of the call, one of the upstream");
        check(r.done == (when == WHEN_DONE), "what is closed before its answer has failed");
        rig_down(&r);
    }
}

static void test_closed_at_once(void **state)
{
    struct rig r;
    (void)state;
    rig_up(&r, WHENS, serve_mcp);
    assert_int_equal(rig_open(&r, NULL, &r.up), E_OK);
    assert_int_equal(up_start(r.up, &r.call, &in), E_OK);
    up_close(r.up);
    assert_int_equal(r.ended, 1);
    loop_run(r.loop);
    assert_int_equal(r.closed, 1);
    rig_down(&r);
}

static void test_no_memory(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        struct rig r;
        rig_up(&r, WHEN_DONE, serve_mcp);
        fault_arm(n);
        err_t e = rig_open(&r, NULL, &r.up);
        struct up *up = r.up;
        if (e == E_OK)
            e = up_start(r.up, &r.call, &in);
        if (e == E_OK) {
            loop_run(r.loop); /* until the end of the call has closed it */
            check(r.ended == 1 && r.closed == 1, "it ended, well or not");
        } else if (up != NULL) {
            up_close(up);
        }
        bool fired = fault_used();
        fault_disarm();
        check(e == E_OK || (fired && e == E_NO_MEMORY), "the start");
        check(fired || r.done, "without a fault it is done");
        rig_down(&r);
        if (!fired)
            break;
    }
}

/* Credentials: what came on each connection. */

static atomic_uint mixed;

static void serve_one_credential(struct peer *p, int fd)
{
    char heard[ROOM];
    char first[32] = "";
    char body[512];
    bool ok = true;
    while (ok && peer_hear_all(p, fd, heard, sizeof heard)) {
        const char *at = strstr(heard, "Authorization: ");
        assert_non_null(at);
        if (first[0] == '\0')
            snprintf(first, sizeof first, "%.20s", at);
        if (strncmp(first, at, 20) != 0)
            atomic_fetch_add(&mixed, 1);
        snprintf(body, sizeof body, "{\"jsonrpc\":\"2.0\",\"id\":%llu,\"result\":{\"a\":1}}",
                 id_in(heard));
        if (strstr(heard, "server/discover") != NULL)
            snprintf(body, sizeof body,
                     "{\"jsonrpc\":\"2.0\",\"id\":%llu,\"result\":{\"supportedVersions\":"
                     "[\"2026-07-28\"],\"capabilities\":{}}}",
                     id_in(heard));
        ok = answer(p, fd, "200 OK", "application/json", body);
    }
}

static void test_credentials_share_no_connection(void **state)
{
    static const str_t headers[] = { { "Authorization: Bearer a", 23 },
                                     { "Authorization: Bearer b", 23 } };
    struct rig r;
    struct up *ups[2];
    struct rig callers[2];
    (void)state;
    rig_up(&r, WHENS, serve_one_credential);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(rig_open(&r, &headers[i], &ups[i]), E_OK);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < 2; i++) {
            callers[i] = (struct rig){ .call.on = &call_events, .loop = r.loop, .stops = true };
            callers[i].close_when = WHENS;
            assert_int_equal(up_start(ups[i], &callers[i].call, &in), E_OK);
        }
        while (callers[0].ended == 0 || callers[1].ended == 0)
            loop_run(r.loop);
    }
    up_close(ups[0]);
    up_close(ups[1]);
    while (r.closed < 2)
        loop_run(r.loop);
    assert_true(callers[0].done && callers[1].done);
    assert_int_equal(atomic_load(&mixed), 0);
    assert_true(atomic_load(&r.peer.conns_n) >= 2);
    rig_down(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_callback_may_close_it),
        cmocka_unit_test(test_closed_at_once),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_credentials_share_no_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
