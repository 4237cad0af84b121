/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The built-in server `demo`: a few harmless tools for the first run and for tests, as a program
 * that reads and writes messages of MCP. Who carries them is not its business: inside the gateway
 * it is an upstream like any other (up_demo.c), and `seneschal mcp serve-demo` speaks it on
 * standard input and output.
 */
#ifndef MCP_DEMO_H
#define MCP_DEMO_H

#include "base/buf.h"
#include "mcp/up_wire.h"

enum { DEMO_ASKS_MAX = 64 };

struct demo_ask { /* a call that waits for a person's answer */
    uint64_t id;
    void *tag;
    char *call; /* counted: the raw id of the call's request */
    size_t call_n;
};

struct demo {
    /* A message of the server; `tag` of the message that it belongs to; `last`: its answer. */
    void (*say)(void *arg, void *tag, str_t message, bool last);
    void *arg;
    bool modern; /* speaks 2026-07-28 as well, with who speaks it */
    struct demo_ask asks[DEMO_ASKS_MAX];
    uint64_t asks_last;
};

/* A message of the client. */
void demo_take(struct demo *d, void *tag, str_t message);
void demo_fini(struct demo *d);

extern const struct up_wire_kind up_wire_demo;

#endif
