/* SPDX-License-Identifier: Apache-2.0 */
/* What the MCP endpoints say of themselves (RFC 9728). */
#include "api/handlers_mcp.h"

#include "api/services.h"
#include "api/shape.h"

#include <assert.h>

struct resource_metadata {
    str_t resource;
    struct strs authorization_servers;
    struct strs scopes_supported;
    struct strs bearer_methods_supported;
    str_t resource_name;
};

/* clang-format off */
static const struct field resource_metadata_fields[] = {
    FIELD(struct resource_metadata, resource,                 REQ, .doc = "what tokens are asked for (RFC 8707)"),
    FIELD(struct resource_metadata, authorization_servers,    REQ),
    FIELD(struct resource_metadata, scopes_supported,         REQ),
    FIELD(struct resource_metadata, bearer_methods_supported, REQ),
    FIELD(struct resource_metadata, resource_name,            REQ),
};
const struct shape resource_metadata_shape =
    SHAPE(struct resource_metadata, "ResourceMetadata", resource_metadata_fields);
/* clang-format on */

/* Every request of these rows goes to the hub (mcp_hot). */
err_t mcp_elsewhere(struct request *rq)
{
    return FAIL(&rq->act.why, E_FORBIDDEN, "this credential calls no tools");
}

static err_t metadata(struct request *rq, str_t path)
{
    static const str_t scopes[] = { { "mcp", 3 } };
    static const str_t methods[] = { { "header", 6 } };
    const struct settings *s = services_settings(rq->services);
    struct resource_metadata *out = ARENA_NEW(rq->act.arena, struct resource_metadata);
    str_t *servers = ARENA_ARRAY(rq->act.arena, str_t, 1);
    if (out == NULL || servers == NULL)
        return E_NO_MEMORY;
    servers[0] = s->issuer;
    *out = (struct resource_metadata){ .authorization_servers = { servers, 1 },
                                       .scopes_supported = { scopes, 1 },
                                       .bearer_methods_supported = { methods, 1 },
                                       .resource_name = STR("Seneschal") };
    TRY(str_format(rq->act.arena, &out->resource, "%.*s%.*s", STR_ARG(s->issuer), STR_ARG(path)));
    return reply_obj(rq, 200, &resource_metadata_shape, out);
}

err_t mcp_metadata(struct request *rq)
{
    return metadata(rq, STR("/mcp"));
}

err_t mcp_metadata_of(struct request *rq)
{
    str_t path;
    TRY(str_format(rq->act.arena, &path, "/s/%.*s/mcp", STR_ARG(rq->params[0])));
    return metadata(rq, path);
}
