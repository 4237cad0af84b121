/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is this where the client may be answered? By bytes (RFC 9700 section 4.1.3): nothing is decoded,
 * normalised or shortened. One exception, for programs on a person's own machine that get a free
 * port from their system (RFC 8252 section 7.3): http://127.0.0.1 and http://[::1], whose port may
 * be any; `localhost` is a name that others may answer to, and is compared as it stands. Pure.
 */
#ifndef DOMAIN_OAUTH_REDIRECT_URI_H
#define DOMAIN_OAUTH_REDIRECT_URI_H

#include "base/str.h"

bool redirect_uri_matches(str_t registered, str_t given, bool native);

#endif
