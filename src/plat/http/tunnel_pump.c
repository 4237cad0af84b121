/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes through a connection: one side is read only once the other has taken what was read before.
 */
#include "plat/http/tunnel_in.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PIECES_MAX = 8 }; /* each way in one turn: others live on this loop too */

static bool is_again(void)
{
    return errno == EAGAIN || errno == EINTR;
}

static enum tunnel_side other(enum tunnel_side side)
{
    return side == NEAR ? FAR : NEAR;
}

/* false: nobody takes it any more. */
static bool way_write(struct tunnel_one *o, enum tunnel_side from, bool *ret_moved)
{
    struct tunnel_way *way = &o->ways[from];
    int to = o->ends[other(from)].fd;
    while (way->from < way->n) {
        ssize_t n = send(to, way->bytes + way->from, way->n - way->from, MSG_NOSIGNAL);
        if (n < 0)
            return is_again();
        way->from += (size_t)n;
        *ret_moved = true;
    }
    way->from = 0;
    way->n = 0;
    if (way->ended && !way->shut) {
        way->shut = true;
        return shutdown(to, SHUT_WR) == 0;
    }
    return true;
}

static bool way_read(struct tunnel_one *o, enum tunnel_side from, bool *ret_moved)
{
    struct tunnel_way *way = &o->ways[from];
    if (way->n > 0 || way->ended)
        return true;
    ssize_t n = read(o->ends[from].fd, way->bytes, sizeof way->bytes);
    if (n < 0)
        return is_again();
    way->ended = n == 0;
    way->n = (size_t)n;
    *ret_moved = true;
    return true;
}

static bool way_move(struct tunnel_one *o, enum tunnel_side from, bool *ret_moved)
{
    for (int i = 0; i < PIECES_MAX; i++) {
        bool moved = false;
        if (!way_write(o, from, ret_moved) || !way_read(o, from, &moved))
            return false;
        if (!moved)
            return true;
        *ret_moved = true;
    }
    return way_write(o, from, ret_moved);
}

static void arm(struct tunnel_one *o, enum tunnel_side side)
{
    const struct tunnel_way *in = &o->ways[side];
    const struct tunnel_way *out = &o->ways[other(side)];
    unsigned events = 0;
    if (in->n == 0 && !in->ended)
        events |= LOOP_READ;
    if (out->n > 0)
        events |= LOOP_WRITE;
    tunnel_end_arm(o, side, events);
}

bool tunnel_pump(struct tunnel_one *o)
{
    bool moved = false;
    if (!way_move(o, NEAR, &moved) || !way_move(o, FAR, &moved) ||
        (o->ways[NEAR].shut && o->ways[FAR].shut))
        return false;
    if (moved)
        loop_timer_start(o->owner->cfg.loop, &o->step, DUR_S(TUNNEL_IDLE_S), o->step.fire);
    arm(o, NEAR);
    arm(o, FAR);
    return true;
}

bool tunnel_tell(struct tunnel_one *o)
{
    struct tunnel_way *way = &o->ways[NEAR];
    bool moved = false;
    if (!way_write(o, FAR, &moved))
        return false;
    ssize_t n = read(o->ends[NEAR].fd, way->bytes, sizeof way->bytes); /* thrown away */
    if (n == 0 || (n < 0 && !is_again()))
        return false; /* it has read the answer, or wants none */
    tunnel_end_arm(o, NEAR, LOOP_READ | (o->ways[FAR].n > 0 ? LOOP_WRITE : 0));
    return true;
}
