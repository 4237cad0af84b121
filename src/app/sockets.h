/* SPDX-License-Identifier: Apache-2.0 */
/* Which sockets the server listens on: those of the configuration, those that were handed over. */
#ifndef APP_SOCKETS_H
#define APP_SOCKETS_H

#include "app/config.h"
#include "plat/http/leave.h"
#include "plat/os/handover.h"

enum { SOCKETS_MAX = 16 + HANDED_MAX };

struct sockets {
    struct http_listen list[SOCKETS_MAX];
    str_t names[SOCKETS_MAX]; /* among descriptors, for the next image and the supervisor */
    size_t n;
};

/*
 * A handed socket takes the place of the configured address that it was made for, or that it is
 * bound to. Those of a supervisor's own units are served too, in place of the default address; one
 * of ours that the configuration names no more is emptied and closed. E_USAGE: an address that may
 * not be served so (listen_check).
 */
err_t sockets_make(const struct config *c, const struct handover *h, bool tls, struct diag *why,
                   struct sockets *ret) MUST_USE;
/* To the supervisor's store, so that connections wait in them however this process ends. */
void sockets_store(const struct sockets *s, const struct http_server *http);
/* For the successor. */
void sockets_take(const struct sockets *s, struct http_server *http, struct handover *ret);

#endif
