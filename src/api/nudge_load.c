/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What memory does not have for those that wait: loaded by workers, many in one read transaction.
 * At most a few batches of a loop are under way, so that ten thousand of them leave room for
 * others.
 */
#include "api/auth_jwt.h"
#include "api/load.h"
#include "api/passage.h"
#include "domain/fleet/device.h"
#include "domain/fleet/device_state.h"
#include "domain/oauth/access_load.h"

#define RETRY_IN DUR_MS(50)

void nudge_list_add(struct nudge_list *list, struct nudge *n)
{
    n->state = NUDGE_LISTED;
    n->next = NULL;
    *list->last = n;
    list->last = &n->next;
}

struct nudge *nudge_list_take(struct nudge_list *list)
{
    struct nudge *n = list->first;
    if (n == NULL)
        return NULL;
    list->first = n->next;
    if (list->first == NULL)
        list->last = &list->first;
    return n;
}

void nudge_due(struct nudge *n, bool urgent)
{
    struct nudges *all = &n->loop->nudges;
    if (n->late) { /* it had its time, and still nobody knows */
        nudge_kind_of(n)->refused(n, E_OVERLOADED, NULL);
        return;
    }
    n->urgent = urgent;
    nudge_list_add(urgent ? &all->urgent : &all->due, n);
    nudge_post(n->loop);
}

static void retry(struct loop_timer *t)
{
    struct nudges *all = CONTAINER_OF(t, struct nudges, retry);
    struct api_loop *loop = CONTAINER_OF(all, struct api_loop, nudges);
    struct nudge *n;
    while ((n = nudge_list_take(&all->later)) != NULL)
        nudge_list_add(n->urgent ? &all->urgent : &all->due, n);
    nudges_load(loop);
}

/* It moves faster than it can be read, or the workers have enough to do. */
static void nudge_later(struct nudge *n)
{
    struct nudges *all = &n->loop->nudges;
    if (n->late) {
        nudge_kind_of(n)->refused(n, E_OVERLOADED, NULL);
        return;
    }
    if (all->later.first == NULL)
        loop_timer_start(http_loop(n->x), &all->retry, RETRY_IN, retry);
    nudge_list_add(&all->later, n);
}

/* The device's own row, for the word that its client is told. */
static const char *item_status(struct act *act, const struct nudge_item *item)
{
    struct row_device d;
    act->org = item->org;
    if (device_get(act, item->device, &d) != E_OK)
        return NULL;
    return device_status_name((enum device_status)d.status);
}

/* By what came with the request, which is gone. */
static err_t item_who(struct services *sv, struct act *act, const struct nudge_item *item,
                      struct actor_loaded *ret)
{
    struct access_claims claims;
    if (item->jwt == NULL)
        return actor_load(act, &item->token, ret);
    str_t text = str_of(item->jwt->text, item->jwt->n);
    TRY(auth_jwt_verify(sv, act, text, AUDIENCE_API, &claims));
    return access_token_load(act, &claims, ret);
}

/*
 * As for a request of its own, with one difference: a token that a newer one replaced ends here
 * with 401. It was good when its client came; that it still waits makes nobody a clone (FLEET 3).
 */
static err_t item_actor(struct services *sv, struct act *act, const struct live_guard *guard,
                        const struct nudge_item *item)
{
    struct actor_loaded loaded;
    struct live_hit hit;
    dur_t wait;
    struct live_ask look = { .token = item->token, .now = act->now, .mono = clock_mono() };
    if (live_find(sv->live, &look, &hit, &wait) == LIVE_HIT && hit.who.refuse == E_OK) {
        act->actor = hit.who.actor;
        return E_OK;
    }
    TRY(item_who(sv, act, item, &loaded));
    TRY(loaded.who.refuse);
    if (loaded.state != TOKEN_CURRENT)
        return E_UNAUTHENTICATED;
    act->actor = loaded.who.actor;
    return live_fill_token(sv->live, guard, &item->token, &loaded.who);
}

static void item_load(struct services *sv, struct act *act, const struct live_guard *guard,
                      struct nudge_item *item)
{
    effects_init(&act->effects);
    diag_clear(&act->why);
    err_t e = item_actor(sv, act, guard, item);
    int status = err_info(e)->status;
    if (e == E_OK) {
        act->org = act->actor.org;
        e = load_config(act, sv->live, guard);
    } else if (status == 401 || status == 403) {
        item->status = item_status(act, item);
        err_ignore(load_signer(act, sv->live, guard, item->org)); /* else it is told unsigned */
    }
    item->result = e;
}

static void batch_work(struct work *work, void *worker)
{
    struct nudge_batch *b = CONTAINER_OF(work, struct nudge_batch, work);
    struct services *sv = b->loop->api->services;
    CLEANUP(arena_freep) struct arena *a = arena_new(REQUEST_ARENA_MAX);
    struct act act = {
        .arena = a, .db = api_worker_db(worker), .now = clock_now(), .keys = &sv->keys
    };
    struct live_guard guard;
    live_guard_take(sv->live, &guard);
    err_t e = a == NULL ? E_NO_MEMORY : db_read_begin(act.db);
    for (size_t i = 0; i < b->n; i++) {
        b->items[i].result = e;
        if (e != E_OK)
            continue;
        item_load(sv, &act, &guard, &b->items[i]);
        arena_reset(a);
    }
    if (e == E_OK)
        db_read_end(act.db);
    loop_post(http_server_loop(sv->http, (unsigned)(b->loop - b->loop->api->loops)), &b->msg);
}

static void item_done(const struct nudge_item *item)
{
    struct nudge *n = item->nudge;
    if (!nudge_back(n))
        return;
    if (item->result == E_OK)
        nudge_ask(n);
    else if (item->result == E_AGAIN)
        nudge_later(n);
    else
        nudge_kind_of(n)->refused(n, item->result, item->status);
}

static void batch_done(struct loop_msg *msg)
{
    struct nudge_batch *b = CONTAINER_OF(msg, struct nudge_batch, msg);
    for (size_t i = 0; i < b->n; i++)
        item_done(&b->items[i]);
    b->n = 0;
    b->out = false;
    nudges_load(b->loop);
}

static void batch_fill(struct nudge_batch *b, struct nudge_list *from)
{
    while (b->n < NUDGE_BATCH && from->first != NULL) {
        struct nudge *n = nudge_list_take(from);
        if (!nudge_back(n))
            continue;
        n->state = NUDGE_LOADING;
        b->items[b->n++] = (struct nudge_item){
            .nudge = n, .device = n->device, .org = n->org, .token = n->token, .jwt = n->jwt
        };
    }
}

static void batch_start(struct nudge_batch *b, enum load_class class)
{
    b->work.run = batch_work;
    b->work.class = class;
    b->work.known = true;
    b->msg.run = batch_done;
    b->out = true;
    if (b->n > 0 && workers_submit(b->loop->api->services->workers, &b->work) == E_OK)
        return;
    for (size_t i = 0; i < b->n; i++) {
        if (nudge_back(b->items[i].nudge))
            nudge_later(b->items[i].nudge);
    }
    b->n = 0;
    b->out = false;
}

void nudges_load(struct api_loop *loop)
{
    struct nudges *all = &loop->nudges;
    for (size_t i = 0; i < NUDGE_BATCHES; i++) {
        struct nudge_batch *b = &all->batches[i];
        bool urgent = all->urgent.first != NULL;
        if (b->out || (i == 0 && !urgent))
            continue;
        batch_fill(b, urgent ? &all->urgent : &all->due);
        batch_start(b, urgent ? LOAD_URGENT : LOAD_CHECK_IN);
    }
}
