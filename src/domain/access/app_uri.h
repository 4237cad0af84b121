/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an application's URIs must look like when they are saved; later they are compared by bytes.
 * Nothing here is ever fetched. Pure.
 */
#ifndef DOMAIN_ACCESS_APP_URI_H
#define DOMAIN_ACCESS_APP_URI_H

#include "base/str.h"

enum { APP_URI_MAX = 2048, HOST_NAME_MAX_BYTES = 253 };

struct app_uri {
    str_t scheme;   /* as written */
    str_t host;     /* without userinfo, port and brackets; absent: it has no authority */
    str_t port;     /* absent: none */
    str_t path;     /* from its first '/' or behind "scheme:" */
    bool bracketed; /* the host is an IP literal in brackets */
    bool has_query;
};

/* Absolute (RFC 3986 section 4.3): printable ASCII that a URI may have, no fragment, no userinfo,
 * no dot segments, no "*", at most APP_URI_MAX bytes. E_BAD_FIELD. */
err_t app_uri_parse(str_t text, struct app_uri *ret) MUST_USE;
/* 127.0.0.1, [::1] or localhost. */
bool app_uri_is_loopback(const struct app_uri *u);

/* Each: does it do for that use? What is wanted otherwise, else NULL. */
const char *redirect_uri_flaw(str_t text, bool native); /* https, http on loopback, own scheme */
const char *resource_uri_flaw(str_t text);
const char *origin_flaw(str_t text);      /* scheme://host[:port], nothing behind it */
const char *launch_url_flaw(str_t text);  /* http or https */
const char *service_url_flaw(str_t text); /* https, or http on loopback: what this server calls */
const char *icon_flaw(str_t text);        /* https URL, or a path of this server */

/*
 * The canonical name of a forward-auth host: lower case, no port, no trailing dot. E_BAD_FIELD: not
 * a DNS name or an IPv4 address. `text` may have a port.
 */
/* `room` takes it; see host_canonical. */
err_t host_lower(str_t text, char room[static HOST_NAME_MAX_BYTES + 1], str_t *ret) MUST_USE;
err_t host_canonical(struct arena *a, str_t text, str_t *ret) MUST_USE;

#endif
