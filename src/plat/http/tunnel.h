/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A forward proxy for one program in a cage (docs/SANDBOX.md): it knows CONNECT (RFC 9110 section
 * 9.3.6) and nothing else, takes connections from one listening socket, and connects to hosts of a
 * list, by the rules of everything that goes out (outbound.h): the name is looked up once, and only
 * a checked address is connected to. What goes through is not looked at.
 */
#ifndef PLAT_HTTP_TUNNEL_H
#define PLAT_HTTP_TUNNEL_H

#include "base/host_rule.h"
#include "plat/http/outbound.h"
#include "plat/loop/loop.h"

enum {
    TUNNEL_CONNS_MAX = 32,      /* at once; others wait in the kernel */
    TUNNEL_CONNS_PER_S = 64,    /* that are taken */
    TUNNEL_HEAD_MAX = 8 * 1024, /* bytes of what it asks */
    TUNNEL_FIELDS_MAX = 50,
    TUNNEL_BUFFER = 32 * 1024, /* bytes under way, each way of each connection */
    TUNNEL_HEAD_S = 10,        /* to ask */
    TUNNEL_JOIN_S = 10,        /* to look up, and to connect to one address */
    TUNNEL_IDLE_S = 300,       /* without a byte */
    TUNNEL_TOTAL_S = 3600,
    TUNNEL_LINGER_S = 2, /* after a refusal, until it is read */
};

struct tunnel;

/* On the loop's thread; they may call no function here but tunnel_close. */
struct tunnel_events {
    void (*joined)(void *arg);
    /* What it asked for is not allowed: "HOST:PORT" as far as it was that, and why. */
    void (*refused)(void *arg, str_t target, const char *why);
    void (*closed)(void *arg); /* the last one */
};

struct tunnel_cfg {
    int listener; /* taken over, also where it fails; does not block */
    struct loop *loop;
    const struct outbound_rules *rules; /* borrowed, outlive it, as the next two */
    struct outbound_lookups *lookups;
    const struct host_rule *hosts;
    size_t hosts_n;
    const struct tunnel_events *on;
    void *arg;
};

/* E_IO, E_NO_MEMORY. */
err_t tunnel_new(const struct tunnel_cfg *cfg, struct tunnel **ret) MUST_USE;
/* All that goes through it ends; `closed` follows in a later iteration. NULL is fine. */
void tunnel_close(struct tunnel *t);

#endif
