/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An application signs its person out here too (OpenID Connect RP-Initiated Logout 1.0). An
 * id_token of ours that names this very session is enough; for anything less, and where an address
 * to come back to is not one of the client's, the person is asked. He is sent back only where the
 * client is registered with that address.
 */
#include "api/cookie.h"
#include "api/handlers_oauth.h"
#include "api/page_html.h"
#include "api/redirect.h"
#include "api/services.h"
#include "api/shapes_oauth.h"
#include "domain/access/application.h"
#include "domain/oauth/id_token.h"
#include "domain/signin/session.h"

struct asked { /* by prepare, for the handler */
    const struct end_session_in *in;
    struct id_token_claims hint; /* zero: none that is genuine */
};

/* A hint that is not genuine proves nothing, and is no reason to keep a person signed in. */
err_t end_session_prepare(struct request *rq)
{
    struct asked *asked = ARENA_NEW(rq->act.arena, struct asked);
    if (asked == NULL)
        return E_NO_MEMORY;
    asked->in = rq->xchg->method == HTTP_POST ? rq->in : rq->query;
    rq->in = asked;
    if (asked->in->id_token_hint.p == NULL)
        return E_OK;
    err_t e = id_token_read(&rq->act, rq->services->issuer, services_settings(rq->services)->issuer,
                            asked->in->id_token_hint, &asked->hint);
    if (e == E_INVALID_REQUEST) {
        act_clear_why(&rq->act);
        asked->hint = (struct id_token_claims){ 0 };
        return E_OK;
    }
    return e;
}

/* Where to after that, with `state`; absent: a page of ours. */
static err_t way_back(struct request *rq, const struct asked *asked, str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    struct row_application app;
    str_t uri = asked->in->post_logout_redirect_uri;
    str_t client = asked->hint.client_id;
    bool his = false;
    *ret = STR_NONE;
    if (client.p == NULL)
        client = asked->in->client_id;
    bool differ = asked->in->client_id.p != NULL && !str_eq(asked->in->client_id, client);
    if (uri.p == NULL || client.p == NULL || differ)
        return E_OK;
    err_t e = application_by_client(&rq->act, client, &app);
    if (e == E_NOT_FOUND) {
        act_clear_why(&rq->act);
        return E_OK;
    }
    TRY(e);
    TRY(application_uri_has(&rq->act, app.id, APP_URI_LOGOUT, uri, &his));
    if (!his || app.status != APP_ACTIVE)
        return E_OK;
    buf_init(&b, KIB(16));
    buf_add(&b, uri);
    url_add_param(&b, STR("state"), asked->in->state);
    TRY(b.err);
    return str_copy(rq->act.arena, buf_str(&b), ret);
}

static err_t gone(struct request *rq, const struct asked *asked)
{
    struct html *h;
    str_t url = STR_NONE;
    TRY(way_back(rq, asked, &url));
    if (url.p != NULL)
        return reply_redirect(rq, 303, url);
    TRY(page_begin(rq, PHRASE_END_SESSION_DONE, &h));
    html_para(h, PHRASE_END_SESSION_DONE_TEXT);
    return reply_page(rq, 200, h);
}

static err_t end_it(struct request *rq, const struct asked *asked)
{
    TRY(session_end(&rq->act, rq->session_id, STR("logout")));
    TRY(reply_cookie(rq, COOKIE_SESSION, STR(""), (dur_t){ 0 }));
    request_target(rq, "user", rq->act.actor.id, str_from_cz(rq->act.actor.name));
    return gone(rq, asked);
}

static err_t ask_page(struct request *rq, const struct end_session_in *in)
{
    struct html *h;
    const struct {
        const char *name;
        str_t value;
    } rows[] = {
        { "id_token_hint", in->id_token_hint },
        { "client_id", in->client_id },
        { "post_logout_redirect_uri", in->post_logout_redirect_uri },
        { "state", in->state },
    };
    TRY(page_begin(rq, PHRASE_END_SESSION_TITLE, &h));
    html_leads_out(h);
    html_para(h, PHRASE_END_SESSION_TEXT);
    html_form(h, "/oauth2/logout/confirm");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].value.p != NULL)
            html_hidden(h, rows[i].name, rows[i].value);
    }
    html_form_end(h, PHRASE_END_SESSION_GO);
    rq->quiet = true;
    return reply_page(rq, 200, h);
}

/* Need nobody be asked? */
static err_t is_proven(struct request *rq, const struct asked *asked, bool *ret)
{
    str_t url = STR_NONE;
    bool his = oid_is_set(asked->hint.sub) && oid_eq(asked->hint.sid, rq->session_id);
    if (his)
        TRY(way_back(rq, asked, &url));
    *ret = his && (asked->in->post_logout_redirect_uri.p == NULL || url.p != NULL);
    return E_OK;
}

err_t end_session_ask(struct request *rq)
{
    static const struct end_session_in no_words;
    const struct asked *asked = rq->in;
    bool signed_in = rq->by_cookie && rq->act.actor.kind == ACTOR_USER;
    bool genuine = oid_is_set(asked->hint.sub);
    bool proven = false;
    rq->quiet = true;
    if (signed_in)
        TRY(is_proven(rq, asked, &proven));
    if (proven) {
        rq->quiet = false;
        return end_it(rq, asked);
    }
    if (signed_in)
        return ask_page(rq, asked->in);
    const struct asked nothing = { .in = &no_words };
    if (asked->in->id_token_hint.p != NULL && !genuine)
        return gone(rq, &nothing);
    return gone(rq, asked);
}

/* By POST from the application's own page: no cookie of ours is read with it, so it goes on as a
 * link would. */
err_t end_session_pass(struct request *rq)
{
    const struct end_session_in *in = rq->in;
    CLEANUP(buf_fini) struct buf b = { 0 };
    str_t url = STR_NONE;
    buf_init(&b, KIB(32));
    BUF_ADD(&b, "/oauth2/logout");
    url_add_param(&b, STR("id_token_hint"), in->id_token_hint);
    url_add_param(&b, STR("client_id"), in->client_id);
    url_add_param(&b, STR("post_logout_redirect_uri"), in->post_logout_redirect_uri);
    url_add_param(&b, STR("state"), in->state);
    TRY(b.err);
    TRY(str_copy(rq->act.arena, buf_str(&b), &url));
    return reply_redirect(rq, 303, url);
}

err_t end_session_do(struct request *rq)
{
    return end_it(rq, rq->in);
}
