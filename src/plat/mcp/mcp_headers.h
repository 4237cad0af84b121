/* SPDX-License-Identifier: Apache-2.0 */
/* What of a modern message its HTTP head repeats: Mcp-Name and Mcp-Param-* (MCP 2026-07-28,
 * Streamable HTTP, "Request Metadata"). */
#ifndef PLAT_MCP_MCP_HEADERS_H
#define PLAT_MCP_MCP_HEADERS_H

#include "plat/json/json.h"
#include "plat/mcp/mcp_err.h"
#include "plat/mcp/mcp_peek.h"

enum { MCP_HEADER_MAX = 8192 }; /* bytes that a value decodes to: heads are no longer than 16 KiB */

/* A value as a field may hold it: itself, or =?base64?...?= where it has blanks at its ends, bytes
 * that are not printable ASCII, or looks like that form. E_TOO_BIG: over MCP_HEADER_MAX.
 * E_NO_MEMORY. */
err_t mcp_header_encode(struct arena *a, str_t value, str_t *ret) MUST_USE;
/* The other way. E_BAD_FIELD: the form with what is not canonical base64 (RFC 4648 section 4) of
 * UTF-8, or bytes that no plain value has. E_NO_MEMORY. */
err_t mcp_header_decode(struct arena *a, str_t field, str_t *ret) MUST_USE;

/* What Mcp-Name repeats of this message; absent: nothing. */
str_t mcp_name_source(const struct mcp_peek *p, const struct mcp_method *method);

/* The arguments of a tool that its head repeats: its inputSchema marks them with x-mcp-header. */
enum mcp_param_type { MCP_PARAM_STRING, MCP_PARAM_INTEGER, MCP_PARAM_BOOLEAN };
enum { MCP_PARAMS_MAX = 32, MCP_PARAM_NAME_MAX = 64 };

struct mcp_param {
    str_t field; /* "Mcp-Param-Region" */
    const str_t *path;
    size_t path_n;
    enum mcp_param_type type;
};

struct mcp_params {
    struct mcp_param *row;
    size_t n;
};

/*
 * The marks of a schema, copied into the arena. E_BAD_FIELD: a mark that breaks a rule (`why` names
 * it): clients must leave such a tool out. E_NO_MEMORY.
 */
err_t mcp_params_read(struct arena *a, const struct json *schema, struct diag *why,
                      struct mcp_params *ret) MUST_USE;

struct mcp_field {
    str_t name;
    str_t value;
};

/* The fields of a call with these arguments (NULL: none), for an upstream, as copies. What is null,
 * no scalar, or an integer that not every client can hold has no field. E_TOO_BIG: a value is over
 * MCP_HEADER_MAX. E_NO_MEMORY. */
err_t mcp_params_fill(struct arena *a, const struct mcp_params *params,
                      const struct json *arguments, struct mcp_field **ret, size_t *ret_n) MUST_USE;

/* Do these fields of a request agree with its arguments? Others are not looked at.
 * E_BAD_FIELD: no (`why` says which). E_NO_MEMORY. */
err_t mcp_params_check(struct arena *a, const struct mcp_params *params,
                       const struct json *arguments, str_t (*field_of)(void *arg, str_t name),
                       void *arg, struct diag *why) MUST_USE;

#endif
