/* SPDX-License-Identifier: Apache-2.0 */
/* Inside mcp: the half that speaks with clients without MCP. What they ask has become a message of
 * MCP before it came here; what they are told is plain JSON, and problem+json (RFC 9457). */
#ifndef MCP_REST_IN_H
#define MCP_REST_IN_H

#include "mcp/call_in.h"

/* rest.c: of FACE_REST. */
void rest_take(struct talk *t);

/* rest_down.c */
extern const struct call_down rest_down;
/* A refusal as the whole answer; `text` may be NULL: that of the table of errors. */
void rest_refuse(struct talk *t, err_t e, const char *field, const char *text);

/* rest_status.c */
void rest_status(struct talk *t);

#endif
