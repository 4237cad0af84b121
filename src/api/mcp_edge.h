/* SPDX-License-Identifier: Apache-2.0 */
/* The MCP rows on their loop: who asks is known, what he may is in memory, and the message goes to
 * the hub. */
#ifndef API_MCP_EDGE_H
#define API_MCP_EDGE_H

#include "api/route.h"
#include "domain/gateway/memory.h"

hot_f mcp_hot;

struct http_xchg;
/* Of an exchange that the hub has. */
void mcp_edge_gone(struct http_xchg *x);
void mcp_edge_drained(struct http_xchg *x);

/* On a worker, in a read transaction: what mcp_hot lacked, into memory. E_AGAIN: it moved
 * meanwhile. E_FORBIDDEN: this kind of principal calls no tools. */
err_t mcp_load(struct act *act, struct gate_memory *gates) MUST_USE;
/* The same for whoever keeps what was read: one reference each. */
err_t mcp_load_both(struct act *act, struct gate_memory *gates, const struct gate_who *who,
                    struct gate_access **ret_access,
                    struct gate_catalogue **ret_catalogue) MUST_USE;

#endif
