/* SPDX-License-Identifier: Apache-2.0 */
/* `user invite`: one person, with the link as a picture for a telephone, or a list of them. */
#include "app/cli_call.h"
#include "app/cli_print.h"
#include "app/cli_say.h"
#include "app/progress.h"
#include "plat/crypto/qr.h"
#include "plat/os/file.h"

#include <unistd.h>

enum {
    SLICE_ROWS = 100,
    LIST_MAX = 4 * 1024 * 1024,
    SLICE_TEXT_MAX = 512 * 1024,
    QR_TEXT_BYTES = 64 * 1024
};

/* The answer as any other, and on a terminal its link as a picture. */
static err_t invited_show(const struct cli_reply *s)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    struct cli_printer p = { .arena = s->cli->arena, .output = OUTPUT_TABLE };
    struct qr qr = { 0 };
    TRY(cli_print_object(&p, s->answer));
    if (isatty(STDERR_FILENO) == 0 ||
        qr_make(s->cli->arena, say_member(s->answer, "url"), &qr) != E_OK)
        return E_OK;
    buf_init(&b, QR_TEXT_BYTES);
    qr_put_text(&b, &qr);
    if (b.err == E_OK)
        (void)fprintf(stderr, "\n%.*s\n", STR_ARG(buf_str(&b)));
    return E_OK;
}

struct inviting {
    struct cli *cli;
    const struct cli_command *cmd;
    struct cli_options options;
    struct cli_client client;
    struct cli_request request; /* what all lines have in common */
    const char *path;
    str_t rest; /* of the list */
    size_t number;
    struct progress bar;
    struct json *results;
    size_t refused;
};

static void inviting_fini(struct inviting *v)
{
    cli_request_fini(&v->request);
    cli_client_close(&v->client);
    json_free(v->results);
}

/* --batch FILE out of the words. */
static err_t batch_take(struct inviting *v, int *argc, char **argv)
{
    int kept = 0;
    int used = 0;
    for (int i = 0; i < *argc; i += used) {
        used = 1;
        if (cli_is_flag(argv[i], STR("batch")))
            TRY(cli_value(v->cli, *argc, argv, i, &v->path, &used));
        else
            argv[kept++] = argv[i];
    }
    *argc = kept;
    return E_OK;
}

static err_t text_set(struct json *to, str_t name, str_t text)
{
    return text.n > 0 ? json_set(to, name, json_new_string(text)) : E_OK;
}

static err_t groups_add(struct json *one, str_t groups)
{
    struct json *list = json_member_mut(one, STR("groups"));
    str_t name;
    if (groups.n == 0)
        return E_OK;
    if (list == NULL) {
        TRY(json_set(one, STR("groups"), json_new_array()));
        list = json_member_mut(one, STR("groups"));
    }
    while (groups.n > 0 && str_split(&groups, ';', &name)) {
        struct json *item = str_trim(name).n > 0 ? json_new_string(str_trim(name)) : NULL;
        if (item != NULL)
            TRY(json_push(list, item));
    }
    return E_OK;
}

/* EMAIL[,USERNAME[,NAME[,GROUP;GROUP]]] and what the flags say for all. */
static err_t line_add(struct inviting *v, str_t line, struct json *list)
{
    struct json *one = v->request.body != NULL ? json_clone(v->request.body) : json_new_object();
    struct json *prefill = json_new_object();
    str_t columns[4] = { STR_NONE };
    str_t column;
    size_t n = 0;
    if (one == NULL || prefill == NULL || json_push(list, one) != E_OK) {
        json_free(prefill);
        return E_NO_MEMORY;
    }
    TRY(json_set(one, STR("prefill"), prefill));
    while (str_split(&line, ',', &column)) {
        if (n == ARRAY_LEN(columns) || str_find(column, '"') < column.n)
            return FAIL(&v->cli->why, E_USAGE,
                        "%s:%zu: want EMAIL[,USERNAME[,NAME[,GROUP;GROUP]]] without quotes",
                        v->path, v->number);
        columns[n++] = str_trim(column);
    }
    TRY(text_set(one, STR("email"), columns[0]));
    TRY(text_set(prefill, STR("username"), columns[1]));
    TRY(text_set(prefill, STR("display_name"), columns[2]));
    return groups_add(one, columns[3]);
}

/* The next lines of the list; none at its end. */
static err_t slice_make(struct inviting *v, struct json *list)
{
    str_t line;
    while (json_count(list) < SLICE_ROWS && str_split(&v->rest, '\n', &line)) {
        v->number++;
        if (str_ends(line, STR("\r")))
            line.n--;
        line = str_trim(line);
        if (line.n == 0 || line.p[0] == '#' || (v->number == 1 && str_starts(line, STR("email"))))
            continue;
        TRY(line_add(v, line, list));
    }
    return E_OK;
}

/* email, state, url, detail: a table that a mail merge reads. */
static err_t result_add(struct inviting *v, const struct json *from)
{
    struct json *row = json_new_object();
    const struct json *made = json_member(from, STR("invitation"));
    if (row == NULL)
        return E_NO_MEMORY;
    TRY(json_push(v->results, row));
    bool fine = made != NULL && json_type(made) == JSON_OBJECT;
    v->refused += !fine;
    TRY(json_set(row, STR("email"), json_new_string(say_member(from, "email"))));
    TRY(json_set(row, STR("state"), json_new_string(fine ? STR("invited") : STR("refused"))));
    TRY(json_set(row, STR("url"), json_new_string(say_member(fine ? made : NULL, "url"))));
    return json_set(row, STR("detail"), json_new_string(say_member(from, "detail")));
}

static err_t slice_send(struct inviting *v, struct json *body)
{
    CLEANUP(json_freep) struct json *answer = NULL;
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, SLICE_TEXT_MAX);
    json_write(&b, body);
    TRY(b.err);
    const struct cli_send send = { .method = "POST",
                                   .path = STR("/api/v1/invitations/batch"),
                                   .body = buf_str(&b) };
    TRY(cli_client_json(v->cli, &v->client, &send, &answer));
    for (size_t i = 0; i < say_count(answer, "results"); i++)
        TRY(result_add(v, say_at(answer, "results", i)));
    progress_step(&v->bar, (int64_t)say_count(answer, "results"));
    return E_OK;
}

static err_t list_send(struct inviting *v)
{
    size_t sent = 1;
    while (sent > 0) {
        CLEANUP(json_freep) struct json *body = json_new_object();
        if (body == NULL || json_set(body, STR("invitations"), json_new_array()) != E_OK)
            return E_NO_MEMORY;
        struct json *list = json_member_mut(body, STR("invitations"));
        TRY(slice_make(v, list));
        sent = json_count(list);
        if (sent > 0)
            TRY(slice_send(v, body));
    }
    return E_OK;
}

static err_t inviting_run(struct inviting *v, int argc, char **argv)
{
    bool standard = str_eq(str_from_cz(v->path), STR("-"));
    struct cli_printer p = { .arena = v->cli->arena, .columns = STR("email state url detail") };
    char email[] = "list"; /* the word of a single one; each line has its own */
    char **words = ARENA_ARRAY(v->cli->arena, char *, (size_t)argc + 2);
    if (words == NULL)
        return E_NO_MEMORY;
    words[0] = email;
    for (int i = 0; i < argc; i++)
        words[i + 1] = argv[i];
    argc++;
    cli_options_init(&v->options);
    TRY(cli_options_take(v->cli, v->cmd, &v->options, &argc, words));
    TRY(cli_client_open(v->cli, &v->options, &v->client));
    TRY(cli_request_read(v->cli, v->cmd, &v->client, argc, words, &v->request));
    json_remove(v->request.body, STR("email"));
    TRY(file_read(v->cli->arena, standard ? "/dev/stdin" : v->path, LIST_MAX, &v->cli->why,
                  &v->rest));
    v->results = json_new_array();
    if (v->results == NULL)
        return E_NO_MEMORY;
    int64_t lines = 0;
    for (size_t i = 0; i < v->rest.n; i++)
        lines += v->rest.p[i] == '\n';
    progress_begin(&v->bar, "people", lines);
    err_t e = list_send(v);
    progress_clear(&v->bar);
    p.output = v->options.output;
    TRY(cli_print_rows(&p, v->results)); /* who is invited has to be known, however it ended */
    TRY(cli_print_end(&p));
    return e;
}

int cmd_user_invite(struct cli *cli, int argc, char **argv)
{
    CLEANUP(inviting_fini) struct inviting v = { .cli = cli };
    int words;
    err_t e = batch_take(&v, &argc, argv);
    if (e == E_OK && v.path == NULL)
        return cli_call_shown(cli, "user", "invite", argc, argv,
                              &(struct cli_show){ .after = invited_show });
    v.cmd = cli_find(2, (char *[]){ (char[]){ "user" }, (char[]){ "invite" } }, &words);
    if (e == E_OK)
        e = inviting_run(&v, argc, argv);
    if (e != E_OK)
        return cli_fail(cli, e);
    if (v.refused == 0)
        return CLI_OK;
    (void)fprintf(stderr, "seneschal: %zu lines were refused\n", v.refused);
    return CLI_FAILED;
}

int cmd_invitation_create(struct cli *cli, int argc, char **argv)
{
    return cli_call_shown(cli, "invitation", "create", argc, argv,
                          &(struct cli_show){ .after = invited_show });
}
