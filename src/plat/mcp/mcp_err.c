/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/mcp/mcp_err.h"

#include "plat/json/out.h"

#include <assert.h>

static const struct row {
    int code[2]; /* by enum mcp_era */
    int status[2];
    const char *text;
} rows[MCP_E_COUNT] = {
    [MCP_OK] = { { 0, 0 }, { 200, 200 }, "OK" },
#define ERROR(name, modern, legacy, http_modern, http_legacy, words)                               \
    [MCP_E_##name] = {                                                                             \
        .code = { [MCP_MODERN] = (modern), [MCP_LEGACY] = (legacy) },                              \
        .status = { [MCP_MODERN] = (http_modern), [MCP_LEGACY] = (http_legacy) },                  \
        .text = (words),                                                                           \
    },
#include "plat/mcp/mcp_err.def"
#undef ERROR
};

/* The words of mcp_method.def. */
enum { LEGACY = 1 << MCP_LEGACY, MODERN = 1 << MCP_MODERN };
enum {
    ROUNDS = MCP_METHOD_ROUNDS,
    CACHED = MCP_METHOD_CACHED,
    NOTE = MCP_METHOD_NOTE,
    SERVER = MCP_METHOD_SERVER,
};

static const struct mcp_method methods[MCP_M_COUNT] = {
#define METHOD(code, text, eras, of, bits)                                                         \
    [MCP_M_##code] = {                                                                             \
        .id = MCP_M_##code,                                                                        \
        .name = { .p = (text), .n = sizeof(text) - 1 },                                            \
        .in = { [MCP_LEGACY] = ((eras)&LEGACY) != 0, [MCP_MODERN] = ((eras)&MODERN) != 0 },        \
        .source = MCP_NAME_OF_##of,                                                                \
        .flags = (bits),                                                                           \
    },
#include "plat/mcp/mcp_method.def"
#undef METHOD
};

int mcp_err_code(enum mcp_err e, enum mcp_era era)
{
    assert(e > MCP_OK && e < MCP_E_COUNT);
    return rows[e].code[era];
}

int mcp_err_status(enum mcp_err e, enum mcp_era era)
{
    assert(e < MCP_E_COUNT);
    return rows[e].status[era];
}

const char *mcp_err_text(enum mcp_err e)
{
    assert(e < MCP_E_COUNT);
    return rows[e].text;
}

void mcp_err_put(struct buf *b, const struct mcp_refusal *r, enum mcp_era era, str_t id)
{
    struct json_out o = json_out_to(b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "jsonrpc", str, STR("2.0"));
    JSON_OUT(&o, "id", raw, id);
    json_out_name(&o, STR("error"));
    json_out_open(&o, '{');
    JSON_OUT(&o, "code", i64, mcp_err_code(r->err, era));
    JSON_OUT(&o, "message", str,
             r->message.p != NULL ? r->message : str_from_cz(mcp_err_text(r->err)));
    if (r->data.p != NULL)
        JSON_OUT(&o, "data", raw, r->data);
    json_out_close(&o, '}');
    json_out_close(&o, '}');
}

const struct mcp_method *mcp_method_find(str_t name)
{
    for (size_t i = MCP_M_NONE + 1; i < MCP_M_COUNT; i++) {
        if (str_eq(methods[i].name, name))
            return &methods[i];
    }
    return NULL;
}

const struct mcp_method *mcp_method_of(enum mcp_method_id id)
{
    assert(id > MCP_M_NONE && id < MCP_M_COUNT);
    return &methods[id];
}
