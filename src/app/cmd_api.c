/* SPDX-License-Identifier: Apache-2.0 */
/* Answers as they came: `api METHOD PATH`, and the export of the record. */
#include "app/cli_call.h"

#include "plat/os/file.h"

enum { API_BODY_MAX = 8 * 1024 * 1024 };

static int print_raw(struct cli *cli, str_t bytes, bool line)
{
    size_t n = bytes.n > 0 ? fwrite(bytes.p, 1, bytes.n, stdout) : 0;
    if (line && bytes.n > 0 && bytes.p[bytes.n - 1] != '\n')
        (void)putchar('\n');
    if (n != bytes.n || fflush(stdout) != 0)
        return cli_fail(cli, FAIL(&cli->why, E_IO, "standard output: cannot be written"));
    return CLI_OK;
}

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
    if (answer.status != 0 && print_raw(cli, answer.body, true) != CLI_OK)
        return CLI_FAILED;
    return e == E_OK ? CLI_OK : cli_fail(cli, e);
}

static const char *const filters[] = {
    "from", "to", "actor", "action", "target", "result", "order"
};

static err_t export_filter(struct cli *cli, struct cli_request *to, int argc, char **argv, int i,
                           int *ret_used)
{
    const char *value = NULL;
    for (size_t k = 0; k < ARRAY_LEN(filters); k++) {
        str_t name = str_from_cz(filters[k]);
        if (!cli_is_flag(argv[i], name))
            continue;
        TRY(cli_value(cli, argc, argv, i, &value, ret_used));
        cli_request_query(to, name, str_from_cz(value));
        return E_OK;
    }
    return FAIL(&cli->why, E_USAGE, "audit export has no flag %s", argv[i]);
}

static err_t export_send(struct cli *cli, int argc, char **argv, struct http_answer *ret)
{
    CLEANUP(cli_request_fini) struct cli_request to = { 0 };
    struct cli_options o;
    struct cli_client client = { 0 };
    int used = 0;
    cli_options_init(&o);
    o.output = OUTPUT_NDJSON;
    buf_init(&to.path, KIB(16));
    BUF_ADD(&to.path, "/api/v1/admin/security/audit");
    for (int i = 0; i < argc; i += used) {
        TRY(cli_option_take(cli, &o, argc, argv, i, &used));
        if (used == 0)
            TRY(export_filter(cli, &to, argc, argv, i, &used));
    }
    static const char *const formats[] = {
        [OUTPUT_TABLE] = "csv",
        [OUTPUT_JSON] = "json",
        [OUTPUT_NDJSON] = "ndjson",
        [OUTPUT_CSV] = "csv",
    };
    cli_request_query(&to, STR("format"), str_from_cz(formats[o.output]));
    TRY(to.path.err);
    TRY(cli_client_open(cli, &o, &client));
    err_t e = cli_client_send(
        cli, &client, &(struct cli_send){ .method = "GET", .path = buf_str(&to.path) }, ret);
    cli_client_close(&client);
    return e;
}

int cmd_audit_export(struct cli *cli, int argc, char **argv)
{
    struct http_answer answer = { 0 };
    err_t e = export_send(cli, argc, argv, &answer);
    if (e == E_TOO_BIG)
        cli->hint = "export it in parts: --from and --to";
    return e == E_OK ? print_raw(cli, answer.body, false) : cli_fail(cli, e);
}
