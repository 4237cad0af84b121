/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams of legacy sessions that outlive their connections. A talk whose stream is one has a reel
 * (replay.h): events leave through whoever carries it, the talk itself or a GET that came back for
 * it with Last-Event-ID. Clients of 2024-11-05 have none of this.
 */
#ifndef MCP_RESUME_H
#define MCP_RESUME_H

#include "base/clock.h"
#include "base/str.h"

struct reel;
struct session;
struct talk;

/* What is answered within that time is one event alone. A client of 2025-11-25 whose call takes
 * longer gets the beginning of its stream, so that it can come back. */
#define RESUME_FROM DUR_MS(250)

/* When clients shall come back whose connection ended. */
#define RESUME_RETRY DUR_S(1)

/* The stream of this talk has just begun: it gets its reel, if it can have one. */
void resume_begin(struct talk *t);
/* One message more on it, now or when somebody comes for it. */
void resume_say(struct reel *reel, str_t message);
/* The answer is there before anything else was said: the whole stream at once. */
void resume_reply(struct talk *t, str_t message);
/* There is room again at whoever carries it. */
void resume_drained(struct talk *t);
/* Its connection is over, its stream is not: what follows is kept. */
void resume_leave(struct talk *t);
/* The talk is over, and its stream if it is the one whose requests it answers. */
void resume_end(struct talk *t);
/* Who asks for its answers shall come for them in so long; 0: as always. */
void resume_poll(struct talk *t, dur_t in);
/* A GET with Last-Event-ID. True: it carries the stream with number 0. */
bool resume_get(struct talk *t, struct session *s, str_t id);
/* It is such a GET. */
bool resume_carries(const struct talk *t);
/* A notification outside of requests while nobody listens. */
void resume_later(struct session *s, str_t notification);
/* The session ends: whoever carries a stream of it is told so. */
void resume_end_all(struct session *s);

#endif
