/* SPDX-License-Identifier: Apache-2.0 */
/* Inside mcp: the parts of the half that speaks with clients of before 2026-07-28. */
#ifndef MCP_LEGACY_IN_H
#define MCP_LEGACY_IN_H

#include "mcp/call_in.h"

#define LEGACY_QUERY                                                                               \
    STR("session=")             /* of the URL that the HTTP+SSE transport's clients post to        \
                                 */
#define LEGACY_ASK "seneschal-" /* ids of our own requests, before a number */

/* legacy.c: false: it was refused. `id` raw or absent, of the request. */
bool legacy_find_session(struct talk *t, str_t id);

/* legacy_init.c */
void legacy_initialize(struct talk *t, const struct mcp_peek *p);

/* legacy_down.c */
extern const struct call_down legacy_down;
/* A result without what only 2026-07-28 has in it. */
err_t legacy_put_plain(const struct call *c, str_t result, struct buf *b) MUST_USE;
extern const struct talk_kind legacy_kind;

/* legacy_stream.c: end a session with everything of it. */
void legacy_end_session(struct mcp_hub *h, struct session *s, str_t reason);

#endif
