/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a stream of events as it comes, byte by byte: head, chunks (RFC 9112 section 7.1), lines
 * (WHATWG HTML section 9.2). */
#ifndef FLEET_SIM_EVENTS_H
#define FLEET_SIM_EVENTS_H

#include "base/str.h"

enum { EVENTS_LINE = 256, EVENTS_NAME = 16 };

enum events_part { EVENTS_HEAD, EVENTS_SIZE, EVENTS_DATA, EVENTS_CRLF, EVENTS_OVER };

struct events {
    enum events_part part;
    int status;            /* 0: its head has not come */
    int64_t retry_after_s; /* of the head */
    size_t left;           /* of the chunk */
    size_t line_n;
    char line[EVENTS_LINE];
    char event[EVENTS_NAME]; /* of the event under way */
    char data[EVENTS_LINE];
    bool told;  /* the event under way is over: the next begins */
    int64_t id; /* the last one; 0: none */
};

/* What was found; the texts are borrowed until the next call. */
enum events_found { EVENTS_NOTHING, EVENTS_BEGUN, EVENTS_EVENT, EVENTS_RETRY, EVENTS_BROKEN };

void events_init(struct events *e);
/* Read on in *in up to the next thing of interest; EVENTS_NOTHING: all of *in is read. For
 * EVENTS_RETRY the milliseconds are in *ret_ms. */
enum events_found events_read(struct events *e, str_t *in, uint64_t *ret_ms);

#endif
