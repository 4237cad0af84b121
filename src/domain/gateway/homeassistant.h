/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A person's own Home Assistants: MCP servers that are there for him alone, with his token as their
 * credential. All of act->actor, who is a person; another one's are not found.
 */
#ifndef DOMAIN_GATEWAY_HOMEASSISTANT_H
#define DOMAIN_GATEWAY_HOMEASSISTANT_H

#include "domain/gateway/credential.h"

enum { HA_PATH_MAX = 32, HA_TOKEN_MAX = 2048 };
/* Below the address of an instance: where its integration `mcp_server` speaks MCP, and where the
 * versions that have only HTTP+SSE do. */
#define HA_PATH_MCP STR("/api/mcp")
#define HA_PATH_SSE STR("/mcp_server/sse")

struct ha_in {
    str_t name;
    str_t url;   /* checked by the caller (outbound_url_check) */
    str_t token; /* secret; absent in a change: it stays, if the address does */
    struct names domains;
};

/* An address as it is stored: without slashes at its end. E_BAD_FIELD: it has a query. */
err_t ha_url_read(struct act *act, str_t url, str_t *ret) MUST_USE;
/* An address with one of the paths. */
err_t ha_url_make(struct arena *a, str_t url, str_t path, str_t *ret) MUST_USE;

/* On the writer. E_FORBIDDEN: no person asks. E_BAD_FIELD, E_CONFLICT. */
err_t ha_create(struct act *act, const struct ha_in *in, struct row_server *ret) MUST_USE;
/* The whole of it, but for the token. */
err_t ha_change(struct act *act, const struct row_server *old, const struct ha_in *in,
                struct row_server *ret) MUST_USE;
err_t ha_delete(struct act *act, const struct row_server *row) MUST_USE;
/* E_NOT_FOUND: there is none, or it is another person's, or no Home Assistant. */
err_t ha_get(struct act *act, oid_t id, struct row_server *ret) MUST_USE;
err_t ha_list(struct act *act, oid_t after, int64_t limit, struct row_server **ret,
              size_t *ret_n) MUST_USE;

#endif
