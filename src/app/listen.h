/* SPDX-License-Identifier: Apache-2.0 */
/* From the configuration to sockets and to the lists of names that requests may use (SAFETY rule
 * 11). */
#ifndef APP_LISTEN_H
#define APP_LISTEN_H

#include "api/services.h"
#include "app/config.h"
#include "app/sockets.h"
#include "plat/http/server.h"

/* Plain HTTP outside loopback, or limits off outside loopback: E_USAGE, saying what to do. */
err_t listen_check(const struct config *c, str_t address, bool tls, struct diag *why) MUST_USE;
/* "127.0.0.1:8080" -> "127.0.0.1", "[::1]:0" -> "[::1]". */
str_t listen_host(str_t address);
bool listen_is_loopback(str_t host);
/* What requests are held to, from a configuration and the ports really bound; but for `access`
 * (logging_set). */
err_t listen_settings(const struct config *c, struct arena *a, const struct sockets *sockets,
                      const struct http_server *http, struct settings *ret) MUST_USE;

enum {
    CONNS_SPARE = 256, /* over `connections`, for health and for revoking */
    FILES_OWN = 256,   /* descriptors of ours that are no connections */
};
/* As many as the setting says, if the system gives us the descriptors: without one for itself the
 * store could not even be read. */
size_t listen_conns_max(const struct config *c);

#endif
