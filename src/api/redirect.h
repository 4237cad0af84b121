/* SPDX-License-Identifier: Apache-2.0 */
/* Redirects, and URLs that are built, never pasted. */
#ifndef API_REDIRECT_H
#define API_REDIRECT_H

#include "api/request.h"

enum { OWN_PATH_MAX = 2048 };

/*
 * Is it a path of this server, with a query perhaps, that no browser reads as another place
 * (IDENTITY 58)? It begins with one '/', is printable ASCII without '\\' and '#', has no second '/'
 * and no dot segment anywhere in its path, plainly or percent-encoded.
 */
bool own_path(str_t s);
/* The same where it is, "/" else: for `next` parameters. */
str_t own_path_or_root(str_t s);

/* 302 or 303 to a URL that own_path() took, that is registered, or that url_* below made. Bytes
 * that no header may hold are E_BAD_FIELD. */
err_t reply_redirect(struct request *rq, int status, str_t url) MUST_USE;
/* To /login, and back to where this request wanted to go. */
err_t reply_login(struct request *rq) MUST_USE;
void login_url(struct buf *b, const struct http_xchg *x);

/* Percent-encoded, all but the unreserved characters of RFC 3986 section 2.3. */
void url_add_encoded(struct buf *b, str_t s);
/* `?name=value` or `&name=value`: an absent value adds nothing. */
void url_add_param(struct buf *b, str_t name, str_t value);

#endif
