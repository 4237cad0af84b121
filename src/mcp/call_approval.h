/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MCP_CALL_APPROVAL_H
#define MCP_CALL_APPROVAL_H

#include "base/id.h"
#include "plat/loop/loop.h"

struct call;
struct mcp_approve;

/* A person's yes that a call waits for; call_wait.c. */
enum call_verdict { CALL_UNDECIDED, CALL_YES, CALL_NO };
struct call_approval {
    struct call *next;         /* of those that wait, in the hub */
    struct mcp_approve *job;   /* being written down */
    oid_t id;                  /* of its row; zero: there is none yet, or it needs none */
    enum call_verdict verdict; /* that nobody could be told yet */
    str_t said;                /* the reason that was given with it; absent: none */
    struct loop_timer tick;
    dur_t until;    /* CLOCK_MONOTONIC */
    dur_t leg;      /* until then this exchange is held */
    unsigned ticks; /* how often the client was told that it waits */
};

#endif
