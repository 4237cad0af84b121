/* SPDX-License-Identifier: Apache-2.0 */
/* One keep-alive connection of the load client: one request at a time, its reply read to the end.
 */
#ifndef BENCH_CONN_H
#define BENCH_CONN_H

#include "plan.h"

struct conn {
    int fd;
    char out[PLAN_TEXT];
    char in[8192];
    size_t in_n;
    size_t body_left; /* of the reply being read, once its head is gone */
    int in_body;
    int status;
    int64_t sent_us;
};

enum conn_state { CONN_WAIT, CONN_DONE, CONN_GONE };

/* Connects to 127.0.0.1:port, then not blocking; 0 on failure. */
int conn_open(struct conn *c, const struct plan *p, int port);
void conn_close(struct conn *c);
/* Send request number `n`; 0: the peer is gone. */
int conn_send(struct conn *c, const struct plan *p, uint64_t n, int64_t now_us);
/* Read what is there; CONN_DONE: a whole reply, whose status is in c->status. */
enum conn_state conn_read(struct conn *c);

#endif
