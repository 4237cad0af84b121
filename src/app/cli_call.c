/* SPDX-License-Identifier: Apache-2.0 */
/* A command that is a call: read the words, ask where it is risky, call, print. */
#include "app/cli_call.h"

#include "app/cli_print.h"

#include <unistd.h>

enum { PAGE_ROWS = 500, BODY_MAX = 8 * 1024 * 1024 };

struct calling {
    struct cli *cli;
    const struct cli_command *cmd;
    struct cli_options options;
    struct cli_client client;
    struct cli_request request;
    struct cli_show show;
};

err_t cli_options_take(struct cli *cli, const struct cli_command *cmd, struct cli_options *o,
                       int *argc, char **argv)
{
    int kept = 0;
    int used = 0;
    for (int i = 0; i < *argc; i += used) {
        TRY(cli_option_take(cli, o, *argc, argv, i, &used));
        if (used > 0)
            continue;
        used = cli_flag_words(cmd, argv[i]);
        for (int k = 0; k < used && i + k < *argc; k++)
            argv[kept++] = argv[i + k];
    }
    *argc = kept;
    return E_OK;
}

static err_t body_text(struct calling *c, str_t *ret)
{
    struct buf b;
    *ret = STR_NONE;
    if (c->request.body == NULL)
        return E_OK;
    buf_init(&b, BODY_MAX);
    json_write(&b, c->request.body);
    err_t e = b.err != E_OK ? b.err : str_copy(c->cli->arena, buf_str(&b), ret);
    buf_fini(&b);
    return e;
}

/* Without a terminal there is nobody to ask: --yes is wanted then. */
err_t cli_ask(struct cli *cli, const struct cli_command *cmd, const struct cli_options *o)
{
    char answer[8] = "";
    if (o->yes)
        return E_OK;
    if (isatty(STDIN_FILENO) == 0) {
        cli->hint = "--yes says that you mean it";
        return FAIL(&cli->why, E_USAGE, "%s %s cannot be taken back", cmd->noun, cmd->verb);
    }
    (void)fprintf(stderr, "%s %s: %s. Sure? [y/N] ", cmd->noun, cmd->verb, cmd->text);
    if (fgets(answer, sizeof answer, stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y'))
        return E_OK;
    return FAIL(&cli->why, E_USAGE, "nothing was done");
}

static err_t next_cursor(struct calling *c, const struct json *page, str_t *ret)
{
    const struct json *v = json_member(page, STR("next_cursor"));
    *ret = STR("");
    return v != NULL && json_type(v) == JSON_STRING ? str_copy(c->cli->arena, json_string(v), ret)
                                                    : E_OK;
}

/* The path of the next page: what the words said, with limit and cursor. */
static err_t page_path(struct calling *c, size_t had, str_t cursor, str_t *ret)
{
    struct cli_request page = { .query = c->request.query };
    char limit[24];
    int64_t left = c->options.limit == 0 ? PAGE_ROWS : c->options.limit - (int64_t)had;
    (void)snprintf(limit, sizeof limit, "%lld", (long long)(left > PAGE_ROWS ? PAGE_ROWS : left));
    buf_init(&page.path, c->request.path.max);
    buf_add(&page.path, buf_str(&c->request.path));
    cli_request_query(&page, STR("limit"), str_from_cz(limit));
    if (cursor.n > 0)
        cli_request_query(&page, STR("cursor"), cursor);
    err_t e =
        page.path.err != E_OK ? page.path.err : str_copy(c->cli->arena, buf_str(&page.path), ret);
    cli_request_fini(&page);
    return e;
}

static err_t call_list(struct calling *c)
{
    struct cli_printer p = { c->cli->arena, c->options.output, str_from_cz(c->cmd->columns), 0 };
    str_t cursor = STR("");
    bool more = true;
    while (more) {
        CLEANUP(json_freep) struct json *page = NULL;
        str_t path;
        TRY(page_path(c, p.rows, cursor, &path));
        TRY(cli_client_json(c->cli, &c->client, &(struct cli_send){ .method = "GET", .path = path },
                            &page));
        const struct json *items = page != NULL ? json_member(page, STR("items")) : NULL;
        if (items == NULL || json_type(items) != JSON_ARRAY)
            return FAIL(&c->cli->why, E_IO, "the answer is no list: is this a Seneschal server?");
        TRY(cli_print_rows(&p, items));
        TRY(next_cursor(c, page, &cursor));
        bool enough = c->options.limit > 0 && (int64_t)p.rows >= c->options.limit;
        if (enough && cursor.n > 0)
            (void)fprintf(stderr, "there are more: --limit 0 shows all\n");
        more = cursor.n > 0 && !enough && json_count(items) > 0;
    }
    return cli_print_end(&p);
}

static err_t call_once(struct calling *c)
{
    struct cli_printer p = { c->cli->arena, c->options.output, str_from_cz(c->cmd->columns), 0 };
    CLEANUP(json_freep) struct json *answer = NULL;
    struct cli_send send = { .method = c->cmd->method, .path = buf_str(&c->request.path) };
    TRY(body_text(c, &send.body));
    TRY(cli_client_json(c->cli, &c->client, &send, &answer));
    const struct cli_reply reply = { c->cli, &c->client, &c->request, answer };
    if (answer == NULL)
        return E_OK;
    bool people = c->show.after != NULL && c->options.output == OUTPUT_TABLE;
    TRY(people ? c->show.after(&reply) : cli_print_object(&p, answer));
    return c->show.verdict != NULL ? c->show.verdict(&reply) : E_OK;
}

/* A GET row with columns is a list. */
static bool is_list(const struct cli_command *cmd)
{
    return cmd->columns[0] != '\0' && str_eq(str_from_cz(cmd->method), STR("GET"));
}

static err_t show_call(struct calling *c)
{
    str_t body;
    TRY(body_text(c, &body));
    (void)printf("%s %.*s%s%.*s\n", c->cmd->method, STR_ARG(buf_str(&c->request.path)),
                 body.n > 0 ? "\n" : "", STR_ARG(body));
    return E_OK;
}

static err_t call_run(struct calling *c, int argc, char **argv)
{
    cli_options_init(&c->options);
    TRY(cli_options_take(c->cli, c->cmd, &c->options, &argc, argv));
    TRY(cli_client_open(c->cli, &c->options, &c->client));
    TRY(cli_request_read(c->cli, c->cmd, &c->client, argc, argv, &c->request));
    if (c->show.before != NULL)
        TRY(c->show.before(&(struct cli_reply){ c->cli, &c->client, &c->request, NULL }));
    if (c->options.dry_run)
        return show_call(c);
    if (c->cmd->risk)
        TRY(cli_ask(c->cli, c->cmd, &c->options));
    return is_list(c->cmd) ? call_list(c) : call_once(c);
}

static int calling_do(struct calling *c, int argc, char **argv)
{
    err_t e = call_run(c, argc, argv);
    cli_request_fini(&c->request);
    cli_client_close(&c->client);
    return e == E_OK ? CLI_OK : cli_fail(c->cli, e);
}

int cli_call(struct cli *cli, const struct cli_command *cmd, int argc, char **argv)
{
    return calling_do(&(struct calling){ .cli = cli, .cmd = cmd }, argc, argv);
}

int cli_call_shown(struct cli *cli, const char *noun, const char *verb, int argc, char **argv,
                   const struct cli_show *show)
{
    for (size_t i = 0; i < cli_commands_n; i++) {
        const struct cli_command *cmd = &cli_commands[i];
        if (strcmp(cmd->noun, noun) == 0 && strcmp(cmd->verb, verb) == 0)
            return calling_do(&(struct calling){ .cli = cli, .cmd = cmd, .show = *show }, argc,
                              argv);
    }
    return cli_fail(cli, E_INTERNAL); /* the caller names a row of cli.def */
}
