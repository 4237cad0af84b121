/* SPDX-License-Identifier: Apache-2.0 */
/*
 * requestState: what a modern client carries for us between two rounds of one call. It is sealed
 * (AES-256-GCM), so that the client can neither read nor change it, and it opens only for the same
 * principal, the same call and until its time.
 */
#ifndef PLAT_MCP_MCP_STATE_H
#define PLAT_MCP_MCP_STATE_H

#include "base/clock.h"
#include "base/id.h"
#include "base/secret.h"
#include "plat/json/json.h"

enum { MCP_STATE_MAX = 16 * 1024 }; /* bytes of what is sealed */

/* Of whom and of what: the client repeats its request, but not byte for byte. */
struct mcp_bind {
    oid_t principal;
    str_t method;
    str_t name;                   /* of the tool or prompt, the uri of the resource */
    const struct json *arguments; /* NULL: none */
};

/* `key`: 32 bytes. E_TOO_BIG: over MCP_STATE_MAX. E_NO_MEMORY. */
err_t mcp_state_seal(struct arena *a, const secret_t *key, const struct mcp_bind *bind, ts_t until,
                     str_t payload, str_t *ret) MUST_USE;
/* E_CORRUPT: not ours, or of another principal or call. E_TIMEOUT: its time is over. E_NO_MEMORY.
 */
err_t mcp_state_open(struct arena *a, const secret_t *key, const struct mcp_bind *bind, ts_t now,
                     str_t state, str_t *ret_payload) MUST_USE;

#endif
