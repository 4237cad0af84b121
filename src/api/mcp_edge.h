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

/* Memory, and its stamp of before the read transaction that fills it began: a transaction sees
 * nothing that was committed after its first read, so a stamp taken inside would call old rows new.
 */
struct mcp_gates {
    struct gate_memory *memory;
    uint64_t stamp;
};

/* On a worker, in that transaction: what mcp_hot lacked, into memory. E_AGAIN: it moved meanwhile:
 * begin another transaction. E_FORBIDDEN: this kind of principal calls no tools. */
err_t mcp_load(struct act *act, const struct mcp_gates *gates) MUST_USE;
/* The same for whoever keeps what was read: one reference each. */
err_t mcp_load_both(struct act *act, const struct mcp_gates *gates, const struct gate_who *who,
                    struct gate_access **ret_access,
                    struct gate_catalogue **ret_catalogue) MUST_USE;

#endif
