/* SPDX-License-Identifier: Apache-2.0 */
/* Inside plat/http: a fetcher is the loop's side (fetch.c), a fetch is one transfer of libcurl
 * (fetch_run.c). */
#ifndef PLAT_HTTP_FETCH_IN_H
#define PLAT_HTTP_FETCH_IN_H

#include "plat/http/client_parts.h"
#include "plat/http/client_pins.h"
#include "plat/http/fetch.h"
#include "plat/http/outbound_lookup.h"
#include "plat/http/outbound_url.h"

enum {
    FETCH_HANDLES_MAX = 4,    /* kept for the next fetches */
    FETCH_NAME_FRESH_S = 60,  /* how long a look-up counts */
    FETCH_CONN_FRESH_S = 4,   /* an idle connection older than this is not used again: peers close
                               * theirs after five seconds (Node, uvicorn), and what is sent into a
                               * closing connection is lost */
    FETCH_CONNS_IDLE_MAX = 8, /* kept open */
};

enum fetch_state {
    FETCH_WAITS, /* for the name's addresses, or for the loop's next turn */
    FETCH_RUNS,  /* libcurl has it */
    FETCH_OVER,  /* cancelled where it could not be freed at once */
};

struct fetch {
    struct fetcher *owner;
    struct fetch *prev;
    struct fetch *next;
    enum fetch_state state;
    struct fetch_request req; /* its texts are copied, or libcurl's own; the body is borrowed */
    struct arena *a;          /* the head, and the URL until it runs */
    struct client_head head;
    CURL *curl;
    struct curl_slist *lines;
    struct curl_slist *pinned;
    struct loop_timer quiet; /* connect_max, then idle_max */
    struct loop_timer total;
    size_t body_n;
    bool issued; /* the request went out, at least in part */
    bool deaf;   /* its socket cannot be watched */
    bool head_done;
    bool paused;
    bool held; /* libcurl holds bytes back for us */
    struct diag why;
    char error[CURL_ERROR_SIZE];
};

struct fetch_socket {
    struct loop_watch watch;
    struct fetcher *owner;
    struct fetch_socket *next;
    int fd;
};

struct fetcher {
    struct loop *loop;
    const struct outbound_rules *rules;
    struct outbound_lookups *lookups; /* counted */
    struct arena *a;                  /* the next two */
    str_t url;
    struct outbound_url origin;
    CURLM *multi;
    CURL *handles[FETCH_HANDLES_MAX];
    size_t handles_n;
    struct fetch *all;
    struct fetch_socket *sockets;
    struct lookup *lookup; /* under way */
    struct arena *pins_a;  /* what the last look-up gave */
    struct outbound_place place;
    struct http_pins pins;
    bool found; /* the look-up gave addresses, at `found_at` */
    dur_t found_at;
    struct loop_timer timer;
    struct loop_msg kick;
    bool deaf;   /* one of `all` is */
    bool kicked; /* the message is on its way */
    bool inside; /* callbacks may run: nothing is freed now */
    bool freed;  /* to be freed as soon as it can be */
};

/* fetch_run.c. Hand it to libcurl. */
err_t fetch_run(struct fetch *x, struct diag *why) MUST_USE;
/* It ends here: told, taken from libcurl, freed. Only where nothing of libcurl is on the stack. */
void fetch_end(struct fetch *x, err_t e, const char *text);
void fetch_end_by_curl(struct fetch *x, CURLcode code);
/* Free it without a word. */
void fetch_drop(struct fetch *x);

/* fetch.c. Its next turn comes at once. */
void fetcher_kick(struct fetcher *f);
/* Around anything that calls back. After leave the fetcher may be gone. */
void fetcher_enter(struct fetcher *f);
void fetcher_leave(struct fetcher *f);
curl_socket_t fetcher_open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *at);

#endif
