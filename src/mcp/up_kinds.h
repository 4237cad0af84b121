/* SPDX-License-Identifier: Apache-2.0 */
/* By which transport a server of the catalogue is reached. */
#ifndef MCP_UP_KINDS_H
#define MCP_UP_KINDS_H

#include "mcp/node.h"

/* Of the node's server; of one that is a program its command is filled in. E_COMMAND_NOT_ALLOWED:
 * the settings have no such command any more. E_NOT_IMPLEMENTED. */
err_t up_kind_of(struct node *n, const struct up_wire_kind **ret) MUST_USE;

#endif
