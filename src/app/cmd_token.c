/* SPDX-License-Identifier: Apache-2.0 */
/* `token create … --to CMD`: a token goes from the server to a program's standard input, past every
 * terminal, file and history. */
#include "app/cli_call.h"
#include "app/cli_print.h"
#include "app/cli_say.h"
#include "plat/os/proc.h"

enum { HAND_BODY_MAX = 64 * 1024, HAND_S_MAX = 600 };

struct handing {
    struct cli *cli;
    const struct cli_command *cmd;
    struct cli_options options;
    struct cli_client client;
    struct cli_request request;
    char *to;
};

static void handing_fini(struct handing *h)
{
    cli_request_fini(&h->request);
    cli_client_close(&h->client);
}

/* --to CMD out of the words; what is left is the call's own. */
static err_t to_take(struct handing *h, int *argc, char **argv)
{
    int kept = 0;
    int used = 0;
    for (int i = 0; i < *argc; i += used) {
        const char *value = NULL;
        used = 1;
        if (!cli_is_flag(argv[i], STR("to"))) {
            argv[kept++] = argv[i];
            continue;
        }
        TRY(cli_value(h->cli, *argc, argv, i, &value, &used));
        h->to = str_cz(h->cli->arena, str_from_cz(value));
        if (h->to == NULL)
            return E_NO_MEMORY;
    }
    *argc = kept;
    return E_OK;
}

static err_t token_ask(struct handing *h, struct json **ret)
{
    CLEANUP(buf_fini) struct buf body = { 0 };
    buf_init(&body, HAND_BODY_MAX);
    json_write(&body, h->request.body);
    TRY(body.err);
    const struct cli_send send = { .method = h->cmd->method,
                                   .path = buf_str(&h->request.path),
                                   .body = buf_str(&body) };
    return cli_client_json(h->cli, &h->client, &send, ret);
}

/* Nobody has it: it ends again. */
static err_t token_end(struct handing *h, str_t id, err_t why)
{
    struct diag first = h->cli->why;
    struct http_answer answer = { 0 };
    str_t path = STR_NONE;
    TRY(str_format(h->cli->arena, &path, "%.*s/%.*s", STR_ARG(buf_str(&h->request.path)),
                   STR_ARG(id)));
    TRY(cli_client_send(h->cli, &h->client, &(struct cli_send){ .method = "DELETE", .path = path },
                        &answer));
    h->cli->why = first;
    h->cli->hint = "the token was ended again";
    return why;
}

static err_t hand_over(struct handing *h, const struct json *answer)
{
    char sh[] = "sh";
    char dash_c[] = "-c";
    char *argv[] = { sh, dash_c, h->to, NULL };
    const struct proc_talk what = { .input = say_member(answer, "token"), .in = DUR_S(HAND_S_MAX) };
    if (what.input.n == 0)
        return FAIL(&h->cli->why, E_IO, "the server gave no token");
    err_t e = proc_talk(sh, argv, &what, &h->cli->why);
    return e == E_OK ? E_OK : token_end(h, say_member(answer, "id"), e);
}

static err_t handing_run(struct handing *h, int argc, char **argv)
{
    CLEANUP(json_freep) struct json *answer = NULL;
    cli_options_init(&h->options);
    TRY(cli_options_take(h->cli, h->cmd, &h->options, &argc, argv));
    TRY(cli_client_open(h->cli, &h->options, &h->client));
    TRY(cli_request_read(h->cli, h->cmd, &h->client, argc, argv, &h->request));
    TRY(token_ask(h, &answer));
    TRY(hand_over(h, answer));
    struct cli_printer p = { .arena = h->cli->arena, .output = h->options.output };
    json_remove(answer, STR("token"));
    return cli_print_object(&p, answer);
}

int cmd_token_create(struct cli *cli, int argc, char **argv)
{
    CLEANUP(handing_fini) struct handing h = { .cli = cli };
    int words;
    err_t e = to_take(&h, &argc, argv);
    if (e == E_OK && h.to == NULL)
        return cli_call_shown(cli, "token", "create", argc, argv, &(struct cli_show){ 0 });
    h.cmd = cli_find(2, (char *[]){ (char[]){ "token" }, (char[]){ "create" } }, &words);
    if (e == E_OK)
        e = handing_run(&h, argc, argv);
    return e == E_OK ? CLI_OK : cli_fail(cli, e);
}
