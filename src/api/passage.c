/* SPDX-License-Identifier: Apache-2.0 */
/* A request on a worker: actor, decoding, permission, read rows; write rows go on to the writer
 * (HOUSE "One request" 7-10). */
#include "api/passage.h"

#include "api/auth_jwt.h"
#include "api/csrf.h"
#include "api/html.h"
#include "api/load.h"
#include "api/mcp_edge.h"
#include "api/messages.h"
#include "api/reply.h"
#include "base/ref.h"
#include "domain/identity/organisation.h"
#include "mcp/in.h"
#include "plat/loop/workers.h"

enum { IDEM_KEY_MIN = 22, IDEM_KEY_MAX = 64, HOT_LOADS_MAX = 5 };
#define PASSAGE_MAX DUR_S(10)

struct api_worker {
    struct db *reader;
};

static void passage_last(struct passage *p);

err_t api_worker_make(void *arg, struct diag *why, void **ret_worker)
{
    struct api *api = arg;
    struct api_worker *w = ref_new(sizeof *w);
    if (w == NULL)
        return E_NO_MEMORY;
    err_t e = db_open(api->services->dir, DB_READER, why, &w->reader);
    if (e != E_OK) {
        ref_drop(w);
        return e;
    }
    *ret_worker = w;
    return E_OK;
}

void api_worker_end(void *arg, void *worker)
{
    (void)arg;
    struct api_worker *w = worker;
    db_close(w->reader);
    ref_drop(w);
}

struct db *api_worker_db(void *worker)
{
    return ((struct api_worker *)worker)->reader;
}

static dur_t deadline_from_now(void)
{
    return (dur_t){ clock_mono().us + PASSAGE_MAX.us };
}

err_t passage_new(const struct hot_ask *ask, struct passage **ret)
{
    struct arena *a = http_arena(ask->x);
    struct passage *p = a == NULL ? NULL : ARENA_NEW(a, struct passage);
    if (p == NULL)
        return E_NO_MEMORY;
    p->api = ask->api;
    p->loop = http_loop(ask->x);
    p->rq.services = ask->api->services;
    p->rq.route = ask->route;
    p->rq.xchg = ask->x;
    p->rq.id = edge_id(ask->x);
    p->rq.act.arena = a;
    p->rq.act.keys = &ask->api->services->keys;
    p->rq.act.why.messages = messages_for(ask->x, ask->route);
    effects_init(&p->rq.act.effects);
    buf_init(&p->body, REQUEST_ARENA_MAX);
    p->body.secret = ask->route->secret;
    p->has_token = ask->token != NULL;
    if (p->has_token)
        p->token = *ask->token;
    p->rq.by_cookie = ask->by_cookie;
    p->deadline = deadline_from_now();
    (void)route_params(ask->route, ask->x->path, p->rq.params);
    *ret = p;
    return E_OK;
}

static void passage_is(struct passage *p, struct actor who)
{
    p->rq.act.actor = who;
    p->rq.session_id = who.session;
    p->rq.half = who.half;
}

static void passage_is_nobody(struct passage *p)
{
    p->has_token = false;
    p->rq.by_cookie = false;
    act_clear_why(&p->rq.act);
}

/* It waited so long that its client would rather come back. */
static void passage_waited(struct work *work)
{
    struct passage *p = CONTAINER_OF(work, struct passage, work);
    p->shed = SHED_WAITED;
    passage_finish(p, E_OVERLOADED);
}

static void passage_submit(struct passage *p)
{
    p->work.run = passage_work;
    p->work.refused = passage_waited;
    p->work.class = route_class(p->rq.route);
    p->work.known = p->known;
    const struct services *sv = p->api->services;
    err_t e = workers_submit(p->rq.route->hashes ? sv->hashers : sv->workers, &p->work);
    if (e == E_OK)
        return;
    p->shed = SHED_WORKERS;
    passage_finish(p, e);
}

void passage_start(const struct hot_ask *ask, const struct live_hit *hit)
{
    struct passage *p = ask->passage;
    struct api *api = ask->api;
    enum shed shed;
    if (p == NULL &&
        admission_ask(&api->admission, api->services, ask->route, hit != NULL, &shed) != E_OK) {
        edge_shed(api, ask->x, route_class(ask->route), shed);
        return;
    }
    err_t e = p != NULL ? E_OK : passage_new(ask, &p);
    if (e != E_OK) {
        edge_refuse(ask->api, ask->x, e, NULL, edge_id(ask->x));
        return;
    }
    ask->x->user = p;
    if (hit != NULL) {
        passage_is(p, hit->who.actor);
        p->actor_stamp = live_shard_stamp(p->api->services->live, hit->who.actor.id);
        p->known = true;
    }
    passage_submit(p);
}

void passage_finish(struct passage *p, err_t e)
{
    if (e != E_OK && p->rq.made != NULL && p->rq.route->undo != NULL)
        p->rq.route->undo(&p->rq);
    p->result = e;
    p->msg.run = passage_answer;
    loop_post(p->loop, &p->msg);
}

err_t passage_who(struct passage *p, struct actor_loaded *ret, bool *ret_keep)
{
    *ret_keep = true;
    if (!p->rq.by_cookie && auth_is_jwt(auth_bearer(p->rq.xchg)))
        return auth_jwt(&p->rq, p->known, ret, ret_keep);
    return actor_load(&p->rq.act, &p->token, ret);
}

/* Resolve the token, and remember it. E_AGAIN: it must be settled first. */
static err_t passage_actor(struct passage *p, const struct live_guard *guard)
{
    struct live *live = p->api->services->live;
    struct actor_loaded loaded;
    if (!p->has_token || p->known)
        return E_OK;
    bool keep = true;
    err_t e = passage_who(p, &loaded, &keep);
    dur_t wait;
    if (e == E_UNAUTHENTICATED)
        (void)limit_address(p->api, &p->rq.xchg->peer, true,
                            &wait); /* whoever guesses tokens is slowed down */
    if (e == E_UNAUTHENTICATED && p->rq.by_cookie && p->rq.route->auth == AUTH_OPEN) {
        passage_is_nobody(p); /* a session that has ended is none */
        return E_OK;
    }
    TRY(e);
    if (loaded.who.refuse != E_OK && p->rq.by_cookie && p->rq.route->auth == AUTH_OPEN) {
        passage_is_nobody(p);
        return E_OK;
    }
    if (loaded.state != TOKEN_CURRENT && loaded.who.refuse == E_OK)
        return E_AGAIN;
    passage_is(p, live_actor(&loaded.who));
    p->actor_stamp = guard->shards[loaded.who.actor.id.b[15] % LIVE_SHARDS];
    p->known = true;
    p->proves_each = !keep;
    if (keep) /* what was not remembered is loaded again */
        err_ignore(live_fill_token(live, guard, &p->token, &loaded.who));
    if (loaded.who.refuse != E_OK && p->rq.act.actor.kind == ACTOR_DEVICE)
        TRY(load_signer(&p->rq.act, live, guard, p->rq.act.actor.org)); /* it is told so, signed */
    return loaded.who.refuse;
}

err_t passage_actor_check(struct passage *p)
{
    const struct actor *actor = &p->rq.act.actor;
    bool device = actor->kind == ACTOR_DEVICE;
    bool key = actor->kind == ACTOR_ENROLMENT_KEY;
    if (p->rq.half && !p->rq.route->half) /* a factor is missing: nobody yet */
        return FAIL(&p->rq.act.why, E_UNAUTHENTICATED, "this session is not complete: sign in");
    switch (p->rq.route->auth) {
    case AUTH_OPEN:
    case AUTH_ENROL:
        return E_OK;
    case AUTH_ACTOR:
        return key ? FAIL(&p->rq.act.why, E_FORBIDDEN, "an enrolment key only enrols") : E_OK;
    case AUTH_DEVICE:
        return device ? E_OK
                      : FAIL(&p->rq.act.why, E_FORBIDDEN, "this is for a device's own token");
    case AUTH_SESSION:
        return p->rq.by_cookie && actor->kind == ACTOR_USER
                   ? E_OK
                   : FAIL(&p->rq.act.why, E_UNAUTHENTICATED, "sign in with a browser first");
    case AUTH_CLOSED:
        return E_FORBIDDEN;
    }
    return E_FORBIDDEN;
}

err_t passage_may(struct passage *p)
{
    TRY(passage_actor_check(p));
    return p->rq.route->check ? request_may(&p->rq, p->rq.route->may) : E_OK;
}

/* API: everything acts in the actor's organisation; a system administrator, and an open row, may
 * name another. */
static err_t passage_org(struct passage *p)
{
    struct act *act = &p->rq.act;
    str_t slug = http_field(p->rq.xchg, STR("Seneschal-Org"));
    act->org = act->actor.org;
    if (oid_is_set(act->org) && slug.p == NULL)
        return E_OK;
    bool free = act->actor.kind == ACTOR_NONE || perms_have(act->actor.perms, PERM_SYSTEM_ADMIN);
    if (!free)
        return FAIL(&act->why, E_FORBIDDEN,
                    "only a system administrator names another organisation");
    if (slug.p == NULL) {
        act->org = p->api->services->default_org;
        return E_OK;
    }
    return organisation_find(act, slug, &act->org);
}

static err_t passage_idempotency(struct passage *p)
{
    str_t key = http_field(p->rq.xchg, STR("Idempotency-Key"));
    if (!p->rq.route->idem || key.p == NULL)
        return E_OK;
    if (key.n < IDEM_KEY_MIN || key.n > IDEM_KEY_MAX)
        return diag_set_field(&p->rq.act.why, E_BAD_FIELD, "Idempotency-Key",
                              "want 22 to 64 characters");
    p->idem_key = key;
    p->idem_body = sha256_of(p->rq.xchg->body);
    return E_OK;
}

/* Whoever follows a link to a page, or speaks OAuth, may send parameters of other standards (RFC
 * 6749 section 3.1); the API's own rows know all of theirs. */
static err_t passage_decode_query(struct passage *p)
{
    static const struct field no_fields[1];
    static const struct shape no_query = { .name = "none", .size = 1, .fields = no_fields };
    const struct route *route = p->rq.route;
    bool open = route->page || route->oauth;
    const struct form_rules rules = { .open = open, .no_empty = open };
    void *to;
    if (route->query_any)
        return E_OK;
    TRY(shape_decode_form(p->rq.act.arena, route->query != NULL ? route->query : &no_query,
                          p->rq.xchg->query, &rules, &p->rq.act.why, &to));
    p->rq.query = to;
    return E_OK;
}

static err_t passage_decode_form(struct passage *p)
{
    const struct route *route = p->rq.route;
    const struct form_rules rules = { .open = route->form_open,
                                      .no_empty = true,
                                      .skip = route->page ? CSRF_FIELD : STR_NONE };
    void *to;
    TRY(shape_decode_form(p->rq.act.arena, route->form, p->rq.xchg->body, &rules, &p->rq.act.why,
                          &to));
    p->rq.in = to;
    return E_OK;
}

static err_t passage_decode(struct passage *p)
{
    struct act *act = &p->rq.act;
    const struct route *route = p->rq.route;
    void *to;
    TRY(passage_decode_query(p));
    if (route->form != NULL)
        return passage_decode_form(p);
    if (route->in == NULL)
        return E_OK;
    str_t body = p->rq.xchg->body.n > 0 ? p->rq.xchg->body : STR_NONE;
    if (body.p == NULL && route->in_optional)
        body = STR("{}");
    TRY(shape_decode(act->arena, route->in, body.p != NULL ? body : STR(""), &act->why, &to));
    p->rq.in = to;
    return E_OK;
}

static err_t passage_load_config(struct passage *p, const struct live_guard *guard)
{
    err_t e = load_config(&p->rq.act, p->api->services->live, guard);
    return e == E_AGAIN ? E_OK : e; /* the hot row asks once more */
}

/* A hot row that lacked something: load it, then back to the loop. */
static err_t passage_load(struct passage *p, const struct live_guard *guard)
{
    if (p->proves_each)
        return FAIL(&p->rq.act.why, E_UNAUTHENTICATED,
                    "a token that is bound to a key fetches no configuration: ask for one without");
    if (p->loads++ >= HOT_LOADS_MAX)
        return FAIL(&p->rq.act.why, E_OVERLOADED,
                    "the configuration changes faster than it can be read");
    if (p->rq.act.actor.kind == ACTOR_DEVICE)
        TRY(passage_load_config(p, guard));
    p->asked_again = true;
    return E_OK;
}

/* What the gateway decides by, for the one who asks. */
static err_t passage_load_gates(struct passage *p, const struct mcp_gates *gates)
{
    if (p->loads++ >= HOT_LOADS_MAX)
        return FAIL(&p->rq.act.why, E_OVERLOADED,
                    "permissions change faster than they can be read");
    err_t e = mcp_load(&p->rq.act, gates);
    if (e != E_OK && e != E_AGAIN) /* of the latter the hot row asks once more */
        return e;
    p->asked_again = true;
    return E_OK;
}

static bool passage_writes(const struct passage *p)
{
    return p->rq.route->tx == TX_WRITE || p->rq.route->tx == TX_URGENT;
}

/* Stamps are of before the read transaction. */
static err_t passage_read(struct passage *p, const struct live_guard *guard,
                          const struct mcp_gates *gates)
{
    const struct route *route = p->rq.route;
    TRY(passage_actor(p, guard));
    TRY(passage_actor_check(p));
    TRY(passage_org(p));
    if (route->gateway)
        return passage_load_gates(p, gates);
    if (route->config && p->rq.act.actor.kind == ACTOR_DEVICE)
        return passage_load(p, guard);
    if (route->check)
        TRY(request_may(&p->rq, route->may));
    TRY(csrf_check(&p->rq));
    TRY(passage_idempotency(p));
    TRY(passage_decode(p));
    if (route->prepare != NULL) {
        TRY(route->prepare(&p->rq));
        p->deadline = deadline_from_now(); /* what took its time did its work: it is not lost now */
    }
    return passage_writes(p) ? E_OK : route->handler(&p->rq);
}

void passage_work(struct work *work, void *worker)
{
    struct passage *p = CONTAINER_OF(work, struct passage, work);
    struct api_worker *w = worker;
    struct live_guard guard;
    struct gate_memory *memory = p->api->services->gate;
    if (clock_mono().us > p->deadline.us && !p->streaming) {
        passage_waited(work);
        return;
    }
    p->shed = SHED_ROW;
    p->rq.act.db = w->reader;
    p->rq.act.now = clock_now();
    live_guard_take(p->api->services->live, &guard);
    const struct mcp_gates gates = { memory, gate_memory_stamp(memory) };
    p->rq.guard = &guard;
    err_t e = db_read_begin(w->reader);
    if (e == E_OK && p->streaming) {
        passage_finish(p, reply_part(&p->rq));
        db_read_end(w->reader);
        return;
    }
    if (e == E_OK) {
        e = passage_read(p, &guard, &gates);
        request_leave_store(&p->rq);
    }
    if (e == E_AGAIN)
        passage_settle(p);
    else if (e == E_FORBIDDEN)
        passage_audit_refusal(p, e);
    else if (e != E_OK || p->asked_again || p->rq.reply.status != 0 || p->rq.onward != NULL ||
             p->rq.tail != NULL)
        passage_finish(p, e);
    else if (passage_writes(p))
        passage_write(p);
    else
        passage_last(p);
}

/* What the writer made durable is told by .finish, on a worker; the deadline does not count here.
 */
static void last_work(struct work *work, void *worker)
{
    struct passage *p = CONTAINER_OF(work, struct passage, work);
    (void)worker;
    passage_last(p);
}

static void passage_last(struct passage *p)
{
    p->rq.act.db = NULL;
    p->rq.guard = NULL;
    passage_finish(p, p->rq.route->finish(&p->rq));
}

void passage_committed(struct passage *p)
{
    p->work.run = last_work;
    p->work.refused = NULL;
    p->work.class = LOAD_URGENT; /* it was served already, but for the words */
    p->work.known = true;
    if (workers_submit(p->api->services->workers, &p->work) != E_OK)
        passage_finish(p, E_OVERLOADED);
}

void passage_free(struct passage *p)
{
    if (p->rq.html != NULL)
        buf_fini(&p->rq.html->b);
    buf_fini(&p->body);
    reply_part_free(&p->rq);
    mcp_in_free(p->rq.onward);
    tail_free(p->rq.tail);
}
