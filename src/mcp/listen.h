/* SPDX-License-Identifier: Apache-2.0 */
/* subscriptions/listen of 2026-07-28: what such a stream wants to be told. */
#ifndef MCP_LISTEN_H
#define MCP_LISTEN_H

#include "mcp/up.h"

enum { LISTEN_URIS_MAX = 64 };

struct listen { /* in its talk's arena */
    str_t id;   /* raw: of its request, which stands in every message */
    bool lists[UP_LISTS];
    const str_t *uris;
    size_t uris_n;
};

#endif
