/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/listen.h"

#include "mcp/hub_in.h"
#include "mcp/modern_in.h"
#include "mcp/watch.h"
#include "plat/json/json.h"
#include "plat/json/out.h"

static const char *const filters[UP_LISTS] = {
    [UP_TOOLS] = "toolsListChanged",
    [UP_PROMPTS] = "promptsListChanged",
    [UP_RESOURCES] = "resourcesListChanged",
};

static bool is_true(const struct json *o, const char *name)
{
    const struct json *v = json_member(o, str_from_cz(name));
    return v != NULL && json_type(v) == JSON_BOOL && json_bool(v);
}

static err_t uris_read(struct arena *a, const struct json *list, struct listen *l)
{
    if (list == NULL)
        return E_OK;
    if (json_type(list) != JSON_ARRAY || json_count(list) > LISTEN_URIS_MAX)
        return E_BAD_FIELD;
    str_t *uris = ARENA_ARRAY(a, str_t, json_count(list) + 1);
    if (uris == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *v = json_at(list, i);
        if (json_type(v) != JSON_STRING)
            return E_BAD_FIELD;
        TRY(str_copy(a, json_string(v), &uris[i]));
    }
    l->uris = uris;
    l->uris_n = json_count(list);
    return E_OK;
}

static err_t filters_read(struct arena *a, str_t params, struct listen *l)
{
    CLEANUP(json_freep) struct json *p = NULL;
    TRY(json_parse(params, NULL, &p));
    const struct json *wanted =
        json_type(p) == JSON_OBJECT ? json_member(p, STR("notifications")) : NULL;
    if (wanted == NULL || json_type(wanted) != JSON_OBJECT)
        return E_BAD_FIELD;
    for (size_t i = 0; i < UP_LISTS; i++)
        l->lists[i] = is_true(wanted, filters[i]);
    return uris_read(a, json_member(wanted, STR("resourceSubscriptions")), l);
}

static void put_meta(struct json_out *o, const struct listen *l)
{
    json_out_name(o, STR("_meta"));
    json_out_open(o, '{');
    JSON_OUT(o, "io.modelcontextprotocol/subscriptionId", raw, l->id);
    json_out_close(o, '}');
}

static void acknowledge(struct talk *t, const struct listen *l)
{
    CLEANUP(buf_fini) struct buf params = { 0 };
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&params, MIB(1));
    buf_init(&b, MIB(1));
    struct json_out o = json_out_to(&params);
    json_out_open(&o, '{');
    json_out_name(&o, STR("notifications"));
    json_out_open(&o, '{');
    for (size_t i = 0; i < UP_LISTS; i++) {
        if (l->lists[i]) {
            json_out_name(&o, str_from_cz(filters[i]));
            json_out_bool(&o, true);
        }
    }
    if (l->uris_n > 0) {
        json_out_name(&o, STR("resourceSubscriptions"));
        json_out_open(&o, '[');
        for (size_t i = 0; i < l->uris_n; i++)
            json_out_str(&o, l->uris[i]);
        json_out_close(&o, ']');
    }
    json_out_close(&o, '}');
    put_meta(&o, l);
    json_out_close(&o, '}');
    rpc_put_note(&b, STR("notifications/subscriptions/acknowledged"), buf_str(&params));
    talk_say(t, buf_str(&b));
}

/* ---- its end ---- */

static void listen_left(struct talk *t)
{
    watch_end(t->hub, t);
    talk_end(t);
}

/* A result, as any request has one: the client may ask again. */
static void listen_ended(struct talk *t)
{
    CLEANUP(buf_fini) struct buf result = { 0 };
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&result, KIB(8));
    buf_init(&b, KIB(8));
    struct json_out o = json_out_to(&result);
    json_out_open(&o, '{');
    JSON_OUT(&o, "resultType", str, STR("complete"));
    put_meta(&o, t->listen);
    json_out_close(&o, '}');
    rpc_put_result(&b, t->listen->id, buf_str(&result));
    watch_end(t->hub, t);
    talk_answer(t, 200, buf_str(&b));
}

static bool listen_tick(struct talk *t)
{
    ts_t end = t->in->who.expires_at;
    if (!ts_is_set(end) || end.us > clock_now().us)
        return true;
    listen_ended(t);
    return false;
}

static const struct talk_kind listen_kind = {
    .gone = listen_left,
    .tick = listen_tick,
    .ended = listen_ended,
};

void listen_open(struct talk *t, const struct mcp_peek *p)
{
    struct arena *a = t->in->arena;
    struct listen *l = ARENA_NEW(a, struct listen);
    err_t e = l == NULL ? E_NO_MEMORY : filters_read(a, p->params, l);
    if (e != E_OK || !t->events) {
        talk_refuse_as(t, p->id, e == E_OK ? MCP_E_NOT_ACCEPTABLE : MCP_E_INVALID_PARAMS);
        return;
    }
    if (t->hub->phase != HUB_SERVES) {
        talk_refuse_as(t, p->id, MCP_E_STOPPING);
        return;
    }
    l->id = p->id;
    t->listen = l;
    t->open = 1;
    t->rests = true;
    t->kind = &listen_kind;
    talk_stream(t);
    acknowledge(t, l);
    watch_listen(t);
}
