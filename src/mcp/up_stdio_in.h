/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the wire to a program: up_stdio.c is what up*.c sees, up_stdio_life.c its child. */
#ifndef MCP_UP_STDIO_IN_H
#define MCP_UP_STDIO_IN_H

#include "mcp/up_pipe.h"
#include "mcp/up_stdio.h"
#include "plat/http/tunnel.h"
#include "plat/os/child.h"

enum {
    STDIO_ARENA = 256 * 1024,
    STDIO_BYE_MS = 300,   /* from the end of its input to SIGTERM */
    STDIO_KILL_MS = 1500, /* from there to its end */
    STDIO_REAP_MS = 50,
    STDIO_PATIENCE_MS = 2000, /* a start that is due as soon is waited for */
    STDIO_TAGS_SPARE = 16,    /* requests of our own beside the calls */
    STDIO_LAST_WORDS = 512,
    STDIO_PIECE = 65536,
};

enum life {
    LIFE_WAITING, /* it has crashed: its start is due a little later */
    LIFE_STARTING,
    LIFE_RUNNING,
    LIFE_OVER,
};

struct stdio_wire {
    struct arena *a;
    struct up_wire_cfg cfg;
    const struct up_command *command;
    const char *const *env;
    struct child child;
    enum life life;
    dur_t started;
    struct up_pipe in;
    struct up_pipe out;
    struct up_pipe err;
    struct up_pipe control;
    struct tunnel *tunnel; /* its proxy; NULL: none */
    unsigned open;         /* of these five */
    struct up_lines_in lines;
    struct up_queue queue;
    struct up_tail said;
    struct loop_timer next;   /* step of its life */
    struct loop_timer unused; /* nobody has had use for it */
    void **tags;              /* requests that have no answer yet */
    size_t tags_n;
    size_t tags_max;
    unsigned pauses;
    bool closing;
    bool asked;      /* to go */
    bool broken;     /* told */
    char *piece;     /* STDIO_PIECE bytes, to read into */
    struct diag why; /* it could not be started */
};

static inline struct loop *stdio_loop(const struct stdio_wire *w)
{
    return w->cfg.up->loop;
}

/* Start the program; what goes wrong is in `why` too. */
err_t stdio_start(struct stdio_wire *w) MUST_USE;
/* The next step of its life, so much later. */
void stdio_in_ms(struct stdio_wire *w, int64_t ms);
void stdio_use(struct stdio_wire *w);     /* somebody has: the time without use begins again */
void stdio_write(struct stdio_wire *w);   /* what waits, as far as it goes */
void stdio_arm_out(struct stdio_wire *w); /* to hear it, unless it is paused */

#endif
