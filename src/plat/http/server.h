/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTTP/1.1 server (RFC 9110, RFC 9112): strict, one loop per core, one request at a time per
 * connection. What the application sees is an exchange: a whole request and its one reply.
 *
 * Threads: every function here is called on the exchange's own loop, and so is every callback. An
 * exchange may be lent to another thread (its request, its body and its arena stay as they are
 * until the reply); that thread hands it back with loop_post(http_loop(x), ...). The engine keeps
 * its memory until http_reply, http_stream_end or http_drop, also when the peer has gone: then
 * `on_gone` is called once. A peer that closed only its half has "gone" too: a reply is still
 * tried; where that fails it is silently dropped.
 *
 * What ends an exchange may call on_done before it returns, and on_head and on_message of a request
 * that was sent behind it. on_done is an exchange's last call, once, if on_head or on_refuse came.
 */
#ifndef PLAT_HTTP_SERVER_H
#define PLAT_HTTP_SERVER_H

#include "base/clock.h"
#include "plat/http/note.h"
#include "plat/loop/loop.h"

#include <sys/socket.h>

enum http_method {
    HTTP_NONE,
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OPTIONS,
};

enum { HTTP_LINE_MAX = 8 * 1024, HTTP_HEAD_MAX = 16 * 1024, HTTP_FIELDS_MAX = 100 };

struct http_field {
    str_t name; /* as sent; compare with str_eq_nocase */
    str_t value;
};

/* Who is at the other end. */
struct http_peer {
    uint8_t ip[16]; /* IPv4 as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2) */
    uint16_t port;
};

struct http_xchg {
    enum http_method method; /* HEAD stays HEAD; the engine leaves out the body of its reply */
    str_t target;            /* as sent, without the authority of an absolute form */
    str_t path;              /* percent-decoded once, checked (SAFETY: no %2f %5c %00 .. ; \) */
    str_t query;             /* raw, without '?'; STR_NONE: no '?' at all */
    str_t host;              /* Host as sent, checked to be uri-host[:port] */
    const struct http_field *fields;
    size_t fields_n;
    str_t body; /* whole; "" where the row drops it */
    struct http_peer peer;
    bool gone;   /* the peer has left */
    bool spare;  /* its connection is over conns_max: answer only what must be answered */
    bool secret; /* on_head says: body, reply and arena are overwritten before others get them */
    uint64_t started_us; /* CLOCK_MONOTONIC when the head was complete */
    struct arena *arena; /* dies with the exchange; made at first use by http_arena() */
    void *user;          /* the application's own */
    struct http_note note;
};

/* What the engine shall do with the body that follows a head. */
struct http_take {
    err_t refuse;    /* E_OK: go on; else this, with a lingering close while the body comes */
    size_t body_max; /* E_TOO_BIG over it */
    bool drop;       /* read it to its end by the rules, keep nothing (<= 64 KiB) */
};

struct http_reply {
    int status;
    str_t head; /* lines with their CRLF; the engine adds Date, Content-Length, Connection */
    str_t body;
}; /* borrowed until the call returns */

/* Callbacks; `app` is http_server_cfg.app. */
struct http_app {
    struct http_take (*on_head)(void *app, struct http_xchg *x);
    /* The message is whole. Reply now, or keep x and reply later. */
    void (*on_message)(void *app, struct http_xchg *x);
    /* The engine, or on_head, refuses: say it in your form. x may have no method or path yet. */
    void (*on_refuse)(void *app, struct http_xchg *x, err_t e, const struct diag *why);
    /* The peer left while x was kept, or while it streams. */
    void (*on_gone)(void *app, struct http_xchg *x);
    /* A stream's queue fell below its low mark again. */
    void (*on_drain)(void *app, struct http_xchg *x);
    /* A reply has left (or was dropped): for the access log and the metrics. */
    void (*on_done)(void *app, struct http_xchg *x, int status, size_t bytes);
};

struct tls_server; /* plat/tls */
struct http_listen {
    const char *address; /* "127.0.0.1:8080", "[::1]:0" */
    int fd;              /* >= 0: one that listens already: taken; `address` is for messages */
    bool last;           /* of such: answer who waits in it, then close it */
};

struct http_server_cfg {
    const struct http_app *calls;
    void *app;
    const struct http_listen *listen;
    size_t listen_n;
    unsigned loops; /* 0: one per core */
    size_t conns_max;
    size_t conns_spare; /* more for one request each (http_xchg.spare); then nothing is accepted */
    struct tls_server *tls; /* NULL: plain HTTP; borrowed, outlives the server */
    const int *conns;       /* of http_server_take_conns (leave.h) */
    size_t conns_n;
};

struct http_server;

/* Binds and listens; nothing is accepted yet. E_IO, E_USAGE: the address. */
err_t http_server_new(const struct http_server_cfg *cfg, struct diag *why,
                      struct http_server **ret) MUST_USE;
/* The port that was bound by listen entry i (for port 0). */
uint16_t http_server_port(const struct http_server *s, size_t i);
unsigned http_server_loops(const struct http_server *s);
struct loop *http_server_loop(const struct http_server *s, unsigned i);
err_t http_server_start(struct http_server *s, struct diag *why) MUST_USE; /* one thread per loop */
void http_server_free(struct http_server *s); /* every exchange that was lent has ended */
size_t http_server_conns(const struct http_server *s);

struct loop *http_loop(const struct http_xchg *x);
int http_fd(const struct http_xchg *x); /* of its connection; for asking who the peer is */
unsigned http_loop_index(const struct http_xchg *x);     /* 0 .. loops-1 */
struct arena *http_arena(struct http_xchg *x);           /* NULL when memory is short */
str_t http_field(const struct http_xchg *x, str_t name); /* the first; STR_NONE when absent */
size_t http_field_count(const struct http_xchg *x, str_t name);

void http_reply(struct http_xchg *x, const struct http_reply *r);
/* Keep x for long: the request's text (target, path, query, host, fields, body) and its arena are
 * given up, so that it costs a few hundred bytes. http_stream_begin does the same. */
void http_park(struct http_xchg *x);
/* Streaming: chunked for HTTP/1.1, until close for 1.0. write answers false when its queue is over
 * the high mark (256 KiB): wait for on_drain. What is written over 1 MiB ends the connection. */
void http_stream_begin(struct http_xchg *x, int status, str_t head);
bool http_stream_write(struct http_xchg *x, str_t bytes);
void http_stream_end(struct http_xchg *x);
/* For hours: the kernel keeps little for who reads slowly, none for who is silent for 15 s. */
void http_stream_trickle(struct http_xchg *x);
bool http_stream_is_empty(struct http_xchg *x); /* false: on_drain is called when all has left */
void http_drop(struct http_xchg *x);            /* without a reply: closes the connection */

#endif
