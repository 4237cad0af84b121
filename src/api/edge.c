/* SPDX-License-Identifier: Apache-2.0 */
/* The edge: what happens to a request on its loop, before anything may block (HOUSE "One request"
 * 1-6). */
#include "api/passage.h"

#include "api/access.h"
#include "api/auth.h"
#include "api/forwarded.h"
#include "api/lease.h"
#include "api/mcp_edge.h"
#include "api/refuse.h"
#include "api/refused.h"
#include "api/reply.h"
#include "api/routes.h"

#include <assert.h>

enum {
    IN_BODY_MAX = 64 * 1024,
    FORM_BODY_MAX = 16 * 1024,
    REFUSAL_LINES_MAX = LEASE_LINE_MAX + 512
};

struct api_loop *edge_loop(struct api *api, const struct http_xchg *x)
{
    return &api->loops[http_loop_index(x)];
}

oid_t edge_id(struct http_xchg *x)
{
    if (!oid_is_set(x->note.id))
        x->note.id = oid_make();
    return x->note.id;
}

void edge_note_actor(struct http_xchg *x, const struct actor *actor)
{
    x->note.actor_kind = (uint8_t)actor->kind;
    x->note.actor = actor->id;
}

void edge_reply(struct api *api, struct http_xchg *x, int status, str_t head, str_t body)
{
    (void)api;
    http_reply(x, &(struct http_reply){ .status = status, .head = head, .body = body });
}

/* A limit was hit, or the server is busy: when to come back. Later for newcomers is sent by their
 * own rows. */
static void add_retry(struct api *api, struct buf *head, err_t e)
{
    if (err_info(e)->retry)
        admission_add_retry(&api->admission, head);
}

bool edge_has_cors(const struct api *api, const struct http_xchg *x, const struct route *route)
{
    bool cors = false;
    return auth_origin(services_settings(api->services), x, route, &cors) == E_OK && cors;
}

static str_t cors_text(bool cors)
{
    return cors ? STR("Vary: Origin\r\n"
                      "Access-Control-Allow-Origin: *\r\n"
                      "Access-Control-Expose-Headers: ETag, Retry-After, Seneschal-Lease, "
                      "Seneschal-Seq, Seneschal-Signature\r\n")
                : STR("Vary: Origin\r\n");
}

void edge_put_cors(struct buf *head, bool cors)
{
    buf_add(head, cors_text(cors));
}

void edge_add_cors(const struct api *api, const struct http_xchg *x, const struct route *route,
                   struct buf *head)
{
    if (route != NULL && (route->cors || route->cors_any))
        edge_put_cors(head, edge_has_cors(api, x, route));
}

/* A refusal may come before its row is known, or without one. */
static void add_cors_of_refusal(const struct api *api, const struct http_xchg *x, struct buf *head)
{
    if (x->path.n > 0 && http_field(x, STR("Origin")).p != NULL)
        edge_add_cors(api, x, router_match(api->router, x->method, x->path).route, head);
}

/* Into the loop's head and body, in the form of the row; returns the status. */
static int refusal_begin(struct api *api, struct http_xchg *x, err_t e, const struct diag *why)
{
    struct api_loop *loop = edge_loop(api, x);
    const struct refusing about = { .route = x->note.row,
                                    .x = x,
                                    .services = api->services,
                                    .e = e,
                                    .why = why,
                                    .id = edge_id(x) };
    return refusal_encode(&about, &loop->head, &loop->body);
}

static void refuse_with(struct api *api, struct http_xchg *x, err_t e, const struct diag *why,
                        oid_t id, str_t more)
{
    struct api_loop *loop = edge_loop(api, x);
    x->note.id = id;
    x->note.err = (uint8_t)e;
    int status = refusal_begin(api, x, e, why);
    add_cors_of_refusal(api, x, &loop->head);
    buf_add(&loop->head, more);
    add_retry(api, &loop->head, problem_public(e));
    edge_reply(api, x, status, buf_str(&loop->head), buf_str(&loop->body));
}

void edge_shed(struct api *api, struct http_xchg *x, enum load_class class, enum shed why)
{
    admission_shed(&api->admission, class, why);
    refuse_with(api, x, E_OVERLOADED, NULL, edge_id(x), STR(""));
}

void edge_refuse(struct api *api, struct http_xchg *x, err_t e, const struct diag *why, oid_t id)
{
    const struct route *route =
        e == E_OVERLOADED ? router_match(api->router, x->method, x->path).route : NULL;
    if (route != NULL)
        admission_shed(&api->admission, route_class(route), SHED_ROW);
    refuse_with(api, x, e, why, id, STR(""));
}

/* With a Retry-After of its own in `more`. */
static void refuse_in_time(struct api *api, struct http_xchg *x, err_t e, str_t more)
{
    struct api_loop *loop = edge_loop(api, x);
    x->note.err = (uint8_t)e;
    int status = refusal_begin(api, x, e, NULL);
    add_cors_of_refusal(api, x, &loop->head);
    buf_add(&loop->head, more);
    edge_reply(api, x, status, buf_str(&loop->head), buf_str(&loop->body));
}

static void refuse_after(struct api *api, struct http_xchg *x, dur_t wait)
{
    char more[96];
    int64_t seconds = (wait.us + 999999) / 1000000;
    int n =
        snprintf(more, sizeof more, "RateLimit: \"default\";r=0;t=%lld\r\nRetry-After: %lld\r\n",
                 (long long)seconds, (long long)seconds);
    refuse_in_time(api, x, E_RATE_LIMITED, str_of(more, (size_t)n));
}

void edge_refuse_later(struct api *api, struct http_xchg *x, err_t e, int64_t in_s)
{
    char more[48];
    int n = snprintf(more, sizeof more, "Retry-After: %lld\r\n", (long long)in_s);
    refuse_in_time(api, x, e, str_of(more, (size_t)n));
}

void edge_refuse_parked(struct api *api, struct http_xchg *x, err_t e, str_t more, bool cors)
{
    char lines[REFUSAL_LINES_MAX];
    int n = snprintf(lines, sizeof lines, "%.*s%.*s", STR_ARG(cors_text(cors)), STR_ARG(more));
    assert(n > 0 && n < (int)sizeof lines);
    refuse_with(api, x, e, NULL, edge_id(x), str_of(lines, (size_t)n));
}

/* A device that is out is told so in a way that it can believe. */
static void refuse_device(struct hot_ask *ask, const struct actor *device, err_t e)
{
    CLEANUP(buf_fini) struct buf lease = { 0 };
    buf_init(&lease, LEASE_LINE_MAX);
    if (ask->route->cors &&
        lease_put_refusal(ask->api->services, &lease, device, e) == E_NOT_FOUND) {
        passage_start(ask, NULL); /* a worker loads the key that signs */
        return;
    }
    refuse_with(ask->api, ask->x, e, NULL, edge_id(ask->x), buf_str(&lease));
}

/* 405 and OPTIONS say what the path takes. */
static void answer_methods(struct api *api, struct http_xchg *x, uint32_t methods)
{
    struct api_loop *loop = edge_loop(api, x);
    str_t allow;
    char more[128];
    struct arena *a = http_arena(x);
    if (a == NULL || methods_text(a, methods, &allow) != E_OK) {
        edge_refuse(api, x, E_NO_MEMORY, NULL, edge_id(x));
        return;
    }
    int n = snprintf(more, sizeof more, "Allow: %.*s\r\n", STR_ARG(allow));
    if (x->method != HTTP_OPTIONS) {
        refuse_with(api, x, E_METHOD_NOT_ALLOWED, NULL, edge_id(x), str_of(more, (size_t)n));
        return;
    }
    buf_clear(&loop->head);
    reply_head_common(&loop->head, STR_NONE, edge_id(x), false);
    buf_add(&loop->head, str_of(more, (size_t)n));
    edge_reply(api, x, 204, buf_str(&loop->head), STR(""));
}

/* What a preflight may be told (API "Clients in a browser"). */
static void answer_preflight(struct api *api, struct http_xchg *x)
{
    struct api_loop *loop = edge_loop(api, x);
    buf_clear(&loop->head);
    reply_head_common(&loop->head, STR_NONE, edge_id(x), false);
    BUF_ADD(&loop->head,
            "Access-Control-Allow-Origin: *\r\n"
            "Access-Control-Allow-Methods: GET, POST\r\n"
            "Access-Control-Allow-Headers: Authorization, Content-Type, If-None-Match, "
            "MCP-Protocol-Version, Prefer\r\n"
            "Access-Control-Max-Age: 600\r\n"
            "Vary: Origin\r\n");
    edge_reply(api, x, 204, buf_str(&loop->head), STR(""));
}

/* Some row of the path is for clients in a browser. */
static const struct route *preflight_route(struct api *api, const struct http_xchg *x)
{
    struct route_match m = router_match(api->router, HTTP_GET, x->path);
    if (m.route == NULL)
        m = router_match(api->router, HTTP_POST, x->path);
    return m.route;
}

static void answer_options(struct api *api, struct http_xchg *x, uint32_t methods)
{
    bool cors = false;
    const struct route *route = preflight_route(api, x);
    err_t e = auth_origin(services_settings(api->services), x, route, &cors);
    if (e != E_OK)
        edge_refuse(api, x, e, NULL, edge_id(x));
    else if (cors)
        answer_preflight(api, x);
    else
        answer_methods(api, x, methods);
}

/* Over `connections`, only this is answered: health, revoking, what an administrator changes. */
static bool edge_spares(const struct http_xchg *x, const struct route *route)
{
    if (!x->spare)
        return true;
    return route != NULL && (route->limit == LIMIT_NONE || route_class(route) >= LOAD_ADMIN);
}

static struct http_take on_head(void *app, struct http_xchg *x)
{
    struct api *api = app;
    struct route_match m = router_match(api->router, x->method, x->path);
    x->user = NULL;
    x->secret = m.route != NULL && m.route->secret;
    x->note.row = m.route;
    bool takes = m.route != NULL && (route_body(m.route) != NULL || m.route->gateway);
    if (!takes || !edge_spares(x, m.route))
        return (struct http_take){ .drop = true };
    if (m.route->gateway)
        return (struct http_take){ .body_max =
                                       services_settings(api->services)->gateway.message_max };
    size_t usual = m.route->form != NULL ? FORM_BODY_MAX : IN_BODY_MAX;
    return (struct http_take){ .body_max = m.route->body_max > 0 ? m.route->body_max : usual };
}

/* A form is no JSON and JSON no form: what a foreign page can make a browser send without asking is
 * a form, and no JSON row takes it (IDENTITY 55). */
static err_t edge_check_body(const struct http_xchg *x, const struct route *route, struct diag *why)
{
    str_t want =
        route->form != NULL ? STR("application/x-www-form-urlencoded") : STR("application/json");
    if (http_field(x, STR("Content-Encoding")).p != NULL)
        return FAIL(why, E_UNSUPPORTED_MEDIA, "send the body without Content-Encoding");
    str_t type = http_field(x, STR("Content-Type"));
    type = str_trim(str_sub(type, 0, str_find(type, ';')));
    if (!str_eq_nocase(type, want))
        return FAIL(why, E_UNSUPPORTED_MEDIA, "send Content-Type: %.*s", STR_ARG(want));
    return E_OK;
}

/* The order is that of HOUSE: host, route, origin, media type, address. */
static err_t edge_check(struct api *api, struct http_xchg *x, const struct route_match *m,
                        struct diag *why)
{
    const struct services *sv = api->services;
    bool probe = m->route != NULL && m->route->limit == LIMIT_NONE;
    bool cors;
    bool any_host = probe || (m->route != NULL && m->route->forward);
    if (!any_host)
        TRY(auth_host(services_settings(sv), x));
    if (sv->sealed && !probe)
        return E_SEALED;
    if (m->route == NULL)
        return m->err;
    if (!m->route->forward) /* there it is a word to the application */
        TRY(auth_origin(services_settings(sv), x, m->route, &cors));
    if (m->route->auth == AUTH_CLOSED)
        return E_FORBIDDEN;
    return route_body(m->route) != NULL && x->body.n > 0 ? edge_check_body(x, m->route, why) : E_OK;
}

/* Ask the row on the loop, or hand it to a worker. */
void edge_ask(const struct hot_ask *ask)
{
    enum hot_answer answer = ask->route->hot == NULL ? HOT_PASS : ask->route->hot(ask);
    if (answer != HOT_DONE)
        passage_start(ask, ask->who);
}

static void edge_nobody(struct hot_ask *ask)
{
    ask->who = NULL;
    ask->token = NULL;
    ask->by_cookie = false;
    edge_ask(ask);
}

/* The token is known here, and its principal may go on. */
static void edge_known(struct hot_ask *ask, const struct live_hit *hit)
{
    edge_note_actor(ask->x, &hit->who.actor);
    ask->who = hit;
    if (hit->who.refuse != E_OK && ask->by_cookie && ask->route->auth == AUTH_OPEN) {
        edge_nobody(ask); /* so that another person may sign in here */
        return;
    }
    if (hit->who.refuse != E_OK) {
        refused_count_known(ask->api, ask->x, ask->route, &hit->who.actor, hit->who.refuse);
        refuse_device(ask, &hit->who.actor, hit->who.refuse);
        return;
    }
    edge_ask(ask);
}

/* A local root's ephemeral token: a system administrator, whom no store knows. */
static void edge_administrator(struct hot_ask *ask, struct live_hit *hit)
{
    *hit = (struct live_hit){
        .who.actor = { .kind = ACTOR_SYSTEM,
                       .org = ask->api->services->default_org,
                       .perms = perms_all(),
                       .name = "admin-token" },
    };
    edge_known(ask, hit);
}

/* Memory does not know the token: a misspelt one ends here, the store is asked for others, but not
 * by whoever guesses. */
static void edge_unknown(struct hot_ask *ask, ts_t now, struct live_hit *hit)
{
    struct diag why = { 0 };
    dur_t wait;
    err_t e = ask->by_cookie ? E_OK : auth_token_spelt(ask->x, &why);
    if (e != E_OK) {
        refused_count(ask->api, ask->x, ask->route, e);
        edge_refuse(ask->api, ask->x, e, &why, edge_id(ask->x));
    } else if (admin_tokens_hold(&ask->api->services->admin_tokens, ask->token, now)) {
        edge_administrator(ask, hit);
    } else if (limit_address(ask->api, &ask->x->peer, false, &wait)) {
        passage_start(ask, NULL);
    } else {
        refuse_after(ask->api, ask->x, wait);
    }
}

/* `hit` is the caller's, who keeps it as long as `ask`. */
static void edge_token(struct hot_ask *ask, struct live_hit *hit)
{
    dur_t wait = { 0 };
    struct live_ask look = {
        .token = *ask->token,
        .now = clock_now(),
        .mono = clock_mono(),
        .seen = true,
        .charge = ask->route->limit != LIMIT_NONE,
    };
    switch (live_find(ask->api->services->live, &look, hit, &wait)) {
    case LIVE_HIT:
        edge_known(ask, hit);
        return;
    case LIVE_LIMITED:
        refuse_after(ask->api, ask->x, wait);
        return;
    case LIVE_MISS:
        edge_unknown(ask, look.now, hit);
        return;
    }
}

static void on_message(void *app, struct http_xchg *x)
{
    struct api *api = app;
    struct diag why = { 0 };
    struct route_match m = router_match(api->router, x->method, x->path);
    digest_t token;
    bool sent = false;
    bool cookie = false;
    x->note.row = m.route;
    if (!edge_spares(x, m.route)) {
        edge_shed(api, x, m.route == NULL ? LOAD_BULK : route_class(m.route), SHED_CONNS);
        return;
    }
    if (x->method == HTTP_OPTIONS && m.methods != 0) {
        answer_options(api, x, m.methods);
        return;
    }
    err_t e = forwarded_apply(services_settings(api->services), x, &why);
    if (e == E_OK)
        e = edge_check(api, x, &m, &why);
    if (e == E_OK && !auth_is_client(x, m.route))
        e = auth_token(x, m.route, &why, &token, &sent);
    if (e == E_OK && !sent)
        sent = cookie = auth_cookie(services_settings(api->services), x, m.route, &token);
    if (e == E_OK && !sent && m.route->auth != AUTH_OPEN)
        e = E_UNAUTHENTICATED;
    if (e == E_METHOD_NOT_ALLOWED) {
        answer_methods(api, x, m.methods);
        return;
    }
    if (e != E_OK) {
        refused_count(api, x, m.route, e);
        edge_refuse(api, x, e, &why, edge_id(x));
        return;
    }
    dur_t wait;
    if (m.route->limit == LIMIT_OPEN && !sent && !limit_address(api, &x->peer, true, &wait)) {
        refuse_after(api, x, wait);
        return;
    }
    struct hot_ask ask = {
        .api = api, .x = x, .route = m.route, .token = sent ? &token : NULL, .by_cookie = cookie
    };
    struct live_hit hit;
    if (sent)
        edge_token(&ask, &hit);
    else
        edge_ask(&ask);
}

static void on_refuse(void *app, struct http_xchg *x, err_t e, const struct diag *why)
{
    edge_refuse(app, x, e, why, edge_id(x));
}

static void on_gone(void *app, struct http_xchg *x)
{
    (void)app;
    const enum lent *lent = x->user;
    struct passage *p = x->user;
    if (lent != NULL && *lent == LENT_NUDGE)
        nudge_gone(x->user);
    else if (lent != NULL && *lent == LENT_HATCH)
        mcp_edge_gone(x);
    else if (lent != NULL && *lent == LENT_TAIL)
        tail_gone(x->user);
    else if (p != NULL && p->streaming && p->paused)
        passage_drain(p); /* others come back from their worker or the writer, and end there */
}

static void on_drain(void *app, struct http_xchg *x)
{
    (void)app;
    const enum lent *lent = x->user;
    if (lent != NULL && *lent == LENT_NUDGE)
        stream_drained(x->user);
    else if (lent != NULL && *lent == LENT_HATCH)
        mcp_edge_drained(x);
    else if (lent != NULL && *lent == LENT_TAIL)
        tail_drained(x->user);
    else if (lent != NULL)
        passage_drain(x->user);
}

static void on_done(void *app, struct http_xchg *x, int status, size_t bytes)
{
    struct api *api = app;
    metrics_note(&edge_loop(api, x)->metrics, x, status, bytes);
    metrics_note_act(&api->acts, x, status);
    access_log(services_settings(api->services), x, status, bytes);
}

const struct http_app api_calls = {
    .on_head = on_head,
    .on_message = on_message,
    .on_refuse = on_refuse,
    .on_gone = on_gone,
    .on_drain = on_drain,
    .on_done = on_done,
};
