/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/mcp/mcp_peek.h"

#include "base/num.h"
#include "plat/mcp/scan.h"

#include <assert.h>
#include <stddef.h>

/* What a member that is looked at must be, and becomes. */
enum how {
    HOW_RAW,    /* anything, as it stands */
    HOW_TEXT,   /* a string, decoded; anything else is as if it were absent */
    HOW_OBJECT, /* an object, as it stands; anything else is E_BAD_FIELD */
    HOW_TOKEN,  /* an integer or a string, as it stands; anything else is as if it were absent */
    HOW_PARAMS, /* an object that is walked in its turn; anything else is E_BAD_FIELD */
    HOW_META,
    HOW_ERROR,
    HOW_RPC,   /* must say "2.0" */
    HOW_CLAIM, /* HOW_TEXT, and that it is there counts too */
    HOW_CODE,  /* the integer of an error; anything else is 0 */
};

struct slot {
    str_t name;
    enum how how;
    size_t at; /* of the str_t in what is filled */
};

struct slots {
    const struct slot *row;
    size_t n;
};

#define NAMED(lit)                                                                                 \
    {                                                                                              \
        .p = "" lit, .n = sizeof(lit) - 1                                                          \
    }
#define SLOT(lit, kind, member)                                                                    \
    {                                                                                              \
        .name = NAMED(lit), .how = (kind), .at = offsetof(struct mcp_peek, member)                 \
    }

static const struct slot message_slots[] = {
    SLOT("jsonrpc", HOW_RPC, id),       SLOT("id", HOW_RAW, id),
    SLOT("method", HOW_TEXT, method),   SLOT("params", HOW_PARAMS, params),
    SLOT("result", HOW_OBJECT, result), SLOT("error", HOW_ERROR, error),
};

static const struct slot params_slots[] = {
    SLOT("name", HOW_TEXT, name),
    SLOT("arguments", HOW_RAW, arguments),
    SLOT("_meta", HOW_META, meta),
    SLOT("uri", HOW_TEXT, uri),
    SLOT("taskId", HOW_TEXT, task_id),
    SLOT("cursor", HOW_TEXT, cursor),
    SLOT("requestState", HOW_TEXT, request_state),
    SLOT("inputResponses", HOW_RAW, input_responses),
    SLOT("requestId", HOW_TOKEN, request_id),
    SLOT("progressToken", HOW_TOKEN, progress_of),
    SLOT("protocolVersion", HOW_TEXT, init_version),
    SLOT("clientInfo", HOW_RAW, init_info),
    SLOT("capabilities", HOW_RAW, init_capabilities),
};

#define MCP_KEY "io.modelcontextprotocol/"
static const struct slot meta_slots[] = {
    SLOT(MCP_KEY "protocolVersion", HOW_CLAIM, protocol),
    SLOT(MCP_KEY "clientInfo", HOW_RAW, client_info),
    SLOT(MCP_KEY "clientCapabilities", HOW_RAW, client_capabilities),
    SLOT(MCP_KEY "logLevel", HOW_TEXT, log_level),
    SLOT(MCP_KEY "subscriptionId", HOW_TOKEN, subscription),
    SLOT("progressToken", HOW_TOKEN, progress_token),
    SLOT("traceparent", HOW_TEXT, traceparent),
};

static const struct slot error_slots[] = {
    SLOT("code", HOW_CODE, error),
};
#undef SLOT

#define SLOT(lit, kind, member)                                                                    \
    {                                                                                              \
        .name = NAMED(lit), .how = (kind), .at = offsetof(struct mcp_result, member)               \
    }
static const struct slot result_slots[] = {
    SLOT("resultType", HOW_TEXT, type),
    SLOT("requestState", HOW_TEXT, request_state),
    SLOT("nextCursor", HOW_TEXT, next_cursor),
    SLOT("inputRequests", HOW_RAW, input_requests),
    SLOT("cacheScope", HOW_TEXT, cache_scope),
    SLOT("ttlMs", HOW_RAW, ttl_ms),
    SLOT("isError", HOW_RAW, is_error),
    SLOT("_meta", HOW_OBJECT, meta),
    SLOT("tools", HOW_RAW, tools),
    SLOT("prompts", HOW_RAW, prompts),
    SLOT("resources", HOW_RAW, resources),
    SLOT("resourceTemplates", HOW_RAW, resource_templates),
    SLOT("capabilities", HOW_RAW, capabilities),
    SLOT("serverInfo", HOW_RAW, server_info),
    SLOT("instructions", HOW_TEXT, instructions),
    SLOT("protocolVersion", HOW_TEXT, version),
    SLOT("supportedVersions", HOW_RAW, supported_versions),
};
#undef SLOT

#define SLOTS(table) ((struct slots){ (table), ARRAY_LEN(table) })

/* What is filled, and what of it is no slice. */
struct filling {
    struct arena *a;
    struct mcp_scan s;
    void *out;
    bool is_2_0;
    bool has_claim;
    int64_t code;
};

static err_t fill_object(struct filling *f, struct slots slots) MUST_USE;

/* An integer or a string, as ids and progress tokens are (JSON-RPC 2.0 section 4; MCP forbids null
 * and fractions). */
static bool is_token(str_t raw)
{
    if (raw.n == 0 || raw.n > MCP_ID_MAX)
        return false;
    if (raw.p[0] == '"')
        return true;
    for (size_t i = raw.p[0] == '-' ? 1 : 0; i < raw.n; i++) {
        if (raw.p[i] < '0' || raw.p[i] > '9')
            return false;
    }
    return true;
}

static err_t fill_text(struct filling *f, str_t *ret)
{
    str_t raw;
    if (!mcp_scan_at(&f->s, '"'))
        return mcp_scan_value(&f->s, &raw);
    return mcp_scan_text(&f->s, f->a, ret);
}

/* Not deeper than the tables are: a message, its params, their _meta. */
static err_t fill_walked(struct filling *f, struct slots slots, str_t *ret)
{
    const char *from = f->s.p;
    str_t raw;
    if (!mcp_scan_at(&f->s, '{')) {
        TRY(mcp_scan_value(&f->s, &raw));
        return E_BAD_FIELD;
    }
    TRY(fill_object(f, slots));
    *ret = str_of(from, (size_t)(f->s.p - from));
    return E_OK;
}

static err_t fill_raw(struct filling *f, enum how how, str_t *ret)
{
    str_t raw;
    TRY(mcp_scan_value(&f->s, &raw));
    if (how == HOW_OBJECT && !mcp_is_object(raw))
        return E_BAD_FIELD;
    if (how == HOW_CODE)
        err_ignore(num_parse_i64(raw, &f->code)); /* another code, or none, is 0 */
    else if (how == HOW_RPC)
        f->is_2_0 = str_eq(raw, STR("\"2.0\""));
    else if (how != HOW_TOKEN || is_token(raw))
        *ret = raw;
    return E_OK;
}

static err_t fill_slot(struct filling *f, enum how how, str_t *ret)
{
    switch (how) {
    case HOW_CLAIM:
        f->has_claim = true;
        return fill_text(f, ret);
    case HOW_TEXT:
        return fill_text(f, ret);
    case HOW_PARAMS:
        return fill_walked(f, SLOTS(params_slots), ret);
    case HOW_META:
        return fill_walked(f, SLOTS(meta_slots), ret);
    case HOW_ERROR:
        return fill_walked(f, SLOTS(error_slots), ret);
    case HOW_RAW:
    case HOW_OBJECT:
    case HOW_TOKEN:
    case HOW_RPC:
    case HOW_CODE:
        return fill_raw(f, how, ret);
    }
    assert(false);
    return E_INTERNAL;
}

static const struct slot *slot_find(struct slots slots, str_t name)
{
    for (size_t i = 0; i < slots.n; i++) {
        if (str_eq(slots.row[i].name, name))
            return &slots.row[i];
    }
    return NULL;
}

static err_t fill_object(struct filling *f, struct slots slots)
{
    MCP_WALK w;
    str_t name;
    str_t raw;
    TRY(mcp_walk_open(&w, f->a, &f->s));
    for (;;) {
        TRY(mcp_walk_next(&w, &name));
        if (name.p == NULL)
            return E_OK;
        const struct slot *slot = slot_find(slots, name);
        if (slot != NULL)
            TRY(fill_slot(f, slot->how, (str_t *)(void *)((char *)f->out + slot->at)));
        else
            TRY(mcp_scan_value(&f->s, &raw));
    }
}

/* Request, notification or answer (JSON-RPC 2.0 sections 4 and 5). */
static err_t message_kind(struct mcp_peek *p)
{
    bool answer = p->result.p != NULL || p->error.p != NULL;
    if (str_eq(p->id, STR("null")) && p->error.p != NULL)
        p->id = STR_NONE; /* "if there was an error in detecting the id" */
    if (p->id.p != NULL && !is_token(p->id))
        return E_BAD_FIELD;
    if (answer) {
        p->kind = MCP_ANSWER;
        bool both = p->result.p != NULL && p->error.p != NULL;
        bool nobodys = p->id.p == NULL && p->result.p != NULL;
        return both || nobodys || p->method.p != NULL ? E_BAD_FIELD : E_OK;
    }
    p->kind = p->id.p != NULL ? MCP_REQUEST : MCP_NOTIFICATION;
    return p->method.n > 0 ? E_OK : E_BAD_FIELD;
}

static err_t message_peek(struct arena *a, struct mcp_scan *s, struct mcp_peek *ret)
{
    struct mcp_peek p = { 0 };
    struct filling f = { .a = a, .s = *s, .out = &p };
    TRY(fill_object(&f, SLOTS(message_slots)));
    if (!f.is_2_0)
        return E_BAD_FIELD;
    p.has_claim = f.has_claim;
    p.error_code = f.code;
    TRY(message_kind(&p));
    *s = f.s;
    *ret = p;
    return E_OK;
}

static err_t batch_peek(struct arena *a, struct mcp_scan *s, struct mcp_peek *ret)
{
    struct mcp_peek all = { .kind = MCP_BATCH };
    TRY(mcp_scan_take(s, '['));
    s->depth++;
    do {
        struct mcp_peek one;
        mcp_scan_blank(s);
        if (!mcp_scan_at(s, '{') || all.batch == MCP_BATCH_MAX)
            return E_BAD_FIELD;
        TRY(message_peek(a, s, &one));
        all.has_claim = all.has_claim || one.has_claim;
        all.batch++;
        mcp_scan_blank(s);
    } while (mcp_scan_take(s, ',') == E_OK);
    TRY(mcp_scan_take(s, ']'));
    *ret = all;
    return E_OK;
}

/* What is no message at all may still be JSON, and is then refused as such. */
static err_t other_peek(struct mcp_scan s)
{
    str_t raw;
    TRY(mcp_scan_value(&s, &raw));
    mcp_scan_blank(&s);
    return s.p == s.end ? E_BAD_FIELD : E_BAD_JSON;
}

err_t mcp_peek(struct arena *a, str_t bytes, struct mcp_peek *ret)
{
    struct mcp_scan s = mcp_scan_of(bytes);
    struct mcp_peek p;
    mcp_scan_blank(&s);
    const struct mcp_scan start = s;
    err_t e = mcp_scan_at(&s, '[')   ? batch_peek(a, &s, &p)
              : mcp_scan_at(&s, '{') ? message_peek(a, &s, &p)
                                     : E_BAD_FIELD;
    if (e == E_BAD_FIELD)
        return other_peek(start);
    TRY(e);
    mcp_scan_blank(&s);
    if (s.p != s.end)
        return E_BAD_JSON;
    *ret = p;
    return E_OK;
}

err_t mcp_peek_result(struct arena *a, str_t result, struct mcp_result *ret)
{
    struct mcp_result r = { 0 };
    struct filling f = { .a = a, .s = mcp_scan_of(result), .out = &r };
    mcp_scan_blank(&f.s);
    if (!mcp_scan_at(&f.s, '{'))
        return E_BAD_FIELD;
    TRY(fill_object(&f, SLOTS(result_slots)));
    mcp_scan_blank(&f.s);
    if (f.s.p != f.s.end)
        return E_BAD_JSON;
    *ret = r;
    return E_OK;
}

bool mcp_array_next(str_t *rest, str_t *ret_element)
{
    struct mcp_scan s = mcp_scan_of(*rest);
    mcp_scan_blank(&s);
    if (mcp_scan_take(&s, '[') != E_OK && mcp_scan_take(&s, ',') != E_OK)
        return false;
    mcp_scan_blank(&s);
    if (mcp_scan_value(&s, ret_element) != E_OK)
        return false;
    *rest = str_of(s.p, (size_t)(s.end - s.p));
    return true;
}
