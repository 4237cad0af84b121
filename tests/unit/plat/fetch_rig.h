/* SPDX-License-Identifier: Apache-2.0 */
/* A loop, a fetcher, a peer, and what came of the last fetch. */
#ifndef TESTS_PLAT_FETCH_RIG_H
#define TESTS_PLAT_FETCH_RIG_H

#include "base/buf.h"
#include "plat/http/fetch.h"

#include "fetch_peer.h"

struct rig {
    struct loop *loop;
    struct outbound_lookups *lookups;
    struct fetcher *fetcher;
    struct peer peer;
    struct fetch *fetch;
    struct buf body;
    int status;
    int ended;
    int wanted; /* ends before the loop stops */
    struct fetch_end end;
    char text[256];
    char type[64];
};

extern const struct outbound_rules rig_near; /* this machine may be reached */
extern const struct outbound_rules rig_far;  /* it may not */
extern bool rig_library;                     /* fetchers go by libcurl */
extern const struct fetch_events rig_events; /* what comes is noted in the rig */

void rig_up(struct rig *r, const struct outbound_rules *rules, peer_script_f *script);
void rig_down(struct rig *r);
struct fetcher_cfg rig_cfg(struct rig *r);
struct fetch_request rig_request(struct rig *r);
void rig_start(struct rig *r, const struct fetch_request *req);
void rig_fetch(struct rig *r, const struct fetch_request *req); /* from its start to its end */

/* Scripts. */
void serve_ok(struct peer *p, int fd);    /* "hello", as often as it is asked */
void serve_flood(struct peer *p, int fd); /* a gigabyte */

#endif
