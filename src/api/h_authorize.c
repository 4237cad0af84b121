/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a client asks of a person: GET and POST /oauth2/authorize, and the same pushed beforehand
 * (RFC 9126). It is looked at here and kept; who the person is, and what he says to it, comes
 * behind /oauth2/continue. Until the client and its redirect_uri are known to belong together
 * nothing is sent there: the person sees a page.
 */
#include "api/authorize_answer.h"
#include "api/client_document.h"
#include "api/handlers_oauth.h"
#include "api/redirect.h"
#include "api/services.h"
#include "api/shapes_oauth.h"
#include "api/token_grants.h"
#include "domain/oauth/id_token.h"

#define REQUEST_URI_PREFIX "urn:ietf:params:oauth:request_uri:"

struct asked { /* by prepare, for the handler */
    struct authorize_in in;
    oid_t hint_sub;
    const struct client_document *document; /* NULL: client_id is no URL, or was looked at before */
};

static const struct authorize_in *words_in(const struct request *rq)
{
    return rq->xchg->method == HTTP_POST ? rq->in : rq->query;
}

/* An id_token_hint that is not genuine is not taken for none: the client would believe that it was
 * looked at. Verified on a worker. */
err_t authorize_prepare(struct request *rq)
{
    const struct authorize_in *in = words_in(rq);
    struct id_token_claims hint;
    struct asked *asked = ARENA_NEW(rq->act.arena, struct asked);
    if (asked == NULL)
        return E_NO_MEMORY;
    asked->in = *in;
    if (in->id_token_hint.p != NULL) {
        TRY(id_token_read(&rq->act, rq->services->issuer, services_settings(rq->services)->issuer,
                          in->id_token_hint, &hint));
        asked->hint_sub = hint.sub;
    }
    if (in->request_uri.p == NULL)
        TRY(client_document_get(rq, in->client_id, &asked->document));
    rq->in = asked;
    return E_OK;
}

static struct auth_words words_of(const struct asked *asked, bool pushed)
{
    const struct authorize_in *in = &asked->in;
    return (struct auth_words){
        .client_id = in->client_id,
        .redirect_uri = in->redirect_uri,
        .response_type = in->response_type,
        .response_mode = in->response_mode,
        .scope = in->scope,
        .state = in->state,
        .nonce = in->nonce,
        .code_challenge = in->code_challenge,
        .code_challenge_method = in->code_challenge_method,
        .resource = in->resource.v,
        .resource_n = in->resource.n,
        .prompt = in->prompt,
        .max_age = in->max_age,
        .login_hint = in->login_hint,
        .dpop_jkt = in->dpop_jkt,
        .request = in->request,
        .hint_sub = asked->hint_sub,
        .pushed = pushed,
    };
}

/* Kept, and on to where the person is asked. */
static err_t go_on(struct request *rq, const struct row_auth_request *row)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    struct token_text text;
    str_t url = STR_NONE;
    TRY(auth_request_save(&rq->act, row, AUTH_REQUEST_LIFE, &text));
    buf_init(&b, KIB(1));
    b.secret = true;
    BUF_ADD(&b, "/oauth2/continue");
    url_add_param(&b, STR("request"), str_of(text.p, text.n));
    explicit_bzero(&text, sizeof text);
    TRY(b.err);
    TRY(str_copy(rq->act.arena, buf_str(&b), &url));
    return reply_redirect(rq, 303, url);
}

/* What was pushed is good once, for the client that pushed it. */
static err_t pushed_before(struct request *rq, const struct authorize_in *in)
{
    struct row_auth_request row;
    struct row_application app;
    str_t text = str_sub(in->request_uri, sizeof REQUEST_URI_PREFIX - 1, in->request_uri.n);
    if (!str_starts(in->request_uri, STR(REQUEST_URI_PREFIX)))
        return FAIL(&rq->act.why, E_INVALID_REQUEST,
                    "request_uri: only what /oauth2/par has answered is taken");
    TRY(auth_request_find(&rq->act, text, true, &row));
    TRY(auth_request_still_stands(&rq->act, &row, &app));
    if (!str_eq(app.client_id, in->client_id))
        return FAIL(&rq->act.why, E_INVALID_REQUEST, "request_uri is of another client_id");
    TRY(auth_request_use(&rq->act, &row));
    row.pushed = 0;
    return go_on(rq, &row);
}

err_t authorize_ask(struct request *rq)
{
    const struct asked *asked = rq->in;
    struct auth_words words = words_of(asked, false);
    struct row_application app;
    struct row_auth_request row;
    rq->quiet = true; /* the record has what comes of it */
    if (asked->in.request_uri.p != NULL)
        return pushed_before(rq, &asked->in);
    TRY(client_document_take(rq, asked->document));
    TRY(auth_request_client(&rq->act, &words, &app));
    err_t e =
        auth_request_check(&rq->act, &words, &app, services_settings(rq->services)->issuer, &row);
    if (e == E_OK)
        return go_on(rq, &row);
    if (!answer_is_for_client(e))
        return e;
    struct answer_to to = { words.redirect_uri, auth_response_mode(words.response_mode),
                            words.state };
    return answer_error(rq, &to, e);
}

err_t authorize_push(struct request *rq)
{
    const struct asked *asked = rq->in;
    struct auth_words words = words_of(asked, true);
    const struct client_proof proof = { .post_id = words.client_id,
                                        .post_secret = asked->in.client_secret };
    struct row_application client;
    struct row_application app;
    struct row_auth_request row;
    struct token_text text;
    struct par_out *out = ARENA_NEW(rq->act.arena, struct par_out);
    if (out == NULL)
        return E_NO_MEMORY;
    rq->quiet = true;
    if (asked->in.request_uri.p != NULL)
        return FAIL(&rq->act.why, E_INVALID_REQUEST, "request_uri is not pushed");
    TRY(client_document_take(rq, asked->document));
    TRY(request_client(rq, &proof, &client));
    words.client_id = client.client_id;
    TRY(auth_request_client(&rq->act, &words, &app));
    TRY(auth_request_check(&rq->act, &words, &app, services_settings(rq->services)->issuer, &row));
    TRY(auth_request_save(&rq->act, &row, PUSHED_REQUEST_LIFE, &text));
    out->expires_in = PUSHED_REQUEST_LIFE.us / 1000000;
    err_t e = str_format(rq->act.arena, &out->request_uri, REQUEST_URI_PREFIX "%.*s", (int)text.n,
                         text.p);
    explicit_bzero(&text, sizeof text);
    TRY(e);
    return reply_obj(rq, 201, &par_out_shape, out);
}
