/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How messages travel to an upstream and back: one kind each for Streamable HTTP, HTTP+SSE and the
 * pipes of a child. A wire knows bytes, streams and sessions of its transport, but no method and no
 * era; up*.c knows those, and nothing of transports. One thread, the loop's.
 *
 * No function of a wire calls back before it returns. Callbacks may call any function of the wire.
 */
#ifndef MCP_UP_WIRE_H
#define MCP_UP_WIRE_H

#include "mcp/up.h"

struct up_wire; /* each kind's own; begins with nothing in common */

/* What became of one message that was sent. */
struct up_sent {
    err_t e;           /* E_OK: it was taken, and nothing more comes for it */
    bool not_sent;     /* for certain: no byte of it left us */
    int status;        /* of HTTP: of the answer; 0: none came, or there is no HTTP */
    dur_t retry_after; /* 0: none */
    str_t body;        /* of an answer that refuses and is JSON: until the return; else absent */
    const char *text;  /* why, one sentence; never NULL when e is not E_OK */
};

/* Told to up*.c. `tag` is what was given with a message; NULL: it belongs to none. */
struct up_wire_events {
    /* The wire can carry messages now. Once, after open. */
    void (*opened)(void *arg);
    /* One JSON-RPC message (or a batch), until the return. With a tag where it came as the answer
     * to that message or on its stream. */
    void (*message)(void *arg, void *tag, str_t bytes);
    /* Nothing more comes for this tag. Not after drop, and not of messages without a tag. A request
     * that has no answer yet has none now; a wire on which answers come apart from requests tells
     * it only where sending has failed. */
    void (*sent)(void *arg, void *tag, const struct up_sent *how);
    /* The upstream has closed this tag's stream and said when to take it up again; that will be
     * done. */
    void (*polls)(void *arg, void *tag, dur_t in);
    /* The upstream has forgotten the session: renew. */
    void (*lost)(void *arg);
    /* The last one, after close: it is gone. */
    void (*closed)(void *arg);
    /* The wire is broken, or could not be opened: E_CLOSED, E_IO, E_TIMEOUT, E_FORBIDDEN ... Every
     * tag is over without `sent`. The wire is closed by who is told. `status` of HTTP or 0. */
    void (*gone)(void *arg, err_t e, int status, const char *text);
};

/* What a wire is opened with; texts and lists outlive it. */
struct up_wire_cfg {
    const struct up_cfg *up;
    const struct up_wire_events *on;
    void *arg;
};

/* One message on its way. Bytes and headers are borrowed until it is over (`sent`, drop, gone,
 * close) where it has a tag, else until send returns. */
struct up_out {
    str_t bytes; /* one JSON-RPC message */
    void *tag;   /* NULL: nobody waits for it (a notification, an answer) */
    const char *const
        *headers; /* of HTTP: "Mcp-Method: tools/call" ...; others have no use for it */
    size_t headers_n;
    bool quick; /* answered at once or not at all: no stream is waited for (a notification) */
};

struct up_wire_kind {
    const char *name; /* "http" */
    /* E_NO_MEMORY, E_BAD_FIELD, E_FORBIDDEN. Then `opened` or `gone` follows. */
    err_t (*open)(const struct up_wire_cfg *cfg, struct diag *why, struct up_wire **ret);
    /* E_NO_MEMORY, E_OVERLOADED: nothing was sent, and nothing is told. */
    err_t (*send)(struct up_wire *w, const struct up_out *out);
    /* Its answer has come: what follows is read and thrown away, so that the connection can be used
     * again. Nothing more is told of this tag. */
    void (*answered)(struct up_wire *w, void *tag);
    /* Forget this tag: what still comes for it is thrown away. Where it has a stream of its own
     * that is closed, which to a modern upstream means: cancelled. */
    void (*drop)(struct up_wire *w, void *tag);
    void (*pause)(struct up_wire *w, void *tag, bool paused);
    /* The session is agreed: its protocol version, for headers ("MCP-Protocol-Version: ..." line,
     * borrowed until close), and whether messages that belong to no request are to be listened for
     * (the GET stream). A NULL header: none. NULL where a kind has no use for it. */
    void (*agreed)(struct up_wire *w, const char *version_header, bool listen);
    /* Forget the session, for a new one is about to be agreed; what is under way goes on. NULL
     * where there is none to forget. */
    void (*renew)(struct up_wire *w);
    /* End it: politely (DELETE of the session, end of input to a child) and without waiting, for at
     * most two seconds. Only `closed` follows, later; the wire frees itself. */
    void (*close)(struct up_wire *w);
    /* Each message has its own stream and ends with it (HTTP): what comes with a tag belongs to it.
     * Else asks and notes belong to nobody for certain. */
    bool apart;
    bool headers; /* it carries HTTP headers: Mcp-Method, Mcp-Name, Mcp-Param-* are made */
};

extern const struct up_wire_kind up_wire_http; /* 2025-03-26 and later; modern too */
extern const struct up_wire_kind up_wire_sse;  /* 2024-11-05: HTTP+SSE */

#endif
