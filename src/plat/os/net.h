/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets of a TCP server: non-blocking, close-on-exec, without Nagle's delay. */
#ifndef PLAT_OS_NET_H
#define PLAT_OS_NET_H

#include "base/clock.h"

/*
 * Bind "127.0.0.1:8080", "[::1]:0" or "host:port", and listen. E_IO with the reason, also where
 * another process listens already; E_USAGE: not an address.
 */
err_t net_listen(const char *address, struct diag *why, int *ret_fd) MUST_USE;
/* Does the socket stand at this address, its port included? */
bool net_is_bound_to(int fd, const char *address);
/* Its address as text, "127.0.0.1:8080"; E_IO: none of TCP. */
err_t net_name(int fd, struct arena *a, str_t *ret) MUST_USE;

/* The port that a socket is bound to; 0 when it is none of TCP. */
uint16_t net_port(int fd);

/* Make a descriptor that was handed over fit for a loop: non-blocking, close-on-exec. E_IO. */
err_t net_adopt(int fd, struct diag *why) MUST_USE;

/* Who is at the other end of a connection. E_CLOSED: nobody any more. */
err_t net_peer(int fd, uint8_t ip[static 16], uint16_t *ret_port) MUST_USE;

/*
 * The next connection and who is at its other end (IPv4 as ::ffff:a.b.c.d, RFC 4291
 * section 2.5.5.2; of a Unix socket nothing but zeros). E_AGAIN: none waits. E_CLOSED: that one
 * left already. E_IO: no descriptor or memory is left, trying again at once is no use.
 */
err_t net_accept(int listener, uint8_t ip[static 16], uint16_t *ret_port, int *ret_fd) MUST_USE;

/* A connection that is written to rarely: at most about `keep` bytes wait in the kernel, and one
 * whose bytes stay unacknowledged for `patience` breaks (tcp(7), TCP_USER_TIMEOUT). */
void net_trickle(int fd, int keep, dur_t patience);

/* Could an address be bound now? Nothing stays bound. E_CONFLICT: it is taken. E_FORBIDDEN: that
 * wants privileges. E_NOT_FOUND: this machine has no such address. E_USAGE: it is none. E_IO. */
err_t net_probe(const char *address, struct diag *why) MUST_USE;

#endif
