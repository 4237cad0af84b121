/* SPDX-License-Identifier: Apache-2.0 */
/* The request target (RFC 9112 section 3.2, RFC 3986): split once, decoded once, and strict, so
 * that a route has one spelling. Pure. */
#ifndef PLAT_HTTP_URI_H
#define PLAT_HTTP_URI_H

#include "base/str.h"

struct uri {
    str_t authority; /* of the absolute form; STR_NONE in origin form */
    str_t target;    /* path and query as sent, without scheme and authority */
    str_t path;      /* raw */
    str_t query;     /* raw, without '?'; STR_NONE: no '?' at all */
};

/* Origin form, absolute form of http and https, or "*" where `star` allows it. E_BAD_REQUEST. */
err_t uri_split(str_t target, bool star, struct diag *why, struct uri *ret) MUST_USE;

/*
 * Decode and check a raw path. What has no '%' is given back as it is, otherwise `room` (raw.n
 * bytes) takes the result. E_BAD_REQUEST: a bad escape; %2f, %5c, %00 or another control character;
 * ';' or '\', encoded or not; a segment "." or "..", encoded or not; bytes that are not UTF-8.
 */
err_t uri_decode_path(str_t raw, char *room, struct diag *why, str_t *ret) MUST_USE;

/* uri-host [ ":" port ] (RFC 9110 section 7.2), never empty. */
bool uri_is_host(str_t host);

#endif
