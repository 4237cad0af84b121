/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers of routes_mcp.c. */
#ifndef API_HANDLERS_MCP_H
#define API_HANDLERS_MCP_H

#include "api/request.h"

extern const struct shape resource_metadata_shape;

/* h_rest.c: for clients without MCP. */
handler_f rest_initialize;
handler_f rest_tools_list;
handler_f rest_tools_call;
handler_f rest_status_get;

handler_f mcp_elsewhere;
handler_f mcp_metadata;
handler_f mcp_metadata_of;

#endif
