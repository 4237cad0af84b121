/* SPDX-License-Identifier: Apache-2.0 */
/* The connection of the command line to a server. */
#include "app/admin_socket.h"
#include "app/cli_call.h"
#include "app/cli_print.h"
#include "app/login.h"
#include "plat/os/file.h"

#include <assert.h>
#include <fcntl.h>
#include <unistd.h>

enum {
    TOKEN_FILE_MAX = 16 * 1024,
    ANSWER_MAX = 256 * 1024 * 1024,
    CONNECT_S = 10,
    TOTAL_S = 300,
    STREAM_HOURS = 12
};

static err_t read_token(struct cli *cli, const char *path, str_t *ret)
{
    bool standard = str_eq(str_from_cz(path), STR("-"));
    str_t text;
    TRY(file_read(cli->arena, standard ? "/dev/stdin" : path, TOKEN_FILE_MAX, &cli->why, &text));
    text = str_trim(str_sub(text, 0, str_find(text, '\n')));
    if (text.n == 0)
        return FAIL(&cli->why, E_USAGE, "%s: holds no token", path);
    *ret = text;
    return E_OK;
}

err_t cli_client_header(struct cli *cli, struct cli_client *c, const char *name, str_t value)
{
    assert(c->headers_n < ARRAY_LEN(c->headers));
    str_t line;
    TRY(str_format(cli->arena, &line, "%s: %.*s", name, STR_ARG(value)));
    const char *cz = str_cz(cli->arena, line);
    if (cz == NULL)
        return E_NO_MEMORY;
    c->headers[c->headers_n++] = cz;
    return E_OK;
}

/* A file of the caller, or the administrator's token of a server on this machine. */
static err_t find_token(struct cli *cli, const struct cli_options *o, str_t *ret)
{
    struct token_text token = { .n = 0 };
    *ret = STR_NONE;
    if (o->token_file != NULL)
        return read_token(cli, o->token_file, ret);
    if (o->data == NULL)
        return E_OK;
    TRY(admin_socket_ask(o->data, &cli->why, &token));
    return str_copy(cli->arena, str_of(token.p, token.n), ret);
}

str_t cli_base(const struct cli_options *o)
{
    str_t base = str_from_cz(o->server);
    while (str_ends(base, STR("/")))
        base = str_sub(base, 0, base.n - 1);
    return base;
}

static err_t bearer_line(struct cli *cli, str_t token, const char **ret)
{
    str_t line;
    TRY(str_format(cli->arena, &line, "Authorization: Bearer %.*s", STR_ARG(token)));
    *ret = str_cz(cli->arena, line);
    return *ret != NULL ? E_OK : E_NO_MEMORY;
}

/* A sign-in that is kept for this server; nobody need be signed in. */
static err_t find_login(struct cli *cli, const struct cli_options *o, str_t base,
                        struct login **ret)
{
    struct login *l = ARENA_NEW(cli->arena, struct login);
    *ret = NULL;
    if (o->token_file != NULL || o->data != NULL || o->no_cache)
        return E_OK;
    if (l == NULL)
        return E_NO_MEMORY;
    err_t e = login_load(cli, base, l);
    if (e == E_NOT_FOUND) {
        diag_clear(&cli->why);
        return E_OK;
    }
    TRY(e);
    if (o->refresh)
        l->expires_at = (ts_t){ 1 };
    *ret = l;
    return E_OK;
}

err_t cli_client_open(struct cli *cli, const struct cli_options *o, struct cli_client *ret)
{
    struct cli_options full = *o;
    TRY(cli_context_fill(cli, &full));
    struct cli_client c = { .base = cli_base(&full) };
    str_t token;
    TRY(find_token(cli, &full, &token));
    TRY(find_login(cli, &full, c.base, &c.login));
    if (c.login != NULL)
        token = c.login->access_token;
    if (token.p != NULL)
        TRY(bearer_line(cli, token, &c.headers[c.headers_n++]));
    if (full.org != NULL)
        TRY(cli_client_header(cli, &c, "Seneschal-Org", str_from_cz(full.org)));
    TRY(cli_client_header(cli, &c, "Content-Type", STR("application/json")));
    TRY(http_client_new(&(struct http_client_cfg){ .ca_file = full.ca_file,
                                                   .user_agent = "seneschal/" SENESCHAL_VERSION },
                        &c.http));
    *ret = c;
    return E_OK;
}

err_t cli_client_sign_in(struct cli *cli, struct cli_client *c, struct login *l)
{
    const char *line = NULL;
    bool first = c->headers_n > 0 && strncmp(c->headers[0], "Authorization:", 14) == 0;
    TRY(bearer_line(cli, l->access_token, &line));
    if (!first) {
        memmove(&c->headers[1], &c->headers[0], c->headers_n * sizeof c->headers[0]);
        c->headers_n++;
    }
    c->headers[0] = line;
    c->login = l;
    return E_OK;
}

/* Another access token, where the sign-in's has ended. */
static err_t login_fresh(struct cli *cli, struct cli_client *c)
{
    if (c->login == NULL || !login_stale(c->login))
        return E_OK;
    TRY(login_refresh(cli, c->http, c->login));
    return cli_client_sign_in(cli, c, c->login);
}

void cli_client_close(struct cli_client *c)
{
    http_client_free(c->http);
}

static const struct {
    err_t e;
    const char *hint;
} hints[] = {
    { E_UNAUTHENTICATED, "`seneschal login`, or name a token: --token-file FILE or "
                         "SENESCHAL_TOKEN_FILE; on the server's own machine --data DIR" },
    { E_STALE, "somebody changed it meanwhile: read it again" },
    { E_FLEET_LOCKED, "`seneschal fleet unlock` lets new machines in" },
    { E_RATE_LIMITED, "wait, or raise `limits` in the server's configuration" },
    { E_DISK_FULL, "free space on the server's data directory; it recovers by itself" },
    { E_IO, "is the server running, and is --server (or SENESCHAL_URL) right?" },
    { E_TIMEOUT, "the server did not answer in time: try again" },
};

/* A refusal by a permission; other words of a 403 say themselves what to do. */
static const char *hint_of_forbidden(str_t detail)
{
    bool permission = str_starts(detail, STR("this needs the permission ")) ||
                      str_eq(detail, str_from_cz(err_info(E_FORBIDDEN)->text));
    return permission ? "ask an administrator for a role that holds this permission" : NULL;
}

static const char *hint_of(err_t e)
{
    for (size_t i = 0; i < ARRAY_LEN(hints); i++) {
        if (hints[i].e == e)
            return hints[i].hint;
    }
    return NULL;
}

static str_t member_text(const struct json *o, str_t name)
{
    const struct json *v = json_member(o, name);
    return v != NULL && json_type(v) == JSON_STRING ? json_string(v) : STR("");
}

/* The error with this slug; one that a newer server may know falls back to its kind. */
static err_t error_of(str_t slug, int status)
{
    for (int e = E_OK + 1; e < E_COUNT; e++) {
        if (str_eq(slug, str_from_cz(err_info((err_t)e)->slug)))
            return (err_t)e;
    }
    return status == 401 ? E_UNAUTHENTICATED : status == 404 ? E_NOT_FOUND : E_INTERNAL;
}

/* A line on standard error for each further field of `errors`, and for what a schema would break.
 */
static void show_more(const struct json *list, size_t from, const char *const names[static 3])
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, KIB(64));
    for (size_t i = from; list != NULL && json_type(list) == JSON_ARRAY && i < json_count(list);
         i++) {
        BUF_ADD(&b, "  ");
        for (size_t k = 0; k < 3; k++) {
            bool object = json_type(json_at(list, i)) == JSON_OBJECT;
            str_t text = object ? member_text(json_at(list, i), str_from_cz(names[k])) : STR("");
            cli_shown(&b, text);
            buf_addf(&b, "%s", k == 2 ? "\n" : text.n > 0 ? ": " : "");
        }
    }
    if (b.err == E_OK)
        (void)fprintf(stderr, "%.*s", STR_ARG(buf_str(&b)));
}

/* problem+json (RFC 9457), or whatever a proxy said. */
static err_t refused(struct cli *cli, const struct http_answer *a)
{
    CLEANUP(json_freep) struct json *problem = NULL;
    err_t e = json_parse(a->body, NULL, &problem);
    if (e != E_OK || json_type(problem) != JSON_OBJECT)
        return FAIL(&cli->why, error_of(STR(""), a->status), "the server answered %d", a->status);
    e = error_of(member_text(problem, STR("code")), a->status);
    str_t detail = member_text(problem, STR("detail"));
    if (detail.n == 0)
        detail = member_text(problem, STR("title"));
    const struct json *errors = json_member(problem, STR("errors"));
    bool list = errors != NULL && json_type(errors) == JSON_ARRAY && json_count(errors) > 0;
    str_t field = list ? member_text(json_at(errors, 0), STR("field")) : STR("");
    str_t want = list ? member_text(json_at(errors, 0), STR("want")) : STR("");
    cli->hint = e == E_FORBIDDEN ? hint_of_forbidden(detail) : hint_of(e);
    show_more(errors, 1, (const char *const[]){ "", "field", "want" });
    show_more(json_member(problem, STR("breaks")), 0,
              (const char *const[]){ "policy", "pointer", "want" });
    if (field.n > 0 && want.n > 0 && !str_eq(want, detail))
        return FAIL(&cli->why, e, "%.*s: %.*s", STR_ARG(field), STR_ARG(want));
    return FAIL(&cli->why, e, "%.*s%s%.*s", STR_ARG(field), field.n > 0 ? ": " : "",
                STR_ARG(detail));
}

static err_t send_once(struct cli *cli, struct cli_client *c, const struct cli_send *what,
                       struct http_answer *ret)
{
    str_t url;
    TRY(str_format(cli->arena, &url, "%.*s%.*s", STR_ARG(c->base), STR_ARG(what->path)));
    const char *url_cz = str_cz(cli->arena, url);
    if (url_cz == NULL)
        return FAIL(&cli->why, E_USAGE, "the address has a NUL");
    struct http_call call = {
        .method = what->method,
        .url = url_cz,
        .headers = c->headers,
        .headers_n = what->body.p != NULL ? c->headers_n : c->headers_n - 1,
        .body = what->body,
        .connect_max = DUR_S(CONNECT_S),
        .total_max = what->sink != NULL ? DUR_HOURS(STREAM_HOURS) : DUR_S(TOTAL_S),
        .answer_max = ANSWER_MAX,
        .sink = what->sink,
        .sink_arg = what->sink_arg,
    };
    err_t e = http_client_call(c->http, cli->arena, &call, &cli->why, ret);
    if (e != E_OK) {
        cli->hint = hint_of(e);
        return e;
    }
    return ret->status >= 200 && ret->status < 300 ? E_OK : refused(cli, ret);
}

err_t cli_client_send(struct cli *cli, struct cli_client *c, const struct cli_send *what,
                      struct http_answer *ret)
{
    TRY(login_fresh(cli, c));
    err_t e = send_once(cli, c, what, ret);
    if (e != E_UNAUTHENTICATED || c->login == NULL || what->sink != NULL)
        return e;
    c->login->expires_at = (ts_t){ 1 }; /* whatever its time says: the server takes it no more */
    diag_clear(&cli->why);
    TRY(login_fresh(cli, c));
    return send_once(cli, c, what, ret);
}

err_t cli_client_json(struct cli *cli, struct cli_client *c, const struct cli_send *what,
                      struct json **ret)
{
    struct http_answer answer = { 0 };
    TRY(cli_client_send(cli, c, what, &answer));
    *ret = NULL;
    if (answer.body.n == 0)
        return E_OK;
    if (json_parse(answer.body, NULL, ret) != E_OK)
        return FAIL(&cli->why, E_IO, "the answer is not JSON: is this a Seneschal server?");
    return E_OK;
}

void cli_escape(struct buf *b, str_t text)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '.' || c == '_' || c == '~';
        if (plain)
            buf_add_byte(b, (char)c);
        else
            buf_addf(b, "%%%02X", c);
    }
}
