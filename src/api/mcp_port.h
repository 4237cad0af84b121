/* SPDX-License-Identifier: Apache-2.0 */
/* What the hub has done by workers and the writer (mcp/port.h). */
#ifndef API_MCP_PORT_H
#define API_MCP_PORT_H

#include "api/services.h"
#include "mcp/port.h"

/* `services` outlives the hub. */
struct mcp_ports mcp_ports_of(struct services *services);

/* Parts: each posts its job back, whatever comes of it. */
void mcp_port_look(void *arg, struct mcp_look *job);       /* mcp_look.c */
void mcp_port_open(void *arg, struct mcp_open *job);       /* mcp_open.c */
void mcp_port_record(void *arg, struct mcp_record *job);   /* mcp_record.c */
void mcp_port_approve(void *arg, struct mcp_approve *job); /* mcp_approve.c */
void mcp_port_sight(void *arg, struct mcp_sight *job);     /* mcp_sight.c */

#endif
