/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server with real sockets and a clock that the test moves. It answers `ok`, to /big more than
 * a socket holds, to /lend the body, from another thread, and to /events a stream of pieces
 * until one waits, then "drained" when none does.
 */
#ifndef TESTS_PLAT_HTTP_RIG_H
#define TESTS_PLAT_HTTP_RIG_H

#include "plat/http/server.h"

enum { RIG_CONNS_MAX = 8, RIG_CONNS_SPARE = 2 };

extern struct http_server *rig_server;
extern const struct http_server_cfg rig_cfg;

/* Before and after each test that wants rig_server. */
int http_rig_up(void **state);
int http_rig_down(void **state);

int connect_to(uint16_t port);
int dial(void); /* to rig_server */
void tell(int fd, const char *text);
bool hear(int fd, const char *end); /* read until the text ends so; false: the connection ended */
int hear_last(int fd); /* status of the one reply before the connection ends, 0: none; closes fd */
bool is_open(int fd);

void settle(void);  /* the loop has seen all that was sent to it before */
void pass(dur_t d); /* time passes for the server, and its timers have fired */

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, http_rig_up, http_rig_down)

#endif
