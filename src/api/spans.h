/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Spans that wait until they are exported. The queue is bounded and in memory alone: what finds no
 * room is dropped and counted, and so is what waits when the server is killed. Thread safe; whoever
 * adds waits for nothing but for a pointer to be moved.
 */
#ifndef API_SPANS_H
#define API_SPANS_H

#include "base/buf.h"
#include "base/clock.h"
#include "plat/http/outbound.h"

/* Where traces go. */
struct otlp_cfg {
    const char *url;            /* whole; NULL: nowhere */
    const char *const *headers; /* "Name: value", secrets among them */
    size_t headers_n;
    str_t service;               /* service.name */
    struct outbound_rules rules; /* of that one address */
};

enum {
    SPANS_MAX = 4096,
    SPANS_BATCH_MAX = 512,
    SPANS_BYTES_MAX = 8 * 1024 * 1024, /* of all that wait */
};

struct spans;

struct spans_stats {
    uint64_t sent;    /* the collector has taken them */
    uint64_t dropped; /* there was no room, or nowhere to send them any more */
    uint64_t failed;  /* the collector has refused them, or could not be reached for too long */
    size_t waiting;
};

err_t spans_new(struct spans **ret) MUST_USE;
void spans_free(struct spans *s); /* NULL is fine */

void spans_put(struct spans *s, str_t json);
/* The oldest, at most SPANS_BATCH_MAX, with commas between: how many. They wait no more. */
size_t spans_take(struct spans *s, struct buf *b);
/* Nobody is there for those that wait. */
void spans_drop(struct spans *s);
/* What came of those that were taken. */
void spans_count(struct spans *s, size_t sent, size_t failed);
/* At most so long, until a batch waits. False: spans_stop was called. */
bool spans_wait(struct spans *s, dur_t most, bool for_batch);
void spans_stop(struct spans *s);
void spans_stats(struct spans *s, struct spans_stats *ret);

#endif
