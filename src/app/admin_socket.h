/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DIR/admin.sock: hands an ephemeral administrator token to a local root or to the server's own
 * user (SO_PEERCRED), restarts the server for them, or records a copy that they have made of the
 * store: one line asks, one answers. Its own thread:
 * it answers while the loops are busy.
 */
#ifndef APP_ADMIN_SOCKET_H
#define APP_ADMIN_SOCKET_H

#include "api/services.h"

struct admin_socket;

err_t admin_socket_open(const char *dir, struct services *services, struct diag *why,
                        struct admin_socket **ret) MUST_USE;
void admin_socket_close(struct admin_socket *s);

/* Tell who asked for a restart, if somebody did: NULL, it begins; else why it does not. */
void admin_socket_answer(struct admin_socket *s, const char *refusal);

/* The other end of a restart; returns when the successor is there. E_NOT_FOUND: no server runs
 * there. E_FORBIDDEN. E_CONFLICT: it refuses, and why. E_IO: the successor has not come up. */
err_t admin_socket_restart(const char *dir, struct diag *why) MUST_USE;

/* The other end: ask the server of `dir`. E_NOT_FOUND: none runs there. E_FORBIDDEN: it does not
 * serve this user. */
err_t admin_socket_ask(const char *dir, struct diag *why, struct token_text *ret) MUST_USE;

/* The same for the link of the first administrator, which is a secret. E_CONFLICT: there is one. */
err_t admin_socket_setup(struct arena *a, const char *dir, struct diag *why, str_t *ret) MUST_USE;

/* The same: put a copy on the record (backup_record.h). E_CONFLICT: it does not, and why. */
err_t admin_socket_backup(const char *dir, str_t line, struct diag *why) MUST_USE;

#endif
