/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of several upstreams at once, for one call: whoever does not answer in time, or badly, is
 * left out. Where tools were read anew the call gets its snapshots anew too, because they have been
 * written down meanwhile.
 */
#ifndef MCP_LISTING_H
#define MCP_LISTING_H

#include "mcp/node.h"

struct call;
struct listing;

struct listing_row {
    struct list_wait wait;
    struct listing *of;
    oid_t server;
    struct list_items *items; /* held; NULL: it could not be read */
    err_t e;
};

struct listing { /* in the call's arena */
    struct call *call;
    enum node_list_kind kind;
    struct listing_row *rows;
    size_t n;
    size_t open;
    bool saw;
    bool begun;
    struct loop_timer timer;
    struct mcp_look *look; /* under way */
    void (*done)(struct call *c, struct listing *l);
};

/* The servers that a call's principal sees by its face, in the order of the catalogue. */
struct view {
    const struct gate_server **v;
    size_t n;
};
err_t view_make(const struct call *c, struct view *ret) MUST_USE;

/* `done` is told once, perhaps before the return. E_NO_MEMORY. */
err_t listing_start(struct call *c, enum node_list_kind kind, const struct view *view,
                    void (*done)(struct call *c, struct listing *l)) MUST_USE;
/* What one server alone was asked for is not there because the server does not answer: the call is
 * refused with that, and not with an empty list or an unknown name. False: it was not. */
bool listing_refused(struct call *c, const struct listing *l, str_t name);
/* Lets go of the lists, and waits for nothing any more. */
void listing_end(struct listing *l);

#endif
