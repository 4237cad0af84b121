/* SPDX-License-Identifier: Apache-2.0 */
/* To another issuer and back (OpenID Connect Core section 3.1), and what it says of who left. */
#include "api/csrf.h"
#include "api/handlers_upstream.h"
#include "api/outside.h"
#include "api/redirect.h"
#include "api/services.h"
#include "api/shapes_upstream.h"
#include "api/signin_parts.h"
#include "api/upstream_docs.h"
#include "api/upstream_who.h"
#include "base/enc.h"
#include "base/rng.h"
#include "domain/identity/user.h"
#include "domain/signin/session.h"
#include "domain/signin/upstream.h"

enum { STATE_BYTES = 32, URL_MAX = 8192, FORM_MAX = 16 * 1024, TOKENS_MAX = 128 * 1024 };
#define TOKEN_CONNECT_MAX DUR_S(3)
#define TOKEN_TIME_MAX    DUR_S(5)

struct going { /* by prepare, for the handler; in place of the query */
    const struct upstream_start_query *query;
    struct row_provider provider;
    struct upstream_doc doc;
    oid_t org;
};

struct coming {
    digest_t state;
    struct row_provider provider;
    struct upstream_identity who;
};

struct leaving {
    struct row_provider provider;
    struct upstream_gone gone;
};

static err_t callback_url(struct request *rq, str_t *ret)
{
    str_t issuer = services_settings(rq->services)->issuer;
    return str_format(rq->act.arena, ret, "%.*s/login/callback", STR_ARG(issuer));
}

err_t upstream_go_prepare(struct request *rq)
{
    struct going *g = ARENA_NEW(rq->act.arena, struct going);
    if (g == NULL)
        return E_NO_MEMORY;
    g->query = rq->query;
    TRY(signin_limit(rq));
    TRY(signin_org(rq, g->query->org));
    TRY(provider_named(&rq->act, rq->params[0], &g->provider));
    g->org = rq->act.org;
    request_leave_store(rq);
    TRY(upstream_doc_get(rq, g->provider.issuer, REMOTE_KNOWN, &g->doc));
    rq->in = g;
    return E_OK;
}

static err_t way_url(struct request *rq, const struct going *g, str_t state, str_t *ret)
{
    struct upstream_proofs proofs;
    str_t back = STR_NONE;
    CLEANUP(buf_fini) struct buf b = { 0 };
    upstream_proofs_of(&rq->act, state, &proofs);
    TRY(callback_url(rq, &back));
    buf_init(&b, URL_MAX);
    buf_add(&b, g->doc.authorization_endpoint);
    url_add_param(&b, STR("response_type"), STR("code"));
    url_add_param(&b, STR("client_id"), g->provider.client_id);
    url_add_param(&b, STR("redirect_uri"), back);
    url_add_param(&b, STR("scope"), g->provider.scopes);
    url_add_param(&b, STR("state"), state);
    url_add_param(&b, STR("nonce"), str_of(proofs.nonce, sizeof proofs.nonce));
    url_add_param(&b, STR("code_challenge"), str_of(proofs.challenge, sizeof proofs.challenge));
    url_add_param(&b, STR("code_challenge_method"), STR("S256"));
    TRY(b.err);
    return str_copy(rq->act.arena, buf_str(&b), ret);
}

err_t upstream_go(struct request *rq)
{
    const struct going *g = rq->in;
    uint8_t bytes[STATE_BYTES];
    str_t state;
    str_t cookie;
    str_t url = STR_NONE;
    rq->act.org = g->org;
    rq->event.org = g->org;
    rng_bytes(bytes, sizeof bytes);
    TRY(base64url_make(rq->act.arena, bytes, sizeof bytes, &state));
    TRY(csrf_pre(rq, &cookie));
    digest_t hash = sha256_of(state);
    digest_t browser = sha256_of(cookie);
    TRY(sql_way_expire(rq->act.db, &(struct sql_way_expire){ .before = rq->act.now }));
    TRY(sql_way_add(rq->act.db, &(struct sql_way_add){
                                    .hash = str_of(hash.b, sizeof hash.b),
                                    .provider_id = g->provider.id,
                                    .cookie = str_of(browser.b, sizeof browser.b),
                                    .next = own_path(g->query->next) ? g->query->next : STR(""),
                                    .expires_at = ts_add(rq->act.now, UPSTREAM_WAY_LIFE) }));
    TRY(way_url(rq, g, state, &url));
    rq->quiet = true; /* nobody is anybody yet */
    return reply_redirect(rq, 303, url);
}

/* The way that this state begins, if it is this browser's. */
static err_t way_of(struct request *rq, str_t state, struct row_way *ret)
{
    digest_t hash = sha256_of(state);
    str_t cookie = csrf_pre_sent(rq);
    digest_t browser = sha256_of(cookie);
    struct row_way way;
    err_t e = sql_way_get(rq->act.db, rq->act.arena,
                          &(struct sql_way_get){ .hash = str_of(hash.b, sizeof hash.b) }, &way);
    bool his = e == E_OK && cookie.p != NULL && way.cookie.n == sizeof browser.b &&
               bytes_eq_ct(way.cookie.p, browser.b, sizeof browser.b);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    if (!his || way.used != 0 || rq->act.now.us >= way.expires_at.us)
        return FAIL(&rq->act.why, E_FORBIDDEN,
                    "this way to sign in was not begun in this browser, or is over: begin again");
    *ret = way;
    return E_OK;
}

/* RFC 6749 section 2.3.1: both halves are encoded as a form would before they are joined. */
static err_t basic_line(struct request *rq, const struct row_provider *p, str_t secret,
                        const char **ret)
{
    CLEANUP(buf_fini) struct buf pair = { 0 };
    CLEANUP(buf_fini) struct buf line = { 0 };
    buf_init(&pair, KIB(4));
    buf_init(&line, KIB(8));
    pair.secret = true;
    line.secret = true;
    url_add_encoded(&pair, p->client_id);
    BUF_ADD(&pair, ":");
    url_add_encoded(&pair, secret);
    TRY(pair.err);
    BUF_ADD(&line, "Authorization: Basic ");
    buf_add_base64(&line, pair.p, pair.n);
    TRY(line.err);
    *ret = str_cz(rq->act.arena, buf_str(&line));
    return *ret != NULL ? E_OK : E_NO_MEMORY;
}

static void form_add(struct buf *b, str_t name, str_t value)
{
    if (b->n > 0)
        BUF_ADD(b, "&");
    buf_add(b, name);
    BUF_ADD(b, "=");
    url_add_encoded(b, value);
}

struct exchange { /* a code for tokens */
    const struct row_provider *provider;
    const struct upstream_doc *doc;
    str_t secret; /* empty: none */
    str_t code;
    str_t state;
};

static err_t exchange_form(struct request *rq, const struct exchange *x, str_t *ret)
{
    struct upstream_proofs proofs;
    str_t back = STR_NONE;
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, FORM_MAX);
    b.secret = true;
    upstream_proofs_of(&rq->act, x->state, &proofs);
    TRY(callback_url(rq, &back));
    form_add(&b, STR("grant_type"), STR("authorization_code"));
    form_add(&b, STR("code"), x->code);
    form_add(&b, STR("redirect_uri"), back);
    form_add(&b, STR("code_verifier"), str_of(proofs.verifier, sizeof proofs.verifier));
    if (x->secret.n == 0 || !x->doc->basic)
        form_add(&b, STR("client_id"), x->provider->client_id);
    if (x->secret.n > 0 && !x->doc->basic)
        form_add(&b, STR("client_secret"), x->secret);
    TRY(b.err);
    return str_copy(rq->act.arena, buf_str(&b), ret);
}

static err_t id_token_of(struct request *rq, str_t body, str_t *ret)
{
    CLEANUP(json_freep) struct json *o = NULL;
    const struct json *v = NULL;
    if (json_parse(body, NULL, &o) == E_OK && json_type(o) == JSON_OBJECT)
        v = json_member(o, STR("id_token"));
    if (v == NULL || json_type(v) != JSON_STRING)
        return FAIL(&rq->act.why, E_FORBIDDEN, "the issuer gave no id_token");
    return str_copy(rq->act.arena, json_string(v), ret);
}

static err_t exchange(struct request *rq, const struct exchange *x, str_t *ret)
{
    const char *lines[] = { "Content-Type: application/x-www-form-urlencoded",
                            "Accept: application/json", NULL };
    struct http_answer answer;
    char *url = str_cz(rq->act.arena, x->doc->token_endpoint);
    bool basic = x->secret.n > 0 && x->doc->basic;
    struct http_call call = { .method = "POST",
                              .url = url,
                              .headers = lines,
                              .headers_n = basic ? 3 : 2,
                              .connect_max = TOKEN_CONNECT_MAX,
                              .total_max = TOKEN_TIME_MAX,
                              .answer_max = TOKENS_MAX };
    if (url == NULL)
        return E_NO_MEMORY;
    if (basic)
        TRY(basic_line(rq, x->provider, x->secret, &lines[2]));
    TRY(exchange_form(rq, x, &call.body));
    if (outside_call(rq, &call, &rq->act.why, &answer) != E_OK)
        return E_OVERLOADED;
    if (answer.status != 200)
        return FAIL(&rq->act.why, E_FORBIDDEN, "the issuer does not take the code: it answers %d",
                    answer.status);
    return id_token_of(rq, answer.body, ret);
}

/* Once more with fresh keys, where its key is not among those at hand. */
static err_t identity_of(struct request *rq, const struct row_provider *p, str_t token, str_t state,
                         struct upstream_doc *doc, struct upstream_identity *ret)
{
    struct upstream_proofs proofs;
    upstream_proofs_of(&rq->act, state, &proofs);
    const struct upstream_expect want = { .issuer = p->issuer,
                                          .audience = p->client_id,
                                          .nonce = str_of(proofs.nonce, sizeof proofs.nonce),
                                          .groups_claim = p->groups_claim,
                                          .now = rq->act.now };
    struct arena *a = rq->act.arena;
    err_t e = upstream_id_token(a, token, doc->jwks, &want, &rq->act.why, ret);
    if (e == E_NOT_FOUND) {
        diag_clear(&rq->act.why);
        TRY(upstream_doc_get(rq, p->issuer, REMOTE_NEWER, doc));
        e = upstream_id_token(a, token, doc->jwks, &want, &rq->act.why, ret);
    }
    return e == E_NOT_FOUND ? E_FORBIDDEN : e;
}

static err_t come(struct request *rq, const struct upstream_back_query *q, struct coming *c)
{
    struct exchange x = { .provider = &c->provider, .code = q->code, .state = q->state };
    struct upstream_doc doc;
    struct row_way way;
    str_t token = STR_NONE;
    TRY(way_of(rq, q->state, &way));
    TRY(sql_provider_by_id(rq->act.db, rq->act.arena,
                           &(struct sql_provider_by_id){ .id = way.provider_id }, &c->provider));
    if (q->error.p != NULL || q->code.n == 0)
        return FAIL(&rq->act.why, E_FORBIDDEN, "%.*s has not signed you in",
                    STR_ARG(c->provider.title));
    /* RFC 9207: an answer of another issuer is none of this one's. */
    if (q->iss.p != NULL && !str_eq(q->iss, c->provider.issuer))
        return FAIL(&rq->act.why, E_FORBIDDEN, "that is the answer of another issuer");
    TRY(provider_secret(&rq->act, &c->provider, &x.secret));
    request_leave_store(rq);
    TRY(upstream_doc_get(rq, c->provider.issuer, REMOTE_KNOWN, &doc));
    x.doc = &doc;
    TRY(exchange(rq, &x, &token));
    return identity_of(rq, &c->provider, token, q->state, &doc, &c->who);
}

err_t upstream_back_prepare(struct request *rq)
{
    const struct upstream_back_query *q = rq->query;
    struct coming *c = ARENA_NEW(rq->act.arena, struct coming);
    if (c == NULL)
        return E_NO_MEMORY;
    TRY(signin_limit(rq));
    if (q->state.n == 0)
        return FAIL(&rq->act.why, E_FORBIDDEN, "this way to sign in has no beginning");
    c->state = sha256_of(q->state);
    TRY(come(rq, q, c));
    rq->in = c;
    return E_OK;
}

err_t upstream_back(struct request *rq)
{
    const struct coming *c = rq->in;
    struct row_user_account user;
    struct row_session session;
    struct row_way way;
    oid_t id;
    rq->act.org = c->provider.org;
    rq->event.org = c->provider.org;
    err_t e = sql_way_use(
        rq->act.db, rq->act.arena,
        &(struct sql_way_use){ .hash = str_of(c->state.b, sizeof c->state.b), .now = rq->act.now },
        &way);
    if (e == E_NOT_FOUND)
        return FAIL(&rq->act.why, E_FORBIDDEN, "this way to sign in is over: begin again");
    TRY(e);
    TRY(upstream_who(rq, &c->provider, &c->who, true, &id));
    TRY(user_get(&rq->act, id, &user));
    const struct browser_in who = { .user = id,
                                    .username = user.username,
                                    .amr = AMR_FED,
                                    .upstream = c->provider.id,
                                    .upstream_sub = c->who.sub,
                                    .upstream_sid = c->who.sid };
    TRY(browser_signs_in(rq, &who, &session));
    return browser_goes_on(rq, &session, way.next.n > 0 ? way.next : LANDING);
}

err_t upstream_logout_prepare(struct request *rq)
{
    const struct upstream_logout_form *in = rq->in;
    struct leaving *l = ARENA_NEW(rq->act.arena, struct leaving);
    struct upstream_doc doc;
    oid_t id;
    if (l == NULL)
        return E_NO_MEMORY;
    TRY(request_param_id(rq, 0, &id));
    TRY(sql_provider_by_id(rq->act.db, rq->act.arena, &(struct sql_provider_by_id){ .id = id },
                           &l->provider));
    request_leave_store(rq);
    const struct upstream_expect want = { .issuer = l->provider.issuer,
                                          .audience = l->provider.client_id,
                                          .now = rq->act.now };
    struct arena *a = rq->act.arena;
    struct diag *why = &rq->act.why;
    TRY(upstream_doc_get(rq, want.issuer, REMOTE_KNOWN, &doc));
    err_t e = upstream_logout_token(a, in->logout_token, doc.jwks, &want, why, &l->gone);
    if (e == E_NOT_FOUND) {
        diag_clear(why);
        TRY(upstream_doc_get(rq, want.issuer, REMOTE_NEWER, &doc));
        e = upstream_logout_token(a, in->logout_token, doc.jwks, &want, why, &l->gone);
    }
    rq->in = l;
    return e == E_NOT_FOUND || e == E_FORBIDDEN ? E_BAD_REQUEST : e;
}

err_t upstream_logout_take(struct request *rq)
{
    const struct leaving *l = rq->in;
    str_t details;
    size_t n = 0;
    rq->act.org = l->provider.org;
    rq->event.org = l->provider.org;
    err_t e = upstream_logout(&rq->act, l->provider.id, &l->gone, &n);
    if (e == E_CONFLICT)
        return E_BAD_REQUEST;
    TRY(e);
    TRY(str_format(rq->act.arena, &details, "{\"sessions\":%zu}", n));
    request_target(rq, "identity-provider", l->provider.id, l->provider.name);
    request_details(rq, details);
    return reply_empty(rq, 200);
}
