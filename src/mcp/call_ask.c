/* SPDX-License-Identifier: Apache-2.0 */
/* What an upstream wants to know of the client in the middle of a call. */
#include "mcp/call_in.h"
#include "mcp/hub_in.h"
#include "mcp/tally.h"
#include "plat/json/out.h"
#include "plat/mcp/mcp_edit.h"

#include <inttypes.h>

/* ---- may the client be asked? ---- */

static bool has(const struct json *o, const char *name)
{
    const struct json *v = o == NULL ? NULL : json_member(o, str_from_cz(name));
    return v != NULL && json_type(v) == JSON_OBJECT;
}

/* The mode of an elicitation: "form" where it says nothing. */
static bool is_url(str_t params)
{
    CLEANUP(json_freep) struct json *p = NULL;
    if (params.p == NULL || json_parse(params, NULL, &p) != E_OK || json_type(p) != JSON_OBJECT)
        return false;
    const struct json *mode = json_member(p, STR("mode"));
    return mode != NULL && json_type(mode) == JSON_STRING && str_eq(json_string(mode), STR("url"));
}

static bool can(str_t capabilities, str_t method, str_t params)
{
    CLEANUP(json_freep) struct json *caps = NULL;
    if (capabilities.p == NULL || json_parse(capabilities, NULL, &caps) != E_OK ||
        json_type(caps) != JSON_OBJECT)
        return false;
    if (str_eq(method, STR("sampling/createMessage")))
        return has(caps, "sampling");
    if (str_eq(method, STR("roots/list")))
        return has(caps, "roots");
    if (!str_eq(method, STR("elicitation/create")) || !has(caps, "elicitation"))
        return false;
    const struct json *e = json_member(caps, STR("elicitation"));
    return is_url(params) ? has(e, "url") : json_count(e) == 0 || has(e, "form");
}

/* ---- asks ---- */

static struct call_ask *ask_add(struct call *c, str_t method, str_t params)
{
    if (c->asks_n == CALL_ASKS_MAX)
        return NULL;
    struct call_ask *a = &c->asks[c->asks_n];
    *a = (struct call_ask){ .id = ++c->asks_last };
    if (str_copy(c->arena, method, &a->method) != E_OK ||
        str_copy(c->arena, params.p == NULL ? STR("{}") : params, &a->params) != E_OK)
        return NULL;
    c->asks_n++;
    return a;
}

static void ask_drop(struct call *c, struct call_ask *a)
{
    struct call_ask *last = &c->asks[c->asks_n - 1];
    memmove(a, a + 1, (size_t)(last - a) * sizeof *a);
    c->asks_n--;
}

void call_on_ask(struct trip *t, uint64_t ask, str_t method, str_t params)
{
    struct call *c = CONTAINER_OF(t, struct call, trip);
    struct call_ask *a = NULL;
    c->cache.asked = true;
    if (can(c->capabilities, method, params))
        a = ask_add(c, method, params);
    if (a == NULL && c->down->mute) {
        call_refuse_as(c, MCP_E_CAPABILITY);
        return;
    }
    if (a == NULL) {
        up_reply(&t->up, ask, STR_NONE,
                 STR("{\"code\":-32601,\"message\":\"the client does not take this request\"}"));
        return;
    }
    a->up = ask;
    c->down->ask(c);
}

/* {"key":{"method":...,"params":...}} as asks. */
static err_t asks_read(struct call *c, str_t requests)
{
    CLEANUP(json_freep) struct json *all = NULL;
    struct json_pair *pairs;
    size_t n;
    TRY(json_parse(requests, NULL, &all));
    if (json_type(all) != JSON_OBJECT)
        return E_BAD_JSON;
    TRY(json_members(c->arena, all, &pairs, &n));
    for (size_t i = 0; i < n; i++) {
        const struct json *v = pairs[i].value;
        const struct json *method =
            json_type(v) == JSON_OBJECT ? json_member(v, STR("method")) : NULL;
        const struct json *params = method == NULL ? NULL : json_member(v, STR("params"));
        CLEANUP(buf_fini) struct buf b = { 0 };
        buf_init(&b, requests.n + KIB(1));
        if (method == NULL || json_type(method) != JSON_STRING)
            return E_BAD_JSON;
        if (params != NULL)
            json_write(&b, params);
        TRY(b.err);
        struct call_ask *a =
            ask_add(c, json_string(method), params == NULL ? STR("{}") : buf_str(&b));
        if (a == NULL)
            return E_NO_MEMORY;
        TRY(str_copy(c->arena, pairs[i].name, &a->key));
    }
    return n > 0 ? E_OK : E_BAD_JSON;
}

/* A client of sessions is asked one by one, and the next round follows by itself. */
static err_t asks_show(struct call *c, str_t requests, str_t state)
{
    c->state_up = STR_NONE;
    if (state.p != NULL)
        TRY(str_copy(c->arena, state, &c->state_up));
    TRY(asks_read(c, requests));
    for (size_t i = 0; i < c->asks_n; i++) {
        if (!can(c->capabilities, c->asks[i].method, c->asks[i].params))
            return E_FORBIDDEN;
    }
    c->state = CALL_ASKING;
    c->down->ask(c);
    return E_OK;
}

void call_on_input(struct trip *t, str_t input_requests, str_t state)
{
    struct call *c = CONTAINER_OF(t, struct call, trip);
    tally_answered(c);
    trace_answered(c, STR_NONE);
    c->cache.asked = true;
    if (c->down->input != NULL) {
        call_input(c, input_requests, state);
        return;
    }
    err_t e = asks_show(c, input_requests, state);
    if (e == E_FORBIDDEN)
        call_refuse_as(c, MCP_E_CAPABILITY);
    else
        call_try(c, e);
}

/* ---- answers ---- */

static bool is_answered(const struct call_ask *a)
{
    return a->result.p != NULL;
}

static err_t next_round(struct call *c)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, hub_settings(c->hub)->message_max);
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    for (size_t i = 0; i < c->asks_n; i++) {
        json_out_name(&o, c->asks[i].key);
        json_out_raw(&o, c->asks[i].result);
    }
    json_out_close(&o, '}');
    TRY(b.err);
    c->asks_n = 0;
    TRY(str_copy(c->arena, buf_str(&b), &c->responses));
    call_go(c);
    return E_OK;
}

/* Of a modern upstream: when the last answer is there, the next round goes. */
static void round_answer(struct call *c, struct call_ask *a, str_t result, str_t error)
{
    if (error.p != NULL) {
        call_error(c, error);
        return;
    }
    err_t e = str_copy(c->arena, result, &a->result);
    for (size_t i = 0; e == E_OK && i < c->asks_n; i++) {
        if (!is_answered(&c->asks[i]))
            return;
    }
    if (e == E_OK)
        e = next_round(c);
    call_try(c, e);
}

void call_answer(struct call *c, uint64_t ask, str_t result, str_t error)
{
    for (size_t i = 0; i < c->asks_n; i++) {
        struct call_ask *a = &c->asks[i];
        uint64_t up = a->up;
        if (a->id != ask)
            continue;
        if (up == 0) {
            round_answer(c, a, result, error);
            return;
        }
        ask_drop(c, a);
        up_reply(&c->trip.up, up, result, error);
        return;
    }
}
