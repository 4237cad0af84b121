/* SPDX-License-Identifier: Apache-2.0 */
/* Inside mcp: the parts of the half that speaks with clients of 2026-07-28. */
#ifndef MCP_MODERN_IN_H
#define MCP_MODERN_IN_H

#include "mcp/call_in.h"

/* modern_down.c */
extern const struct call_down modern_down;
extern const struct talk_kind modern_kind;
void modern_say_input(struct talk *t, const struct call *c, str_t requests, str_t state);

/* modern_state.c: what a requestState stands for. */
struct modern_state {
    bool parked;
    uint64_t handle; /* of a parked call */
    str_t payload;   /* else: what its upstream wants back, raw; "": nothing */
};
err_t modern_state_open(struct talk *t, const struct mcp_route *r, const struct mcp_peek *p,
                        struct modern_state *ret) MUST_USE;
/* The text of a requestState, in the call's arena. */
err_t modern_state_seal(const struct call *c, const struct modern_state *s, str_t *ret) MUST_USE;

/* park.c: a call that waits for its client to come back, for a legacy upstream. */
void park(struct call *c);
void park_hold(struct call *c); /* or for a person's yes: its client is asked nothing */
void unpark(struct call *c);
void modern_resume(struct talk *t, const struct mcp_peek *p, const struct modern_state *s);

/* listen.c */
void listen_open(struct talk *t, const struct mcp_peek *p);

#endif
