/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams that are open for what may come: the GET stream of a session, and subscriptions/listen of
 * 2026-07-28. They are told that lists have changed, and of resources that they subscribed to. What
 * they may still be told is asked when permissions change.
 */
#ifndef MCP_WATCH_H
#define MCP_WATCH_H

#include "mcp/node.h"

struct mcp_hub;
struct session;
struct talk;

/* Somebody wants to be told of a resource; of a session, or of a listening talk. */
struct watched {
    struct watched *next;
    void *by;
    struct session *session; /* one of the two */
    struct talk *talk;
    oid_t server;
    oid_t user;
    str_t uri; /* behind it */
};

/* A list of an upstream has changed. */
void watch_changed(struct mcp_hub *h, const struct node *n, enum up_list list);
/* A notification of an upstream that belongs to no call. */
void watch_note(struct mcp_hub *h, const struct node *n, str_t notification);
/* What principals see may have changed: of this organisation, or of this principal. */
void watch_gone(struct mcp_hub *h, oid_t id);
/* Once a second: tell what was put off. */
void watch_tick(struct mcp_hub *h);
/* What a session was not told while it had no stream. */
void watch_owed(struct session *s);

/* Begin or end to be told of a resource; `by` is the session. E_OVERLOADED, E_NO_MEMORY. */
err_t watch_resource(struct session *s, struct node *n, str_t uri) MUST_USE;
void watch_resource_end(struct session *s, struct node *n, str_t uri);
/* The resources that a listening talk names: their servers are looked for. One that may not be read
 * is never told of. */
void watch_listen(struct talk *t);
/* What a stream is told of, held to what its principal may now. */
void watch_look(struct talk *t, const struct gate_access *access,
                const struct gate_catalogue *catalogue);
/* Session or talk: nothing of it is watched any more. */
void watch_end(struct mcp_hub *h, const void *by);

#endif
