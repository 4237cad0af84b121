/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the proxy of a caged program: tunnel.c takes connections, tunnel_one.c is one of them
 * until it is joined, tunnel_pump.c what goes through it then. */
#ifndef PLAT_HTTP_TUNNEL_IN_H
#define PLAT_HTTP_TUNNEL_IN_H

#include "plat/http/outbound_lookup.h"
#include "plat/http/tunnel.h"
#include "plat/http/tunnel_ask.h"

struct tunnel_one;

enum tunnel_side { NEAR, FAR, SIDES }; /* the program, and who it wanted */

struct tunnel_end {
    struct loop_watch watch;
    struct tunnel_one *one;
    int fd;
    bool open;
    bool closing;
};

/* What came from one side and has not gone to the other. */
struct tunnel_way {
    size_t from;
    size_t n;
    bool ended; /* its side says no more */
    bool shut;  /* and the other one knows */
    char bytes[TUNNEL_BUFFER];
};

enum tunnel_phase {
    TUNNEL_ASKS,
    TUNNEL_LOOKS_UP,
    TUNNEL_CONNECTS,
    TUNNEL_JOINED,
    TUNNEL_REFUSED, /* it is told so, and then no more */
    TUNNEL_OVER,
};

struct tunnel_one {
    struct tunnel_one *next;
    struct tunnel *owner;
    enum tunnel_phase phase;
    struct tunnel_end ends[SIDES];
    struct tunnel_way ways[SIDES]; /* by the side that they come from */
    struct lookup *lookup;         /* under way */
    struct outbound_place place;
    size_t tried; /* addresses of it */
    uint16_t port;
    char host[HOST_NAME_MAX_N + 1];
    struct loop_timer step; /* the end of this phase */
    struct loop_timer total;
};

struct tunnel {
    struct tunnel_cfg cfg;
    struct loop_watch watch;
    bool listening; /* the watch is open */
    bool closing;
    struct tunnel_one *ones;
    size_t ones_n;
    dur_t second; /* in which so many were taken */
    unsigned taken;
    bool paused; /* until `rest` fires */
    struct loop_timer rest;
};

/* tunnel_one.c. Takes the descriptor, also where it fails. */
void tunnel_one_new(struct tunnel *t, int fd);
void tunnel_one_close(struct tunnel_one *o);
/* The watch of one end; it closes the descriptor where it fails. */
err_t tunnel_end_open(struct tunnel_one *o, enum tunnel_side side, int fd) MUST_USE;
void tunnel_end_arm(struct tunnel_one *o, enum tunnel_side side, unsigned events);

/* tunnel.c. It is gone, and its memory too. */
void tunnel_one_gone(struct tunnel_one *o);

/* tunnel_pump.c. Both ways as far as they go; false: it is over. */
bool tunnel_pump(struct tunnel_one *o);
/* What is for the program as far as it goes, and nothing from it; false: it is over. */
bool tunnel_tell(struct tunnel_one *o);

#endif
