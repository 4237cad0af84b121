/* SPDX-License-Identifier: Apache-2.0 */
/* How a server ends, and how it makes room for a successor that listens on the same sockets. */
#ifndef PLAT_HTTP_LEAVE_H
#define PLAT_HTTP_LEAVE_H

#include "plat/http/server.h"

/* Stop accepting, end idle connections, let the others finish for at most `in`; then close. Blocks
 * until done. */
void http_server_drain(struct http_server *s, dur_t in);

/*
 * To make room for a successor without anybody being turned away, two steps, each of which blocks
 * until it is done or `in` is over:
 *   settle  everything is served as before, until the exchanges that were under way at the
 *           beginning have ended, but for what was parked, streams among it; with TLS every answer
 * is its connection's last from now on, and `grace` is the least that clients have to notice it
 *   leave   nothing is accepted: connections queue in the listening sockets. Exchanges come to
 *           their end, which for streams and parked ones is the application's doing. A plain
 *           connection between two requests is put aside, others are closed.
 * Then the listening sockets and those connections can be taken; both belong to who took them.
 */
void http_server_settle(struct http_server *s, dur_t grace, dur_t in);
void http_server_leave(struct http_server *s, dur_t in);
int http_server_take_listener(struct http_server *s, size_t i); /* -1: it is closed */
/* ~fd stands for one that has had its last answer and only waits for its peer to close. */
size_t http_server_take_conns(struct http_server *s, int *fds, size_t max);
/* Borrowed, to leave a copy of it elsewhere. */
int http_server_listener(const struct http_server *s, size_t i);

#endif
