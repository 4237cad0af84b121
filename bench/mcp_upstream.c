/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mcp-upstream [--stdio]: the MCP server that the gateways are measured in front of. It has one
 * tool, `echo`, and answers each request at once: over Streamable HTTP on a free port of 127.0.0.1
 * (2025-11-25, JSON answers, no session), whose URL it prints, or on its standard input and output.
 */
#include "base/buf.h"
#include "plat/http/leave.h"
#include "plat/http/server.h"
#include "plat/mcp/mcp_peek.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { BODY_MAX = 1024 * 1024, LINE_MAX_BYTES = 64 * 1024 };

static const char initialized[] =
    "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{\"tools\":{}},"
    "\"serverInfo\":{\"name\":\"bench\",\"version\":\"1.0.0\"}}";
static const char tools[] =
    "{\"tools\":[{\"name\":\"echo\",\"description\":\"Says what it was told\",\"inputSchema\":"
    "{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\"}},\"required\":[\"text\"]},"
    "\"annotations\":{\"readOnlyHint\":true}}]}";
static const char echoed[] = "{\"content\":[{\"type\":\"text\",\"text\":\"the same\"}]}";

/* Method -> raw result. */
static const struct {
    const char *method;
    const char *result;
} answers[] = {
    { "initialize", initialized },
    { "tools/list", tools },
    { "tools/call", echoed },
    { "ping", "{}" },
};

/* An empty answer: nothing is said to a notification. */
static void answer(struct arena *a, str_t message, struct buf *out)
{
    struct mcp_peek m;
    if (mcp_peek(a, message, &m) != E_OK || m.kind != MCP_REQUEST)
        return;
    BUF_ADD(out, "{\"jsonrpc\":\"2.0\",\"id\":");
    buf_add(out, m.id);
    for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
        if (!str_eq(m.method, str_from_cz(answers[i].method)))
            continue;
        BUF_ADD(out, ",\"result\":");
        buf_add(out, str_from_cz(answers[i].result));
        BUF_ADD(out, "}");
        return;
    }
    BUF_ADD(out, ",\"error\":{\"code\":-32601,\"message\":\"Method not found\"}}");
}

static struct http_take on_head(void *app, struct http_xchg *x)
{
    (void)app;
    (void)x;
    return (struct http_take){ .body_max = BODY_MAX };
}

static void reply(struct http_xchg *x, int status, str_t body)
{
    const struct http_reply r = { .status = status,
                                  .head = STR("Content-Type: application/json\r\n"),
                                  .body = body };
    http_reply(x, &r);
}

static void on_message(void *app, struct http_xchg *x)
{
    CLEANUP(buf_fini) struct buf out = { 0 };
    (void)app;
    if (x->method != HTTP_POST) {
        reply(x, 405, STR(""));
        return;
    }
    buf_init(&out, BODY_MAX);
    answer(http_arena(x), x->body, &out);
    reply(x, out.n > 0 ? 200 : 202, buf_str(&out));
}

static void on_refuse(void *app, struct http_xchg *x, err_t e, const struct diag *why)
{
    (void)app;
    (void)why;
    reply(x, err_info(e)->status, STR(""));
}

static void on_gone(void *app, struct http_xchg *x)
{
    (void)app;
    http_drop(x);
}

static void on_drain(void *app, struct http_xchg *x)
{
    (void)app;
    (void)x;
}

static void on_done(void *app, struct http_xchg *x, int status, size_t bytes)
{
    (void)app;
    (void)x;
    (void)status;
    (void)bytes;
}

static const struct http_app calls = {
    .on_head = on_head,
    .on_message = on_message,
    .on_refuse = on_refuse,
    .on_gone = on_gone,
    .on_drain = on_drain,
    .on_done = on_done,
};

static err_t serve(struct diag *why)
{
    const struct http_listen listen = { .address = "127.0.0.1:0", .fd = -1 };
    const struct http_server_cfg cfg = {
        .calls = &calls, .listen = &listen, .listen_n = 1, .loops = 1, .conns_max = 10000
    };
    struct http_server *s = NULL;
    sigset_t stop;
    int got;
    (void)sigemptyset(&stop);
    (void)sigaddset(&stop, SIGTERM);
    (void)pthread_sigmask(SIG_BLOCK, &stop, NULL);
    TRY(http_server_new(&cfg, why, &s));
    err_t e = http_server_start(s, why);
    if (e == E_OK) {
        (void)printf("http://127.0.0.1:%u/mcp\n", http_server_port(s, 0));
        (void)sigwait(&stop, &got);
        http_server_drain(s, DUR_S(1));
    }
    http_server_free(s);
    return e;
}

/* One message a line, until there are no more. */
static void talk(void)
{
    static char line[LINE_MAX_BYTES];
    CLEANUP(buf_fini) struct buf out = { 0 };
    buf_init(&out, BODY_MAX);
    while (fgets(line, sizeof line, stdin) != NULL) {
        CLEANUP(arena_freep) struct arena *a = arena_new(BODY_MAX);
        if (a == NULL)
            return;
        buf_clear(&out);
        answer(a, str_of(line, strcspn(line, "\n")), &out);
        if (out.n > 0)
            BUF_ADD(&out, "\n");
        (void)fwrite(out.p, 1, out.n, stdout);
    }
}

int main(int argc, char **argv)
{
    struct diag why = { 0 };
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc == 2 && strcmp(argv[1], "--stdio") == 0) {
        talk();
        return 0;
    }
    err_t e = serve(&why);
    if (e != E_OK)
        (void)fprintf(stderr, "%s\n", why.text);
    return e == E_OK ? 0 : 1;
}
