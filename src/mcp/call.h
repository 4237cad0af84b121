/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request of a client in neutral form: what it wants, who wants it, and what the half that
 * speaks with the client must be able to say. Which era the client is of, and which its upstream,
 * is not seen here.
 *
 *   new -> listing -> deciding -> recording -> waiting -> running <-> asking -> over
 */
#ifndef MCP_CALL_H
#define MCP_CALL_H

#include "domain/gateway/decide.h"
#include "mcp/cache.h"
#include "mcp/call_approval.h"
#include "mcp/in.h"
#include "mcp/node.h"
#include "mcp/port.h"
#include "mcp/trace.h"
#include "plat/mcp/mcp_era.h"

struct call;
struct session;
struct talk;

enum { CALL_ASKS_MAX = 16 };

enum call_state {
    CALL_NEW,
    CALL_LISTING,   /* lists of upstreams are fetched for it */
    CALL_DECIDING,  /* a person's yes is waited for */
    CALL_RECORDING, /* its start is written down before anybody runs it */
    CALL_RUNNING,   /* queued or with its upstream */
    CALL_ASKING,    /* its upstream has ended the round and wants answers */
    CALL_OVER,
};

/* Something that an upstream wants to know of the client. */
struct call_ask {
    uint64_t id;  /* 1.. within the call */
    uint64_t up;  /* of a legacy upstream, that waits for it; 0: of a modern one */
    str_t key;    /* of a modern upstream: what it calls it */
    str_t method; /* in the call's arena, as params */
    str_t params;
    str_t result; /* raw; both absent: not answered yet */
    str_t error;
    bool shown;
};

/* What a client is told besides the result. */
struct call_hint {
    bool list; /* the caching members of 2026-07-28 belong to it */
    int64_t ttl_ms;
    bool shared; /* the same for every principal */
};

/* The half that speaks with the client. Exactly one of input, result, error, refuse ends the call
 * for it; texts live until the return. */
struct call_down {
    bool mute; /* nobody is there to be asked: a call whose server asks something is refused */
    void (*note)(struct call *c, str_t notification);
    /* Asks were added to c->asks; their upstream waits. */
    void (*ask)(struct call *c);
    void (*poll)(struct call *c, dur_t in); /* of up_call_events; NULL as there */
    /* A modern upstream has ended the round and keeps nothing: the client comes back with answers.
     * NULL: c->asks are shown instead, and the call goes on by itself. */
    void (*input)(struct call *c, str_t requests, str_t state);
    /* A person's yes takes long: the client comes back for it. NULL: it is held. */
    void (*hold)(struct call *c);
    void (*result)(struct call *c, str_t result, const struct call_hint *hint);
    void (*error)(struct call *c, str_t error); /* raw, as the upstream said it */
    void (*refuse)(struct call *c, const struct mcp_refusal *r);
};

struct call {
    struct call *next; /* of its talk */
    struct call *session_next;
    struct mcp_hub *hub;
    struct arena *arena;
    struct talk *talk;       /* whom to answer now; NULL: it is parked */
    struct talk *home;       /* whose arena it lies in */
    struct session *session; /* NULL: of a client without any */
    const struct call_down *down;
    const struct mcp_method *method;
    const struct mcp_in *in;    /* who asks, by which face, with which snapshots */
    struct gate_access *access; /* of now: references of its own */
    struct gate_catalogue *catalogue;
    str_t id; /* raw, of the client's request */
    struct mcp_peek peek;
    str_t capabilities; /* raw: what the client can do */
    str_t client_info;
    str_t log_level;
    enum call_state state;
    int priority;      /* -1, 0 or 1: 0 is ordinary, 1 goes first */
    dur_t timeout_max; /* that its client wants; 0: any */
    dur_t since;
    const struct gate_server *server; /* in the catalogue */
    const struct gate_tool *tool;
    str_t target;     /* as its server calls it: the tool, prompt or resource */
    str_t what;       /* the same as permissions name it; absent: not decided yet */
    str_t params;     /* raw, as the upstream gets them */
    str_t definition; /* raw, of the tool; absent: not known */
    str_t reference;  /* raw: what completion/complete asks about, as its server calls it */
    enum gate_class class;
    struct gate_decision decision;
    struct listing *listing;
    struct mcp_record *record; /* of its start, under way */
    struct mcp_look *look;     /* under way */
    struct call_approval approval;
    struct trip trip;
    struct call_trace trace;
    struct call_cache cache;
    bool tool_error; /* its server has answered that the tool failed */
    struct call_ask asks[CALL_ASKS_MAX];
    size_t asks_n;
    uint64_t asks_last;
    str_t responses; /* raw: answers for a modern upstream's next round */
    str_t state_up;  /* raw: what a modern upstream wants back with the answers */
    struct node_wait wait;
    struct call *parked_next;
    uint64_t handle; /* of a parked one */
    struct loop_timer park;
};

/* Links a zeroed call whose talk, peek, method, down, capabilities, client_info and log_level are
 * set. */
void call_init(struct call *c);
/* Begin. What is refused is told by down->refuse, perhaps before the return. */
void call_start(struct call *c);
/* The client wants it no more: nothing is told any more. */
void call_cancel(struct call *c, str_t reason);
/* The client's answer to an ask. */
void call_answer(struct call *c, uint64_t ask, str_t result, str_t error);
/* Its permissions may be other ones now: what came of looking. */
void call_look(struct call *c, struct mcp_look *job);
/* It ends because the gateway does. */
void call_stop(struct call *c);
void call_pause(struct call *c, bool paused);

#endif
