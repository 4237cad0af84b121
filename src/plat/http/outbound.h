/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that this server makes to addresses that others name: webhooks, key sets, metadata of
 * clients, logout of applications, mail (SAFETY rule 10). The name is looked up once; every
 * address that the answer has is held to a table of special ranges (outbound_range.h), and only
 * such an address is connected to: no second look-up, no redirect, no proxy, no content coding.
 * One address that may not be reached refuses the name. https:, but for hosts that are allowed by
 * name or address, and loopback.
 */
#ifndef PLAT_HTTP_OUTBOUND_H
#define PLAT_HTTP_OUTBOUND_H

#include "base/cidr.h"
#include "plat/http/client.h"

#include <stdatomic.h>

enum { OUTBOUND_ADDRESSES_MAX = 16, OUTBOUND_URL_MAX = 2048, OUTBOUND_ANSWER_MAX = 1024 * 1024 };

/* A host that may be at a private address and without TLS: by its name ("ntfy.home.arpa",
 * "*.home.arpa"), or by a block of addresses. */
struct outbound_allow {
    str_t name; /* absent: `block` counts */
    struct cidr block;
};

struct outbound_rules {
    const struct outbound_allow *allow;
    size_t allow_n;
    bool loopback;           /* this machine may be reached, without TLS too */
    bool private;            /* so may private addresses, without TLS too */
    const char *ca_file;     /* PEM; NULL: the system's */
    const char *user_agent;  /* NULL: "seneschal" */
    const atomic_bool *stop; /* true: calls end with E_CLOSED within about a second; may be NULL */
};

/* "10.0.0.0/8", "ntfy.home.arpa", "*.home.arpa". E_BAD_FIELD. */
err_t outbound_allow_parse(str_t text, struct outbound_allow *ret) MUST_USE;

/* Could this URL be called? Looks nothing up: for what is checked when it is saved. E_BAD_FIELD
 * (no URL of http or https, user or password in it, a fragment), E_FORBIDDEN. */
err_t outbound_url_check(const struct outbound_rules *rules, struct arena *a, str_t url,
                         struct diag *why) MUST_USE;

/* Where a name leads, every address checked. */
struct outbound_place {
    size_t n;
    uint8_t ip[OUTBOUND_ADDRESSES_MAX][16]; /* IPv4 as ::ffff:a.b.c.d */
};
/* At most `within`. E_FORBIDDEN: an address may not be reached. E_IO: no such name. E_TIMEOUT.
 * E_OVERLOADED: too many look-ups hang. */
err_t outbound_resolve(const struct outbound_rules *rules, const char *host, dur_t within,
                       struct diag *why, struct outbound_place *ret) MUST_USE;

/* How many look-ups of addresses may hang at once, off loops (fetch.h). Freed by who made it; what
 * still uses it then keeps it. NULL: no memory. */
struct outbound_lookups;
struct outbound_lookups *outbound_lookups_new(unsigned max);
void outbound_lookups_free(struct outbound_lookups *room);

/*
 * Blocks for at most call->total_max and the look-up (call->connect_max). The errors of
 * http_client_call and outbound_resolve; E_TIMEOUT also: slower than 100 bytes/s for 5 s. A
 * redirect is an answer like any other; its body is at most call->answer_max.
 */
err_t outbound_call(const struct outbound_rules *rules, struct arena *a,
                    const struct http_call *call, struct diag *why,
                    struct http_answer *ret) MUST_USE;

#endif
