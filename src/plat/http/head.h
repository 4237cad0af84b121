/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The head of a request (RFC 9112 sections 2 to 5): request line and field lines, byte for byte as
 * the grammar has them. Pure. It reads line by line, so that a bad line is answered as soon as it
 * is whole, however slowly the rest comes.
 */
#ifndef PLAT_HTTP_HEAD_H
#define PLAT_HTTP_HEAD_H

#include "plat/http/server.h"

struct head {
    struct http_field *fields; /* caller's room for HTTP_FIELDS_MAX */
    size_t fields_n;
    enum http_method method; /* HTTP_NONE: a token that is not a method of ours */
    unsigned minor;          /* of HTTP/1.x */
    str_t target;            /* as sent */
    size_t line; /* where the line begins that is not whole yet; the head's length once it is
                    complete */
    size_t seen; /* no LF from `line` to here */
};

void head_init(struct head *h, struct http_field fields[static HTTP_FIELDS_MAX]);

/*
 * `in` holds all that has come since the message began, at the same address in each call; what is
 * kept borrows from it. E_OK: complete, its length is h->line. E_AGAIN: more is needed.
 * E_BAD_REQUEST, E_URI_TOO_LONG, E_HEAD_TOO_BIG, E_BAD_VERSION: refused; the connection has no
 * future.
 */
err_t head_parse(struct head *h, str_t in, struct diag *why) MUST_USE;

/* One field line without its CRLF (RFC 9112 section 5); also used for trailers. E_BAD_REQUEST. */
err_t head_parse_field(str_t line, struct diag *why, struct http_field *ret) MUST_USE;

#endif
