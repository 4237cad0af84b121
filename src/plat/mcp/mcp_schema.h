/* SPDX-License-Identifier: Apache-2.0 */
/* What calling a tool may do, as its definition says. */
#ifndef PLAT_MCP_MCP_SCHEMA_H
#define PLAT_MCP_MCP_SCHEMA_H

#include "plat/json/json.h"

enum mcp_class { MCP_CLASS_EXECUTE, MCP_CLASS_WRITE, MCP_CLASS_READ };

/* From its annotations: readOnlyHint READ, destructiveHint EXECUTE, else WRITE. Who claims both
 * gets the stricter one. Annotations are the server's own word: an administrator may class anew. */
enum mcp_class mcp_class_of(const struct json *tool);
/* A tool of Home Assistant, whose older versions send no annotations, by its name. */
enum mcp_class mcp_class_home_assistant(str_t name);

#endif
