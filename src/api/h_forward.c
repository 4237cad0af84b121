/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Forward-auth: a proxy asks, at each request to an application's host, who that is and whether he
 * may (docs/FORWARD-AUTH.md). The host is the one that the proxy was called by; what else it says
 * is read only where the settings trust it. Somebody unknown is sent, on the application's own
 * host, to /.seneschal/start, from there to this server, and comes back to /.seneschal/finish with
 * a code of one use that is bound to his browser.
 */
#include "api/accept.h"
#include "api/asker.h"
#include "api/basic.h"
#include "api/cookie.h"
#include "api/forwarded.h"
#include "api/handlers_access.h"
#include "api/page_html.h"
#include "api/redirect.h"
#include "api/shapes_access.h"
#include "base/enc.h"
#include "base/num.h"
#include "domain/access/app_uri.h"
#include "domain/access/forward.h"

enum { URL_MAX = 8 * 1024, GROUPS_TEXT_MAX = 6 * 1024 };
#define START_COOKIE_LIFE DUR_S(600)

/* E_FORBIDDEN where no application stands behind that host: whether there is one that he may not
 * open, nobody learns. */
static err_t app_of_host(struct request *rq, str_t host, struct row_application *ret)
{
    str_t name;
    err_t e = host_canonical(rq->act.arena, host, &name);
    if (e == E_OK)
        e = application_by_host(&rq->act, name, ret);
    if (e == E_NOT_FOUND || e == E_BAD_FIELD) {
        diag_clear(&rq->act.why);
        return FAIL(&rq->act.why, E_FORBIDDEN, "no application that you may open is on this host");
    }
    TRY(e);
    rq->act.org = ret->org;
    return E_OK;
}

static err_t decide(struct request *rq, const struct row_application *app,
                    struct access_decision *ret)
{
    struct access_ask ask;
    TRY(asker_fill(rq, &ask));
    ask.app = app;
    return access_decide(&rq->act, &ask, ret);
}

/* Is it a person before a browser, who can follow a redirect? */
static bool wants_page(const struct http_xchg *x)
{
    str_t method = forwarded_is(x) ? http_field(x, STR("X-Forwarded-Method")) : STR_NONE;
    bool reads = method.n == 0 || str_eq(method, STR("GET")) || str_eq(method, STR("HEAD"));
    return reads && accept_page(x);
}

/* 302 to the start of the sign-in for Caddy and Traefik, which hand it on; nginx only knows 401,
 * and takes the way from the header. Programs get 401 and are asked for HTTP Basic. */
static err_t ask_to_sign_in(struct request *rq, bool nginx)
{
    const struct http_xchg *x = rq->xchg;
    str_t uri = forwarded_is(x) ? http_field(x, STR("X-Forwarded-Uri")) : STR_NONE;
    str_t url;
    CLEANUP(buf_fini) struct buf b = { 0 };
    if (!wants_page(x)) {
        TRY(reply_header(rq, STR("WWW-Authenticate"),
                         STR("Basic realm=\"Seneschal\", charset=\"UTF-8\"")));
        return reply_raw(rq, 401, "text/plain; charset=utf-8", STR("sign in first\n"));
    }
    buf_init(&b, URL_MAX);
    BUF_ADD(&b, "/.seneschal/start");
    url_add_param(&b, STR("rd"), own_path(uri) ? uri : STR_NONE);
    TRY(b.err);
    TRY(str_copy(rq->act.arena, buf_str(&b), &url));
    if (!nginx)
        return reply_redirect(rq, 302, url);
    TRY(reply_header(rq, STR("Location"), url));
    return reply_raw(rq, 401, "text/plain; charset=utf-8", STR("sign in first\n"));
}

/* A comma separates: one inside a name, and the sign that stands for it, are percent-encoded. */
static err_t groups_text(struct request *rq, const struct forward_who *who, str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, GROUPS_TEXT_MAX);
    for (size_t i = 0; i < who->groups_n; i++) {
        if (i > 0)
            buf_add_byte(&b, ',');
        for (size_t k = 0; k < who->groups[i].n; k++) {
            char c = who->groups[i].p[k];
            if (c == ',' || c == '%')
                buf_addf(&b, "%%%02X", (unsigned)c);
            else
                buf_add_byte(&b, c);
        }
    }
    if (b.err == E_TOO_BIG)
        return FAIL(&rq->act.why, E_FORBIDDEN,
                    "you are in more groups than a header has room for: ask an administrator");
    TRY(b.err);
    return str_copy(rq->act.arena, buf_str(&b), ret);
}

/* All of them each time, empty ones too: what the client sent under these names is overwritten. */
static err_t identity_headers(struct request *rq, const struct forward_who *who)
{
    str_t groups = STR_NONE;
    str_t device = STR("");
    char id[OID_TEXT];
    TRY(groups_text(rq, who, &groups));
    if (rq->act.actor.kind == ACTOR_DEVICE) {
        oid_format(rq->act.actor.id, id);
        TRY(str_copy(rq->act.arena, str_of(id, sizeof id), &device));
    }
    TRY(reply_header(rq, STR("Remote-User"), who->username));
    TRY(reply_header(rq, STR("Remote-Email"), who->email.p != NULL ? who->email : STR("")));
    TRY(reply_header(rq, STR("Remote-Name"), who->name.p != NULL ? who->name : STR("")));
    TRY(reply_header(rq, STR("Remote-Groups"), groups));
    return reply_header(rq, STR("Seneschal-Device"), device);
}

/* HTTP Basic: the token is a person's, and the name beside it is his. */
static bool basic_name_fits(const struct request *rq, const struct forward_who *who)
{
    struct basic basic;
    if (!basic_parse(http_field(rq->xchg, STR("Authorization")), &basic))
        return true; /* another scheme */
    bool fits = rq->act.actor.kind == ACTOR_USER &&
                (str_eq_nocase(basic.user, who->username) ||
                 (who->email.n > 0 && str_eq_nocase(basic.user, who->email)));
    basic_wipe(&basic);
    return fits;
}

static err_t check(struct request *rq, bool nginx)
{
    enum actor_kind kind = rq->act.actor.kind;
    struct row_application app;
    struct access_decision d;
    struct forward_who who;
    TRY(app_of_host(rq, rq->xchg->host, &app));
    if (kind == ACTOR_NONE)
        return ask_to_sign_in(rq, nginx);
    if (kind != ACTOR_USER && kind != ACTOR_SERVICE && kind != ACTOR_DEVICE)
        return FAIL(&rq->act.why, E_FORBIDDEN,
                    "this credential is of nobody who opens applications");
    TRY(decide(rq, &app, &d));
    if (d.effect == ACCESS_REQUIRE_MFA || d.effect == ACCESS_REQUIRE_REAUTH)
        return ask_to_sign_in(rq, nginx);
    if (d.effect != ACCESS_ALLOW)
        return FAIL(&rq->act.why, E_FORBIDDEN, "no application that you may open is on this host");
    TRY(forward_who(&rq->act, kind, rq->act.actor.id, &who));
    if (!basic_name_fits(rq, &who))
        return ask_to_sign_in(rq, nginx);
    TRY(identity_headers(rq, &who));
    return reply_empty(rq, 200);
}

err_t forward_check(struct request *rq)
{
    return check(rq, false);
}

err_t forward_check_nginx(struct request *rq)
{
    return check(rq, true);
}

/* On the application's host: remember the browser, and go to this server's own. A second tab goes
 * by the same cookie. */
err_t forward_start(struct request *rq)
{
    const struct forward_query *q = rq->query;
    const struct settings *s = services_settings(rq->services);
    struct row_application app;
    struct token_text fresh = { .n = 0 };
    str_t state = cookie_find(rq->xchg, COOKIE_FORWARD_START, s->https);
    str_t url;
    CLEANUP(buf_fini) struct buf b = { 0 };
    TRY(app_of_host(rq, rq->xchg->host, &app));
    if (!token_is_ours(state)) {
        token_make(STR("sen_a_"), &fresh);
        TRY(str_copy(rq->act.arena, str_of(fresh.p, fresh.n), &state));
        explicit_bzero(&fresh, sizeof fresh);
    }
    digest_t hash = sha256_of(state);
    str_t shown;
    TRY(base64url_make(rq->act.arena, hash.b, sizeof hash.b, &shown));
    buf_init(&b, URL_MAX);
    buf_add(&b, s->issuer);
    BUF_ADD(&b, "/forward-auth/continue");
    url_add_param(&b, STR("host"), rq->xchg->host);
    url_add_param(&b, STR("state"), shown);
    url_add_param(&b, STR("rd"), own_path(q->rd) ? q->rd : STR_NONE);
    TRY(b.err);
    TRY(str_copy(rq->act.arena, buf_str(&b), &url));
    TRY(reply_cookie(rq, COOKIE_FORWARD_START, state, START_COOKIE_LIFE));
    return reply_redirect(rq, 302, url);
}

/* The port that the browser used stays; the name is the registered one. */
static err_t finish_url(struct request *rq, const struct row_application *app, str_t host,
                        const struct token_text *code, str_t *ret)
{
    const struct settings *s = services_settings(rq->services);
    size_t colon = str_find(host, ':');
    uint64_t port = 0;
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, URL_MAX);
    b.secret = true;
    buf_add(&b, s->https ? STR("https://") : STR("http://"));
    buf_add(&b, app->host);
    if (colon < host.n) {
        TRY(num_parse_u64(str_sub(host, colon + 1, host.n), &port));
        buf_addf(&b, ":%u", (unsigned)(port & UINT16_MAX));
    }
    BUF_ADD(&b, "/.seneschal/finish");
    url_add_param(&b, STR("code"), str_of(code->p, code->n));
    TRY(b.err);
    return str_copy(rq->act.arena, buf_str(&b), ret);
}

/* Sign in anew, and come back here. */
static err_t again(struct request *rq)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    str_t here;
    str_t url;
    TRY(str_format(rq->act.arena, &here, "/forward-auth/continue?%.*s", STR_ARG(rq->xchg->query)));
    buf_init(&b, URL_MAX);
    BUF_ADD(&b, "/login?again=1");
    url_add_param(&b, STR("next"), here);
    TRY(b.err);
    TRY(str_copy(rq->act.arena, buf_str(&b), &url));
    return reply_redirect(rq, 303, url);
}

err_t forward_continue(struct request *rq)
{
    const struct forward_query *q = rq->query;
    struct row_application app = { 0 };
    struct access_decision d;
    struct token_text code = { .n = 0 };
    uint8_t state[SHA256_SIZE];
    oid_t home = rq->act.org;
    str_t url = STR_NONE;
    if (base64url_decode_n(q->state, state, sizeof state) != E_OK)
        return diag_set_field(&rq->act.why, E_BAD_FIELD, "state",
                              "want what /.seneschal/start gave");
    TRY(app_of_host(rq, q->host, &app));
    request_target(rq, "application", app.id, app.name);
    TRY(decide(rq, &app, &d));
    rq->act.org = home; /* what is refused stands on the record of his own organisation */
    rq->quiet = d.effect != ACCESS_ALLOW;
    if (d.effect == ACCESS_REQUIRE_MFA || d.effect == ACCESS_REQUIRE_REAUTH)
        return again(rq);
    if (d.effect != ACCESS_ALLOW)
        return FAIL(&rq->act.why, E_FORBIDDEN, "no application that you may open is on this host");
    const struct forward_in in = { .app = &app,
                                   .session = rq->session_id,
                                   .state = str_of(state, sizeof state),
                                   .path = own_path_or_root(q->rd) };
    TRY(forward_begin(&rq->act, &in, &code));
    err_t e = finish_url(rq, &app, q->host, &code, &url);
    explicit_bzero(&code, sizeof code);
    TRY(e);
    return reply_redirect(rq, 303, url);
}

err_t forward_finish_go(struct request *rq)
{
    const struct forward_query *q = rq->query;
    const struct settings *s = services_settings(rq->services);
    struct row_application app;
    struct token_text cookie = { .n = 0 };
    str_t state = cookie_find(rq->xchg, COOKIE_FORWARD_START, s->https);
    str_t path = STR_NONE;
    str_t value = STR_NONE;
    TRY(app_of_host(rq, rq->xchg->host, &app));
    TRY(forward_finish(&rq->act, &app, q->code, state, &path, &cookie));
    err_t e = str_copy(rq->act.arena, str_of(cookie.p, cookie.n), &value);
    explicit_bzero(&cookie, sizeof cookie);
    TRY(e);
    TRY(reply_cookie(rq, COOKIE_FORWARD, value, (dur_t){ 0 }));
    rq->quiet = true; /* it was written down when he set out */
    return reply_redirect(rq, 303, path);
}
