/* SPDX-License-Identifier: Apache-2.0 */
/* The MCP rows on their loop: who asks is known, what he may is in memory, and the message goes to
 * the hub. */
#ifndef API_MCP_EDGE_H
#define API_MCP_EDGE_H

#include "api/route.h"
#include "domain/gateway/memory.h"

hot_f mcp_hot;

struct api;
struct http_xchg;
struct mcp_in;
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
struct gate_who mcp_who_of(const struct actor *a);
/* Said to the token that the server's own machine gives. */
#define MCP_NOBODY_CALLS                                                                           \
    N_("this token is nobody's, and tools are called by people, service accounts and "             \
       "devices: sign in (`seneschal login`), or take the token of one of them")
bool mcp_calls_tools(const struct actor *a); /* people, service accounts and devices do */

/* From any thread, while nobody changes the request: what of it is the same by every door, copied.
 * Who asks, his face and his snapshots are the caller's to fill in. */
err_t mcp_in_make(const struct http_xchg *x, str_t body, struct mcp_in **ret) MUST_USE;
/* On the loop of an exchange that nothing else holds: both are the hub's. */
void mcp_edge_pass_on(struct api *api, struct http_xchg *x, struct mcp_in *in);

#endif
