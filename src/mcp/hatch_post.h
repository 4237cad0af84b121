/* SPDX-License-Identifier: Apache-2.0 */
/* Inside hatch*: what the hub tells the edge, and where each half takes the other's messages. */
#ifndef MCP_HATCH_POST_H
#define MCP_HATCH_POST_H

#include "mcp/hatch.h"

void hatch_take_post(struct loop_msg *msg); /* on the edge */
void hatch_on_gone(struct loop_msg *msg);   /* on the hub */
void hatch_on_drain(struct loop_msg *msg);

#endif
