/* SPDX-License-Identifier: Apache-2.0 */
/* Methods and errors of MCP as tables, and errors as messages. */
#ifndef PLAT_MCP_MCP_ERR_H
#define PLAT_MCP_MCP_ERR_H

#include "base/buf.h"

/* Before 2026-07-28 (sessions, a handshake) and since (each request stands for itself). */
enum mcp_era { MCP_LEGACY, MCP_MODERN };

enum mcp_err {
    MCP_OK,
#define ERROR(name, modern, legacy, http_modern, http_legacy, text) MCP_E_##name,
#include "plat/mcp/mcp_err.def"
#undef ERROR
    MCP_E_COUNT
};

int mcp_err_code(enum mcp_err e, enum mcp_era era);
int mcp_err_status(enum mcp_err e, enum mcp_era era); /* of HTTP; MCP_OK: 200 */
const char *mcp_err_text(enum mcp_err e);

/*
 * The error as a message: {"jsonrpc":"2.0","id":ID,"error":{...}}.
 *   id       raw; absent: null
 *   message  one sentence; absent: that of the table
 *   data     raw JSON; absent: none
 */
struct mcp_refusal {
    enum mcp_err err; /* MCP_OK: nothing is refused */
    str_t message;
    str_t data;
};
void mcp_err_put(struct buf *b, const struct mcp_refusal *r, enum mcp_era era, str_t id);

/* Methods. */
enum mcp_method_id {
    MCP_M_NONE,
#define METHOD(code, name, eras, source, flags) MCP_M_##code,
#include "plat/mcp/mcp_method.def"
#undef METHOD
    MCP_M_COUNT
};

enum mcp_source { MCP_NAME_OF_NOTHING, MCP_NAME_OF_NAME, MCP_NAME_OF_URI, MCP_NAME_OF_TASK };

enum {
    MCP_METHOD_ROUNDS = 1,
    MCP_METHOD_CACHED = 2,
    MCP_METHOD_NOTE = 4,
    MCP_METHOD_SERVER = 8,
};

struct mcp_method {
    enum mcp_method_id id;
    str_t name;
    bool in[2]; /* by enum mcp_era */
    enum mcp_source source;
    unsigned flags;
};

const struct mcp_method *mcp_method_find(str_t name); /* NULL: not known */
const struct mcp_method *mcp_method_of(enum mcp_method_id id);

#endif
