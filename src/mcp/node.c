/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/node.h"

#include "base/ref.h"
#include "mcp/hub_in.h"

/* A connection that nobody has used for so long is closed. */
#define NODE_IDLE DUR_S(600)
enum { NODES_MAX = 4096, LOOKUPS_MAX = 16 };

static void node_retire(struct node *n);

static struct node *node_find(struct mcp_hub *h, oid_t server, oid_t user)
{
    struct node *n = h->nodes;
    while (n != NULL && !(oid_eq(n->id, server) && oid_eq(n->user, user)))
        n = n->next;
    return n;
}

static struct node *node_new(struct mcp_hub *h, const struct gate_server *s, oid_t user)
{
    size_t count = atomic_load_explicit(&h->counts.upstreams, memory_order_relaxed);
    struct node *n = count < NODES_MAX ? ref_new(sizeof *n) : NULL;
    if (n == NULL)
        return NULL;
    *n = (struct node){ .hub = h, .org = s->org, .id = s->id, .user = user, .next = h->nodes };
    for (unsigned i = 0; i < NODE_LISTS; i++)
        n->lists[i] = (struct node_list){ .node = n, .kind = (enum node_list_kind)i };
    h->nodes = n;
    HUB_COUNT(h, upstreams, 1);
    return n;
}

/* The newest facts that anybody has brought. */
static void node_learn(struct node *n, struct gate_catalogue *c, const struct gate_server *s)
{
    bool newer = n->server == NULL || s->revision > n->server->revision;
    if (n->catalogue == c || (n->server != NULL && s->revision < n->server->revision))
        return;
    if (newer && n->server != NULL)
        node_shut(n);
    ref_take(c);
    ref_drop(n->catalogue);
    n->catalogue = c;
    n->server = s;
}

struct node *node_get(struct mcp_hub *h, struct gate_catalogue *c, const struct gate_server *s,
                      oid_t person)
{
    oid_t user = s->per_user ? person : (oid_t){ 0 };
    struct node *n = node_find(h, s->id, user);
    if (n == NULL)
        n = node_new(h, s, user);
    if (n == NULL)
        return NULL;
    node_learn(n, c, s);
    n->used = clock_mono();
    return n;
}

err_t node_failed(struct node *n)
{
    if (n->failed != E_OK && clock_mono().us >= n->failed_until.us)
        n->failed = E_OK;
    return n->failed;
}

size_t node_message_max(const struct node *n)
{
    int64_t own = n->server->message_max;
    return own > 0 ? (size_t)own : hub_settings(n->hub)->message_max;
}

/* ---- who waits for it ---- */

void node_tell(struct node *n)
{
    struct node_wait *all = n->waits;
    n->waits = NULL;
    while (all != NULL) {
        struct node_wait *w = all;
        all = w->next;
        w->node = NULL;
        w->told(w);
    }
}

void node_await(struct node *n, struct node_wait *w)
{
    w->node = NULL;
    bool hopeless = node_failed(n) != E_OK || n->breaker.state == BREAKER_OPEN;
    if (n->info.state == UP_READY || hopeless) {
        w->told(w);
        return;
    }
    w->node = n;
    w->next = n->waits;
    n->waits = w;
    node_open(n);
    if (n->up != NULL)
        up_open(n->up);
}

void node_forget(struct node_wait *w)
{
    if (w->node == NULL)
        return;
    struct node_wait **at = &w->node->waits;
    while (*at != w)
        at = &(*at)->next;
    *at = w->next;
    w->node = NULL;
}

/* ---- the breaker ---- */

static void breaker_count(struct node *n, enum breaker_state before)
{
    bool was = before != BREAKER_CLOSED; /* one try does not make it well */
    bool is = n->breaker.state != BREAKER_CLOSED;
    if (was != is)
        HUB_COUNT(n->hub, breakers_open, is ? 1 : (size_t)-1);
}

void node_breaker_well(struct node *n)
{
    enum breaker_state before = n->breaker.state;
    breaker_well(&n->breaker);
    breaker_count(n, before);
}

/* Home Assistant bans who tries again and again. */
void node_refused(struct node *n)
{
    if (!n->server->sealed && !n->server->per_user)
        return; /* it showed nothing */
    n->failed = E_UNAUTHENTICATED;
    n->failed_until = (dur_t){ clock_mono().us + hub_settings(n->hub)->breaker_pause.us };
    err_ignore(diag_set(&n->why, E_UNAUTHENTICATED,
                        "the server refuses the credential: store another one"));
}

void node_breaker_failed(struct node *n, const struct up_failure *why)
{
    const struct mcp_settings *s = hub_settings(n->hub);
    const struct breaker_rule rule = { s->breaker_failures, s->breaker_pause };
    enum breaker_state before = n->breaker.state;
    if (why->e == E_TOO_BIG || why->e == E_OVERLOADED || why->e == E_NO_MEMORY ||
        why->e == E_CLOSED)
        breaker_nothing(&n->breaker);
    else
        breaker_failed(&n->breaker, &rule, clock_mono());
    if (why->e == E_UNAUTHENTICATED)
        node_refused(n);
    breaker_count(n, before);
    if (n->breaker.state == BREAKER_OPEN)
        node_fail_all(n, E_UPSTREAM_RESTS,
                      "the server has failed often, and is left alone for a while");
}

/* ---- time, and the end ---- */

static bool node_rests(const struct node *n)
{
    return n->queued == 0 && n->running == 0 && n->resting == 0 && n->waits == NULL &&
           n->keys == NULL;
}

static void node_free(struct node *n)
{
    ref_drop(n->catalogue);
    ref_drop(n);
}

/* Out of the hub's list; freed when nothing of it is under way. */
static void node_retire(struct node *n)
{
    struct mcp_hub *h = n->hub;
    struct node **at = &h->nodes;
    while (*at != n)
        at = &(*at)->next;
    *at = n->next;
    n->retired = true;
    if (n->breaker.state != BREAKER_CLOSED)
        HUB_COUNT(h, breakers_open, (size_t)-1);
    HUB_COUNT(h, upstreams, (size_t)-1);
    n->next = h->retired;
    h->retired = n;
    node_fail_all(n, E_CLOSED, "the server was closed");
    node_shut(n);
    for (unsigned i = 0; i < NODE_LISTS; i++)
        node_list_fini(&n->lists[i]);
    node_tell(n);
}

static bool node_is_held(const struct node *n)
{
    return n->holds > 0 || n->keys != NULL;
}

static void free_retired(struct mcp_hub *h)
{
    struct node **at = &h->retired;
    while (*at != NULL) {
        struct node *n = *at;
        if (node_is_held(n)) {
            at = &n->next;
            continue;
        }
        *at = n->next;
        node_free(n);
    }
}

void nodes_tick(struct mcp_hub *h, dur_t now)
{
    struct node *next;
    for (struct node *n = h->nodes; n != NULL; n = next) {
        next = n->next;
        bool moved = n->wires != hub_settings(h)->wires;
        if (n->state == NODE_OPEN && moved && node_rests(n))
            node_shut(n); /* the next call opens it by the settings of now */
        if (node_rests(n) && now.us - n->used.us > NODE_IDLE.us)
            node_retire(n);
    }
    free_retired(h);
}

/* Of a person's credential, or of servers: what is read again decides (node_learn), but what was
 * refused may be tried again. */
void nodes_gone(struct mcp_hub *h, oid_t org_or_user)
{
    for (struct node *n = h->nodes; n != NULL; n = n->next) {
        if (!oid_eq(n->org, org_or_user) && !oid_eq(n->user, org_or_user))
            continue;
        n->failed = E_OK;
        diag_clear(&n->why);
    }
}

err_t nodes_init(struct mcp_hub *h)
{
    h->lookups = outbound_lookups_new(LOOKUPS_MAX);
    return h->lookups == NULL ? E_NO_MEMORY : E_OK;
}

void nodes_close(struct mcp_hub *h)
{
    while (h->nodes != NULL)
        node_retire(h->nodes);
}

bool nodes_are_gone(const struct mcp_hub *h)
{
    const struct node *n = h->retired;
    while (n != NULL && !node_is_held(n))
        n = n->next;
    return h->nodes == NULL && n == NULL;
}

void nodes_fini(struct mcp_hub *h)
{
    for (struct node *n = h->retired; n != NULL; n = n->next)
        n->holds = 0;
    free_retired(h);
    outbound_lookups_free(h->lookups);
}
