/* SPDX-License-Identifier: Apache-2.0 */
/* By which transport a server of the catalogue is reached. */
#ifndef MCP_UP_KINDS_H
#define MCP_UP_KINDS_H

#include "domain/gateway/catalogue.h"
#include "mcp/up_wire.h"

struct mcp_hub;

struct up_kind {
    const struct up_wire_kind *wire;
    const void *command; /* of stdio */
};

/* E_COMMAND_NOT_ALLOWED: the settings have no such command. E_NOT_IMPLEMENTED. */
err_t up_kind_of(struct mcp_hub *h, const struct gate_server *s, struct diag *why,
                 struct up_kind *ret) MUST_USE;

#endif
