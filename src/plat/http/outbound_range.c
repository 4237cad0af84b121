/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/http/outbound_range.h"

#include "base/attr.h"

#include <netinet/in.h>
#include <stdbool.h>

struct range_v4 {
    uint8_t ip[4];
    unsigned bits;
    enum outbound_reach reach;
};

struct range_v6 {
    uint8_t ip[16];
    unsigned bits;
    enum outbound_reach reach;
};

/* The first that matches counts: an exception stands before what contains it. */
/* clang-format off */
static const struct range_v4 ranges_v4[] = {
    { { 100, 100, 100, 200 }, 32, OUTBOUND_NEVER },    /* metadata of a cloud, inside 100.64/10 */
    { { 168, 63, 129, 16 },   32, OUTBOUND_NEVER },    /* metadata of a cloud, at a public address */
    { { 0 },                   8, OUTBOUND_NEVER },    /* this host (RFC 1122): Linux connects it to itself */
    { { 10 },                  8, OUTBOUND_PRIVATE },  /* RFC 1918 */
    { { 100, 64 },            10, OUTBOUND_PRIVATE },  /* shared (RFC 6598): tailnets live here */
    { { 127 },                 8, OUTBOUND_LOOPBACK }, /* RFC 1122 */
    { { 169, 254 },           16, OUTBOUND_NEVER },    /* link-local (RFC 3927): metadata of most clouds */
    { { 172, 16 },            12, OUTBOUND_PRIVATE },  /* RFC 1918 */
    { { 192, 0, 0 },          24, OUTBOUND_NEVER },    /* protocol assignments (RFC 6890) */
    { { 192, 0, 2 },          24, OUTBOUND_NEVER },    /* documentation (RFC 5737) */
    { { 192, 88, 99 },        24, OUTBOUND_NEVER },    /* 6to4 relays (RFC 7526) */
    { { 192, 168 },           16, OUTBOUND_PRIVATE },  /* RFC 1918 */
    { { 198, 18 },            15, OUTBOUND_NEVER },    /* benchmarks (RFC 2544) */
    { { 198, 51, 100 },       24, OUTBOUND_NEVER },    /* documentation */
    { { 203, 0, 113 },        24, OUTBOUND_NEVER },    /* documentation */
    { { 224 },                 3, OUTBOUND_NEVER },    /* multicast, reserved, broadcast */
    { { 0 },                   0, OUTBOUND_PUBLIC },
};

/* Only 2000::/3 is global unicast (RFC 4291 section 2.4): what no row opens stays closed. That refuses the ranges
 * which embed an IPv4 address and lie outside it as well: ::a.b.c.d, ::ffff:a.b.c.d, 64:ff9b::/96 (RFC 6052) and
 * 64:ff9b:1::/48 (RFC 8215); and link-local fe80::/10, site-local fec0::/10, multicast ff00::/8. */
static const struct range_v6 ranges_v6[] = {
    { { [15] = 1 },                        128, OUTBOUND_LOOPBACK },
    { { 0xfd, 0x00, 0x0e, 0xc2 },           32, OUTBOUND_NEVER },   /* metadata of a cloud, inside fc00::/7 */
    { { 0xfd, 0x20, 0x00, 0xce },           32, OUTBOUND_NEVER },   /* metadata of a cloud, inside fc00::/7 */
    { { 0xfc },                              7, OUTBOUND_PRIVATE }, /* unique local (RFC 4193) */
    { { 0x20, 0x01 },                       23, OUTBOUND_NEVER },   /* protocol assignments; 2001::/32 is Teredo (RFC 4380) */
    { { 0x20, 0x01, 0x0d, 0xb8 },           32, OUTBOUND_NEVER },   /* documentation (RFC 3849) */
    { { 0x20, 0x02 },                       16, OUTBOUND_NEVER },   /* 6to4 (RFC 3056) */
    { { 0x3f, 0xff },                       20, OUTBOUND_NEVER },   /* documentation (RFC 9637) */
    { { 0x20 },                              3, OUTBOUND_PUBLIC },
};
/* clang-format on */

static bool range_has(const uint8_t *range, unsigned bits, const uint8_t *ip)
{
    size_t whole = bits / 8;
    unsigned rest = bits % 8;
    if (memcmp(range, ip, whole) != 0)
        return false;
    return rest == 0 || ((unsigned)range[whole] ^ ip[whole]) >> (8 - rest) == 0;
}

enum outbound_reach outbound_reach_v4(const uint8_t ip[static 4])
{
    for (size_t i = 0; i < ARRAY_LEN(ranges_v4); i++) {
        if (range_has(ranges_v4[i].ip, ranges_v4[i].bits, ip))
            return ranges_v4[i].reach;
    }
    return OUTBOUND_NEVER;
}

enum outbound_reach outbound_reach_v6(const uint8_t ip[static 16])
{
    for (size_t i = 0; i < ARRAY_LEN(ranges_v6); i++) {
        if (range_has(ranges_v6[i].ip, ranges_v6[i].bits, ip))
            return ranges_v6[i].reach;
    }
    return OUTBOUND_NEVER;
}

enum outbound_reach outbound_reach_of(const struct sockaddr *at, uint8_t ret[static 16])
{
    memset(ret, 0, 16);
    if (at->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const void *)at;
        ret[10] = 0xff;
        ret[11] = 0xff;
        memcpy(ret + 12, &v4->sin_addr, 4);
        return outbound_reach_v4(ret + 12);
    }
    if (at->sa_family != AF_INET6)
        return OUTBOUND_NEVER;
    const struct sockaddr_in6 *v6 = (const void *)at;
    memcpy(ret, &v6->sin6_addr, 16);
    return v6->sin6_scope_id != 0 ? OUTBOUND_NEVER : outbound_reach_v6(ret);
}
