/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of JSON-RPC 2.0 as bytes. Texts that are called raw are JSON already. */
#ifndef MCP_RPC_H
#define MCP_RPC_H

#include "base/buf.h"

/* `id` raw; absent: null. */
void rpc_put_result(struct buf *b, str_t id, str_t result);
void rpc_put_error(struct buf *b, str_t id, str_t error);
/* A request of ours; `params` raw, absent: none. */
void rpc_put_request(struct buf *b, str_t id, str_t method, str_t params);
void rpc_put_note(struct buf *b, str_t method, str_t params);

#endif
