/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drives src/mcp/up.h from a script: commands as JSON lines on the standard input, what happens as
 * JSON lines on the standard output.
 *
 *   up-probe http|sse URL [VERSION|- [HEADER ...]]
 *   up-probe stdio "[read:PATH ...] [idle:MS] PROGRAM ARGUMENT ..." [VERSION|- [NAME=VALUE ...]]
 *
 *   {"do":"call","n":1,"method":"tools/call","params":{},"name":"echo","token":"t","timeout":1000,
 *    "capabilities":{},"answers":{},"state":"...","schema":{}}
 *   {"do":"reply","n":1,"ask":1,"result":{}|"error":{}}   {"do":"cancel","n":1}
 *   {"do":"pause","n":1,"on":true}  {"do":"watch","uri":"...","on":true}  {"do":"open"}
 *   {"do":"info"}  {"do":"time","times":1000,"method":...}  {"do":"close"}
 */
#include "base/clock.h"
#include "base/num.h"
#include "plat/crypto/warden_hash.h"
#include "plat/json/json.h"
#include "plat/json/out.h"
#include "plat/os/child.h"
#include "up_words.h"

#include <assert.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

enum { CALLS_MAX = 64, LINE_MAX_N = 16 * 1024 * 1024 };

struct probe_call {
    struct up_call call;
    int64_t n;
};

static struct loop *loop;
static struct up *up;
static struct loop_watch input;
static struct buf line;
static struct probe_call calls[CALLS_MAX];
static struct json *timed; /* the call that is measured */
static int64_t times_left;
static int64_t times;
static dur_t times_began;

static const char *const state_names[] = { "idle", "connecting", "ready" };
static const char *const list_names[] = { "tools", "prompts", "resources" };

static void time_next(void);

/* One line out. */

static void say_begin(struct buf *b, struct json_out *o, const char *event)
{
    buf_init(b, 2 * (size_t)LINE_MAX_N);
    *o = json_out_to(b);
    json_out_open(o, '{');
    JSON_OUT(o, "event", str, str_from_cz(event));
}

static void say_end(struct buf *b, struct json_out *o)
{
    json_out_close(o, '}');
    assert(b->err == E_OK);
    fwrite(b->p, 1, b->n, stdout);
    fputc('\n', stdout);
    fflush(stdout);
    buf_fini(b);
}

static void on_state(void *arg, enum up_state state, err_t e, const struct diag *why)
{
    struct buf b;
    struct json_out o;
    (void)arg;
    say_begin(&b, &o, "state");
    JSON_OUT(&o, "state", str, str_from_cz(state_names[state]));
    JSON_OUT(&o, "error", str, e == E_OK ? STR_NONE : str_from_cz(err_info(e)->slug));
    JSON_OUT(&o, "text", str, str_from_cz(why->text));
    say_end(&b, &o);
}

static void on_changed(void *arg, enum up_list list)
{
    struct buf b;
    struct json_out o;
    (void)arg;
    say_begin(&b, &o, "changed");
    JSON_OUT(&o, "list", str, str_from_cz(list_names[list]));
    say_end(&b, &o);
}

static void on_up_note(void *arg, str_t notification)
{
    struct buf b;
    struct json_out o;
    (void)arg;
    say_begin(&b, &o, "told");
    JSON_OUT(&o, "message", raw, notification);
    say_end(&b, &o);
}

static void on_closed(void *arg)
{
    (void)arg;
    loop_stop(loop);
}

static void say_call(struct buf *b, struct json_out *o, const char *event, struct up_call *c)
{
    say_begin(b, o, event);
    JSON_OUT(o, "n", i64, CONTAINER_OF(c, struct probe_call, call)->n);
}

static void on_note(struct up_call *c, str_t notification)
{
    struct buf b;
    struct json_out o;
    say_call(&b, &o, "note", c);
    JSON_OUT(&o, "message", raw, notification);
    say_end(&b, &o);
}

static void on_ask(struct up_call *c, uint64_t ask, str_t method, str_t params)
{
    struct buf b;
    struct json_out o;
    say_call(&b, &o, "ask", c);
    JSON_OUT(&o, "ask", i64, (int64_t)ask);
    JSON_OUT(&o, "method", str, method);
    JSON_OUT(&o, "params", raw, params);
    say_end(&b, &o);
}

static void on_input(struct up_call *c, str_t requests, str_t state)
{
    struct buf b;
    struct json_out o;
    say_call(&b, &o, "input", c);
    JSON_OUT(&o, "requests", raw, requests);
    JSON_OUT(&o, "state", str, state);
    say_end(&b, &o);
    CONTAINER_OF(c, struct probe_call, call)->n = 0;
}

static void on_done(struct up_call *c, str_t result, str_t error)
{
    struct buf b;
    struct json_out o;
    if (times_left > 0) {
        CONTAINER_OF(c, struct probe_call, call)->n = 0;
        times_left--;
        time_next();
        return;
    }
    say_call(&b, &o, "done", c);
    if (result.n > 4096)
        JSON_OUT(&o, "bytes", i64, (int64_t)result.n);
    else
        JSON_OUT(&o, "result", raw, result);
    JSON_OUT(&o, "error", raw, error);
    say_end(&b, &o);
    CONTAINER_OF(c, struct probe_call, call)->n = 0;
}

static void on_fail(struct up_call *c, const struct up_failure *why)
{
    struct buf b;
    struct json_out o;
    say_call(&b, &o, "fail", c);
    JSON_OUT(&o, "error", str, str_from_cz(err_info(why->e)->slug));
    JSON_OUT(&o, "not_run", bool, why->not_run);
    JSON_OUT(&o, "status", i64, why->status);
    JSON_OUT(&o, "text", str, str_from_cz(why->text));
    say_end(&b, &o);
    CONTAINER_OF(c, struct probe_call, call)->n = 0;
}

static const struct up_call_events call_events = {
    .note = on_note,
    .ask = on_ask,
    .input = on_input,
    .done = on_done,
    .fail = on_fail,
};

/* Commands. */

static str_t text_of(const struct json *o, const char *name)
{
    const struct json *v = json_member(o, str_from_cz(name));
    return v != NULL && json_type(v) == JSON_STRING ? json_string(v) : STR_NONE;
}

static int64_t int_of(const struct json *o, const char *name)
{
    const struct json *v = json_member(o, str_from_cz(name));
    return v != NULL && json_type(v) == JSON_INT ? json_int(v) : 0;
}

static bool bool_of(const struct json *o, const char *name)
{
    const struct json *v = json_member(o, str_from_cz(name));
    return v != NULL && json_type(v) == JSON_BOOL && json_bool(v);
}

static str_t raw_of(struct arena *a, const struct json *o, const char *name)
{
    const struct json *v = json_member(o, str_from_cz(name));
    struct buf b;
    str_t copy = STR_NONE;
    if (v == NULL)
        return STR_NONE;
    buf_init(&b, LINE_MAX_N);
    json_write(&b, v);
    assert(str_copy(a, buf_str(&b), &copy) == E_OK);
    buf_fini(&b);
    return copy;
}

static struct probe_call *call_of(int64_t n)
{
    for (size_t i = 0; i < CALLS_MAX; i++) {
        if (calls[i].n == n)
            return &calls[i];
    }
    return NULL; /* it has ended meanwhile */
}

static void do_call(struct arena *a, const struct json *o)
{
    struct probe_call *c = call_of(0);
    assert(c != NULL);
    struct buf b;
    struct json_out out;
    const struct up_in in = {
        .method = text_of(o, "method"),
        .name = text_of(o, "name"),
        .params = raw_of(a, o, "params"),
        .progress_token = raw_of(a, o, "token"),
        .traceparent = text_of(o, "traceparent"),
        .capabilities = raw_of(a, o, "capabilities"),
        .log_level = text_of(o, "log_level"),
        .input_responses = raw_of(a, o, "answers"),
        .state = text_of(o, "state"),
        .schema = raw_of(a, o, "schema"),
        .timeout = DUR_MS(int_of(o, "timeout") > 0 ? int_of(o, "timeout") : 20000),
        .timeout_max = DUR_MS(int_of(o, "timeout_max")),
    };
    c->n = int_of(o, "n");
    c->call = (struct up_call){ .on = &call_events };
    err_t e = up_start(up, &c->call, &in);
    if (e == E_OK)
        return;
    say_call(&b, &out, "refused", &c->call);
    JSON_OUT(&out, "error", str, str_from_cz(err_info(e)->slug));
    say_end(&b, &out);
    c->n = 0;
}

static void time_next(void)
{
    struct buf b;
    struct json_out o;
    if (times_left > 0) {
        struct arena *a = arena_new(LINE_MAX_N);
        do_call(a, timed);
        arena_free(a);
        return;
    }
    int64_t us = clock_mono().us - times_began.us;
    say_begin(&b, &o, "timed");
    JSON_OUT(&o, "times", i64, times);
    JSON_OUT(&o, "us", i64, us);
    say_end(&b, &o);
    json_free(timed);
    timed = NULL;
}

static void do_info(void)
{
    struct up_info info = up_info(up);
    struct buf b;
    struct json_out o;
    say_begin(&b, &o, "info");
    JSON_OUT(&o, "state", str, str_from_cz(state_names[info.state]));
    JSON_OUT(&o, "modern", bool, info.modern);
    JSON_OUT(&o, "version", str, info.version);
    JSON_OUT(&o, "capabilities", raw, info.capabilities);
    JSON_OUT(&o, "server", raw, info.server_info);
    JSON_OUT(&o, "instructions", str, info.instructions);
    say_end(&b, &o);
}

static void do_cancel(const struct json *o)
{
    struct probe_call *c = call_of(int_of(o, "n"));
    if (c == NULL)
        return;
    up_cancel(&c->call, STR("the probe says so"));
    c->n = 0;
}

static void do_close(void)
{
    up_close(up);
    up = NULL;
}

static void do_line(str_t text)
{
    struct json *o = NULL;
    struct arena *a = arena_new(4 * (size_t)LINE_MAX_N);
    assert(a != NULL && json_parse(text, NULL, &o) == E_OK);
    str_t what = text_of(o, "do");
    if (up == NULL) {
    } else if (str_eq(what, STR("call"))) {
        do_call(a, o);
    } else if (str_eq(what, STR("reply"))) {
        if (call_of(int_of(o, "n")) != NULL)
            up_reply(&call_of(int_of(o, "n"))->call, (uint64_t)int_of(o, "ask"),
                     raw_of(a, o, "result"), raw_of(a, o, "error"));
    } else if (str_eq(what, STR("cancel"))) {
        do_cancel(o);
    } else if (str_eq(what, STR("pause"))) {
        if (call_of(int_of(o, "n")) != NULL)
            up_pause(&call_of(int_of(o, "n"))->call, bool_of(o, "on"));
    } else if (str_eq(what, STR("watch"))) {
        assert(up_watch(up, text_of(o, "uri"), bool_of(o, "on")) == E_OK);
    } else if (str_eq(what, STR("open"))) {
        up_open(up);
    } else if (str_eq(what, STR("info"))) {
        do_info();
    } else if (str_eq(what, STR("time"))) {
        timed = json_clone(o);
        times = times_left = int_of(o, "times");
        times_began = clock_mono();
        time_next();
    } else {
        do_close();
    }
    json_free(o);
    arena_free(a);
}

static void on_input_closed(struct loop_watch *w)
{
    (void)w;
}

static void on_readable(struct loop_watch *w, unsigned events)
{
    char part[65536];
    ssize_t n = read(STDIN_FILENO, part, sizeof part);
    (void)events;
    if (n <= 0) { /* the script is over */
        loop_watch_close(w, on_input_closed);
        if (up != NULL)
            do_close();
        return;
    }
    buf_add(&line, str_of(part, (size_t)n));
    assert(line.err == E_OK);
    for (;;) {
        str_t all = buf_str(&line);
        size_t end = str_find(all, '\n');
        if (end == all.n)
            return;
        do_line(str_sub(all, 0, end));
        memmove(line.p, line.p + end + 1, line.n - end - 1);
        line.n -= end + 1;
    }
}

static const struct up_wire_kind *kind_of(const char *name)
{
    static const struct up_wire_kind *const kinds[] = { &up_wire_http, &up_wire_sse,
                                                        &up_wire_stdio };
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
    }
    assert(!"http, sse or stdio");
    return NULL;
}

int main(int argc, char **argv)
{
    str_t headers[16];
    size_t headers_n = 0;
    if (argc > 0 && strcmp(argv[0], CHILD_WARDEN) == 0)
        return child_warden_main(argc, argv, warden_hash);
    assert(argc >= 3);
    for (int i = 4; i < argc; i++)
        headers[headers_n++] = str_from_cz(argv[i]);
    bool pinned = argc > 3 && strcmp(argv[3], "-") != 0;
    signal(SIGPIPE, SIG_IGN);
    assert(loop_new(NULL, &loop) == E_OK);
    struct outbound_lookups *lookups = outbound_lookups_new(4);
    const struct up_cfg cfg = {
        .name = STR("probed"),
        .wire = kind_of(argv[1]),
        .url = str_from_cz(argv[2]),
        .command = strcmp(argv[1], "stdio") == 0 ? up_words_command(argv[2]) : NULL,
        .headers = headers,
        .headers_n = headers_n,
        .version = pinned ? str_from_cz(argv[3]) : STR_NONE,
        .client_info = STR("{\"name\":\"up-probe\",\"version\":\"1\"}"),
        .loop = loop,
        .rules = up_words_rules(),
        .lookups = lookups,
        .message_max = MIB(8),
        .calls_max = CALLS_MAX,
        .connect_max = DUR_S(5),
        .on = { .state = on_state, .changed = on_changed, .note = on_up_note, .closed = on_closed },
    };
    struct diag why = { 0 };
    if (up_new(&cfg, &why, &up) != E_OK) {
        fprintf(stderr, "%s\n", why.text);
        return 1;
    }
    buf_init(&line, LINE_MAX_N);
    assert(fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK) == 0);
    assert(loop_watch_open(loop, &input, STDIN_FILENO, on_readable) == E_OK);
    loop_watch_arm(&input, LOOP_READ);
    loop_run(loop);
    loop_free(loop);
    outbound_lookups_free(lookups);
    buf_fini(&line);
    return 0;
}
