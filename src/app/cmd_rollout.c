/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `rollout watch`: how a rollout goes, until it is over. On a terminal one block that is drawn
 * again each second; elsewhere a line for each change; with -o json the object at each change, a
 * line each.
 */
#include "app/cli_call.h"
#include "app/cli_print.h"
#include "app/progress.h"

#include <unistd.h>

enum { WATCH_ARENA_MAX = 8 * 1024 * 1024, TEXT_MAX = 64 * 1024, WATCH_EVERY_S = 1 };
enum { WATCH_RETRY_S = 3, NAME_WIDTH = 14 };

struct watch {
    struct cli *cli;
    struct cli_options options;
    struct cli_client client;
    struct cli_request request;
    bool terminal;
    size_t drawn;    /* lines of the block that stands on the terminal */
    struct buf last; /* what was told last */
};

static void watch_fini(struct watch *w)
{
    buf_fini(&w->last);
    cli_request_fini(&w->request);
    cli_client_close(&w->client);
}

static int64_t int_of(const struct json *o, str_t name)
{
    const struct json *v = json_member(o, name);
    return v != NULL && json_type(v) == JSON_INT ? json_int(v) : 0;
}

static str_t text_of(const struct json *o, str_t name)
{
    const struct json *v = json_member(o, name);
    return v != NULL && json_type(v) == JSON_STRING ? json_string(v) : STR("");
}

static bool state_is(const struct json *rollout, str_t state)
{
    return str_eq(text_of(rollout, STR("state")), state);
}

/* Nothing more happens by itself. */
static bool is_over(const struct json *rollout)
{
    const struct json *back = json_member(rollout, STR("auto_rollback"));
    bool stays = back != NULL && json_type(back) == JSON_BOOL && !json_bool(back);
    return state_is(rollout, STR("completed")) || state_is(rollout, STR("rolled_back")) ||
           (state_is(rollout, STR("aborted")) && stays);
}

/* What went wrong, or is not there: only what is not zero. */
static const struct {
    const char *member;
    const char *text;
} counts[] = {
    { "failed", "failed" }, { "timed_out", "timed out" }, { "lost", "lost" },
    { "away", "away" },     { "unchanged", "unchanged" },
};

/* Devices that have done what is expected of them, well or badly. */
static int64_t answered(const struct json *ring)
{
    return int_of(ring, STR("executed")) + int_of(ring, STR("unchanged"));
}

static void add_counts(struct buf *b, const struct json *ring)
{
    buf_addf(b, "%lld of %lld", (long long)answered(ring), (long long)int_of(ring, STR("members")));
    for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
        int64_t n = int_of(ring, str_from_cz(counts[i].member));
        if (n > 0)
            buf_addf(b, ", %lld %s", (long long)n, counts[i].text);
    }
}

static void add_name(struct buf *b, const struct json *ring)
{
    size_t at = b->n;
    cli_shown(b, text_of(ring, STR("name")));
    for (size_t n = b->n - at; n < NAME_WIDTH; n++)
        buf_add_byte(b, ' ');
}

static void add_ring(struct buf *b, const struct json *ring)
{
    char bar[PROGRESS_BAR];
    str_t state = text_of(ring, STR("state"));
    progress_bar(answered(ring), int_of(ring, STR("members")), bar);
    buf_addf(b, "  %lld  ", (long long)int_of(ring, STR("n")));
    add_name(b, ring);
    buf_addf(b, "  %-7.*s  [%s]  ", STR_ARG(state), bar);
    if (str_eq(state, STR("waiting")))
        BUF_ADD(b, "-");
    else
        add_counts(b, ring);
    BUF_ADD(b, "\n");
}

static void add_head(struct buf *b, const struct json *rollout)
{
    cli_shown(b, text_of(rollout, STR("policy_name")));
    buf_addf(b, ", version %lld -> %lld: %.*s\n", (long long)int_of(rollout, STR("from")),
             (long long)int_of(rollout, STR("to")), STR_ARG(text_of(rollout, STR("state"))));
}

static void add_sentence(struct buf *b, const char *what, str_t sentence)
{
    if (sentence.n == 0)
        return;
    buf_addf(b, "  %s ", what);
    cli_shown(b, sentence);
    BUF_ADD(b, "\n");
}

static void add_block(struct buf *b, const struct json *rollout)
{
    const struct json *rings = json_member(rollout, STR("rings"));
    add_head(b, rollout);
    for (size_t i = 0; rings != NULL && i < json_count(rings); i++)
        add_ring(b, json_at(rings, i));
    add_sentence(b, "why:  ", text_of(rollout, STR("reason")));
    add_sentence(b, "next: ", text_of(rollout, STR("next")));
}

static size_t count_lines(str_t s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == '\n';
    return n;
}

/* Over the block that stands there. A line longer than the terminal is wide would break the count:
 * wrapping is off meanwhile (DECAWM). */
static void draw_block(struct watch *w, str_t text)
{
    if (w->drawn > 0)
        (void)printf("\x1b[%zuA", w->drawn);
    (void)printf("\r\x1b[J\x1b[?7l%.*s\x1b[?7h", STR_ARG(text));
    w->drawn = count_lines(text);
}

/* The current ring in one line, and why it does not run. */
static void add_line(struct buf *b, const struct json *rollout)
{
    const struct json *rings = json_member(rollout, STR("rings"));
    int64_t at = int_of(rollout, STR("ring"));
    buf_addf(b, "%.*s", STR_ARG(text_of(rollout, STR("state"))));
    if (at > 0 && rings != NULL && (size_t)at <= json_count(rings)) {
        const struct json *ring = json_at(rings, (size_t)at - 1);
        buf_addf(b, ", ring %lld of %zu (", (long long)at, json_count(rings));
        cli_shown(b, text_of(ring, STR("name")));
        buf_addf(b, ") %.*s: ", STR_ARG(text_of(ring, STR("state"))));
        add_counts(b, ring);
    }
    str_t why = text_of(rollout, STR("reason"));
    if (why.n == 0 || state_is(rollout, STR("running")))
        return; /* which ring it is, stands there already */
    BUF_ADD(b, "; ");
    cli_shown(b, why);
}

/* A program, or a file, is told what is new; without the time, which would always be. */
static void tell_line(struct watch *w, str_t text)
{
    char now[TS_TEXT];
    if (str_eq(text, buf_str(&w->last)))
        return;
    ts_format(clock_now(), now);
    if (w->options.output == OUTPUT_TABLE)
        (void)printf("%.*s  ", (int)sizeof now, now);
    (void)printf("%.*s\n", STR_ARG(text));
    buf_clear(&w->last);
    buf_add(&w->last, text);
}

static err_t show(struct watch *w, const struct json *rollout)
{
    struct buf b;
    buf_init(&b, TEXT_MAX);
    bool block = w->terminal && w->options.output == OUTPUT_TABLE;
    if (block)
        add_block(&b, rollout);
    else if (w->options.output == OUTPUT_TABLE)
        add_line(&b, rollout);
    else
        json_write(&b, rollout);
    err_t e = b.err;
    if (e == E_OK && block)
        draw_block(w, buf_str(&b));
    else if (e == E_OK)
        tell_line(w, buf_str(&b));
    buf_fini(&b);
    TRY(e);
    if (fflush(stdout) != 0)
        return FAIL(&w->cli->why, E_IO, "standard output: cannot be written");
    return w->last.err;
}

/* One look, with memory of its own: a rollout may take weeks. */
static err_t look(struct watch *w, struct json **ret)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(WATCH_ARENA_MAX);
    struct arena *whole = w->cli->arena;
    struct json *rollout = NULL;
    if (a == NULL)
        return E_NO_MEMORY;
    w->cli->arena = a;
    err_t e = cli_client_json(
        w->cli, &w->client,
        &(struct cli_send){ .method = "GET", .path = buf_str(&w->request.path) }, &rollout);
    w->cli->arena = whole;
    if (e == E_OK && (rollout == NULL || json_type(rollout) != JSON_OBJECT))
        e = FAIL(&w->cli->why, E_IO, "the answer is no rollout: is this a Seneschal server?");
    if (e != E_OK) {
        json_free(rollout);
        return e;
    }
    *ret = rollout;
    return E_OK;
}

/* An administrator's token of this machine ends with its hour or its server, before a rollout may:
 * it is asked for anew, and a file of the caller's read again. */
static err_t renew(struct watch *w)
{
    struct cli_client fresh = { 0 };
    TRY(cli_client_open(w->cli, &w->options, &fresh));
    cli_client_close(&w->client);
    w->client = fresh;
    return E_OK;
}

/* Another look may bring what this one did not. The first one tells whether there is anything to
 * watch. */
static bool is_passing(err_t e, size_t looks)
{
    return looks > 0 && (e == E_IO || e == E_TIMEOUT || err_info(e)->retry);
}

static err_t look_again(struct watch *w, err_t e, size_t looks, struct json **ret)
{
    if (e != E_UNAUTHENTICATED || looks == 0)
        return e;
    diag_clear(&w->cli->why);
    TRY(renew(w));
    return look(w, ret);
}

static err_t follow(struct watch *w, bool *ret_completed)
{
    for (size_t looks = 0;; looks++) {
        CLEANUP(json_freep) struct json *rollout = NULL;
        err_t e = look(w, &rollout);
        e = look_again(w, e, looks, &rollout);
        if (e != E_OK && !is_passing(e, looks))
            return e;
        if (e == E_OK)
            TRY(show(w, rollout));
        if (e == E_OK && is_over(rollout)) {
            *ret_completed = state_is(rollout, STR("completed"));
            return E_OK;
        }
        if (e != E_OK) {
            (void)fprintf(stderr, "seneschal: %s: asking again\n", w->cli->why.text);
            w->drawn = 0; /* the block is drawn anew below that line */
        }
        diag_clear(&w->cli->why);
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
        (void)sleep(e == E_OK ? WATCH_EVERY_S : WATCH_RETRY_S);
    }
}

static err_t watch_open(struct watch *w, int argc, char **argv)
{
    char noun[] = "rollout";
    char verb[] = "watch";
    int words;
    const struct cli_command *cmd = cli_find(2, (char *[]){ noun, verb }, &words);
    cli_options_init(&w->options);
    buf_init(&w->last, TEXT_MAX);
    w->terminal = isatty(STDOUT_FILENO) != 0;
    TRY(cli_options_take(w->cli, cmd, &w->options, &argc, argv));
    if (w->options.output == OUTPUT_CSV)
        return FAIL(&w->cli->why, E_USAGE, "a rollout is no table: want -o table, json or ndjson");
    TRY(cli_client_open(w->cli, &w->options, &w->client));
    return cli_request_read(w->cli, cmd, &w->client, argc, argv, &w->request);
}

/* CLI_OK: it is completed; CLI_CONFLICT: it was aborted. */
int cmd_rollout_watch(struct cli *cli, int argc, char **argv)
{
    CLEANUP(watch_fini) struct watch w = { .cli = cli };
    bool completed = false;
    err_t e = watch_open(&w, argc, argv);
    if (e == E_OK)
        e = follow(&w, &completed);
    if (e != E_OK)
        return cli_fail(cli, e);
    return completed ? CLI_OK : CLI_CONFLICT;
}
