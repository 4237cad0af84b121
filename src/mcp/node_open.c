/* SPDX-License-Identifier: Apache-2.0 */
/* From a row of the catalogue to an upstream: its credential is read first where it has one. */
#include "mcp/call_in.h"
#include "mcp/hub_in.h"
#include "mcp/node.h"
#include "mcp/up_kinds.h"
#include "mcp/watch.h"

#include <assert.h>

enum { KEYS_ARENA_MAX = 256 * 1024, CALLS_MAX = 4096 };
#define CONNECT_MAX DUR_S(10)
#define OPEN_REST   DUR_S(5) /* after which one that could not be opened is tried again */
#define CLIENT_INFO STR("{\"name\":\"seneschal\",\"version\":\"" SENESCHAL_VERSION "\"}")

static void node_fail(struct node *n, err_t e, const struct diag *why)
{
    n->state = NODE_SHUT;
    n->why = *why;
    n->failed = e == E_NO_MEMORY || e == E_OVERLOADED ? E_OK : e;
    n->failed_until = (dur_t){ clock_mono().us + OPEN_REST.us };
    node_fail_all(n, e, n->why.text[0] != '\0' ? n->why.text : err_info(e)->text);
    node_tell(n);
}

/* ---- what the upstream tells ---- */

static void on_state(void *arg, enum up_state state, err_t e, const struct diag *why)
{
    struct node *n = arg;
    n->info = up_info(n->up);
    if (e != E_OK && why != NULL)
        n->why = *why;
    if (e == E_UNAUTHENTICATED)
        node_refused(n);
    if (state == UP_CONNECTING)
        return;
    if (state == UP_READY)
        node_breaker_well(n);
    node_tell(n);
}

static void on_changed(void *arg, enum up_list list)
{
    static const unsigned kinds[UP_LISTS] = {
        [UP_TOOLS] = 1U << LIST_TOOLS,
        [UP_PROMPTS] = 1U << LIST_PROMPTS,
        [UP_RESOURCES] = 1U << LIST_RESOURCES | 1U << LIST_TEMPLATES,
    };
    struct node *n = arg;
    for (unsigned i = 0; i < NODE_LISTS; i++) {
        if ((kinds[list] >> i & 1U) != 0)
            node_list_drop(n, (enum node_list_kind)i);
    }
    if (list == UP_TOOLS)
        call_cache_drop(n->hub, n->id);
    watch_changed(n->hub, n, list);
}

static void on_note(void *arg, str_t notification)
{
    struct node *n = arg;
    watch_note(n->hub, n, notification);
}

static void on_closed(void *arg)
{
    struct node *n = arg;
    struct mcp_hub *h = n->hub;
    n->holds--;
    hub_look_whether_over(h);
}

/* ---- opening ---- */

err_t node_up_cfg(struct node *n, const str_t *lines, size_t lines_n, struct up_cfg *ret)
{
    struct mcp_hub *h = n->hub;
    const struct gate_server *s = n->server;
    const struct up_wire_kind *kind;
    TRY(up_kind_of(n, &kind));
    *ret = (struct up_cfg){
        .name = s->name,
        .wire = kind,
        .url = s->url,
        .sse_url = s->sse_url,
        .command = &n->command,
        .headers = lines,
        .headers_n = lines_n,
        .client_info = CLIENT_INFO,
        .loop = h->loop,
        .rules = h->ports.outbound(h->ports.arg, s),
        .lookups = h->lookups,
        .message_max = node_message_max(n),
        .calls_max = CALLS_MAX,
        .connect_max = CONNECT_MAX,
    };
    return E_OK;
}

static err_t node_make(struct node *n, const str_t *lines, size_t lines_n)
{
    const struct mcp_settings *s;
    struct up_cfg cfg;
    do { /* rules and command are those of the settings whose life is held */
        s = hub_settings(n->hub);
        TRY(node_up_cfg(n, lines, lines_n, &cfg));
    } while (s != hub_settings(n->hub));
    cfg.life = s->life;
    n->wires = s->wires;
    cfg.on = (struct up_events){
        .state = on_state, .changed = on_changed, .note = on_note, .closed = on_closed
    };
    cfg.arg = n;
    TRY(up_new(&cfg, &n->why, &n->up));
    n->holds++;
    n->state = NODE_OPEN;
    n->info = up_info(n->up);
    return E_OK;
}

static void node_opened(struct node *n, err_t e)
{
    if (e != E_OK) {
        struct diag why = n->why;
        node_fail(n, e, &why);
        return;
    }
    if (n->waits != NULL)
        up_open(n->up);
    node_serve(n);
}

static void keys_read(struct loop_msg *msg)
{
    struct mcp_open *job = CONTAINER_OF(msg, struct mcp_open, msg);
    struct node *n = job->owner;
    bool wanted = n->keys == job && !n->retired;
    err_t e = job->e;
    n->keys = n->keys == job ? NULL : n->keys;
    n->holds--;
    if (wanted && e == E_OK)
        e = node_make(n, job->lines, job->lines_n);
    else if (wanted)
        n->why = job->why;
    arena_wipe_free(job->arena); /* it lies in there itself */
    if (wanted)
        node_opened(n, e);
}

err_t node_keys(const struct node *n, void (*read)(struct loop_msg *msg), void *owner,
                struct mcp_open **ret)
{
    struct arena *a = arena_new(KEYS_ARENA_MAX);
    struct mcp_open *job = a == NULL ? NULL : ARENA_NEW(a, struct mcp_open);
    if (job == NULL) {
        arena_free(a);
        return E_NO_MEMORY;
    }
    *job = (struct mcp_open){ .msg.run = read,
                              .hub = n->hub->loop,
                              .arena = a,
                              .owner = owner,
                              .org = n->org,
                              .server = n->id,
                              .user = n->user };
    *ret = job;
    return E_OK;
}

static err_t keys_ask(struct node *n)
{
    struct mcp_hub *h = n->hub;
    TRY(node_keys(n, keys_read, n, &n->keys));
    n->holds++;
    n->state = NODE_KEYS;
    h->ports.open(h->ports.arg, n->keys);
    return E_OK;
}

void node_open(struct node *n)
{
    if (n->state != NODE_SHUT || n->retired)
        return;
    bool keys = n->server->sealed || n->server->per_user;
    diag_clear(&n->why);
    err_t e = keys ? keys_ask(n) : node_make(n, NULL, 0);
    if (e != E_OK || !keys)
        node_opened(n, e);
}

void node_shut(struct node *n)
{
    struct up *up = n->up;
    n->up = NULL;
    n->keys = NULL; /* what comes of it is not wanted any more */
    n->state = NODE_SHUT;
    n->failed = E_OK;
    n->info = (struct up_info){ 0 };
    for (unsigned i = 0; i < NODE_LISTS; i++)
        node_list_drop(n, (enum node_list_kind)i);
    up_close(up);
}
