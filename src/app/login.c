/* SPDX-License-Identifier: Apache-2.0 */
/* Talking to the issuer: forms, refreshing, revoking. */
#include "app/login.h"

#include "app/cli_call.h"
#include "app/cli_say.h"
#include "plat/os/file.h"

#include <time.h>

enum {
    FORM_MAX = 16 * 1024,
    OAUTH_ANSWER_MAX = 256 * 1024,
    CONNECT_S = 10,
    TOTAL_S = 60,
    LOCK_TRIES = 100,
    LOCK_PAUSE_MS = 100
};

#define STALE_BEFORE DUR_S(60)

void login_form_init(struct login_form *f, str_t issuer, const char *path)
{
    *f = (struct login_form){ .issuer = issuer, .path = path };
    buf_init(&f->body, FORM_MAX);
}

void login_form_add(struct login_form *f, const char *name, str_t value)
{
    if (f->body.n > 0)
        buf_add_byte(&f->body, '&');
    buf_addf(&f->body, "%s=", name);
    cli_escape(&f->body, value);
}

void login_form_fini(struct login_form *f)
{
    if (f->body.p != NULL)
        explicit_bzero(f->body.p, f->body.n);
    buf_fini(&f->body);
}

err_t login_form_send(struct cli *cli, struct http_client *http, struct login_form *f,
                      int *ret_status, struct json **ret)
{
    static const char *const headers[] = { "Content-Type: application/x-www-form-urlencoded",
                                           "Accept: application/json" };
    struct http_answer answer = { 0 };
    str_t url = STR_NONE;
    TRY(f->body.err);
    TRY(str_format(cli->arena, &url, "%.*s%s", STR_ARG(f->issuer), f->path));
    struct http_call call = {
        .method = "POST",
        .url = str_cz(cli->arena, url),
        .headers = headers,
        .headers_n = ARRAY_LEN(headers),
        .body = buf_str(&f->body),
        .connect_max = DUR_S(CONNECT_S),
        .total_max = DUR_S(TOTAL_S),
        .answer_max = OAUTH_ANSWER_MAX,
    };
    if (call.url == NULL)
        return FAIL(&cli->why, E_USAGE, "the address has a NUL");
    err_t e = http_client_call(http, cli->arena, &call, &cli->why, &answer);
    if (e != E_OK)
        cli->hint = "is the server running, and is --server (or SENESCHAL_URL) right?";
    TRY(e);
    *ret = NULL;
    *ret_status = answer.status;
    if (answer.body.n > 0 && json_parse(answer.body, NULL, ret) != E_OK)
        return FAIL(&cli->why, E_IO, "%.*s%s answers %d, and no JSON: is this a Seneschal server?",
                    STR_ARG(f->issuer), f->path, answer.status);
    return E_OK;
}

err_t login_take(struct cli *cli, const struct json *answer, struct login *l)
{
    str_t access = say_member(answer, "access_token");
    str_t refresh = say_member(answer, "refresh_token");
    str_t scope = say_member(answer, "scope");
    int64_t life = say_int(answer, "expires_in");
    if (access.n == 0 || life <= 0)
        return FAIL(&cli->why, E_IO, "the server gave no token");
    TRY(str_copy(cli->arena, access, &l->access_token));
    if (refresh.n > 0)
        TRY(str_copy(cli->arena, refresh, &l->refresh_token));
    if (scope.n > 0)
        TRY(str_copy(cli->arena, scope, &l->scope));
    l->expires_at = ts_add(clock_wall(), DUR_S(life));
    return E_OK;
}

bool login_stale(const struct login *l)
{
    return l->expires_at.us <= ts_add(clock_wall(), STALE_BEFORE).us;
}

static err_t sign_in_again(struct cli *cli)
{
    cli->hint = "seneschal login";
    return FAIL(&cli->why, E_UNAUTHENTICATED, "you are not signed in any more");
}

static err_t lock_wait(struct cli *cli, str_t issuer, int *ret)
{
    const struct timespec pause = { .tv_nsec = LOCK_PAUSE_MS * 1000000L };
    err_t e = E_CONFLICT;
    for (int i = 0; i < LOCK_TRIES && e == E_CONFLICT; i++) {
        diag_clear(&cli->why);
        e = login_lock(cli, issuer, ret);
        if (e == E_CONFLICT)
            (void)nanosleep(&pause, NULL); /* a signal ends it early: no harm */
    }
    return e;
}

static err_t refresh_ask(struct cli *cli, struct http_client *http, struct login *l)
{
    CLEANUP(json_freep) struct json *answer = NULL;
    struct login_form f;
    int status = 0;
    if (l->refresh_token.n == 0)
        return sign_in_again(cli);
    login_form_init(&f, l->issuer, "/oauth2/token");
    login_form_add(&f, "grant_type", STR("refresh_token"));
    login_form_add(&f, "client_id", STR(LOGIN_CLIENT));
    login_form_add(&f, "refresh_token", l->refresh_token);
    err_t e = login_form_send(cli, http, &f, &status, &answer);
    login_form_fini(&f);
    TRY(e);
    if (status == 400 || status == 401)
        return sign_in_again(cli);
    if (status != 200)
        return FAIL(&cli->why, status == 429 || status == 503 ? E_OVERLOADED : E_INTERNAL,
                    "the server answered %d to a refresh", status);
    TRY(login_take(cli, answer, l));
    return login_save(cli, l);
}

err_t login_refresh(struct cli *cli, struct http_client *http, struct login *l)
{
    struct login other = { 0 };
    int lock = -1;
    if (!l->kept)
        return refresh_ask(cli, http, l);
    TRY(lock_wait(cli, l->issuer, &lock));
    err_t e = login_load(cli, l->issuer, &other);
    if (e == E_OK && !str_eq(other.access_token, l->access_token) && !login_stale(&other))
        *l = other; /* another process was first */
    else if (e == E_OK)
        e = refresh_ask(cli, http, l);
    file_unlock(lock);
    return e == E_NOT_FOUND ? sign_in_again(cli) : e;
}

err_t login_revoke(struct cli *cli, struct http_client *http, const struct login *l)
{
    CLEANUP(json_freep) struct json *answer = NULL;
    struct login_form f;
    int status = 0;
    bool refresh = l->refresh_token.n > 0;
    login_form_init(&f, l->issuer, "/oauth2/revoke");
    login_form_add(&f, "client_id", STR(LOGIN_CLIENT));
    login_form_add(&f, "token", refresh ? l->refresh_token : l->access_token);
    login_form_add(&f, "token_type_hint", refresh ? STR("refresh_token") : STR("access_token"));
    err_t e = login_form_send(cli, http, &f, &status, &answer);
    login_form_fini(&f);
    TRY(e);
    return status == 200
               ? E_OK
               : FAIL(&cli->why, E_INTERNAL, "the server answered %d to a revocation", status);
}
