/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/mcp/mcp_pin.h"

#include <assert.h>

static const str_t pinned[] = {
    { "name", 4 },          { "title", 5 },        { "description", 11 }, { "inputSchema", 11 },
    { "outputSchema", 12 }, { "annotations", 11 }, { "_meta", 5 },
};

/* Of _meta: what says something about one answer, and nothing about the tool. */
static const str_t noise[] = {
    { "io.modelcontextprotocol/serverInfo", 34 },
    { "io.modelcontextprotocol/subscriptionId", 38 },
    { "progressToken", 13 },
    { "traceparent", 11 },
    { "tracestate", 10 },
    { "baggage", 7 },
};

static err_t tool_check(const struct json *tool, struct diag *why, str_t *ret_name)
{
    if (json_type(tool) != JSON_OBJECT)
        return FAIL(why, E_BAD_FIELD, "a tool must be an object");
    const struct json *name = json_member(tool, STR("name"));
    if (name == NULL || json_type(name) != JSON_STRING || json_string(name).n == 0 ||
        json_string(name).n > MCP_TOOL_NAME_MAX)
        return FAIL(why, E_BAD_FIELD, "name: want a string of 1..%d bytes", MCP_TOOL_NAME_MAX);
    enum mcp_find kind;
    if (mcp_text_find(json_string(name), &kind))
        return FAIL(why, E_BAD_FIELD, "name: has %s", mcp_find_text(kind));
    const struct json *schema = json_member(tool, STR("inputSchema"));
    if (schema == NULL || json_type(schema) != JSON_OBJECT)
        return FAIL(why, E_BAD_FIELD, "inputSchema: want an object");
    *ret_name = json_string(name);
    return E_OK;
}

static err_t pin_copy(const struct json *tool, struct json *out)
{
    for (size_t i = 0; i < ARRAY_LEN(pinned); i++) {
        const struct json *v = json_member(tool, pinned[i]);
        if (v != NULL)
            TRY(json_set(out, pinned[i], json_clone(v)));
    }
    struct json *meta = json_member_mut(out, STR("_meta"));
    if (meta == NULL || json_type(meta) != JSON_OBJECT)
        return E_OK;
    for (size_t i = 0; i < ARRAY_LEN(noise); i++)
        json_remove(meta, noise[i]);
    if (json_count(meta) == 0)
        json_remove(out, STR("_meta"));
    return E_OK;
}

static err_t pin_write(struct arena *a, const struct json *out, struct mcp_pin *p)
{
    struct buf b;
    buf_init(&b, MCP_TOOL_MAX);
    json_write_jcs(&b, out);
    err_t e = b.err == E_OK ? str_copy(a, buf_str(&b), &p->definition) : b.err;
    buf_fini(&b);
    if (e == E_OK)
        p->digest = sha256_of(p->definition);
    return e;
}

/* The way to where a walk is. */
struct place {
    struct arena *a;
    struct buf pointer;
    struct mcp_pin *pin;
};

static err_t find_note(struct place *at, str_t text)
{
    struct mcp_finding f;
    if (at->pin->findings_n == MCP_FINDINGS_MAX || !mcp_text_find(text, &f.kind))
        return E_OK;
    TRY(at->pointer.err);
    TRY(str_copy(at->a, buf_str(&at->pointer), &f.pointer));
    at->pin->findings[at->pin->findings_n++] = f;
    return E_OK;
}

/* Not deeper than JSON_DEPTH_MAX: json_parse() has counted. */
static err_t find_walk(struct place *at, const struct json *v)
{
    enum json_type type = json_type(v);
    size_t here = at->pointer.n;
    if (type == JSON_STRING)
        return find_note(at, json_string(v));
    if (type == JSON_ARRAY) {
        for (size_t i = 0; i < json_count(v); i++) {
            buf_addf(&at->pointer, "/%zu", i);
            TRY(find_walk(at, json_at(v, i)));
            at->pointer.n = here;
        }
        return E_OK;
    }
    if (type != JSON_OBJECT)
        return E_OK;
    struct json_pair *pairs = NULL;
    size_t n = 0;
    TRY(json_members(at->a, v, &pairs, &n));
    for (size_t i = 0; i < n; i++) {
        json_pointer_add(&at->pointer, pairs[i].name);
        TRY(find_note(at, pairs[i].name));
        TRY(find_walk(at, pairs[i].value));
        at->pointer.n = here;
    }
    return E_OK;
}

static err_t pin_find(struct arena *a, const struct json *out, struct mcp_pin *p)
{
    struct place at = { .a = a, .pin = p };
    p->findings = ARENA_ARRAY(a, struct mcp_finding, MCP_FINDINGS_MAX);
    if (p->findings == NULL)
        return E_NO_MEMORY;
    buf_init(&at.pointer, 2 * (size_t)MCP_TOOL_MAX); /* each byte of a name at most doubles */
    err_t e = find_walk(&at, out);
    if (e == E_OK)
        e = at.pointer.err;
    buf_fini(&at.pointer);
    return e;
}

err_t mcp_pin_make(struct arena *a, const struct json *tool, struct diag *why, struct mcp_pin *ret)
{
    struct mcp_pin p = { 0 };
    str_t name = STR_NONE;
    TRY(tool_check(tool, why, &name));
    CLEANUP(json_freep) struct json *out = json_new_object();
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(pin_copy(tool, out));
    TRY(str_copy(a, name, &p.name));
    err_t e = pin_write(a, out, &p);
    if (e == E_TOO_BIG)
        return FAIL(why, e, "the definition is over %d bytes", MCP_TOOL_MAX);
    TRY(e);
    TRY(pin_find(a, out, &p));
    p.class = mcp_class_of(out);
    *ret = p;
    return E_OK;
}
