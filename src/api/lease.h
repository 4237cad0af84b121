/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a device may believe of an answer, and for how long (FLEET "Signing and leases"): a lease is
 * a small JWS with the device, the ETag, the number and the status of its configuration.
 * docs/SIGNING.md has the format.
 */
#ifndef API_LEASE_H
#define API_LEASE_H

#include "api/services.h"
#include "base/buf.h"
#include "plat/http/server.h"

enum { LEASE_LINE_MAX = 2048 }; /* a header line, with CRLF */

struct lease {
    oid_t org;
    oid_t device;
    const digest_t *etag; /* NULL: none, of a refusal */
    int64_t seq;
    const char *status; /* "ENROLLED", "BLOCKED", "REVOKED" */
};

/*
 * Append the header line Seneschal-Lease. Nothing blocks: for loops. E_NOT_FOUND: the key of the
 * organisation is not in memory: load it. E_CLOCK_BEHIND: the clock was set back; nothing is
 * appended. What lacks memory is in head->err.
 */
err_t lease_put(struct services *sv, struct buf *head, const struct lease *l) MUST_USE;

/* The same of a refusal that a device gets for its status; nothing for other refusals, and others
 * than devices. The device's own number is not at hand: it is the store's newest. */
err_t lease_put_refusal(struct services *sv, struct buf *head, const struct actor *who,
                        err_t refusal) MUST_USE;

/* Does the request say `Prefer: lease` (RFC 7240)? */
bool lease_preferred(const struct http_xchg *x);

#endif
