/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An HTTP client on a loop: HTTP/1.1, to one origin, by addresses that were checked as outbound.h
 * says and are looked up off the loop, at most once a minute. Over TLS it is libcurl's multi
 * interface; without, connections of our own, which cost a sixth (docs/adr/0013-plain-fetch.md).
 * Connections are used again, by this fetcher alone: whoever keeps one per credential keeps
 * credentials apart (SAFETY AC47). No redirects, no content coding, no proxy. A POST is never sent
 * twice, not even when a connection that was used again turns out to be dead.
 *
 * One thread, the loop's. No function calls back before it returns; callbacks may call any.
 */
#ifndef PLAT_HTTP_FETCH_H
#define PLAT_HTTP_FETCH_H

#include "plat/http/outbound.h"
#include "plat/loop/loop.h"

struct fetcher;
struct fetch;

struct fetcher_cfg {
    struct loop *loop;                  /* borrowed, outlives the fetcher, as the next */
    const struct outbound_rules *rules; /* their `stop` is not looked at: free the fetcher */
    struct outbound_lookups *lookups;   /* kept */
    str_t url;                          /* its origin counts: nothing else can be fetched */
    uint32_t connections_max;           /* at once; more wait */
    bool library; /* libcurl without TLS too: both are held to one behaviour */
};

struct fetch_end {
    err_t e;          /* E_OK, or why it ended */
    bool not_sent;    /* for certain: no byte of the request has left */
    const char *text; /* one sentence; NULL with E_OK */
};

/* All may be NULL. What they are given is borrowed until they return. */
struct fetch_events {
    void (*head)(void *arg, const struct http_answer *head); /* its body is absent */
    void (*body)(void *arg, str_t part);
    /* Once, last: the fetch is gone then. */
    void (*end)(void *arg, const struct fetch_end *end);
};

struct fetch_request {
    const char *method;         /* "GET"; a literal */
    str_t url;                  /* of the fetcher's origin */
    const char *const *headers; /* "Name: value" */
    size_t headers_n;
    str_t body;        /* absent: none; borrowed until the end or fetch_cancel */
    dur_t connect_max; /* until the request goes out: look-up, connection, a free connection */
    dur_t idle_max;    /* then, silence; 0: any */
    dur_t total_max;   /* 0: any */
    size_t body_max;   /* bytes of the answer's body; 0: any */
    const struct fetch_events *on;
    void *arg;
};

/* E_BAD_FIELD, E_NO_MEMORY. */
err_t fetcher_new(const struct fetcher_cfg *cfg, struct diag *why, struct fetcher **ret) MUST_USE;
/* What is under way ends without a word. NULL is fine. */
void fetcher_free(struct fetcher *f);

/*
 * E_FORBIDDEN (another origin), E_BAD_FIELD, E_NO_MEMORY. The end: E_TIMEOUT, E_TOO_BIG, E_CLOSED
 * (the peer broke off), E_UNSUPPORTED_MEDIA (a content coding that nobody asked for), E_FORBIDDEN
 * (the address), E_OVERLOADED (look-ups hang), E_NO_MEMORY, E_IO.
 */
err_t fetch_start(struct fetcher *f, const struct fetch_request *req, struct diag *why,
                  struct fetch **ret) MUST_USE;
/* Nothing is told any more; its connection is closed unless the answer was complete. */
void fetch_cancel(struct fetch *x);
/* All of the request has left: its body is not read any more. */
bool fetch_is_sent(const struct fetch *x);
/* Read no more of the answer, or go on; the silence of a paused one is not counted. At most what
 * has been read already (16 KiB) is still held. */
void fetch_pause(struct fetch *x, bool paused);

#endif
