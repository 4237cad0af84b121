/* SPDX-License-Identifier: Apache-2.0 */
/* Headers that somebody wants to be sent with what goes out. */
#ifndef DOMAIN_HOOKS_HOOK_HEADER_H
#define DOMAIN_HOOKS_HOOK_HEADER_H

#include "base/str.h"

/* Those that are made by us. */
struct hook_own_headers {
    const char *const *names; /* in lower case */
    size_t names_n;
    str_t prefix; /* and every one that begins so */
};

/* A token of RFC 9110 section 5.6.2 with printable ASCII behind it, and none of ours. */
bool hook_header_obeys(str_t name, str_t value, const struct hook_own_headers *ours);

#endif
