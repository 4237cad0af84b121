/* SPDX-License-Identifier: Apache-2.0 */
/* `secret set`, `homeassistant add`, `server credential`: the value comes from a file or standard
 * input, never from the command line, where every user of the machine could read it. */
#include "app/cli_call.h"
#include "app/cli_print.h"

#include "plat/os/file.h"

#include <errno.h>
#include <unistd.h>

enum { VALUE_FILE_MAX = 64 * 1024, BODY_MAX = 512 * 1024 };

static const str_t file_member = { "value-file", 10 };

/* A command whose value is a member of its own of the body. */
struct setting_of {
    char *noun;
    char *verb;
    str_t member;
    const char *hint;
};

struct setting {
    const struct setting_of *of;
    struct cli *cli;
    const struct cli_command *cmd;
    struct cli_options options;
    struct cli_client client;
    struct cli_request request;
    struct buf value;
};

static void setting_fini(struct setting *s)
{
    buf_fini(&s->value);
    cli_request_fini(&s->request);
    cli_client_close(&s->client);
}

/* Where the value comes from; NULL: standard input. */
static err_t value_path(struct setting *s, const char **ret)
{
    const struct json *file =
        s->request.body != NULL ? json_member(s->request.body, file_member) : NULL;
    *ret = NULL;
    if (file == NULL)
        return E_OK;
    if (!str_eq(json_string(file), STR("-"))) {
        *ret = str_cz(s->cli->arena, json_string(file));
        if (*ret == NULL)
            return E_NO_MEMORY;
    }
    json_remove(s->request.body, file_member);
    return E_OK;
}

/* What standard input is, a pipe or a socket, is no matter. */
static err_t value_of_input(struct setting *s)
{
    enum { PIECE = 4096 };
    for (;;) {
        char *at = buf_reserve(&s->value, PIECE);
        if (at == NULL)
            return s->value.err;
        ssize_t n = read(STDIN_FILENO, at, PIECE);
        if (n < 0 && errno != EINTR)
            return FAIL(&s->cli->why, E_IO, "standard input: %s", strerrordesc_np(errno));
        if (n == 0)
            return E_OK;
        s->value.n += n > 0 ? (size_t)n : 0;
    }
}

static err_t value_of_file(struct setting *s, const char *path)
{
    str_t text;
    TRY(file_read(s->cli->arena, path, VALUE_FILE_MAX, &s->cli->why, &text));
    buf_add(&s->value, text);
    explicit_bzero((char *)(uintptr_t)text.p, text.n); /* ours: file_read made it */
    return s->value.err;
}

static err_t value_wrong(struct setting *s, size_t n)
{
    s->cli->hint = s->of->hint;
    if (n == 0)
        return FAIL(&s->cli->why, E_USAGE, "the %.*s is empty", STR_ARG(s->of->member));
    return FAIL(&s->cli->why, E_USAGE, "the %.*s is no text: encode bytes as text",
                STR_ARG(s->of->member));
}

static err_t value_read(struct setting *s)
{
    const char *path = NULL;
    TRY(value_path(s, &path));
    if (path == NULL && isatty(STDIN_FILENO) != 0) {
        s->cli->hint = s->of->hint;
        return FAIL(&s->cli->why, E_USAGE, "the %.*s is read from standard input or a file",
                    STR_ARG(s->of->member));
    }
    buf_init(&s->value, VALUE_FILE_MAX);
    s->value.secret = true;
    TRY(path != NULL ? value_of_file(s, path) : value_of_input(s));
    str_t text = buf_str(&s->value);
    if (str_ends(text, STR("\n")))
        text.n -= str_ends(text, STR("\r\n")) ? 2 : 1;
    if (text.n == 0 || !str_is_utf8(text) || memchr(text.p, '\0', text.n) != NULL)
        return value_wrong(s, text.n);
    struct json *v = json_new_string(text);
    if (s->request.body == NULL)
        s->request.body = json_new_object();
    if (s->request.body == NULL || v == NULL) {
        json_free(v);
        return E_NO_MEMORY;
    }
    return json_set(s->request.body, s->of->member, v);
}

static err_t value_send(struct setting *s)
{
    CLEANUP(buf_fini) struct buf body = { 0 };
    CLEANUP(json_freep) struct json *answer = NULL;
    struct cli_printer p = { .arena = s->cli->arena,
                             .output = s->options.output,
                             .columns = str_from_cz(s->cmd->columns) };
    buf_init(&body, BODY_MAX);
    body.secret = true;
    json_write(&body, s->request.body);
    TRY(body.err);
    const struct cli_send send = { .method = s->cmd->method,
                                   .path = buf_str(&s->request.path),
                                   .body = buf_str(&body) };
    TRY(cli_client_json(s->cli, &s->client, &send, &answer));
    return answer != NULL ? cli_print_object(&p, answer) : E_OK;
}

static err_t setting_run(struct setting *s, int argc, char **argv)
{
    int words;
    s->cmd = cli_find(2, (char *[]){ s->of->noun, s->of->verb }, &words);
    cli_options_init(&s->options);
    TRY(cli_options_take(s->cli, s->cmd, &s->options, &argc, argv));
    TRY(cli_client_open(s->cli, &s->options, &s->client));
    TRY(cli_request_read(s->cli, s->cmd, &s->client, argc, argv, &s->request));
    TRY(value_read(s));
    if (!s->options.dry_run)
        return value_send(s);
    (void)printf("%s %.*s with a value of %zu bytes\n", s->cmd->method,
                 STR_ARG(buf_str(&s->request.path)), s->value.n);
    return E_OK;
}

static int setting_do(struct cli *cli, const struct setting_of *of, int argc, char **argv)
{
    CLEANUP(setting_fini) struct setting s = { .of = of, .cli = cli };
    err_t e = setting_run(&s, argc, argv);
    return e == E_OK ? CLI_OK : cli_fail(cli, e);
}

int cmd_secret_set(struct cli *cli, int argc, char **argv)
{
    char noun[] = "secret";
    char verb[] = "set";
    const struct setting_of of = { noun, verb, STR("value"),
                                   "seneschal secret set NAME < FILE, or --value-file FILE" };
    return setting_do(cli, &of, argc, argv);
}

int cmd_homeassistant_add(struct cli *cli, int argc, char **argv)
{
    char noun[] = "homeassistant";
    char verb[] = "add";
    const struct setting_of of = {
        noun, verb, STR("token"),
        "seneschal homeassistant add NAME URL < FILE, or --value-file FILE"
    };
    return setting_do(cli, &of, argc, argv);
}

int cmd_server_credential(struct cli *cli, int argc, char **argv)
{
    char noun[] = "server";
    char verb[] = "credential";
    const struct setting_of of = {
        noun, verb, STR("value"),
        "seneschal server credential NAME bearer < FILE, or --value-file FILE"
    };
    return setting_do(cli, &of, argc, argv);
}
