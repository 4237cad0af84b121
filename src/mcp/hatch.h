/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One HTTP exchange of an MCP client, as two threads see it. The edge half runs on the exchange's
 * own loop and is the only one that touches it; the hub half runs on the hub's thread. They talk by
 * messages, so neither waits for the other.
 *
 * What the hub has posted and the socket has not taken yet is counted: over HATCH_HIGH the hub is
 * told to stop reading from where the bytes come from, and `drained` says when to go on. A peer
 * that reads slowly so costs one message and two high marks, not what its upstream can send.
 */
#ifndef MCP_HATCH_H
#define MCP_HATCH_H

#include "plat/http/server.h"

enum {
    HATCH_HIGH = 256 * 1024,
    HATCH_LOW = 64 * 1024,
    HATCH_SLICE = 128 * 1024,
    HATCH_HEAD_MAX = 4 * 1024,
};

struct hatch;

enum hatch_act { HATCH_REPLY, HATCH_BEGIN, HATCH_WRITE, HATCH_END, HATCH_DROP };

/* What the hub tells the edge; the edge frees it. */
struct hatch_post {
    struct loop_msg msg;
    struct hatch *hatch;
    struct hatch_post *next;
    enum hatch_act act;
    int status;
    bool rests;
    size_t head_n;
    size_t n;
    size_t sent;  /* of n */
    char bytes[]; /* head, then n */
};

/* What the hub is told; on its thread. */
struct hatch_calls {
    /* The peer has left, or closed its half: the hatch still wants its end. */
    void (*gone)(void *owner);
    /* There is room again after hatch_write said false. */
    void (*drained)(void *owner);
};

enum hatch_wait { HATCH_FREE, HATCH_WAITS, HATCH_TOLD }; /* the hub, for room */

struct hatch { /* counted: one reference of each half, and of each message to the hub */
    int mark;  /* the application's: what http_xchg.user points to begins with it */
    struct loop *edge;
    struct loop *hub;
    _Atomic size_t queued; /* bytes that were posted and no socket has taken */
    _Atomic int waits;     /* enum hatch_wait */
    struct loop_msg gone_msg;
    struct loop_msg drain_msg;

    /* The edge's. */
    struct http_xchg *x; /* NULL: it has ended */
    struct hatch_post *first;
    struct hatch_post **last;
    bool choked; /* its socket takes no more for now */

    /* The hub's. */
    const struct hatch_calls *calls;
    void *owner;             /* NULL: the hub is done with it */
    bool left;               /* the peer is gone */
    bool begun;              /* it streams */
    bool broken;             /* memory was short: it is cut */
    struct hatch_post *drop; /* the last message where memory is short; made with the hatch */

    size_t common_n; /* header lines that every answer has */
    char common[];
};

/* On the exchange's loop: it is kept until the hub ends it. Its request is forgotten: who wants
 * something of it has copied that. `mark` is what stands first where x->user points to from now on.
 * E_NO_MEMORY. */
err_t hatch_open(struct http_xchg *x, struct loop *hub, int mark, str_t common,
                 struct hatch **ret) MUST_USE;
/* On the same loop, from http_app.on_gone and .on_drain. */
void hatch_gone(struct hatch *d);
void hatch_drained(struct hatch *d);

/* On the hub's thread. */
void hatch_own(struct hatch *d, const struct hatch_calls *calls, void *owner);
/* The whole answer; the hatch is the hub's no more. */
void hatch_reply(struct hatch *d, int status, str_t head, str_t body);
/* Or a stream; `rests`: it is open for hours and mostly silent. */
void hatch_begin(struct hatch *d, int status, str_t head, bool rests);
/* False: stop, until `drained`. */
bool hatch_write(struct hatch *d, str_t bytes);
void hatch_end(struct hatch *d);

#endif
