/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hub's half of one HTTP exchange: what a client has sent, and how its answers leave. Whether
 * that is one JSON message or a stream of events is decided by what comes first: an answer, or
 * something that must be said before it.
 *
 *   open -> streaming -> over           notes, asks, then the answers
 *        -> over                        one JSON text, or one event
 *   streaming -> away -> over           its connection is gone, its stream is not (resume.h)
 *   via                                 2024-11-05: everything leaves by the session's GET stream
 */
#ifndef MCP_TALK_H
#define MCP_TALK_H

#include "base/buf.h"
#include "mcp/call.h"
#include "mcp/rpc.h"
#include "mcp/session.h"
#include "plat/mcp/mcp_err.h"

enum talk_mode { TALK_OPEN, TALK_STREAM, TALK_VIA, TALK_AWAY, TALK_OVER };

struct listen;
struct reel;
struct trial;
struct talk_kind;

struct talk {
    struct talk *prev; /* all of the hub */
    struct talk *next;
    struct mcp_hub *hub;
    struct mcp_in *in;   /* this struct lies in its arena */
    struct hatch *hatch; /* NULL: it was answered */
    enum talk_mode mode;
    enum mcp_era era;
    bool events;  /* the client takes a stream */
    bool streams; /* and is answered by one, even where the answer is all there is */
    bool batch;
    bool rests;  /* a stream that is open for hours */
    bool stale;  /* what it sees may have changed: it is told at the next tick */
    bool choked; /* its client reads slowly: what feeds it is paused */
    unsigned holds;
    size_t open;             /* requests without an answer */
    struct session *session; /* NULL: of a client without any */
    str_t head;              /* further header lines of the answer */
    struct buf parts;        /* answers of a batch, until the last is there */
    struct call *calls;
    struct call *guest;    /* one that was parked and lies in another's arena */
    struct listen *listen; /* of subscriptions/listen */
    struct reel *reel;     /* its stream can be taken up again; NULL: it cannot */
    struct trial *trial;   /* of FACE_TEST */
    struct loop_timer keep;
    const struct talk_kind *kind;
};

/* What an era, or a stream, does differently. */
struct talk_kind {
    /* The client has left. */
    void (*gone)(struct talk *t);
    /* Each 15 s while it streams: false: it has ended itself. NULL: nothing. */
    bool (*tick)(struct talk *t);
    /* It shall end: the gateway stops, or whoever it is for may be here no more. */
    void (*ended)(struct talk *t);
};

struct talk *talk_new(struct mcp_hub *h, struct mcp_in *in);
/* Who still needs what lies in its arena. */
void talk_hold(struct talk *t);
void talk_drop(struct talk *t);
/* Answer a call that lies in another's arena; and no more. NULL, or another's guest: nothing. */
void talk_host(struct talk *t, struct call *guest);
void talk_part(struct talk *t, const struct call *guest);

/* A whole HTTP answer. */
void talk_reply(struct talk *t, int status, str_t content_type, str_t body);
void talk_reply_empty(struct talk *t, int status);
/* A JSON-RPC error as a whole HTTP answer; `id` raw or absent. */
void talk_refuse(struct talk *t, str_t id, const struct mcp_refusal *r);
void talk_refuse_as(struct talk *t, str_t id, enum mcp_err e);

/* A message that is no answer. It begins the stream where there is none yet. */
void talk_say(struct talk *t, str_t message);
/* The answer of a request; `status` counts where it is the whole answer. The last one ends it. */
void talk_answer(struct talk *t, int status, str_t message);
/* One request less to be answered, without a word: it was cancelled. */
void talk_silence(struct talk *t);
/* 202: taken, and there is nothing to say. */
void talk_accept(struct talk *t);
/* The same, but answers will leave by the session's stream. */
void talk_via(struct talk *t);
/* Bytes of the stream itself. */
void talk_write(struct talk *t, str_t bytes);
/* The stream begins in so long, if nothing was answered until then. */
void talk_soon(struct talk *t, dur_t in);
/* Begin the stream now. */
void talk_stream(struct talk *t);
void talk_end(struct talk *t);
/* Its connection is over; what is still said is kept. */
void talk_away(struct talk *t);
/* Pause or resume what its calls send. */
void talk_pause(struct talk *t, bool paused);
/* Its socket takes no more, or does again: what feeds it is paused. */
void talk_choke(struct talk *t, bool choked);

#endif
