/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tool as it was defined, so that another definition under the same name is noticed: its
 * canonical bytes (RFC 8785, json_write_jcs) and their SHA-256.
 */
#ifndef PLAT_MCP_MCP_PIN_H
#define PLAT_MCP_MCP_PIN_H

#include "plat/crypto/crypto.h"
#include "plat/json/json.h"
#include "plat/mcp/mcp_schema.h"

enum {
    MCP_TOOL_NAME_MAX = 128,
    MCP_TOOL_MAX = 256 * 1024, /* bytes of a definition */
    MCP_FINDINGS_MAX = 16,
    MCP_CHANGES_MAX = 64
};

/* Text of a definition that is not what a person who looks at it sees. */
enum mcp_find {
    MCP_FIND_ANSI,      /* escape sequences of a terminal */
    MCP_FIND_CONTROL,   /* other control characters but tab and the ends of lines */
    MCP_FIND_INVISIBLE, /* of no width, or turning the direction of writing; tags */
};
const char *mcp_find_text(enum mcp_find kind);

struct mcp_finding {
    enum mcp_find kind;
    str_t pointer; /* RFC 6901, into the definition */
};

struct mcp_pin {
    str_t name;
    str_t definition; /* canonical */
    digest_t digest;
    enum mcp_class class;
    struct mcp_finding *findings;
    size_t findings_n; /* at most MCP_FINDINGS_MAX: one is enough to look */
};

/*
 * What is pinned of a tool of a tools/list: name, title, description, inputSchema, outputSchema,
 * annotations, and _meta without what belongs to one answer. All in the arena. E_BAD_FIELD: no
 * tool (`why` says what is wrong). E_TOO_BIG: over MCP_TOOL_MAX. E_NO_MEMORY.
 */
err_t mcp_pin_make(struct arena *a, const struct json *tool, struct diag *why,
                   struct mcp_pin *ret) MUST_USE;

/* How two definitions differ, for people: canonical JSON at each place; absent: not there. */
struct mcp_change {
    str_t pointer;
    str_t before;
    str_t after;
};
struct mcp_changes {
    struct mcp_change *row;
    size_t n;
    bool more; /* there are more than MCP_CHANGES_MAX */
};
err_t mcp_diff(struct arena *a, const struct json *before, const struct json *after,
               struct mcp_changes *ret) MUST_USE;

/* The text without what mcp_find names; UTF-8 stays UTF-8. */
void mcp_clean_text(struct buf *b, str_t text);
/* The first kind of it that the text has; false: none. */
bool mcp_text_find(str_t text, enum mcp_find *ret);

#endif
