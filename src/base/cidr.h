/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of the Internet and blocks of them, "192.0.2.0/24" (RFC 4632), "2001:db8::/32"
 * (RFC 4291 section 2.3). Sixteen bytes; IPv4 as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2). */
#ifndef BASE_CIDR_H
#define BASE_CIDR_H

#include "base/str.h"

struct cidr {
    uint8_t b[16];
    unsigned bits; /* of 128 that count */
};

/* "192.0.2.1", "2001:db8::1", without brackets and zone. E_BAD_FIELD. */
err_t ip_parse(str_t text, uint8_t ret[static 16]) MUST_USE;
/* An address alone is a block of one. E_BAD_FIELD: also where bits beyond the length are set. */
err_t cidr_parse(str_t text, struct cidr *ret) MUST_USE;
bool cidr_has(const struct cidr *block, const uint8_t ip[static 16]);

#endif
