/* SPDX-License-Identifier: Apache-2.0 */
/* One keep-alive connection of a client of ours: one request at a time, its reply read to the end.
 * Memory of its own it has only while a reply is there in part. */
#ifndef BENCH_CONN_H
#define BENCH_CONN_H

#include "base/str.h"

#include <netinet/in.h>

enum { CONN_SCRATCH = 64 * 1024, CONN_REPLY_MAX = 2 * 1024 * 1024 };

struct conn {
    int fd; /* -1: closed */
    char *kept;
    size_t kept_n;
    size_t kept_room;
};

/* Borrowed from the scratch or the connection until the next read or close. */
struct conn_reply {
    int status;
    str_t head; /* status line and fields, each with its CRLF */
    str_t body; /* with its chunks, where it came in such */
    bool close; /* the server will close */
};

enum conn_state { CONN_WAIT, CONN_DONE, CONN_GONE };

struct sockaddr_in conn_loopback(uint16_t port);
/* `wait`: return once it is connected. Not blocking afterwards either way. False: errno says why;
 * nothing is open then. */
bool conn_open(struct conn *c, const struct sockaddr_in *to, bool wait);
/* Of one that was not waited for, once its socket is writable: 0, or why it failed (errno). */
int conn_connected(const struct conn *c);
void conn_close(struct conn *c);
/* False: the peer is gone. */
bool conn_send(struct conn *c, str_t text);
/* Read what is there, into `scratch` (CONN_SCRATCH bytes, shared by all connections of a thread).
 * CONN_DONE: a whole reply. */
enum conn_state conn_read(struct conn *c, char *scratch, struct conn_reply *ret);
/* Has a part of a reply come? */
bool conn_began(const struct conn *c);
/* The value of a field in a head, trimmed; STR_NONE when absent. */
str_t conn_field(str_t head, str_t name);

#endif
