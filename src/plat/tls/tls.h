/* SPDX-License-Identifier: Apache-2.0 */
/* TLS of the server (OpenSSL): 1.2 or newer, keys from files, ALPN http/1.1. Sockets are
 * non-blocking. */
#ifndef PLAT_TLS_TLS_H
#define PLAT_TLS_TLS_H

#include "base/clock.h"

struct tls_server;
struct tls_conn;

/* PEM files: the certificate followed by its chain, and its key. E_IO: cannot be read, or do not
 * belong together. */
err_t tls_server_new(const char *cert_file, const char *key_file, struct diag *why,
                     struct tls_server **ret) MUST_USE;
void tls_server_free(struct tls_server *s);
/*
 * Another pair for the handshakes from now on; connections that are open stay as they are. From any
 * thread. E_IO: it cannot be read, or does not belong together; E_CONFLICT: it is not valid now.
 * The old pair stays in force then.
 */
err_t tls_server_reload(struct tls_server *s, const char *cert_file, const char *key_file,
                        struct diag *why) MUST_USE;
/* When the certificate ends. */
ts_t tls_server_until(struct tls_server *s);

/* `fd` is borrowed. E_NO_MEMORY. */
err_t tls_conn_new(struct tls_server *s, int fd, struct tls_conn **ret) MUST_USE;
void tls_conn_free(struct tls_conn *c); /* NULL is fine */

/*
 * E_AGAIN: the socket must first become readable, or writable where tls_conn_wants_write says so:
 * either may happen in either direction. E_CLOSED: the peer has ended the session. E_IO: broken.
 */
err_t tls_conn_handshake(struct tls_conn *c) MUST_USE;
err_t tls_conn_read(struct tls_conn *c, char *p, size_t n, size_t *ret_n) MUST_USE;
err_t tls_conn_write(struct tls_conn *c, str_t s, size_t *ret_n) MUST_USE;
bool tls_conn_wants_write(const struct tls_conn *c);
/* Bytes that the socket has given are not read yet: it will not become readable for them again. */
bool tls_conn_holds_bytes(const struct tls_conn *c);
/* Say that nothing more follows (RFC 8446 section 6.1), as far as the socket takes it. */
void tls_conn_end(struct tls_conn *c);

#endif
