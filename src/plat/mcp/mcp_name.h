/* SPDX-License-Identifier: Apache-2.0 */
/* The names that tools, prompts and so on of many servers have behind one door: PREFIX__NAME. */
#ifndef PLAT_MCP_MCP_NAME_H
#define PLAT_MCP_MCP_NAME_H

#include "base/arena.h"
#include "base/str.h"

enum { MCP_NAME_MAX = 64, MCP_PREFIX_MAX = 24 }; /* what clients take for a name */

/* One to MCP_PREFIX_MAX of A-Z a-z 0-9 _ . - */
bool mcp_prefix_is_valid(str_t prefix);

struct mcp_named {
    str_t prefix;
    str_t name;   /* as its server calls it: any bytes */
    str_t joined; /* absent: it cannot be had by a name that is its own */
    size_t of;    /* the caller's own: which one it is */
};

/*
 * PREFIX__NAME where that has at most MCP_NAME_MAX characters of A-Z a-z 0-9 _ . -, else as much of
 * it as fits, other characters as '_', and a hash of both behind it. The same for the same two,
 * whatever else there is. E_NO_MEMORY.
 */
err_t mcp_name_join(struct arena *a, str_t prefix, str_t name, str_t *ret) MUST_USE;

/*
 * Fill `joined` of all, and order them by it. Where two would be called the same (a and b__c, a__b
 * and c) both get their hash; what is still called as another is absent, and last. No prefix and
 * name may appear twice. E_NO_MEMORY.
 */
err_t mcp_names_join(struct arena *a, struct mcp_named *rows, size_t n) MUST_USE;
/* Among rows that mcp_names_join() has ordered; NULL: nobody is called so. */
const struct mcp_named *mcp_names_find(const struct mcp_named *rows, size_t n, str_t joined);

#endif
