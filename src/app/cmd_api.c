/* SPDX-License-Identifier: Apache-2.0 */
/* Any call, and its answer as it came: `api METHOD PATH`. */
#include "app/cli_call.h"
#include "app/cli_print.h"

#include "plat/os/file.h"

enum { API_BODY_MAX = 8 * 1024 * 1024 };

struct api_words {
    struct cli_options options;
    const char *body_file;
    const char *words[2];
    int words_n;
};

static err_t api_read(struct cli *cli, int argc, char **argv, struct api_words *w)
{
    int used = 0;
    cli_options_init(&w->options);
    for (int i = 0; i < argc; i += used) {
        TRY(cli_option_take(cli, &w->options, argc, argv, i, &used));
        if (used > 0)
            continue;
        used = 1;
        if (cli_is_flag(argv[i], STR("body")))
            TRY(cli_value(cli, argc, argv, i, &w->body_file, &used));
        else if (argv[i][0] == '-' || w->words_n == 2)
            return FAIL(&cli->why, E_USAGE, "`%s`: want METHOD PATH [--body FILE]", argv[i]);
        else
            w->words[w->words_n++] = argv[i];
    }
    if (w->words_n < 2 || w->words[1][0] != '/')
        return FAIL(&cli->why, E_USAGE, "want METHOD PATH, such as GET /api/v1/devices");
    return E_OK;
}

static err_t api_send(struct cli *cli, const struct api_words *w, struct http_answer *ret)
{
    struct cli_client client = { 0 };
    struct cli_send send = { .method = w->words[0], .path = str_from_cz(w->words[1]) };
    if (w->body_file != NULL) {
        bool standard = str_eq(str_from_cz(w->body_file), STR("-"));
        TRY(file_read(cli->arena, standard ? "/dev/stdin" : w->body_file, API_BODY_MAX, &cli->why,
                      &send.body));
    }
    TRY(cli_client_open(cli, &w->options, &client));
    err_t e = cli_client_send(cli, &client, &send, ret);
    cli_client_close(&client);
    return e;
}

int cmd_api(struct cli *cli, int argc, char **argv)
{
    struct api_words w = { 0 };
    struct http_answer answer = { 0 };
    err_t e = api_read(cli, argc, argv, &w);
    if (e == E_OK)
        e = api_send(cli, &w, &answer);
    /* A refusal is an answer too: programs want to read it. */
    if (answer.status != 0 && cli_print_raw(cli, answer.body, true) != CLI_OK)
        return CLI_FAILED;
    return e == E_OK ? CLI_OK : cli_fail(cli, e);
}
