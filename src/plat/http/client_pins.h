/* SPDX-License-Identifier: Apache-2.0 */
/* Inside plat/http: a client that connects to addresses which were checked, and to no others. */
#ifndef PLAT_HTTP_CLIENT_PINS_H
#define PLAT_HTTP_CLIENT_PINS_H

#include <curl/curl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http_pins {
    const uint8_t (*ip)[16]; /* IPv4 as ::ffff:a.b.c.d */
    size_t n;
    const char *resolve;     /* "HOST:PORT:ADDRESS,ADDRESS", for libcurl */
    const atomic_bool *stop; /* may be NULL */
};

/* A socket to an address that was checked; CURL_SOCKET_BAD for any other. */
curl_socket_t http_pins_open(const struct http_pins *pins, curlsocktype purpose,
                             const struct curl_sockaddr *at);

/* What a pinned call wants of the handle; `list` is freed by the caller after the call. */
bool http_pins_set(CURL *h, const struct http_pins *pins, struct curl_slist **list);

#endif
