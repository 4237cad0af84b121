/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The envelope of an MCP message (JSON-RPC 2.0), read without building anything: what the gateway
 * decides by, as slices of the message. "raw" is JSON as it stands in the message, "decoded" is the
 * text that a string means. All of it is borrowed from the message, or from the arena where a
 * string had escapes. What a message lacks is absent.
 *
 * The whole text is held to RFC 7493 (JSON_DEPTH_MAX, UTF-8, surrogates), but for two things: a
 * member that appears twice is found only in the objects that are looked at (the message, params,
 * _meta, error), and numbers are of any size. Whoever reads the raw parts uses json_parse(), which
 * looks at both.
 */
#ifndef PLAT_MCP_MCP_PEEK_H
#define PLAT_MCP_MCP_PEEK_H

#include "base/arena.h"
#include "base/str.h"

enum mcp_kind { MCP_REQUEST, MCP_NOTIFICATION, MCP_ANSWER, MCP_BATCH };

enum { MCP_ID_MAX = 1024, MCP_BATCH_MAX = 64 };

struct mcp_peek {
    enum mcp_kind kind;
    str_t id; /* raw: an integer or a string; absent: a notification, or the error of nothing */
    str_t method;
    str_t params; /* raw, an object */
    str_t result; /* raw, an object */
    str_t error;  /* raw, an object */
    int64_t error_code;

    /* Of params. A text that is not a string there is absent. */
    str_t name;
    str_t uri;
    str_t task_id;
    str_t cursor;
    str_t request_state;
    str_t arguments;       /* raw, any kind */
    str_t input_responses; /* raw, any kind */
    str_t request_id;      /* raw, an integer or a string: of notifications/cancelled */
    str_t progress_of;     /* the same: `progressToken` of notifications/progress */
    str_t meta;            /* raw: `_meta`, an object */

    /* Of params, where they are those of an initialize. */
    str_t init_version;      /* decoded */
    str_t init_info;         /* raw: clientInfo */
    str_t init_capabilities; /* raw */

    /* Of params._meta. */
    bool has_claim; /* io.modelcontextprotocol/protocolVersion is there, whatever it is */
    str_t protocol; /* decoded: what it says */
    str_t log_level;
    str_t traceparent;
    str_t progress_token;      /* raw: an integer or a string */
    str_t subscription;        /* raw: .../subscriptionId */
    str_t client_info;         /* raw */
    str_t client_capabilities; /* raw */

    size_t batch; /* how many messages are in it; has_claim: one of them has */
};

/*
 * E_BAD_JSON: not I-JSON. E_BAD_FIELD: no message of JSON-RPC 2.0 as MCP has them (an id that is
 * neither an integer nor a string, params that are no object, a batch that is empty, in another, or
 * over MCP_BATCH_MAX). E_NO_MEMORY.
 */
err_t mcp_peek(struct arena *a, str_t bytes, struct mcp_peek *ret) MUST_USE;

/* What the gateway looks at in a result. */
struct mcp_result {
    str_t type;           /* decoded: resultType; absent means "complete" */
    str_t request_state;  /* decoded */
    str_t next_cursor;    /* decoded */
    str_t input_requests; /* raw */
    str_t cache_scope;    /* decoded */
    str_t ttl_ms;         /* raw */
    str_t is_error;       /* raw */
    str_t meta;           /* raw */
    str_t tools;          /* raw, as the next three */
    str_t prompts;
    str_t resources;
    str_t resource_templates;
    str_t capabilities;       /* raw: of server/discover and initialize */
    str_t server_info;        /* raw: of initialize */
    str_t instructions;       /* decoded */
    str_t version;            /* decoded: `protocolVersion` of initialize */
    str_t supported_versions; /* raw: of server/discover */
};
/* Of a raw result. E_BAD_JSON, E_BAD_FIELD, E_NO_MEMORY. */
err_t mcp_peek_result(struct arena *a, str_t result, struct mcp_result *ret) MUST_USE;

/* The elements of a raw array, one after the other (a batch is one too): `rest` is the array at
 * first. False: there are no more, or `rest` is none. */
bool mcp_array_next(str_t *rest, str_t *ret_element);
/* Is this raw value an object? */
static inline bool mcp_is_object(str_t raw)
{
    return raw.n > 0 && raw.p[0] == '{';
}

#endif
