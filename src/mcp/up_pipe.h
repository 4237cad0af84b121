/* SPDX-License-Identifier: Apache-2.0 */
/* What up_stdio.c is made of: a descriptor that is watched, lines out of bytes, bytes that wait,
 * and the end of what somebody says. */
#ifndef MCP_UP_PIPE_H
#define MCP_UP_PIPE_H

#include "base/buf.h"
#include "plat/loop/loop.h"

/* Caller's memory, until `closed`. Zero is one that is not open. */
struct up_pipe {
    struct loop_watch watch;
    int fd;
    bool open;
    bool closing;
    void (*ready)(struct up_pipe *p, unsigned events);
    void (*closed)(struct up_pipe *p); /* in a later iteration; the descriptor is closed by then */
    void *arg;
};

/* Takes the descriptor over, also where it fails. E_IO. */
err_t up_pipe_open(struct up_pipe *p, struct loop *l, int fd) MUST_USE;
void up_pipe_arm(struct up_pipe *p, unsigned events); /* nothing where it is not open */
void up_pipe_close(struct up_pipe *p);                /* the same */

/* Lines, of any pieces. A line over `max` is passed over, whatever its length, and told once. */
struct up_lines_in {
    struct buf part;
    size_t max;
    bool passing;
};
enum up_line { UP_LINE, UP_LINE_TOO_LONG };
void up_lines_in_init(struct up_lines_in *l, size_t max);
void up_lines_in_fini(struct up_lines_in *l);
/* `on` gets each line without its LF or CRLF, and says whether to go on. E_NO_MEMORY. */
err_t up_lines_in_feed(struct up_lines_in *l, str_t bytes,
                       bool (*on)(void *arg, enum up_line what, str_t line), void *arg) MUST_USE;

/* Bytes that are written as soon as somebody reads them. */
struct up_queue {
    struct buf b;
    size_t from; /* what stands before it has been written */
};
void up_queue_init(struct up_queue *q, size_t max);
void up_queue_fini(struct up_queue *q);
static inline size_t up_queue_size(const struct up_queue *q)
{
    return q->b.n - q->from;
}
/* A message as one line: its line breaks, which in JSON can only be blanks, become spaces.
 * E_OVERLOADED: more waits than may. E_NO_MEMORY. */
err_t up_queue_add(struct up_queue *q, str_t message) MUST_USE;
/* As much as goes. E_AGAIN: some is left. E_CLOSED: nobody reads any more. */
err_t up_queue_write(struct up_queue *q, int fd) MUST_USE;

/* The last bytes of many. */
struct up_tail {
    struct buf b;
    size_t max;
};
void up_tail_init(struct up_tail *t, size_t max);
void up_tail_fini(struct up_tail *t);
void up_tail_add(struct up_tail *t, str_t bytes);
str_t up_tail_last_line(const struct up_tail *t, size_t max); /* borrowed; what is not empty */

#endif
