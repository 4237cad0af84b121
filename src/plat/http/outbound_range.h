/* SPDX-License-Identifier: Apache-2.0 */
/* What an address is for (IANA's registries of special-purpose addresses; RFC 6890), as far as it
 * matters to who calls it for somebody else. */
#ifndef PLAT_HTTP_OUTBOUND_RANGE_H
#define PLAT_HTTP_OUTBOUND_RANGE_H

#include <stdint.h>
#include <sys/socket.h>

enum outbound_reach {
    OUTBOUND_NEVER,    /* zero is safe: special, or it embeds another address */
    OUTBOUND_LOOPBACK, /* this machine */
    OUTBOUND_PRIVATE,  /* this site */
    OUTBOUND_PUBLIC,
};

enum outbound_reach outbound_reach_v4(const uint8_t ip[static 4]);
enum outbound_reach outbound_reach_v6(const uint8_t ip[static 16]);
/* Also its 16 bytes; never for another family than those two. */
enum outbound_reach outbound_reach_of(const struct sockaddr *at, uint8_t ret[static 16]);

#endif
