/* SPDX-License-Identifier: Apache-2.0 */
/* The gateway.* settings, as the engine reads them: config.def has their texts and bounds. */
#ifndef MCP_SETTINGS_H
#define MCP_SETTINGS_H

#include "base/clock.h"

struct mcp_settings {
    size_t message_max;  /* bytes of one message, either way */
    size_t sessions_max; /* of clients that have sessions */
    dur_t session_idle;  /* without any request or open stream */
    size_t queue_max;    /* calls that wait for one upstream */
    size_t parallel_max; /* and that it is given at once */
    dur_t call_timeout;  /* without a word of progress */
    dur_t list_ttl;      /* how long a list of an upstream is believed */
    dur_t result_ttl;    /* how long a result that may be kept is; 0: none is */
    size_t breaker_failures;
    dur_t breaker_pause;
    dur_t approval_ttl;  /* for which a call waits for a person's yes */
    dur_t approval_hold; /* and one request of a client that comes back */
    bool approve_own;    /* he who calls may say yes himself */
    bool traces;         /* spans of calls are exported */
    uint64_t wires;      /* of what connections are made by: another one makes them anew */
    void
        *life; /* counted (base/ref.h): who keeps what settings point to holds it; NULL: for ever */
};

#endif
