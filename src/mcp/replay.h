/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the streams of a legacy session have carried lately, for clients whose connection broke:
 * they come back with Last-Event-ID and go on where they were (MCP 2025-03-26 to 2025-11-25,
 * "Resumability and Redelivery"). No I/O, and nothing of talks: resume.h has that.
 *
 * Bounds: REPLAY_BYTES and REPLAY_EVENTS of one session (one event that is larger is kept, alone),
 * REPLAY_ALL_BYTES of all sessions, REPLAY_KEEP of each event. What passes one of them goes, the
 * oldest first; its stream notes that it has a hole there.
 */
#ifndef MCP_REPLAY_H
#define MCP_REPLAY_H

#include "base/buf.h"
#include "base/clock.h"

enum {
    REPLAY_BYTES = 1024 * 1024,
    REPLAY_EVENTS = 1024,
    REPLAY_ALL_BYTES = 32 * 1024 * 1024,
    REPLAY_NAME = 8, /* characters of the session's id in those of its events */
    REPLAY_ID_MAX = 64,
};
#define REPLAY_KEEP DUR_S(300)

struct replay;
struct talk;

/* One event as it left. */
struct replay_event {
    struct replay_event *next; /* of its session, the younger one */
    struct replay_event *next_of_reel;
    struct replay_event *older; /* of all sessions */
    struct replay_event *younger;
    struct reel *reel;
    uint64_t n;
    dur_t since;
    size_t size;
    char bytes[];
};

/* One stream, over all the connections that carry it one after the other. */
struct reel {
    struct reel *next; /* of its session */
    struct replay *of;
    struct replay_event *first; /* that is kept */
    struct replay_event *last;
    uint64_t number;     /* in its session; 0: what comes outside of requests, it never ends */
    uint64_t made;       /* events so far */
    uint64_t lost;       /* those up to this one are kept no more */
    uint64_t sent;       /* what `out` has got */
    bool ended;          /* nothing more is added */
    struct talk *source; /* whose requests it answers; NULL: none, or they are answered */
    struct talk *out;    /* who carries it now; NULL: nobody */
};

/* Of one session; empty where only `all` is set. */
struct replay {
    struct replay_all *all; /* borrowed, outlives it */
    struct reel *reels;
    struct replay_event *first;
    struct replay_event *last;
    uint64_t numbers; /* given to streams */
    size_t bytes;
    size_t events;
};

/* Of all sessions; zero is empty. */
struct replay_all {
    struct replay_event *oldest;
    struct replay_event *youngest;
    size_t bytes;
};

/* A new stream, or the one with number 0, which is made once. E_NO_MEMORY. */
err_t reel_new(struct replay *r, bool standing, struct reel **ret) MUST_USE;
/* The next event of this stream: its bytes with its id go to `b`, and a copy is kept. Where memory
 * is too short for that it is a hole; `b` may be whole all the same. */
void reel_add(struct reel *reel, str_t name, str_t message, struct buf *b);
/* The first that is kept after this one; NULL: there is none. */
const struct replay_event *reel_after(const struct reel *reel, uint64_t n);
/* Nothing more comes. */
void reel_end(struct reel *reel);
/* It has ended, nobody carries it, nothing of it is kept: it is no more. */
void reel_let_go(struct reel *reel);

/* "NAME-STREAM-EVENT"; `name` of REPLAY_NAME characters. Event 0 is before the first. */
str_t replay_id(str_t name, const struct reel *reel, uint64_t n, char room[static REPLAY_ID_MAX]);
/* Which stream an id names, and where in it. E_NOT_FOUND: none that is still known, or more than it
 * has had. */
err_t replay_find(const struct replay *r, str_t name, str_t id, struct reel **ret,
                  uint64_t *ret_n) MUST_USE;
bool replay_is_read(const struct replay *r); /* some stream is carried now */
void replay_expire(struct replay_all *all, dur_t now);
/* The session ends; nobody carries its streams, none has a source. */
void replay_fini(struct replay *r);

#endif
