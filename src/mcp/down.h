/* SPDX-License-Identifier: Apache-2.0 */
/* The half of the hub that speaks with clients: from an HTTP request to calls, and back. */
#ifndef MCP_DOWN_H
#define MCP_DOWN_H

#include "mcp/in.h"

struct mcp_hub;
struct mcp_peek;
struct mcp_route;
struct talk;

/* A request has come. */
void down_take(struct mcp_hub *h, struct mcp_in *in);
/* Something that is known of this principal, or in this organisation, is no longer true. */
void down_gone(struct mcp_hub *h, oid_t id);
/* Streams are told to come back; calls have their time. */
void down_drain(struct mcp_hub *h);
/* Everything ends now. */
void down_end(struct mcp_hub *h);

/* The eras; the body of a POST has been read. */
void legacy_post(struct talk *t, const struct mcp_route *r, const struct mcp_peek *p);
void legacy_get(struct talk *t);
void legacy_delete(struct talk *t);
void modern_post(struct talk *t, const struct mcp_route *r, const struct mcp_peek *p);

#endif
