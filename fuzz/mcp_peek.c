/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The envelope of a message, held to the strict parser: they agree on what is JSON (but for members
 * that appear twice deeper than the envelope, and numbers and U+0000 that pass unread), and on what
 * stands in it. A message that was edited holds what was set, and nothing else has changed.
 */
#include "plat/json/json.h"
#include "plat/mcp/mcp_edit.h"
#include "plat/mcp/mcp_era.h"

#include <assert.h>

enum { ARENA_MAX = 1 << 22, OUT_MAX = 1 << 21 };

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static bool is_twice(const struct diag *why)
{
    return strstr(why->text, "twice") != NULL;
}

static const struct json *member(const struct json *v, const char *name)
{
    return v != NULL && json_type(v) == JSON_OBJECT ? json_member(v, str_from_cz(name)) : NULL;
}

/* A raw slice is the member. */
static void same_raw(str_t raw, const struct json *v)
{
    struct json *read = NULL;
    assert((raw.p == NULL) == (v == NULL));
    if (v == NULL)
        return;
    err_t e = json_parse(raw, NULL, &read);
    assert(e == E_OK && json_equal(read, v));
    json_free(read);
}

/* A decoded text is the member, where that is a string. */
static void same_text(str_t text, const struct json *v)
{
    bool string = v != NULL && json_type(v) == JSON_STRING;
    assert((text.p != NULL) == string);
    assert(!string || str_eq(text, json_string(v)));
}

static void check_message(const struct mcp_peek *m, const struct json *v)
{
    const struct json *params = member(v, "params");
    const struct json *meta = member(params, "_meta");
    same_text(m->method, member(v, "method"));
    same_raw(m->params, params);
    same_raw(m->result, member(v, "result"));
    same_raw(m->error, member(v, "error"));
    same_text(m->name, member(params, "name"));
    same_text(m->uri, member(params, "uri"));
    same_raw(m->arguments, member(params, "arguments"));
    same_raw(m->meta, meta);
    const struct json *claim = member(meta, "io.modelcontextprotocol/protocolVersion");
    assert(m->has_claim == (claim != NULL));
    same_text(m->protocol, claim);
    same_raw(m->client_info, member(meta, "io.modelcontextprotocol/clientInfo"));
    same_text(m->traceparent, member(meta, "traceparent"));
    assert(json_type(v) == JSON_OBJECT);
    assert((m->kind == MCP_ANSWER) == (m->method.p == NULL));
}

/* Which kinds of message there are: what the parser calls one of them must be peeked. */
static bool is_message(const struct json *v)
{
    const struct json *rpc = member(v, "jsonrpc");
    const struct json *method = member(v, "method");
    const struct json *params = member(v, "params");
    const struct json *meta = member(params, "_meta");
    if (rpc == NULL || json_type(rpc) != JSON_STRING || !str_eq(json_string(rpc), STR("2.0")))
        return false;
    if (method == NULL || json_type(method) != JSON_STRING || json_string(method).n == 0)
        return false;
    if (member(v, "id") != NULL || member(v, "result") != NULL || member(v, "error") != NULL)
        return false; /* kept to notifications: ids have rules of their own */
    if (params != NULL && (json_type(params) != JSON_OBJECT || json_count(params) > 64))
        return false;
    return json_count(v) <= 64 &&
           (meta == NULL || (json_type(meta) == JSON_OBJECT && json_count(meta) <= 64));
}

static void check_edits(struct arena *a, str_t text, const struct mcp_peek *m)
{
    static const char *const claim = "io.modelcontextprotocol/protocolVersion";
    const struct mcp_edit edits[] = {
        { .at = MCP_AT_SELF, .name = STR("id"), .value = STR("\"mine\"") },
        { .at = MCP_AT_PARAMS, .name = STR("name"), .value = STR("\"n\\\"x\"") },
        { .at = MCP_AT_PARAMS_META, .name = str_from_cz(claim), .value = STR("\"v\"") },
        { .at = MCP_AT_PARAMS_META, .name = STR("traceparent") },
        { .at = MCP_AT_PARAMS_META, .name = STR("io.modelcontextprotocol/"), .prefixed = true },
    };
    struct buf out;
    struct mcp_peek now;
    buf_init(&out, OUT_MAX);
    err_t e = mcp_edit(a, text, NULL, 0, &out);
    assert(e == E_OK && str_eq(buf_str(&out), text));
    buf_clear(&out);
    e = mcp_edit(a, text, edits, ARRAY_LEN(edits), &out);
    assert(e == E_OK);
    e = mcp_peek(a, buf_str(&out), &now);
    assert(e == E_OK || e == E_BAD_FIELD); /* one member more than an object may have */
    if (e == E_OK) {
        assert(str_eq(now.id, STR("\"mine\"")) && str_eq(now.name, STR("n\"x")));
        assert(now.has_claim && str_eq(now.protocol, STR("v")));
        assert(now.traceparent.p == NULL && now.client_info.p == NULL);
        assert(str_eq(now.method, m->method) && str_eq(now.arguments, m->arguments));
        assert(str_eq(now.uri, m->uri) && str_eq(now.progress_token, m->progress_token));
    }
    buf_fini(&out);
}

static void check_route(struct arena *a, const struct mcp_peek *m)
{
    const struct mcp_head heads[] = { { .version = STR_NONE },
                                      { m->protocol, m->method, m->name },
                                      { m->name, m->uri, m->uri } };
    for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
        struct mcp_route r;
        err_t e = mcp_route(a, &heads[i], m, &r);
        assert(e == E_OK);
        assert(r.era != MCP_MODERN || m->kind == MCP_REQUEST || m->kind == MCP_NOTIFICATION);
        /* Whoever claims nothing and names no version is legacy, and never refused for his headers.
         */
        assert(i > 0 || m->has_claim || (r.era == MCP_LEGACY && r.refusal.err == MCP_OK));
    }
}

static void check_accepted(struct arena *a, str_t text, const struct mcp_peek *m)
{
    struct json *v = NULL;
    struct diag why = { 0 };
    assert(str_is_utf8(text));
    err_t e = json_parse(text, &why, &v);
    assert(e == E_OK || e == E_BAD_FIELD || (e == E_BAD_JSON && is_twice(&why)));
    if (e == E_OK && m->kind != MCP_BATCH)
        check_message(m, v);
    if (m->kind == MCP_BATCH) {
        str_t rest = text;
        str_t one;
        size_t count = 0;
        while (mcp_array_next(&rest, &one)) {
            struct mcp_peek each;
            e = mcp_peek(a, one, &each);
            assert(e == E_OK && each.kind != MCP_BATCH);
            count++;
        }
        assert(count == m->batch);
    } else if (m->kind != MCP_ANSWER) {
        check_edits(a, text, m);
    }
    check_route(a, m);
    json_free(v);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    str_t text = str_of(p, n);
    struct mcp_peek m;
    struct mcp_result r;
    struct json *v = NULL;
    struct arena *a = arena_new(ARENA_MAX);
    assert(a != NULL);
    err_t e = mcp_peek(a, text, &m);
    assert(e == E_OK || e == E_BAD_JSON || e == E_BAD_FIELD || e == E_NO_MEMORY);
    if (e == E_OK) {
        check_accepted(a, text, &m);
    } else if (e != E_NO_MEMORY && json_parse(text, NULL, &v) == E_OK) {
        assert(e == E_BAD_FIELD); /* JSON it is */
        assert(!is_message(v));
        json_free(v);
    }
    e = mcp_peek_result(a, text, &r);
    assert(e == E_OK || e == E_BAD_JSON || e == E_BAD_FIELD || e == E_NO_MEMORY);
    arena_free(a);
    return 0;
}
