/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hub: sessions, calls and upstreams of the MCP gateway, all of them on one thread with a loop
 * of its own (docs/adr/0012-mcp-engine.md). Nothing in it is locked: others reach it by messages.
 *
 * Its life: new (the thread runs), drain (no new calls; streams end, calls get their time), stop
 * (everything ends; the thread is joined), free (when nobody posts to it any more).
 */
#ifndef MCP_HUB_H
#define MCP_HUB_H

#include "base/hist.h"
#include "domain/gateway/approval.h"
#include "mcp/in.h"
#include "mcp/port.h"
#include "mcp/settings.h"

struct mcp_hub;

struct mcp_hub_cfg {
    struct mcp_ports ports; /* outlive the hub */
};

err_t mcp_hub_new(const struct mcp_hub_cfg *cfg, struct diag *why, struct mcp_hub **ret) MUST_USE;
/* Returns at once; calls that are under way have so long. */
void mcp_hub_drain(struct mcp_hub *h, dur_t in);
void mcp_hub_stop(struct mcp_hub *h);
void mcp_hub_free(struct mcp_hub *h); /* NULL is fine; stops it where that was not done */

/* From any thread. */
struct loop *mcp_hub_loop(const struct mcp_hub *h);
/* The hub's from now on, its hatch too. */
void mcp_hub_take(struct mcp_hub *h, struct mcp_in *in);
/* What is known of this principal, or of everything in this organisation, is no longer true. */
void mcp_hub_gone(struct mcp_hub *h, oid_t id);
/* A person has decided about a call that waits; `digest` of the arguments that he was shown. */
struct mcp_verdict {
    oid_t id; /* of the row */
    bool yes;
    digest_t digest;
    char reason[APPROVAL_REASON_MAX + 1]; /* for the caller; "": none was given */
};
void mcp_hub_decided(struct mcp_hub *h, const struct mcp_verdict *v);

/* What becomes of a call of a tool. */
enum mcp_end {
    MCP_END_REFUSED,     /* by the gateway: not allowed, not approved, not as it must be */
    MCP_END_OK,          /* its server has answered */
    MCP_END_ERROR,       /* it has, with isError or an error, or with more than is passed on */
    MCP_END_TIMEOUT,     /* it has not in time */
    MCP_END_UNREACHABLE, /* it was not there, broke off, or is left alone after failures */
    MCP_END_CANCELLED,   /* its client wants it no more, or the gateway stops */
    MCP_END_BUSY,        /* there was no room to wait, or the wait was too long */
    MCP_ENDS
};

struct mcp_figures {
    size_t sessions;
    size_t streams; /* open GET and listen streams */
    size_t calls;   /* under way, waiting and parked */
    size_t waiting; /* of these in a queue */
    size_t parked;  /* of these for an answer of their client */
    size_t upstreams;
    size_t breakers_open;
    uint64_t calls_total;
    uint64_t refused_total;
    uint64_t failed_total;
    uint64_t cached_total;   /* results that were kept, and given again */
    uint64_t uncached_total; /* and those that were looked for in vain */
    size_t cached_bytes;
    uint64_t retried_total;
    uint64_t net_total; /* connections of programs by their proxies */
    uint64_t net_refused_total;
    uint64_t tool_calls[MCP_ENDS];
    struct hist answers; /* of upstreams to calls, from the try that they answer */
};
void mcp_hub_figures(const struct mcp_hub *h, struct mcp_figures *ret);

#endif
