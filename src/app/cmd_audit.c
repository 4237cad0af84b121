/* SPDX-License-Identifier: Apache-2.0 */
/* The record: `audit tail`, which may follow it, and `audit export`. */
#include "app/cli_call.h"
#include "app/cli_print.h"

#include <unistd.h>

enum { FOLLOW_FIRST = 10, FOLLOW_PAGE = 100, FOLLOW_EVERY_S = 2, FOLLOW_RETRY_S = 10 };
enum { LOOK_ARENA_MAX = 64 * 1024 * 1024, AT_MAX = 64 };

/* What both need: the row, its options, a connection, the path with its filters. */
struct record {
    struct cli *cli;
    struct cli_options options;
    struct cli_client client;
    struct cli_request request;
    struct cli_printer printer;
    int64_t last;      /* seq of the newest event that was printed */
    char from[AT_MAX]; /* its time; "": none yet */
};

static void record_fini(struct record *r)
{
    cli_request_fini(&r->request);
    cli_client_close(&r->client);
}

static err_t record_open(struct record *r, char *verb, int argc, char **argv)
{
    int words;
    const struct cli_command *cmd = cli_find(2, (char *[]){ (char[]){ "audit" }, verb }, &words);
    TRY(cli_options_take(r->cli, cmd, &r->options, &argc, argv));
    TRY(cli_client_open(r->cli, &r->options, &r->client));
    r->printer = (struct cli_printer){ .arena = r->cli->arena,
                                       .output = r->options.output,
                                       .columns = str_from_cz(cmd->columns) };
    return cli_request_read(r->cli, cmd, &r->client, argc, argv, &r->request);
}

/* The record may be larger than this machine's memory: each part goes out as it comes. As JSON it
 * is one array, made of the lines of NDJSON, none of which holds a line break of its own. */
struct export_out {
    bool array;
    bool any;  /* something is out */
    bool line; /* the next byte begins a line */
};

static bool export_put(str_t s)
{
    return s.n == 0 || fwrite(s.p, 1, s.n, stdout) == s.n;
}

static bool export_part(void *arg, str_t part)
{
    struct export_out *o = arg;
    while (o->array && part.n > 0) {
        size_t end = str_find(part, '\n');
        if (o->line && !export_put(o->any ? STR(",\n ") : STR("[")))
            return false;
        if (!export_put(str_sub(part, 0, end)))
            return false;
        o->any = true;
        o->line = end < part.n;
        part = str_sub(part, end + 1, part.n);
    }
    return export_put(part);
}

static err_t export_end(struct cli *cli, const struct export_out *o)
{
    bool fine = !o->array || export_put(o->any ? STR("]\n") : STR("[]\n"));
    if (!fine || fflush(stdout) != 0)
        return FAIL(&cli->why, E_IO, "standard output: cannot be written");
    return E_OK;
}

static err_t export_send(struct record *r, int argc, char **argv)
{
    static const char *const formats[] = {
        [OUTPUT_TABLE] = "csv",
        [OUTPUT_JSON] = "ndjson",
        [OUTPUT_NDJSON] = "ndjson",
        [OUTPUT_CSV] = "csv",
    };
    char verb[] = "export";
    cli_options_init(&r->options);
    r->options.output = OUTPUT_NDJSON;
    TRY(record_open(r, verb, argc, argv));
    cli_request_query(&r->request, STR("format"), str_from_cz(formats[r->options.output]));
    TRY(r->request.path.err);
    struct http_answer answer;
    struct export_out out = { .array = r->options.output == OUTPUT_JSON, .line = true };
    struct cli_send send = {
        .method = "GET", .path = buf_str(&r->request.path), .sink = export_part, .sink_arg = &out
    };
    TRY(cli_client_send(r->cli, &r->client, &send, &answer));
    return export_end(r->cli, &out);
}

int cmd_audit_export(struct cli *cli, int argc, char **argv)
{
    CLEANUP(record_fini) struct record r = { .cli = cli };
    err_t e = export_send(&r, argc, argv);
    return e == E_OK ? CLI_OK : cli_fail(cli, e);
}

static int64_t seq_of(const struct json *event)
{
    const struct json *v = json_member(event, STR("seq"));
    return v != NULL && json_type(v) == JSON_INT ? json_int(v) : 0;
}

/* The page before `cursor`, from the newest on. */
static err_t page_get(struct record *r, str_t cursor, int64_t limit, struct json **ret)
{
    struct cli_request page = { .query = r->request.query };
    char text[24];
    str_t path;
    (void)snprintf(text, sizeof text, "%lld", (long long)limit);
    buf_init(&page.path, KIB(16));
    buf_add(&page.path, buf_str(&r->request.path));
    cli_request_query(&page, STR("limit"), str_from_cz(text));
    if (r->from[0] != '\0')
        cli_request_query(&page, STR("from"), str_from_cz(r->from));
    if (cursor.n > 0)
        cli_request_query(&page, STR("cursor"), cursor);
    err_t e = page.path.err;
    if (e == E_OK)
        e = str_copy(r->cli->arena, buf_str(&page.path), &path);
    cli_request_fini(&page);
    TRY(e);
    TRY(cli_client_json(r->cli, &r->client, &(struct cli_send){ .method = "GET", .path = path },
                        ret));
    const struct json *items = *ret != NULL ? json_member(*ret, STR("items")) : NULL;
    if (items == NULL || json_type(items) != JSON_ARRAY)
        return FAIL(&r->cli->why, E_IO, "the answer is no list: is this a Seneschal server?");
    return E_OK;
}

/* Events newer than r->last in front of `to`, which is in the order of their numbers. */
static err_t collect(struct record *r, int64_t limit, struct json *newest_first)
{
    str_t cursor = STR("");
    bool more = true;
    while (more) {
        CLEANUP(json_freep) struct json *page = NULL;
        TRY(page_get(r, cursor, limit, &page));
        const struct json *items = json_member(page, STR("items"));
        for (size_t i = 0; more && i < json_count(items); i++) {
            more = seq_of(json_at(items, i)) > r->last;
            struct json *copy = more ? json_clone(json_at(items, i)) : NULL;
            if (more && copy == NULL)
                return E_NO_MEMORY;
            TRY(copy != NULL ? json_push(newest_first, copy) : E_OK);
        }
        const struct json *next = json_member(page, STR("next_cursor"));
        bool end = next == NULL || json_type(next) != JSON_STRING;
        more = more && !end && r->last > 0; /* the first time one page is enough */
        if (more)
            TRY(str_copy(r->cli->arena, json_string(next), &cursor));
    }
    return E_OK;
}

/* Oldest first, as they happened. */
static err_t print_up(struct record *r, const struct json *newest_first)
{
    size_t n = json_count(newest_first);
    if (n == 0)
        return E_OK;
    CLEANUP(json_freep) struct json *up = json_new_array();
    for (size_t i = n; up != NULL && i > 0; i--) {
        struct json *copy = json_clone(json_at(newest_first, i - 1));
        if (copy == NULL)
            return E_NO_MEMORY;
        TRY(json_push(up, copy));
    }
    if (up == NULL)
        return E_NO_MEMORY;
    TRY(cli_print_rows(&r->printer, up));
    const struct json *newest = json_at(newest_first, 0);
    const struct json *at = json_member(newest, STR("at"));
    r->last = seq_of(newest);
    if (at != NULL && json_type(at) == JSON_STRING)
        (void)snprintf(r->from, sizeof r->from, "%.*s", STR_ARG(json_string(at)));
    return E_OK;
}

/* One look, with memory of its own: it may go on for weeks. */
static err_t look(struct record *r, int64_t limit)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(LOOK_ARENA_MAX);
    CLEANUP(json_freep) struct json *found = json_new_array();
    struct arena *whole = r->cli->arena;
    if (a == NULL || found == NULL)
        return E_NO_MEMORY;
    r->cli->arena = a;
    r->printer.arena = a;
    err_t e = collect(r, limit, found);
    if (e == E_OK)
        e = print_up(r, found);
    r->cli->arena = whole;
    return e;
}

/* The newest few, then what comes, asked every two seconds; a busy or restarting server is asked
 * again later. Ctrl-C ends it. */
static err_t follow(struct record *r)
{
    bool first = true;
    if (r->printer.output == OUTPUT_JSON)
        r->printer.output = OUTPUT_NDJSON; /* a list that never ends has no last bracket */
    for (;;) {
        err_t e = look(r, first ? FOLLOW_FIRST : FOLLOW_PAGE);
        bool later = !first && (e == E_IO || e == E_TIMEOUT || err_info(e)->retry);
        if (e != E_OK && !later)
            return e;
        if (e != E_OK)
            (void)fprintf(stderr, "seneschal: %s: asking again\n", r->cli->why.text);
        diag_clear(&r->cli->why);
        first = false;
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
        (void)sleep(e == E_OK ? FOLLOW_EVERY_S : FOLLOW_RETRY_S);
    }
}

/* --follow, taken out of the words. */
static bool take_follow(int *argc, char **argv)
{
    int kept = 0;
    for (int i = 0; i < *argc; i++) {
        if (!str_eq(str_from_cz(argv[i]), STR("--follow")))
            argv[kept++] = argv[i];
    }
    bool found = kept < *argc;
    *argc = kept;
    return found;
}

int cmd_audit_tail(struct cli *cli, int argc, char **argv)
{
    CLEANUP(record_fini) struct record r = { .cli = cli };
    char verb[] = "tail";
    int words;
    if (!take_follow(&argc, argv))
        return cli_call(cli, cli_find(2, (char *[]){ (char[]){ "audit" }, verb }, &words), argc,
                        argv);
    cli_options_init(&r.options);
    err_t e = record_open(&r, verb, argc, argv);
    if (e == E_OK)
        e = follow(&r);
    return cli_fail(cli, e);
}
