/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTTP engine alone behind a few paths, for tests that speak to it over the wire.
 * Arguments: none, or a certificate and its key for TLS, or "quiet".
 *
 *   /        200 "ok"                   /echo    the body that came
 *   /drop    a body is dropped          /refuse  refused at its head
 *   /none    204                        /head    what the engine understood
 *   /keep    answered 200 ms later      /park    the same, parked
 *   /hang    never answered             /big     a reply of 4 MiB
 *   /stream  three chunks               /flood   8 MiB, as fast as on_drain lets it
 *   /sse     a stream that rests after its first words
 *
 * It prints a line for each exchange that has ended and each peer that has left.
 */
#include "base/buf.h"
#include "plat/http/leave.h"
#include "plat/tls/tls.h"

#include <pthread.h>
#include <signal.h>

enum { BIG = 4 * 1024 * 1024, FLOOD = 8 * 1024 * 1024, BODY_MAX = 1024 * 1024 };

struct kept {
    struct loop_timer timer;
    struct http_xchg *x;
    size_t written;
};

static char big[BIG];

static void say(struct http_xchg *x, int status, str_t body)
{
    struct http_reply r = { .status = status,
                            .head = STR("Content-Type: text/plain\r\n"),
                            .body = body };
    http_reply(x, &r);
}

static void do_ok(struct http_xchg *x)
{
    say(x, 200, STR("ok"));
}

static void do_echo(struct http_xchg *x)
{
    say(x, 200, x->body);
}

static void do_big(struct http_xchg *x)
{
    say(x, 200, str_of(big, sizeof big));
}

static void do_none(struct http_xchg *x)
{
    struct http_reply r = { .status = 204 };
    http_reply(x, &r);
}

static void do_head(struct http_xchg *x)
{
    struct buf b;
    buf_init(&b, KIB(64));
    buf_addf(&b, "%d %.*s %.*s %.*s %.*s\n", (int)x->method, STR_ARG(x->target), STR_ARG(x->path),
             STR_ARG(x->query), STR_ARG(x->host));
    for (size_t i = 0; i < x->fields_n; i++)
        buf_addf(&b, "%.*s=%.*s\n", STR_ARG(x->fields[i].name), STR_ARG(x->fields[i].value));
    say(x, 200, buf_str(&b));
    buf_fini(&b);
}

static void kept_answer(struct loop_timer *t)
{
    struct http_xchg *x = CONTAINER_OF(t, struct kept, timer)->x;
    x->user = NULL;
    free(CONTAINER_OF(t, struct kept, timer));
    say(x, 200, STR("later"));
}

static struct kept *keep(struct http_xchg *x)
{
    struct kept *k = calloc(1, sizeof *k);
    if (k == NULL)
        abort();
    k->x = x;
    x->user = k;
    return k;
}

static void do_keep(struct http_xchg *x)
{
    loop_timer_start(http_loop(x), &keep(x)->timer, DUR_MS(200), kept_answer);
}

static void do_park(struct http_xchg *x)
{
    http_park(x);
    do_keep(x);
}

static void do_hang(struct http_xchg *x)
{
    (void)keep(x);
}

static void do_stream(struct http_xchg *x)
{
    http_stream_begin(x, 200, STR("Content-Type: text/plain\r\n"));
    (void)http_stream_write(x, STR("one "));
    (void)http_stream_write(x, STR("two "));
    (void)http_stream_write(x, STR("three"));
    http_stream_end(x);
}

static void do_sse(struct http_xchg *x)
{
    (void)keep(x);
    http_stream_begin(x, 200, STR("Content-Type: text/event-stream\r\n"));
    (void)http_stream_write(x, STR(": hi\n"));
}

static void flood_more(struct http_xchg *x)
{
    struct kept *k = x->user;
    bool go_on = true;
    while (go_on && k->written < FLOOD) {
        go_on = http_stream_write(x, str_of(big, KIB(100)));
        k->written += KIB(100);
    }
    if (k->written < FLOOD)
        return;
    x->user = NULL;
    free(k);
    http_stream_end(x);
}

static void do_flood(struct http_xchg *x)
{
    (void)keep(x);
    http_stream_begin(x, 200, STR(""));
    flood_more(x);
}

struct route {
    str_t path;
    void (*run)(struct http_xchg *x);
    bool drop;
    err_t refuse;
};

/* clang-format off */
static const struct route routes[] = {
    { { "/", 1 },       .run = do_ok,     .drop = true },
    { { "/echo", 5 },   .run = do_echo },
    { { "/drop", 5 },   .run = do_ok,     .drop = true },
    { { "/refuse", 7 }, .run = do_ok,     .refuse = E_UNAUTHENTICATED },
    { { "/none", 5 },   .run = do_none,   .drop = true },
    { { "/head", 5 },   .run = do_head,   .drop = true },
    { { "/keep", 5 },   .run = do_keep },
    { { "/park", 5 },   .run = do_park },
    { { "/hang", 5 },   .run = do_hang },
    { { "/stream", 7 }, .run = do_stream },
    { { "/sse", 4 }, .run = do_sse },
    { { "/flood", 6 },  .run = do_flood },
    { { "/big", 4 },    .run = do_big },
    { { "*", 1 },       .run = do_none,   .drop = true },
};
/* clang-format on */

static const struct route *route_of(const struct http_xchg *x)
{
    for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
        if (str_eq(routes[i].path, x->path))
            return &routes[i];
    }
    return NULL;
}

static struct http_take on_head(void *app, struct http_xchg *x)
{
    (void)app;
    const struct route *r = route_of(x);
    if (r == NULL)
        return (struct http_take){ .refuse = E_NOT_FOUND };
    return (struct http_take){ .refuse = r->refuse, .body_max = BODY_MAX, .drop = r->drop };
}

static void on_message(void *app, struct http_xchg *x)
{
    (void)app;
    const struct route *r = route_of(x);
    if (r == NULL) /* on_head has refused that */
        abort();
    r->run(x);
}

static void on_refuse(void *app, struct http_xchg *x, err_t e, const struct diag *why)
{
    (void)app;
    say(x, err_info(e)->status, str_from_cz(why->text));
}

static void on_gone(void *app, struct http_xchg *x)
{
    struct kept *k = x->user;
    if (app != NULL)
        (void)puts("gone");
    if (k == NULL ||
        k->timer.next != NULL) /* an answer is on its way: it may have closed only its half */
        return;
    x->user = NULL;
    free(k);
    http_drop(x);
}

static void on_drain(void *app, struct http_xchg *x)
{
    (void)app;
    flood_more(x);
}

static void on_done(void *app, struct http_xchg *x, int status, size_t bytes)
{
    (void)x;
    if (app != NULL)
        (void)printf("done %d %zu\n", status, bytes);
}

static const struct http_app app_calls = {
    .on_head = on_head,
    .on_message = on_message,
    .on_refuse = on_refuse,
    .on_gone = on_gone,
    .on_drain = on_drain,
    .on_done = on_done,
};

static err_t serve(struct tls_server *tls, bool quiet, struct diag *why)
{
    static bool loud = true;
    const struct http_listen listen = { .address = "127.0.0.1:0", .fd = -1 };
    struct http_server_cfg cfg = { .calls = &app_calls,
                                   .app = quiet ? NULL : &loud,
                                   .listen = &listen,
                                   .listen_n = 1,
                                   .loops = 1,
                                   .conns_max = 20000,
                                   .tls = tls };
    struct http_server *s = NULL;
    sigset_t stop;
    int got;
    (void)sigemptyset(&stop);
    (void)sigaddset(&stop, SIGTERM);
    (void)pthread_sigmask(SIG_BLOCK, &stop, NULL);
    TRY(http_server_new(&cfg, why, &s));
    err_t e = http_server_start(s, why);
    if (e == E_OK) {
        (void)printf("listening http%s://127.0.0.1:%u\n", tls == NULL ? "" : "s",
                     http_server_port(s, 0));
        (void)sigwait(&stop, &got);
        http_server_drain(s, DUR_S(2));
    }
    http_server_free(s);
    return e;
}

int main(int argc, char **argv)
{
    struct diag why = { 0 };
    struct tls_server *tls = NULL;
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    memset(big, 'x', sizeof big);
    err_t e = argc == 3 ? tls_server_new(argv[1], argv[2], &why, &tls) : E_OK;
    if (e == E_OK)
        e = serve(tls, argc == 2, &why);
    tls_server_free(tls);
    if (e != E_OK)
        (void)fprintf(stderr, "%s\n", why.text);
    return e == E_OK ? 0 : 1;
}
