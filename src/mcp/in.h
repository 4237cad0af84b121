/* SPDX-License-Identifier: Apache-2.0 */
/* One HTTP request of an MCP client on its way from the edge to the hub: everything in it is a copy
 * and lives in its arena, but for the hatch and the two snapshots. */
#ifndef MCP_IN_H
#define MCP_IN_H

#include "base/buf.h"
#include "domain/authz/actor.h"
#include "mcp/hatch.h"
#include "plat/crypto/crypto.h"

struct gate_access;
struct gate_catalogue;
struct mcp_hub;

/* Where it came to. */
enum mcp_face {
    FACE_ALL,  /* /mcp: everything that the principal may see, names with prefixes */
    FACE_ONE,  /* /s/{server}/mcp: one upstream, names as they are */
    FACE_SSE,  /* /sse and /messages: the HTTP+SSE transport of 2024-11-05, aggregated */
    FACE_REST, /* /mcp/tools/call and its neighbours: for clients without MCP */
    FACE_TEST  /* a server is tried, for an administrator */
};

/* Of FACE_REST and FACE_TEST, what a message of MCP does not say. */
struct mcp_rest {
    str_t session; /* absent: the call has none */
    int priority;  /* -1, 0 or 1 */
    dur_t timeout; /* the server's own counts where that is shorter; 0: that one */
    const struct messages *messages; /* of the language of whoever asks; NULL: English */
    /* A refusal as problem+json, which is the business of the floor above. */
    void (*problem)(struct buf *b, err_t e, const struct diag *why, oid_t request_id);
};

struct mcp_who {
    struct actor actor;
    digest_t token;
    ts_t expires_at; /* of the token; absent: never */
};

struct mcp_in {
    struct loop_msg msg;
    struct mcp_hub *hub;
    struct arena *arena; /* this struct lies in it */
    struct hatch *hatch;
    struct mcp_who who;
    struct gate_access *access; /* one reference each; NULL: none */
    struct gate_catalogue *catalogue;
    oid_t request_id;
    str_t ip;
    enum http_method method;
    enum mcp_face face;
    str_t server;                /* of FACE_ONE */
    const struct mcp_rest *rest; /* of FACE_REST and FACE_TEST */
    oid_t target;                /* of FACE_TEST: the server */
    str_t path;
    str_t query;
    const struct http_field *fields; /* of the request */
    size_t fields_n;
    str_t body; /* a message of MCP; of FACE_REST also nothing: GET /mcp/status */
};

/* The first field of this name; absent: there is none. */
str_t mcp_in_field(const struct mcp_in *in, str_t name);
/* Lets go of the snapshots and the arena; the hatch is ended before. NULL is fine. */
void mcp_in_free(struct mcp_in *in);

#endif
