/* SPDX-License-Identifier: Apache-2.0 */
/* The wire to a program that talks by its standard input and output: what up_cfg.command points to
 * where up_cfg.wire is up_wire_stdio. */
#ifndef MCP_UP_STDIO_H
#define MCP_UP_STDIO_H

#include "base/host_rule.h"
#include "mcp/up_wire.h"

/* How often it has crashed of late, kept between two starts by who keeps the upstream. */
struct up_crashes {
    unsigned n;
    dur_t not_before; /* on the loop's clock */
};

/* Borrowed, outlives the upstream. The environment of the program are the lines of up_cfg.headers,
 * which here are "NAME=value". */
struct up_command {
    const char *const *argv;  /* the absolute path first, NULL last */
    const char *const *read;  /* what it may read beside the usual, NULL last; NULL: nothing */
    const char *temp;         /* where its own directory is made; NULL: /tmp */
    const char *const *write; /* where it may write, for longer than it lives; the same */
    const char *sha256;       /* of the program; NULL: whatever stands there */
    bool network;             /* it may connect anywhere (docs/SANDBOX.md) */
    /* Or to these hosts alone, by a proxy of its own; then the two are told of it, with `arg`. */
    const struct host_rule *hosts;
    size_t hosts_n;
    void (*joined)(void *arg);
    void (*refused)(void *arg, str_t target, const char *why);
    void *arg;
    bool whole;                 /* it is not started where the kernel lacks a part of the cage */
    dur_t idle;                 /* without a message, and nobody waiting: it is stopped; 0: never */
    struct up_crashes *crashes; /* NULL: it is started at once, however often it crashes */
};

enum {
    UP_LINE_MAX = 4 * 1024 * 1024,    /* bytes of one message */
    UP_QUEUED_MAX = 16 * 1024 * 1024, /* bytes that it has not read yet */
    UP_STDERR_KEPT = 64 * 1024,       /* of what it says on standard error, the last */
    UP_CALM_S = 60,                   /* a program that has lived as long has not crashed of late */
    UP_PAUSE_S_MAX = 30,              /* between two starts */
};

extern const struct up_wire_kind up_wire_stdio;

#endif
