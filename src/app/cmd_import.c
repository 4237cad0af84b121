/* SPDX-License-Identifier: Apache-2.0 */
/* `import agents FILE`: the registry of the older agent server, read here and posted in slices to
 * the server, which alone writes (docs/MIGRATING.md). */
#include "app/cli_call.h"
#include "app/cli_print.h"
#include "app/import_index.h"
#include "app/progress.h"
#include "base/num.h"
#include "plat/crypto/crypto.h"
#include "plat/json/out.h"

#include <time.h>

/* A slice is a few milliseconds of the writer, so that a revocation never waits for a long one. */
enum {
    SLICE_ROWS = 64,
    SLICE_TEXT_MAX = 1024 * 1024,
    SCRATCH_MAX = 16 * 1024 * 1024,
    PROBLEMS_MAX = 200,
    TRIES_MAX = 8,
    WAIT_S_MAX = 60,
};

enum tally {
    TALLY_TOKEN, /* created, active, and its token goes on working */
    TALLY_NO_TOKEN,
    TALLY_UNINSTALLED,
    TALLY_REVOKED,
    TALLY_UNCHANGED,
    TALLY_KEPT,
    TALLY_DUPLICATE,
    TALLY_SKIPPED,
    TALLIES
};

/* clang-format off */
static const struct {
    const char *outcome;
    const char *status;
    const char *meaning;
} tallies[TALLIES] = {
    [TALLY_TOKEN]       = { "created",   "active",      "its token works" },
    [TALLY_NO_TOKEN]    = { "created",   "active",      "without a token: an enrolment key with adopt gives the first" },
    [TALLY_UNINSTALLED] = { "created",   "uninstalled", "" },
    [TALLY_REVOKED]     = { "created",   "revoked",     "" },
    [TALLY_UNCHANGED]   = { "unchanged", "",            "was brought over before" },
    [TALLY_KEPT]        = { "kept",      "",            "stands here otherwise, and stays so" },
    [TALLY_DUPLICATE]   = { "duplicate", "",            "another row of the same machine counts" },
    [TALLY_SKIPPED]     = { "skipped",   "",            "breaks a rule; each is named above" },
};
/* clang-format on */

struct sent { /* a row of the slice under way */
    int64_t number;
    enum import_status status;
    bool token;
    str_t machine;
};

struct importing {
    struct cli *cli;
    struct cli scratch; /* what dies with each slice */
    struct cli_options options;
    const char *path;
    bool strict;
    struct import_file *file;
    struct import_index index;
    struct cli_client client;
    struct progress bar;
    struct buf body;
    struct json_out out;
    struct sent slice[SLICE_ROWS];
    size_t slice_n;
    int64_t counts[TALLIES];
    int64_t rows;
    int64_t problems;
};

static err_t import_read_words(struct importing *m, int argc, char **argv);
static err_t import_first_reading(struct importing *m);
static err_t import_second_reading(struct importing *m);
static err_t import_result(struct importing *m);

static err_t import_run(struct importing *m, int argc, char **argv)
{
    TRY(import_read_words(m, argc, argv));
    TRY(crypto_init()); /* the index is one of hashes */
    TRY(import_file_open(m->cli->arena, m->path, &m->cli->why, &m->file));
    if (import_file_lacks(m->file).n > 0)
        (void)fprintf(stderr, "%s does not have: %.*s\n", m->path,
                      STR_ARG(import_file_lacks(m->file)));
    TRY(import_first_reading(m));
    TRY(cli_client_open(m->cli, &m->options, &m->client));
    progress_begin(&m->bar, "rows", import_index_rows(&m->index));
    err_t e = import_second_reading(m);
    progress_clear(&m->bar);
    if (m->problems > PROBLEMS_MAX)
        (void)fprintf(stderr, "... and %lld more\n", (long long)(m->problems - PROBLEMS_MAX));
    if (e != E_OK) {
        m->cli->hint = "what came over stays; run the same command again for the rest";
        return e;
    }
    return import_result(m);
}

static int import_exit(const struct importing *m)
{
    int64_t bad = m->counts[TALLY_SKIPPED];
    if ((m->strict && bad > 0) || (m->rows > 0 && bad == m->rows))
        return CLI_FAILED;
    return CLI_OK;
}

int cmd_import_agents(struct cli *cli, int argc, char **argv)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(SCRATCH_MAX);
    CLEANUP(arena_freep) struct arena *kept = arena_new(sizeof(struct importing) + KIB(1));
    struct importing *m = kept == NULL ? NULL : ARENA_NEW(kept, struct importing);
    if (a == NULL || m == NULL)
        return cli_fail(cli, E_NO_MEMORY);
    m->cli = cli;
    m->scratch.arena = a;
    import_index_init(&m->index);
    buf_init(&m->body, SLICE_TEXT_MAX);
    err_t e = import_run(m, argc, argv);
    import_file_close(m->file);
    import_index_fini(&m->index);
    buf_fini(&m->body);
    cli_client_close(&m->client);
    return e == E_OK ? import_exit(m) : cli_fail(cli, e);
}

static err_t import_read_words(struct importing *m, int argc, char **argv)
{
    int used = 0;
    cli_options_init(&m->options);
    for (int i = 0; i < argc; i += used) {
        TRY(cli_option_take(m->cli, &m->options, argc, argv, i, &used));
        if (used > 0)
            continue;
        used = 1;
        if (cli_is_flag(argv[i], STR("strict")))
            m->strict = true;
        else if (argv[i][0] == '-' || m->path != NULL)
            return FAIL(&m->cli->why, E_USAGE, "`%s`: want FILE [--dry-run] [--strict]", argv[i]);
        else
            m->path = argv[i];
    }
    if (m->path == NULL)
        return FAIL(&m->cli->why, E_USAGE, "want FILE, the older server's database");
    return E_OK;
}

static err_t import_first_reading(struct importing *m)
{
    struct import_row row;
    err_t e = import_file_rewind(m->file, &m->cli->why);
    while (e == E_OK) {
        arena_reset(m->scratch.arena);
        e = import_file_next(m->file, m->scratch.arena, &m->cli->why, &row);
        if (e == E_OK)
            e = import_index_add(&m->index, &row);
    }
    return e == E_NOT_FOUND ? E_OK : e;
}

/* Names of machines come from the file: no control character may reach a terminal. */
static void problem(struct importing *m, int64_t number, str_t machine, const char *what)
{
    if (m->problems++ >= PROBLEMS_MAX)
        return;
    progress_clear(&m->bar);
    (void)fprintf(stderr, "row %lld (", (long long)number);
    for (size_t i = 0; i < machine.n; i++)
        (void)fputc(machine.p[i] >= ' ' && machine.p[i] <= '~' ? machine.p[i] : '?', stderr);
    (void)fprintf(stderr, "): %s\n", what);
}

static void slice_begin(struct importing *m)
{
    arena_reset(m->scratch.arena);
    buf_clear(&m->body);
    m->out = json_out_to(&m->body);
    m->slice_n = 0;
    json_out_open(&m->out, '{');
    JSON_OUT(&m->out, "dry_run", bool, m->options.dry_run);
    json_out_name(&m->out, STR("rows"));
    json_out_open(&m->out, '[');
}

static void slice_add(struct importing *m, const struct import_row *row)
{
    json_out_open(&m->out, '{');
    JSON_OUT(&m->out, "row", i64, row->number);
    for (enum import_column c = 0; c < IMPORT_COLUMNS; c++) {
        if (c == IMPORT_STATUS || row->values[c].p == NULL)
            continue;
        json_out_name(&m->out, str_from_cz(import_member(c)));
        json_out_str(&m->out, row->values[c]);
    }
    JSON_OUT(&m->out, "status", str, str_from_cz(import_status_name(row->status)));
    json_out_close(&m->out, '}');
    m->slice[m->slice_n++] =
        (struct sent){ row->number, row->status, row->values[IMPORT_TOKEN_HASH].p != NULL,
                       row->values[IMPORT_MACHINE_ID] };
}

static str_t text_at(const struct json *o, str_t name)
{
    const struct json *v = json_member(o, name);
    return v != NULL && json_type(v) == JSON_STRING ? json_string(v) : STR("");
}

static enum tally tally_of(const struct sent *s, str_t outcome, bool taken)
{
    if (str_eq(outcome, STR("unchanged")))
        return TALLY_UNCHANGED;
    if (!str_eq(outcome, STR("created")))
        return TALLY_KEPT;
    if (s->status == IMPORT_ACTIVE)
        return s->token && !taken ? TALLY_TOKEN : TALLY_NO_TOKEN;
    return s->status == IMPORT_REVOKED ? TALLY_REVOKED : TALLY_UNINSTALLED;
}

static err_t slice_count(struct importing *m, const struct json *answer)
{
    const struct json *results = answer != NULL ? json_member(answer, STR("results")) : NULL;
    if (results == NULL || json_type(results) != JSON_ARRAY || json_count(results) != m->slice_n)
        return FAIL(&m->cli->why, E_IO, "the answer names other rows: is this a Seneschal server?");
    for (size_t i = 0; i < m->slice_n; i++) {
        const struct json *r = json_at(results, i);
        const struct sent *s = &m->slice[i];
        bool taken = str_eq(text_at(r, STR("note")), STR("token-taken"));
        enum tally t = tally_of(s, text_at(r, STR("outcome")), taken);
        char what[DIAG_TEXT_MAX];
        (void)snprintf(what, sizeof what, "kept: it is %.*s here, %s in the file",
                       STR_ARG(text_at(r, STR("status"))), import_status_name(s->status));
        m->counts[t]++;
        if (t == TALLY_KEPT)
            problem(m, s->number, s->machine, what);
        else if (taken)
            problem(m, s->number, s->machine,
                    "its token is somebody else's on this server: it comes without one");
    }
    return E_OK;
}

/* A busy server says when to come back. */
static bool slice_waits(const struct http_answer *answer, int tries)
{
    uint64_t seconds = 1;
    if ((answer->status != 429 && answer->status != 503) || tries >= TRIES_MAX)
        return false;
    if (num_parse_u64(http_answer_field(answer, STR("Retry-After")), &seconds) != E_OK)
        seconds = 1;
    struct timespec rest = { .tv_sec = seconds < WAIT_S_MAX ? (time_t)seconds : WAIT_S_MAX };
    (void)nanosleep(&rest, NULL); /* a signal ends the program or the rest: either is fine */
    return true;
}

static err_t slice_send(struct importing *m, struct http_answer *ret)
{
    struct cli_send send = { .method = "POST",
                             .path = STR("/api/v1/agents/import"),
                             .body = buf_str(&m->body) };
    err_t e = E_OK;
    for (int tries = 1;; tries++) {
        *ret = (struct http_answer){ 0 };
        diag_clear(&m->scratch.why);
        e = cli_client_send(&m->scratch, &m->client, &send, ret);
        if (e == E_OK || !slice_waits(ret, tries))
            break;
    }
    if (e != E_OK)
        m->cli->why = m->scratch.why;
    return e;
}

static err_t slice_end(struct importing *m)
{
    CLEANUP(json_freep) struct json *answer = NULL;
    struct http_answer got;
    if (m->slice_n == 0)
        return E_OK;
    json_out_close(&m->out, ']');
    json_out_close(&m->out, '}');
    TRY(m->body.err);
    TRY(slice_send(m, &got));
    TRY(json_parse(got.body, &m->cli->why, &answer));
    return slice_count(m, answer);
}

/* One row: into the slice, or onto the list of those that stay behind. */
static err_t import_row(struct importing *m, struct import_row *row)
{
    struct import_verdict v = import_index_ask(&m->index, row);
    char what[DIAG_TEXT_MAX];
    if (v.unknown)
        return FAIL(&m->cli->why, E_CONFLICT,
                    "%s changes while it is read: stop what writes it, or import a copy", m->path);
    m->rows++;
    if (row->status == IMPORT_SKIPPED) {
        m->counts[TALLY_SKIPPED]++;
        problem(m, row->number, row->said, row->note);
        return E_OK;
    }
    if (v.other != 0) {
        (void)snprintf(what, sizeof what, "duplicate: row %lld of this machine counts",
                       (long long)v.other);
        m->counts[TALLY_DUPLICATE]++;
        problem(m, row->number, row->said, what);
        return E_OK;
    }
    if (v.token_shared) {
        row->values[IMPORT_TOKEN_HASH] = STR_NONE;
        problem(m, row->number, row->said,
                "its token is another machine's too: it proves neither, both come without one");
    }
    if (v.resembles != 0) {
        (void)snprintf(what, sizeof what, "its name differs from that of row %lld only in case",
                       (long long)v.resembles);
        problem(m, row->number, row->said, what);
    }
    if (row->note[0] != '\0')
        problem(m, row->number, row->said, row->note);
    slice_add(m, row);
    return E_OK;
}

static err_t import_second_reading(struct importing *m)
{
    struct import_row row;
    err_t e = import_file_rewind(m->file, &m->cli->why);
    while (e == E_OK) {
        int64_t before = m->rows;
        slice_begin(m);
        while (e == E_OK && m->slice_n < SLICE_ROWS) {
            e = import_file_next(m->file, m->scratch.arena, &m->cli->why, &row);
            if (e == E_OK)
                e = import_row(m, &row);
        }
        if (e == E_OK || e == E_NOT_FOUND)
            TRY(slice_end(m));
        progress_step(&m->bar, m->rows - before);
    }
    return e == E_NOT_FOUND ? E_OK : e;
}

static err_t result_add(struct json *list, const char *outcome, const char *status, int64_t n,
                        const char *meaning)
{
    struct json *row = json_new_object();
    if (row == NULL)
        return E_NO_MEMORY;
    TRY(json_push(list, row));
    TRY(json_set(row, STR("outcome"), json_new_string(str_from_cz(outcome))));
    TRY(json_set(row, STR("status"), json_new_string(str_from_cz(status))));
    TRY(json_set(row, STR("rows"), json_new_int(n)));
    return json_set(row, STR("meaning"), json_new_string(str_from_cz(meaning)));
}

static err_t import_result(struct importing *m)
{
    struct cli_printer p = { m->cli->arena, m->options.output, STR("outcome status rows meaning"),
                             0 };
    CLEANUP(json_freep) struct json *list = json_new_array();
    if (list == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < TALLIES; i++)
        TRY(result_add(list, tallies[i].outcome, tallies[i].status, m->counts[i],
                       tallies[i].meaning));
    TRY(result_add(list, "total", "", m->rows,
                   m->options.dry_run ? "dry run: nothing was written" : ""));
    TRY(cli_print_rows(&p, list));
    return cli_print_end(&p);
}
