/* SPDX-License-Identifier: Apache-2.0 */
/* Inside plat/http: the parts of an URL that outbound calls look at, and what a place becomes for
 * libcurl. */
#ifndef PLAT_HTTP_OUTBOUND_URL_H
#define PLAT_HTTP_OUTBOUND_URL_H

#include "plat/http/outbound.h"

struct addrinfo;

struct outbound_url {
    str_t host; /* NUL-terminated, as libcurl will call it; of IPv6 without brackets */
    str_t port;
    str_t target; /* path and query, as a request says them */
    bool tls;
};

/* E_BAD_FIELD: none of http or https, or with user, password, zone or fragment. */
err_t outbound_url_read(struct arena *a, str_t url, struct diag *why,
                        struct outbound_url *ret) MUST_USE;
/* "HOST:PORT:ADDRESS,ADDRESS" (CURLOPT_RESOLVE): what libcurl knows of the name without asking. */
err_t outbound_pins_make(struct arena *a, const struct outbound_url *u,
                         const struct outbound_place *place, const char **ret) MUST_USE;

/* The addresses of a look-up, all of them checked. E_FORBIDDEN, E_IO (none). */
err_t outbound_place_of(const struct outbound_rules *rules, const char *host,
                        const struct addrinfo *list, struct diag *why,
                        struct outbound_place *ret) MUST_USE;
/* E_FORBIDDEN: without TLS, and not to where that is allowed. */
err_t outbound_plain_check(const struct outbound_rules *rules, const struct outbound_url *u,
                           const struct outbound_place *place, struct diag *why) MUST_USE;

#endif
