/* SPDX-License-Identifier: Apache-2.0 */
/* The device flow (RFC 8628): the person signs in with any browser, this program waits. */
#include "app/cli_print.h"
#include "app/cli_say.h"
#include "app/login.h"
#include "plat/crypto/qr.h"
#include "plat/json/json.h"
#include "plat/os/proc.h"

#include <time.h>
#include <unistd.h>

enum {
    INTERVAL_S = 5,  /* RFC 8628 section 3.2: where none is said */
    SLOW_DOWN_S = 5, /* section 3.5 */
    INTERVAL_S_MAX = 60,
    QR_TEXT_BYTES = 64 * 1024,
    BROWSER_S = 5
};

struct flow {
    struct cli *cli;
    struct http_client *http;
    const struct login_how *how;
    str_t device_code;
    str_t user_code;
    str_t uri;
    str_t uri_complete;
    int64_t interval_s;
    int64_t expires_s;
};

static err_t copy(struct flow *f, const struct json *answer, const char *name, str_t *ret)
{
    return str_copy(f->cli->arena, say_member(answer, name), ret);
}

static err_t refused(struct flow *f, int status, const struct json *answer)
{
    str_t error = say_member(answer, "error");
    str_t text = say_member(answer, "error_description");
    if (status == 429 || status == 503)
        return FAIL(&f->cli->why, E_OVERLOADED, "the server is busy: try again");
    if (status == 404)
        return FAIL(&f->cli->why, E_NOT_FOUND, "%.*s takes no sign-in: is it a Seneschal server?",
                    STR_ARG(f->how->issuer));
    return FAIL(&f->cli->why, E_FORBIDDEN, "%.*s%s%.*s", STR_ARG(error), text.n > 0 ? ": " : "",
                STR_ARG(text));
}

static err_t flow_begin(struct flow *f)
{
    CLEANUP(json_freep) struct json *answer = NULL;
    struct login_form form;
    int status = 0;
    login_form_init(&form, f->how->issuer, "/oauth2/device_authorization");
    login_form_add(&form, "client_id", STR(LOGIN_CLIENT));
    login_form_add(&form, "scope", f->how->scope);
    err_t e = login_form_send(f->cli, f->http, &form, &status, &answer);
    login_form_fini(&form);
    TRY(e);
    if (status != 200)
        return refused(f, status, answer);
    TRY(copy(f, answer, "device_code", &f->device_code));
    TRY(copy(f, answer, "user_code", &f->user_code));
    TRY(copy(f, answer, "verification_uri", &f->uri));
    TRY(copy(f, answer, "verification_uri_complete", &f->uri_complete));
    f->interval_s = say_int(answer, "interval");
    f->expires_s = say_int(answer, "expires_in");
    if (f->interval_s <= 0)
        f->interval_s = INTERVAL_S;
    if (f->device_code.n == 0 || f->user_code.n == 0 || f->uri.n == 0 || f->expires_s <= 0)
        return FAIL(&f->cli->why, E_IO, "the server's answer is not that of RFC 8628");
    return E_OK;
}

static str_t shown_uri(const struct flow *f)
{
    return f->uri_complete.n > 0 ? f->uri_complete : f->uri;
}

/* A picture for a telephone, where somebody looks. */
static void show_qr(const struct flow *f, struct buf *b)
{
    struct qr qr = { 0 };
    if (isatty(STDERR_FILENO) == 0 || qr_make(f->cli->arena, shown_uri(f), &qr) != E_OK)
        return;
    qr_put_text(b, &qr);
    BUF_ADD(b, "\n");
}

static void show(const struct flow *f)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, QR_TEXT_BYTES);
    show_qr(f, &b);
    BUF_ADD(&b, "To sign in, open ");
    cli_shown(&b, f->uri);
    BUF_ADD(&b, " and enter the code ");
    cli_shown(&b, f->user_code);
    BUF_ADD(&b, "\n");
    if (f->uri_complete.n > 0) {
        BUF_ADD(&b, "or open           ");
        cli_shown(&b, f->uri_complete);
        BUF_ADD(&b, "\n");
    }
    if (b.err == E_OK)
        (void)fprintf(stderr, "%.*s", STR_ARG(buf_str(&b)));
}

/* Whether it opens is no matter: the address is shown in any case. Only addresses of the issuer are
 * handed on. */
static void open_browser(const struct flow *f)
{
    static const char *const displays[] = { "DISPLAY", "WAYLAND_DISPLAY", "BROWSER" };
    static const char program[] = "/usr/bin/xdg-open";
    char name[] = "xdg-open";
    bool somewhere = false;
    str_t uri = shown_uri(f);
    char *url = str_cz(f->cli->arena, uri);
    for (size_t i = 0; i < ARRAY_LEN(displays); i++)
        somewhere = somewhere || getenv(displays[i]) != NULL; /* NOLINT(concurrency-mt-unsafe) */
    if (!f->how->browser || !somewhere || url == NULL || access(program, X_OK) != 0 ||
        !str_starts(uri, f->how->issuer))
        return;
    char *argv[] = { name, url, NULL };
    struct diag why = { 0 };
    err_ignore(
        proc_check(program, argv, DUR_S(BROWSER_S), &why)); /* the person can do it himself */
}

/* E_AGAIN: not yet. */
static err_t flow_ask(struct flow *f, struct login *l)
{
    CLEANUP(json_freep) struct json *answer = NULL;
    struct login_form form;
    int status = 0;
    login_form_init(&form, f->how->issuer, "/oauth2/token");
    login_form_add(&form, "grant_type", STR("urn:ietf:params:oauth:grant-type:device_code"));
    login_form_add(&form, "client_id", STR(LOGIN_CLIENT));
    login_form_add(&form, "device_code", f->device_code);
    err_t e = login_form_send(f->cli, f->http, &form, &status, &answer);
    login_form_fini(&form);
    TRY(e);
    if (status == 200)
        return login_take(f->cli, answer, l);
    str_t error = say_member(answer, "error");
    if (str_eq(error, STR("slow_down")) || status == 429 || status == 503) {
        f->interval_s += SLOW_DOWN_S;
        return f->interval_s <= INTERVAL_S_MAX ? E_AGAIN : refused(f, status, answer);
    }
    if (str_eq(error, STR("authorization_pending")))
        return E_AGAIN;
    if (str_eq(error, STR("access_denied")))
        return FAIL(&f->cli->why, E_FORBIDDEN, "the sign-in was refused");
    if (str_eq(error, STR("expired_token")))
        return FAIL(&f->cli->why, E_TIMEOUT, "nobody signed in within the time: try again");
    return refused(f, status, answer);
}

err_t login_by_device(struct cli *cli, struct http_client *http, const struct login_how *how,
                      struct login *ret)
{
    struct flow f = { .cli = cli, .http = http, .how = how };
    struct login l = { .issuer = how->issuer, .scope = how->scope, .kept = how->keep };
    TRY(flow_begin(&f));
    show(&f);
    open_browser(&f);
    dur_t end = { clock_mono().us + DUR_S(f.expires_s).us };
    err_t e = E_AGAIN;
    while (e == E_AGAIN) {
        const struct timespec pause = { .tv_sec = f.interval_s };
        if (clock_mono().us > end.us)
            return FAIL(&cli->why, E_TIMEOUT, "nobody signed in within the time: try again");
        (void)nanosleep(&pause, NULL); /* a signal ends it early: the server says slow_down then */
        e = flow_ask(&f, &l);
    }
    TRY(e);
    TRY(login_save(cli, &l));
    *ret = l;
    return E_OK;
}
