/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes to a message by splicing: members are set, added and removed where they stand, and every
 * other byte passes as it came.
 */
#ifndef PLAT_MCP_MCP_EDIT_H
#define PLAT_MCP_MCP_EDIT_H

#include "base/buf.h"

/* Whose member: of the object that is given (a whole message, raw params, a raw result), or of one
 * in it. */
enum mcp_at {
    MCP_AT_SELF,
    MCP_AT_META,        /* its _meta */
    MCP_AT_PARAMS,      /* of a message */
    MCP_AT_PARAMS_META, /* of a message */
    MCP_AT_RESULT,      /* of an answer */
    MCP_AT_RESULT_META, /* of an answer */
    MCP_AT_COUNT
};

struct mcp_edit {
    enum mcp_at at;
    str_t name;
    str_t value;   /* raw JSON; absent: the member is removed where it is */
    bool prefixed; /* remove every member whose name begins with `name` */
};

enum { MCP_EDITS_MAX = 32 };

/*
 * The object with these edits, appended to `out`. What is set takes the place of the old value, or
 * goes behind the last member, in the order of the edits; an object that is not there to take it is
 * made. Of two edits of one member the first counts, and so does one of `_meta`, `params` or
 * `result` as a whole against those inside it. `a` is for names with escapes. E_BAD_JSON: no object
 * of JSON; a member twice where it is edited. E_BAD_FIELD: what is edited inside is no object.
 * E_TOO_BIG: past the cap of `out`. E_NO_MEMORY.
 */
err_t mcp_edit(struct arena *a, str_t object, const struct mcp_edit *edits, size_t n,
               struct buf *out) MUST_USE;

/* Text as raw JSON, for a value. E_NO_MEMORY. */
err_t mcp_raw_text(struct arena *a, str_t text, str_t *ret) MUST_USE;

#endif
