/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts that somebody may connect to, and at which port: "api.example.org", "*.example.org:8443",
 * "192.0.2.7:443". A star stands for one or more labels in front. */
#ifndef BASE_HOST_RULE_H
#define BASE_HOST_RULE_H

#include "base/str.h"

enum { HOST_NAME_MAX_N = 253 };

struct host_rule {
    str_t name;
    uint16_t port;
};

/* `port`: where the text names none. A name is labels of letters, digits, '-' and '_', the last one
 * begins with a letter; an address is four plain numbers. E_BAD_FIELD. */
err_t host_rule_parse(str_t text, uint16_t port, struct host_rule *ret) MUST_USE;
/* "HOST:PORT" of somebody who wants to connect, and no star. E_BAD_FIELD. */
err_t host_port_parse(str_t text, str_t *ret_host, uint16_t *ret_port) MUST_USE;
/* Is the host, at whatever port? Letters of either case are the same. */
bool host_rule_names(const struct host_rule *rule, str_t host);

#endif
