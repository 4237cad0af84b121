/* SPDX-License-Identifier: Apache-2.0 */
/* Inside mcp: what the hub's thread has. */
#ifndef MCP_HUB_IN_H
#define MCP_HUB_IN_H

#include "base/secret.h"
#include "mcp/hub.h"
#include "mcp/session.h"
#include "mcp/talk.h"

#include <pthread.h>
#include <stdatomic.h>

enum hub_phase { HUB_SERVES, HUB_DRAINS, HUB_ENDS };

/* Read by others. */
struct hub_counts {
    _Atomic size_t streams;
    _Atomic size_t calls;
    _Atomic size_t waiting;
    _Atomic size_t parked;
    _Atomic size_t upstreams;
    _Atomic size_t breakers_open;
    _Atomic uint64_t calls_total;
    _Atomic uint64_t refused_total;
    _Atomic uint64_t failed_total;
    _Atomic uint64_t cached_total;
    _Atomic uint64_t uncached_total;
    _Atomic size_t cached_bytes;
    _Atomic uint64_t retried_total;
    _Atomic uint64_t net_total; /* connections of programs by their proxies */
    _Atomic uint64_t net_refused_total;
    _Atomic uint64_t tool_calls[MCP_ENDS];
    _Atomic uint64_t answers[HIST_BUCKETS + 1];
    _Atomic uint64_t answers_us;
};

#define HUB_COUNT(h, member, by)                                                                   \
    ((void)atomic_fetch_add_explicit(&(h)->counts.member, (by), memory_order_relaxed))

struct mcp_hub {
    struct mcp_ports ports;
    struct loop *loop;
    pthread_t thread;
    bool runs;
    enum hub_phase phase;
    struct sessions sessions;
    struct talk *talks;
    struct node *nodes;
    struct node *retired;
    struct call *parked;
    struct call *deciding; /* that wait for a person's yes */
    struct watched *watched;
    struct outbound_lookups *lookups;
    struct cache cache; /* of results */
    secret_t state_key; /* seals requestState */
    struct loop_timer tick;
    struct loop_timer last;
    dur_t drain_in;
    dur_t stopped; /* when it was told to end */
    struct loop_msg drain_msg;
    struct loop_msg stop_msg;
    struct hub_counts counts;
};

static inline const struct mcp_settings *hub_settings(const struct mcp_hub *h)
{
    return h->ports.settings(h->ports.arg);
}

/* hub.c: everything that is open is told to end. */
bool hub_is_ending(const struct mcp_hub *h);
/* Something has gone: where the hub ends it may have been the last. */
void hub_look_whether_over(struct mcp_hub *h);

#endif
