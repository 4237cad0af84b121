/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One upstream as one credential sees it: its connection, who waits for it, its breaker and its
 * lists. There is one for each server, or, where credentials are each person's, for each person.
 */
#ifndef MCP_NODE_H
#define MCP_NODE_H

#include "domain/gateway/catalogue.h"
#include "mcp/breaker.h"
#include "mcp/node_list.h"
#include "mcp/port.h"
#include "mcp/trip.h"
#include "mcp/up_stdio.h"

struct mcp_hub;

enum node_state {
    NODE_SHUT, /* nothing is open */
    NODE_KEYS, /* what it is opened with is read */
    NODE_OPEN, /* it has an upstream, which connects when it must */
};

struct trip_queue {
    struct trip *first;
    struct trip **last;
};

/* Who wants to know when the upstream is ready, or is not. */
struct node_wait {
    struct node_wait *next;
    struct node *node; /* NULL: it waits for nothing */
    void (*told)(struct node_wait *w);
};

/* What its program was refused of late, and when that was recorded. */
enum { NODE_NET_TARGETS = 32 };
struct node_net {
    uint64_t mark[NODE_NET_TARGETS];
    dur_t at[NODE_NET_TARGETS]; /* 0: free */
};

struct node {
    struct node *next; /* all of the hub */
    struct mcp_hub *hub;
    oid_t org;
    oid_t id; /* of the server */
    oid_t user;
    struct gate_catalogue *catalogue; /* a reference: `server` lies in it */
    const struct gate_server *server;
    enum node_state state;
    struct up *up;
    struct up_command command; /* of stdio */
    uint64_t wires;            /* of the settings that it was opened by */
    struct up_crashes crashes;
    struct node_net net;
    struct up_info info;
    struct mcp_open *keys; /* under way */
    struct diag why;       /* of the last failure */
    struct diag told;      /* and the one that was written down, then */
    dur_t told_at;
    err_t failed;       /* it could not be opened, or refused its credential */
    dur_t failed_until; /* and is not asked again before; or something of it changes */
    struct breaker breaker;
    struct trip_queue queues[TRIP_PRIORITIES];
    size_t queued;
    size_t running;
    size_t resting; /* wait for another try */
    struct node_list lists[NODE_LISTS];
    struct node_wait *waits;
    dur_t used;
    unsigned holds; /* what points here: jobs of others, and connections until they are closed */
    bool retired;   /* it is in the list of the hub no more */
};

err_t nodes_init(struct mcp_hub *h) MUST_USE;
void nodes_close(struct mcp_hub *h);
bool nodes_are_gone(const struct mcp_hub *h); /* nobody needs any of them any more */
void nodes_fini(struct mcp_hub *h);
void nodes_tick(struct mcp_hub *h, dur_t now);
/* Servers of this organisation, or credentials of this person, changed. */
void nodes_gone(struct mcp_hub *h, oid_t org_or_user);

/* For this server and this person; its facts are those of the catalogue from now on. NULL: memory
 * is short. */
struct node *node_get(struct mcp_hub *h, struct gate_catalogue *c, const struct gate_server *s,
                      oid_t person);
/* Told once: now where it is ready, or cannot be (node->info.state, node->why). */
void node_await(struct node *n, struct node_wait *w);
void node_forget(struct node_wait *w);

/* Why it is not asked now; E_OK: it is. */
err_t node_failed(struct node *n);
size_t node_message_max(const struct node *n);
void node_breaker_well(struct node *n);
/* It does not take what it was shown: it is left alone for a while, or until that changes. */
void node_refused(struct node *n);
void node_breaker_failed(struct node *n, const struct up_failure *why);

/* trip.c: the queue. */
void node_serve(struct node *n);
void node_fail_all(struct node *n, err_t e, const char *text);
/* node_net.c: of up_command; `arg` is the node. */
void node_net_joined(void *arg);
void node_net_refused(void *arg, str_t target, const char *why);
/* node_open.c */
/* How it is reached, but for who is told of it. `lines` of the credential; borrowed. */
err_t node_up_cfg(struct node *n, const str_t *lines, size_t lines_n, struct up_cfg *ret) MUST_USE;
void node_open(struct node *n);
/* A job that opens what its server is shown, for who reads it; hand it to ports.open. E_NO_MEMORY.
 */
err_t node_keys(const struct node *n, void (*read)(struct loop_msg *msg), void *owner,
                struct mcp_open **ret) MUST_USE;
void node_shut(struct node *n);
void node_tell(struct node *n);

#endif
