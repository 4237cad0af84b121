/* SPDX-License-Identifier: Apache-2.0 */
/* Cookies (RFC 6265): the one of a session, the one that plays its part before somebody signs in,
 * and the language. */
#ifndef API_COOKIE_H
#define API_COOKIE_H

#include "api/request.h"

/* Browsers take a cookie whose name begins with __Host- only with Secure, Path=/ and no Domain, so
 * that no neighbour can plant one. On plain HTTP (loopback, for development) it has no prefix. */
enum cookie_kind {
    COOKIE_SESSION, /* its text is a token (sen_b_), stored only as SHA-256 */
    COOKIE_PRE,     /* random; nobody is signed in yet, but forms are bound to it */
    COOKIE_LANG,
    COOKIE_FORWARD,       /* of a host behind forward-auth (domain/access/forward.h) */
    COOKIE_FORWARD_START, /* the same: of a browser that has set out to sign in */
    COOKIE_BROWSER,       /* somebody has signed in here before: its failures count apart */
    COOKIE_COUNT
};

#define COOKIE_TOKEN_PREFIX STR("sen_b_")

/* The value that was sent, STR_NONE: none. Two of one name: none, for one of them is planted. */
str_t cookie_find(const struct http_xchg *x, enum cookie_kind kind, bool https);
/* Set it for `life` (zero: until the browser ends). `value`: characters of RFC 6265 cookie-octet.
 * An empty value takes it back. */
err_t reply_cookie(struct request *rq, enum cookie_kind kind, str_t value, dur_t life) MUST_USE;

#endif
