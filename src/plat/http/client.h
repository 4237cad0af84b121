/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A blocking HTTP client for the command line and the agent (libcurl): HTTP/1.1 over TCP, TLS or a
 * Unix socket, one connection that is used again. No redirects, no content coding, bounded answers.
 * One thread at a time; http_client_stop and http_client_interrupt from any thread or signal
 * handler.
 */
#ifndef PLAT_HTTP_CLIENT_H
#define PLAT_HTTP_CLIENT_H

#include "base/clock.h"

struct http_client;
struct http_pins; /* outbound.h */

struct http_client_cfg {
    const char *ca_file;     /* PEM; NULL: the system's */
    const char *unix_socket; /* NULL: what the URL says */
    const char *user_agent;
    /* http://[USER:PASSWORD@]HOST:PORT or "none"; NULL: HTTPS_PROXY, http_proxy and NO_PROXY of the
     * environment. Never to this machine: loopback and Unix sockets are reached directly. */
    const char *proxy;
    const struct http_pins *pins; /* only these addresses; NULL: where the name leads */
};

struct http_call {
    const char *method;         /* "GET" */
    const char *url;            /* http: or https: */
    const char *const *headers; /* "Name: value", a secret among them is not logged by anybody */
    size_t headers_n;
    str_t body; /* absent: none */
    dur_t connect_max;
    dur_t total_max;
    size_t answer_max; /* bytes of its body */
    bool patient;      /* a long poll: may be interrupted */
    /* Set: the body of a 2xx answer goes here as it comes, however long it is, and the answer's own
     * is empty. False ends the call with E_IO. */
    bool (*sink)(void *arg, str_t part);
    void *sink_arg;
};

struct http_answer_field {
    str_t name;
    str_t value; /* trimmed */
};

struct http_answer {
    int status;
    const struct http_answer_field *fields;
    size_t fields_n;
    str_t body;
};

err_t http_client_new(const struct http_client_cfg *cfg, struct http_client **ret) MUST_USE;
void http_client_free(struct http_client *c); /* NULL is fine */
static inline void http_client_freep(struct http_client **c)
{
    http_client_free(*c);
}

/*
 * The answer lives in the arena, whatever its status. E_TIMEOUT, E_TOO_BIG, E_CLOSED (stopped),
 * E_AGAIN (interrupted),
 * E_BAD_FIELD (the URL), E_NO_MEMORY, E_IO (anything else between us and the answer: name,
 * connection, certificate).
 */
err_t http_client_call(struct http_client *c, struct arena *a, const struct http_call *call,
                       struct diag *why, struct http_answer *ret) MUST_USE;

/* The call that is under way, and every later one, ends with E_CLOSED within about a second. */
void http_client_stop(struct http_client *c);
/* The patient call that is under way, or else the next one, ends with E_AGAIN within about a
 * second.
 */
void http_client_interrupt(struct http_client *c);

/* The first of this name, in any case; STR_NONE when absent. */
str_t http_answer_field(const struct http_answer *answer, str_t name);

#endif
