/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which results of tools are given once more. The protocol's hints do not say that two calls get
 * one answer, so the careful reading is the rule: the tool reads (READ in force), and its server
 * says so of the result (ttlMs above 0), or of the tool (readOnlyHint and idempotentHint both
 * true). Never what needs a person's yes, failed, or asked something in the middle.
 *
 * The key is everything that the server sees of the call, and whose call it is: a result is its
 * principal's alone. Permissions are decided before, each time.
 */
#include "base/num.h"
#include "base/ref.h"
#include "mcp/call_in.h"
#include "mcp/hub_in.h"
#include "mcp/raw.h"
#include "plat/json/json.h"
#include "plat/mcp/mcp_edit.h"

enum { KEY_PARTS = 12 };

static str_t id_part(const oid_t *id)
{
    return str_of(id, sizeof *id);
}

/* params without what says where the call stands, and without the arguments, which are canonical
 * beside it. */
static err_t params_part(const struct call *c, struct buf *b)
{
    static const char *const names[] = { "traceparent", "tracestate", "baggage" };
    struct mcp_edit edits[ARRAY_LEN(names) + 1] = { { .name = STR("arguments") } };
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        edits[i + 1] = (struct mcp_edit){ .at = MCP_AT_META, .name = str_from_cz(names[i]) };
    size_t n = c->peek.meta.p == NULL ? 1 : ARRAY_LEN(edits);
    return mcp_edit(c->arena, c->params, edits, n, b);
}

static err_t arguments_part(const struct call *c, struct buf *b)
{
    CLEANUP(json_freep) struct json *arguments = NULL;
    str_t raw = raw_member(c->arena, c->params, STR("arguments"));
    TRY(json_parse(raw.n > 0 ? raw : STR("{}"), NULL, &arguments));
    json_write_jcs(b, arguments);
    return b->err;
}

static err_t key_make(const struct call *c, digest_t *ret)
{
    CLEANUP(buf_fini) struct buf params = { 0 };
    CLEANUP(buf_fini) struct buf arguments = { 0 };
    digest_t parts[KEY_PARTS];
    str_t list[KEY_PARTS];
    buf_init(&params, c->params.n + KIB(1));
    buf_init(&arguments, 4 * c->params.n + KIB(1));
    TRY(params_part(c, &params));
    TRY(arguments_part(c, &arguments));
    const str_t raw[KEY_PARTS] = {
        id_part(&c->access->org),
        str_of(&c->access->kind, sizeof c->access->kind),
        id_part(&c->access->id),
        id_part(&c->access->person),
        id_part(&c->in->who.actor.client),
        id_part(&c->server->id),
        str_of(&c->server->revision, sizeof c->server->revision),
        str_of(c->tool->digest.b, sizeof c->tool->digest.b),
        c->definition,
        c->capabilities,
        buf_str(&params),
        buf_str(&arguments),
    };
    for (size_t i = 0; i < KEY_PARTS; i++) { /* of one length each: nothing moves between parts */
        parts[i] = sha256_of(raw[i]);
        list[i] = str_of(parts[i].b, sizeof parts[i].b);
    }
    *ret = sha256_of_parts(list, KEY_PARTS);
    return E_OK;
}

static void bytes_tell(struct mcp_hub *h)
{
    atomic_store_explicit(&h->counts.cached_bytes, h->cache.bytes, memory_order_relaxed);
}

/* What a server could keep of a call that is none of one round, or wants a person. */
static bool may_be_kept(const struct call *c)
{
    return hub_settings(c->hub)->result_ttl.us > 0 && c->method->id == MCP_M_TOOLS_CALL &&
           c->class == GATE_READ && !c->decision.needs_approval && c->responses.p == NULL &&
           c->state_up.p == NULL && c->peek.request_state.p == NULL;
}

void call_cache_drop(struct mcp_hub *h, oid_t id)
{
    cache_drop(&h->cache, id);
    bytes_tell(h);
}

void call_cache_give(struct call *c, struct cached *hit)
{
    static const struct call_hint hint;
    c->cache.hit = true;
    c->state = CALL_RUNNING;
    HUB_COUNT(c->hub, cached_total, 1);
    call_result(c, str_of(hit->text, hit->n), &hint);
    ref_drop(hit);
}

struct cached *call_cache_find(struct call *c)
{
    struct mcp_hub *h = c->hub;
    dur_t ttl = hub_settings(h)->result_ttl;
    c->cache = (struct call_cache){ .moved = h->cache.moved };
    c->cache.may = may_be_kept(c) && key_make(c, &c->cache.key) == E_OK;
    if (!c->cache.may)
        return NULL;
    struct cached *hit = cache_find(&h->cache, &c->cache.key, clock_mono(), ttl);
    bytes_tell(h);
    if (hit == NULL)
        HUB_COUNT(h, uncached_total, 1);
    return hit;
}

/* ---- what came ---- */

static bool hint_is_set(const struct call *c, str_t annotations, str_t name)
{
    return str_eq(raw_member(c->arena, annotations, name), STR("true"));
}

/* 0: it may not be kept. */
static dur_t ttl_of(const struct call *c, const struct mcp_result *r)
{
    int64_t most_ms = hub_settings(c->hub)->result_ttl.us / 1000;
    int64_t ms = 0;
    if (r->ttl_ms.p != NULL) {
        if (num_parse_i64(r->ttl_ms, &ms) != E_OK || ms <= 0)
            return (dur_t){ 0 };
        return DUR_MS(ms < most_ms ? ms : most_ms);
    }
    str_t definition = c->definition.n > 0 ? c->definition : c->tool->definition;
    str_t annotations = raw_member(c->arena, definition, STR("annotations"));
    bool same = hint_is_set(c, annotations, STR("readOnlyHint")) &&
                hint_is_set(c, annotations, STR("idempotentHint"));
    return DUR_MS(same ? most_ms : 0);
}

void call_cache_keep(struct call *c, str_t result)
{
    struct mcp_hub *h = c->hub;
    struct mcp_result r;
    if (!c->cache.may || c->cache.asked || c->cache.moved != h->cache.moved || c->tool == NULL ||
        mcp_peek_result(c->arena, result, &r) != E_OK)
        return;
    bool whole = r.type.p == NULL || str_eq(r.type, STR("complete"));
    if (!whole || (r.is_error.p != NULL && !str_eq(r.is_error, STR("false"))))
        return;
    const struct cache_of of = { .org = c->access->org,
                                 .principal = c->access->id,
                                 .person = c->access->person,
                                 .server = c->server->id };
    cache_keep(&h->cache, &c->cache.key, &of, result, clock_mono(), ttl_of(c, &r));
    bytes_tell(h);
}
