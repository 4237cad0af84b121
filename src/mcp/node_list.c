/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/node_list.h"

#include "mcp/hub_in.h"
#include "mcp/node.h"
#include "mcp/raw.h"
#include "plat/mcp/mcp_edit.h"
#include "plat/mcp/mcp_peek.h"

enum { LIST_PAGES_MAX = 200, LIST_ITEMS_MAX = 5000 };
/* A list that could not be read is asked for again after this. */
#define LIST_REST DUR_S(5)
#define LIST_TIME DUR_S(20)
/* Why it could not be read is written down again after this, if it is the same. */
#define TOLD_AGAIN DUR_S(60)

static void list_page(struct node_list *l, str_t cursor);

/* clang-format off */
const struct list_words list_words[NODE_LISTS] = {
    [LIST_TOOLS]     = { "tools/list",               "tools",             "name" },
    [LIST_PROMPTS]   = { "prompts/list",             "prompts",           "name" },
    [LIST_RESOURCES] = { "resources/list",           "resources",         "uri" },
    [LIST_TEMPLATES] = { "resources/templates/list", "resourceTemplates", "uriTemplate" },
};
/* clang-format on */

struct list_items *list_items_hold(struct list_items *items)
{
    items->holds++;
    return items;
}

void list_items_drop(struct list_items *items)
{
    if (items != NULL && --items->holds == 0)
        arena_free(items->arena); /* it lies in there itself */
}

const struct list_item *list_items_find(const struct list_items *items, str_t name)
{
    for (size_t i = 0; items != NULL && i < items->n; i++) {
        if (str_eq(items->v[i].name, name))
            return &items->v[i];
    }
    return NULL;
}

/* ---- its end ---- */

static void list_tell(struct node_list *l)
{
    struct list_wait *all = l->waits;
    l->waits = NULL;
    while (all != NULL) {
        struct list_wait *w = all;
        all = w->next;
        w->list = NULL;
        w->from = l;
        w->told(w);
    }
}

static void list_forget_reading(struct node_list *l)
{
    if (l->pages != NULL)
        buf_fini(l->pages);
    l->pages = NULL;
    arena_free(l->arena);
    l->arena = NULL;
}

static void list_fail(struct node_list *l, err_t e)
{
    list_forget_reading(l);
    list_items_drop(l->items);
    l->items = NULL;
    l->state = LISTED_BADLY;
    l->e = e;
    l->at = clock_mono();
    list_tell(l);
}

static void list_well(struct node_list *l)
{
    l->state = l->stale ? LISTED_NOT : LISTED_WELL;
    l->at = clock_mono();
    if (l->kind == LIST_TOOLS)
        diag_clear(&l->node->told);
    l->e = E_OK;
    list_tell(l);
}

/* ---- items ---- */

/* The pages, one array after the other, as items. */
static err_t items_make(struct node_list *l, struct list_items **ret)
{
    struct arena *a = arena_new(4 * l->pages->max);
    struct list_items *items = a == NULL ? NULL : ARENA_NEW(a, struct list_items);
    struct list_item *v = a == NULL ? NULL : ARENA_ARRAY(a, struct list_item, LIST_ITEMS_MAX);
    str_t rest = buf_str(l->pages);
    str_t raw;
    err_t e = v == NULL || items == NULL ? E_NO_MEMORY : str_copy(a, rest, &rest);
    size_t n = 0;
    str_t member = str_from_cz(list_words[l->kind].name);
    while (e == E_OK && n < LIST_ITEMS_MAX && mcp_array_next(&rest, &raw)) {
        v[n].raw = raw;
        v[n].name = raw_text(a, raw, member);
        if (v[n].name.n > 0)
            n++; /* what nobody can call by a name is not listed */
    }
    if (e != E_OK) {
        arena_free(a);
        return e;
    }
    *items = (struct list_items){ .n = n, .v = v, .arena = a, .holds = 1 };
    *ret = items;
    return E_OK;
}

/* ---- its tools are written down ---- */

static void list_sighted(struct loop_msg *msg)
{
    struct mcp_sight *job = CONTAINER_OF(msg, struct mcp_sight, msg);
    struct node_list *l = job->owner;
    err_t e = job->e;
    arena_free(job->arena);
    l->node->holds--;
    if (l->node->retired)
        return; /* nodes_tick frees it */
    if (e != E_OK)
        list_fail(l, e);
    else
        list_well(l);
}

static err_t list_sight(struct node_list *l, str_t tools)
{
    struct node *n = l->node;
    struct mcp_hub *h = n->hub;
    struct arena *a = arena_new(tools.n + KIB(16));
    struct mcp_sight *job = a == NULL ? NULL : ARENA_NEW(a, struct mcp_sight);
    if (job == NULL) {
        arena_free(a);
        return E_NO_MEMORY;
    }
    *job = (struct mcp_sight){ .msg.run = list_sighted,
                               .hub = h->loop,
                               .arena = a,
                               .owner = l,
                               .org = n->org,
                               .server = n->id,
                               .modern = n->info.modern };
    err_t e = str_copy(a, tools, &job->tools);
    if (e == E_OK)
        e = str_copy(a, n->info.version, &job->version);
    if (e != E_OK) {
        arena_free(a);
        return e;
    }
    n->holds++;
    l->state = LISTED_SIGHTED;
    h->ports.sight(h->ports.arg, job);
    return E_OK;
}

/* ---- that they cannot be read, too ---- */

static void failure_written(struct loop_msg *msg)
{
    struct mcp_sight *job = CONTAINER_OF(msg, struct mcp_sight, msg);
    struct node *n = job->owner;
    arena_free(job->arena);
    n->holds--; /* nodes_tick frees what is retired */
}

/* The same is told again after a while only, and what is one person's is nobody else's business. */
static bool is_news(struct node_list *l, const char *why)
{
    struct node *n = l->node;
    dur_t now = clock_mono();
    bool shared = !oid_is_set(n->user) && !oid_is_set(n->server->owner);
    bool same = strcmp(n->told.text, why) == 0 && now.us - n->told_at.us < TOLD_AGAIN.us;
    if (l->kind != LIST_TOOLS || !shared || same || n->hub->phase != HUB_SERVES || n->retired)
        return false;
    n->told_at = now;
    diag_clear(&n->told);
    err_ignore(diag_set(&n->told, E_IO, "%s", why));
    return true;
}

/* Administrators see it in their list of servers. Where memory is short they do not. */
static void list_write_failure(struct node_list *l, const char *why)
{
    struct node *n = l->node;
    struct arena *a = is_news(l, why) ? arena_new(KIB(16)) : NULL;
    struct mcp_sight *job = a == NULL ? NULL : ARENA_NEW(a, struct mcp_sight);
    str_t name;
    str_t failed;
    if (job == NULL || str_copy(a, n->server->name, &name) != E_OK ||
        str_copy(a, str_from_cz(n->told.text), &failed) != E_OK) {
        arena_free(a);
        return;
    }
    *job = (struct mcp_sight){ .msg.run = failure_written,
                               .hub = n->hub->loop,
                               .arena = a,
                               .owner = n,
                               .org = n->org,
                               .server = n->id,
                               .name = name,
                               .failed = failed };
    n->holds++;
    n->hub->ports.sight(n->hub->ports.arg, job);
}

/* ---- reading ---- */

static void list_whole(struct node_list *l)
{
    struct list_items *items = NULL;
    BUF_ADD(l->pages, "]");
    err_t e = l->pages->err;
    if (e == E_OK)
        e = items_make(l, &items);
    if (e == E_OK) {
        list_items_drop(l->items);
        l->items = items;
    }
    if (e == E_OK && l->kind == LIST_TOOLS)
        e = list_sight(l, buf_str(l->pages));
    else if (e == E_OK)
        list_well(l);
    if (e != E_OK)
        list_fail(l, e);
    else
        list_forget_reading(l);
}

static str_t member_of(const struct mcp_result *r, enum node_list_kind kind)
{
    const str_t members[NODE_LISTS] = { r->tools, r->prompts, r->resources, r->resource_templates };
    return members[kind];
}

/* The inside of an array behind what is there. */
static void add_page(struct buf *pages, str_t array)
{
    str_t inside = str_trim(str_sub(array, 1, array.n - 2));
    buf_add(pages, pages->n == 0 ? STR("[") : STR(""));
    if (inside.n == 0)
        return;
    buf_add(pages, pages->n > 1 ? STR(",") : STR(""));
    buf_add(pages, inside);
}

static void list_done(struct trip *t, str_t result, str_t error)
{
    struct node_list *l = CONTAINER_OF(t, struct node_list, trip);
    struct mcp_result r;
    if (error.p != NULL) { /* it has no such list */
        add_page(l->pages, STR("[]"));
        list_whole(l);
        return;
    }
    err_t e = mcp_peek_result(l->arena, result, &r);
    str_t array = e == E_OK ? member_of(&r, l->kind) : STR_NONE;
    if (e != E_OK || array.n < 2 || array.p[0] != '[') {
        list_write_failure(l, "its list of tools is none");
        list_fail(l, e != E_OK ? e : E_BAD_JSON);
        return;
    }
    add_page(l->pages, array);
    if (r.next_cursor.n > 0 && ++l->pages_n < LIST_PAGES_MAX && l->pages->err == E_OK)
        list_page(l, r.next_cursor);
    else
        list_whole(l);
}

static void list_failed(struct trip *t, const struct up_failure *why)
{
    struct node_list *l = CONTAINER_OF(t, struct node_list, trip);
    list_write_failure(l, why->text);
    list_fail(l, why->e);
}

static void list_note(struct trip *t, str_t notification)
{
    (void)t;
    (void)notification;
}

/* Nobody is there whom a list could be asked for. */
static void list_asked(struct trip *t, uint64_t ask, str_t method, str_t params)
{
    (void)method;
    (void)params;
    up_reply(&t->up, ask, STR_NONE,
             STR("{\"code\":-32601,\"message\":\"nothing is asked while a list is read\"}"));
}

static void list_input(struct trip *t, str_t input_requests, str_t state)
{
    (void)input_requests;
    (void)state;
    list_fail(CONTAINER_OF(t, struct node_list, trip), E_BAD_JSON);
}

static const struct trip_events list_events = {
    .note = list_note,
    .ask = list_asked,
    .input = list_input,
    .done = list_done,
    .fail = list_failed,
};

static err_t list_params(struct node_list *l, str_t cursor, str_t *ret)
{
    str_t raw;
    if (cursor.p == NULL) {
        *ret = STR("{}");
        return E_OK;
    }
    TRY(mcp_raw_text(l->arena, cursor, &raw));
    return str_format(l->arena, ret, "{\"cursor\":%.*s}", STR_ARG(raw));
}

static void list_page(struct node_list *l, str_t cursor)
{
    struct diag why = { 0 };
    str_t params;
    err_t e = list_params(l, cursor, &params);
    if (e == E_OK) {
        l->trip = (struct trip){ .on = &list_events,
                                 .priority = TRIP_PRIORITIES - 1,
                                 .in = { .method = str_from_cz(list_words[l->kind].method),
                                         .params = params,
                                         .timeout = LIST_TIME,
                                         .timeout_max = LIST_TIME } };
        e = trip_start(&l->trip, l->node, &why);
    }
    if (e == E_OK)
        return;
    list_write_failure(l, why.text[0] != '\0' ? why.text : err_info(e)->text);
    list_fail(l, e);
}

static void list_read(struct node_list *l)
{
    size_t max = node_message_max(l->node);
    l->arena = arena_new(max + MIB(1));
    l->pages = l->arena == NULL ? NULL : ARENA_NEW(l->arena, struct buf);
    l->state = LISTED_READING;
    l->stale = false;
    l->pages_n = 0;
    if (l->pages == NULL) {
        list_fail(l, E_NO_MEMORY);
        return;
    }
    buf_init(l->pages, max);
    list_page(l, STR_NONE);
}

static bool is_good(const struct node_list *l)
{
    dur_t age = { clock_mono().us - l->at.us };
    if (l->state == LISTED_WELL)
        return age.us < hub_settings(l->node->hub)->list_ttl.us;
    return l->state == LISTED_BADLY && age.us < LIST_REST.us;
}

bool node_list_await(struct node *n, enum node_list_kind kind, struct list_wait *w)
{
    struct node_list *l = &n->lists[kind];
    w->list = NULL;
    if (is_good(l))
        return true;
    w->list = l;
    w->next = l->waits;
    l->waits = w;
    if (l->state != LISTED_READING && l->state != LISTED_SIGHTED)
        list_read(l);
    return false;
}

void node_list_forget(struct list_wait *w)
{
    if (w->list == NULL)
        return;
    struct list_wait **at = &w->list->waits;
    while (*at != w)
        at = &(*at)->next;
    *at = w->next;
    w->list = NULL;
}

void node_list_drop(struct node *n, enum node_list_kind kind)
{
    struct node_list *l = &n->lists[kind];
    if (l->state == LISTED_READING || l->state == LISTED_SIGHTED)
        l->stale = true;
    else
        l->state = LISTED_NOT;
}

void node_list_fini(struct node_list *l)
{
    trip_cancel(&l->trip, STR("the connection ends"));
    list_forget_reading(l);
    list_items_drop(l->items);
    l->items = NULL;
}
