/* SPDX-License-Identifier: Apache-2.0 */
/* Inside mcp: what became of calls of tools, and how long MCP servers took. Neither tools nor
 * callers are told apart: the number of figures is fixed. */
#ifndef MCP_TALLY_H
#define MCP_TALLY_H

#include "mcp/hub.h"
#include "plat/mcp/mcp_err.h"

struct call;

/* The end of a call, where it is one of a tool. A round that ends in questions is none: the client
 * comes back with a call of its own. */
void tally_end(const struct call *c, enum mcp_end as);
void tally_refused(const struct call *c, enum mcp_err e);
/* Its server has answered, whatever it says. */
void tally_answered(const struct call *c);
/* Does the answer to a call of a tool say that the tool has failed? */
bool tally_is_error(const struct call *c, str_t result);

#endif
