/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MCP_NAMES_H
#define MCP_NAMES_H

#include "mcp/listing.h"
#include "plat/mcp/mcp_name.h"

/* Rows as mcp_names_find() takes them; `of` is the index of the server in the view. Of tools by
 * what the catalogue knows, so that a name means the same however lists come and go. */
err_t names_of_tools(struct arena *a, const struct view *view, struct mcp_named **ret,
                     size_t *ret_n) MUST_USE;
/* Of prompts, by what was listed; row i of the listing is server i of the view. */
err_t names_of_items(struct arena *a, const struct view *view, const struct listing *l,
                     struct mcp_named **ret, size_t *ret_n) MUST_USE;
/* How one is called; absent: it has no name of its own. */
str_t names_joined(struct arena *a, const struct mcp_named *rows, size_t n, str_t prefix,
                   str_t name);

#endif
