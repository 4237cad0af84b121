/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of the engine: one request and its reply. What waits for long is only this, without
 * the input that it was read from. */
#ifndef PLAT_HTTP_XCHG_H
#define PLAT_HTTP_XCHG_H

#include "base/buf.h"
#include "plat/http/frame.h"

struct conn;

enum { INPUT_BYTES = 20 * 1024 }; /* a head of 16 KiB, and room to read a body */

/* Only connections with bytes of a request have one, and what was understood of them. */
struct input {
    struct head head;
    struct frame frame;
    struct http_field fields[HTTP_FIELDS_MAX];
    char bytes[INPUT_BYTES];
};

struct xchg {
    struct http_xchg pub;
    struct xchg *next; /* while it waits for the next request */
    struct conn *conn; /* borrowed: outlives us */
    struct buf body;
    struct buf out; /* what the socket did not take at once */
    size_t out_at;  /* of it, what has left meanwhile */
    size_t body_max;
    size_t dropped;  /* bytes of a body that is not kept */
    size_t sent;     /* of the reply, as accepted for sending */
    int status;      /* of the reply, 0: none */
    bool minor;      /* HTTP/1.1 */
    bool keep_alive; /* the client lets the connection stay open */
    bool drop;       /* the body is read, not kept */
    bool known;      /* the application has seen it: on_done is due */
    bool lent;       /* the application has it: a reply is due */
    bool close;      /* no request after this one */
    bool choked;     /* the application waits for on_drain */
    bool to_last;    /* until the last byte has left, not only until its low mark */
    bool chunks;     /* the stream is chunked */
    bool bodiless;   /* HEAD: the reply ends with its head */
    bool forgotten;  /* the request's text and arena are gone */
    bool parked;     /* it may stay for long: no end of the server waits for it */
    bool awaited;    /* the end of the server does */
};

err_t xchg_begin(struct conn *c) MUST_USE; /* E_NO_MEMORY */
void xchg_end(struct conn *c);
void xchg_forget_request(struct xchg *x); /* its text and its arena */
void xchg_unawait(struct xchg *x);        /* no end of the server waits for it */
void xchg_fini(struct xchg *x);           /* one that waits */
static inline struct xchg *xchg_of(struct http_xchg *pub)
{
    return CONTAINER_OF(pub, struct xchg, pub);
}

#endif
