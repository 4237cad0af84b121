/* SPDX-License-Identifier: Apache-2.0 */
/* The life of what waits for a change of its device: nudge.h. */
#include "api/nudge.h"

#include "api/auth_jwt.h"
#include "api/passage.h"
#include "base/ref.h"
#include "base/rng.h"

static const struct nudge_kind *const kinds[LIVE_PARK_KINDS] = {
    [LIVE_POLL] = &poll_kind,
    [LIVE_STREAM] = &stream_kind,
};

const struct nudge_kind *nudge_kind_of(const struct nudge *n)
{
    return kinds[n->kind];
}

static struct live_park park_of(const struct nudge *n)
{
    const struct api_loop *loop = n->loop;
    return (struct live_park){
        .kind = (enum live_park_kind)n->kind,
        .where = (unsigned)(loop - loop->api->loops),
        .born = n->born,
    };
}

static uint64_t device_hash(oid_t device, unsigned kind)
{
    return map_hash(device.b, sizeof device.b) + kind;
}

struct nudge_key {
    oid_t device;
    enum live_park_kind kind;
};

static bool nudge_is(const void *rows, uint32_t row, const void *key)
{
    const struct nudge *n = slab_row(rows, row);
    const struct nudge_key *k = key;
    return n->kind == (unsigned char)k->kind && oid_eq(n->device, k->device);
}

struct nudge *nudge_find(struct api_loop *loop, oid_t device, enum live_park_kind kind)
{
    struct nudges *all = &loop->nudges;
    struct nudge_key key = { device, kind };
    uint32_t row = map_get(&all->by_device, device_hash(device, kind), nudge_is, &all->rows, &key);
    return row == MAP_NONE ? NULL : slab_row(&all->rows, row);
}

static void jwt_drop(struct parked_jwt *jwt)
{
    if (jwt != NULL)
        explicit_bzero(jwt->text, jwt->n);
    ref_drop(jwt);
}

/* NULL: an opaque one, which the store finds by its hash. */
static err_t jwt_keep(const struct http_xchg *x, struct parked_jwt **ret)
{
    str_t text = auth_bearer(x);
    *ret = NULL;
    if (!auth_is_jwt(text))
        return E_OK;
    struct parked_jwt *jwt = ref_new(sizeof *jwt + text.n);
    if (jwt == NULL)
        return E_NO_MEMORY;
    jwt->n = text.n;
    memcpy(jwt->text, text.p, text.n);
    *ret = jwt;
    return E_OK;
}

static err_t nudge_make(const struct hot_ask *ask, enum live_park_kind kind, struct nudge **ret)
{
    struct api *api = ask->api;
    struct api_loop *loop = edge_loop(api, ask->x);
    const struct live_hit *who = ask->who;
    struct parked_jwt *jwt;
    uint32_t row;
    TRY(jwt_keep(ask->x, &jwt));
    err_t e = slab_take(&loop->nudges.rows, &row);
    if (e != E_OK) {
        jwt_drop(jwt);
        return e;
    }
    struct nudge *n = slab_row(&loop->nudges.rows, row);
    *n = (struct nudge){
        .lent = LENT_NUDGE,
        .kind = (unsigned char)kind,
        .state = NUDGE_PARKED,
        .cors = edge_has_cors(api, ask->x, ask->route),
        .row = row,
        .loop = loop,
        .born = atomic_fetch_add_explicit(&api->nudges_born, 1, memory_order_relaxed) + 1,
        .stamp = who->stamp,
        .device = who->who.actor.id,
        .org = who->who.actor.org,
        .token = *ask->token,
        .jwt = jwt,
        .etag = who->etag,
        .seq = who->seq,
    };
    *ret = n;
    return E_OK;
}

static void nudge_free(struct nudge *n)
{
    n->state = NUDGE_FREE;
    jwt_drop(n->jwt);
    n->jwt = NULL;
    slab_give(&n->loop->nudges.rows, n->row);
}

bool nudge_back(struct nudge *n)
{
    n->state = NUDGE_PARKED;
    if (n->x == NULL) {
        nudge_free(n);
        return false;
    }
    bool left = n->left;
    if (left)
        nudge_kind_of(n)->replaced(n);
    return !left;
}

/* Its place is free: nothing leads to it any more but its exchange and, perhaps, a list. */
static void nudge_leave(struct nudge *n)
{
    struct api_loop *loop = n->loop;
    struct api *api = loop->api;
    struct live_park park = park_of(n);
    n->left = true;
    loop_timer_stop(http_loop(n->x), &n->timer);
    (void)map_drop(&loop->nudges.by_device, device_hash(n->device, n->kind), n->row); /* it is in */
    live_unpark(api->services->live, n->device, &park);
    (void)atomic_fetch_sub_explicit(&api->parked[n->kind], 1, memory_order_relaxed);
}

struct http_xchg *nudge_end(struct nudge *n)
{
    struct http_xchg *x = n->x;
    if (!n->left)
        nudge_leave(n);
    n->x = NULL;
    x->user = NULL;
    if (n->state == NUDGE_PARKED)
        nudge_free(n);
    return x;
}

/*
 * Another one of the same device took its place. It is told in a message of its own, or when its
 * list comes round: an answer may bring up the next request of its connection, which is not to come
 * in between.
 */
static void nudge_replace(struct nudge *old)
{
    nudge_leave(old);
    if (old->state != NUDGE_PARKED)
        return;
    nudge_list_add(&old->loop->nudges.over, old);
    nudge_post(old->loop);
}

static size_t kind_max(const struct api *api, enum live_park_kind kind)
{
    return kind == LIVE_STREAM ? api->services->streams_max : POLLS_MAX;
}

/* All places are taken: come back when some of the others have gone, not all at once. */
static void refuse_full(const struct hot_ask *ask)
{
    int64_t spread_s = services_settings(ask->api->services)->spread_s;
    int64_t in_s = 1 + (int64_t)rng_below((uint64_t)spread_s + 1);
    admission_shed(&ask->api->admission, route_class(ask->route), SHED_ROW);
    edge_refuse_later(ask->api, ask->x, E_OVERLOADED, in_s);
}

static err_t nudge_link(struct nudge *n, const struct hot_ask *ask)
{
    struct nudges *all = &n->loop->nudges;
    TRY(map_put(&all->by_device, device_hash(n->device, n->kind), n->row));
    (void)atomic_fetch_add_explicit(&ask->api->parked[n->kind], 1, memory_order_relaxed);
    n->x = ask->x;
    if (ask->passage != NULL)
        passage_free(ask->passage); /* it goes with the request */
    ask->x->user = n;
    return E_OK;
}

enum hot_answer nudge_start(const struct hot_ask *ask, enum live_park_kind kind, struct nudge **ret)
{
    struct api *api = ask->api;
    struct nudge *n = NULL;
    bool other = false;
    *ret = NULL;
    if (nudge_make(ask, kind, &n) != E_OK) {
        refuse_full(ask);
        return HOT_DONE;
    }
    struct live_park park = park_of(n);
    if (live_park(api->services->live, ask->token, ask->who, &park, &other) != LIVE_PARKED) {
        nudge_free(n);
        return HOT_LOAD;
    }
    size_t taken = atomic_load_explicit(&api->parked[kind], memory_order_relaxed);
    struct nudge *old = nudge_find(n->loop, n->device, kind);
    bool full = taken >= kind_max(api, kind) && !other; /* who comes back takes his own place */
    if (full || nudge_link(n, ask) != E_OK) {
        live_unpark(api->services->live, n->device, &park);
        nudge_free(n);
        refuse_full(ask);
        return HOT_DONE;
    }
    if (old != NULL)
        nudge_replace(old);
    *ret = n;
    return HOT_DONE;
}

/* Memory has its device's state of now. */
static void nudge_arrive(struct nudge *n, const struct live_hit *hit)
{
    const struct nudge_kind *kind = nudge_kind_of(n);
    struct live_park park = park_of(n);
    bool other;
    switch (live_park(n->loop->api->services->live, &n->token, hit, &park, &other)) {
    case LIVE_MOVED:
        nudge_due(n, false);
        return;
    case LIVE_REPLACED:
        kind->replaced(n);
        return;
    case LIVE_PARKED:
        break;
    }
    n->state = NUDGE_PARKED;
    n->stamp = hit->stamp;
    if (memcmp(n->etag.b, hit->etag.b, SHA256_SIZE) != 0)
        kind->changed(n, hit);
    else
        kind->same(n, hit);
}

void nudge_ask(struct nudge *n)
{
    struct live_hit hit;
    dur_t wait;
    struct live_ask look = { .token = n->token, .now = clock_now(), .mono = clock_mono() };
    enum live_found found = live_find(n->loop->api->services->live, &look, &hit, &wait);
    if (found == LIVE_HIT && hit.who.refuse == E_OK && hit.fresh)
        nudge_arrive(n, &hit);
    else /* what refuses is read from the store, with the status that the client is told */
        nudge_due(n, found != LIVE_HIT || hit.who.refuse != E_OK);
}

void nudge_look(struct nudge *n)
{
    struct live_park park = park_of(n);
    struct live_known known = { n->stamp, n->etag };
    switch (live_park_check(n->loop->api->services->live, n->device, &known, &park)) {
    case LIVE_PARKED:
        return;
    case LIVE_REPLACED:
        nudge_kind_of(n)->replaced(n);
        return;
    case LIVE_MOVED:
        if (n->state == NUDGE_PARKED)
            nudge_ask(n);
        return;
    }
}

void nudge_gone(struct nudge *n)
{
    nudge_kind_of(n)->gone(n);
}

static void list_init(struct nudge_list *list)
{
    *list = (struct nudge_list){ .last = &list->first };
}

err_t nudges_init(struct api_loop *loop, size_t max)
{
    struct nudges *all = &loop->nudges;
    list_init(&all->urgent);
    list_init(&all->due);
    list_init(&all->later);
    list_init(&all->over);
    map_init(&all->by_device);
    (void)pthread_mutex_init(&all->inbox.lock, NULL); /* a default mutex cannot fail here */
    all->wake.run = nudges_woken;
    for (size_t i = 0; i < NUDGE_BATCHES; i++)
        all->batches[i].loop = loop;
    return slab_init(&all->rows, sizeof(struct nudge), max);
}

void nudges_fini(struct api_loop *loop)
{
    struct nudges *all = &loop->nudges;
    map_fini(&all->by_device);
    slab_fini(&all->rows);
    (void)pthread_mutex_destroy(&all->inbox.lock);
}
