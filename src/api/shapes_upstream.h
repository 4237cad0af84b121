/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of other issuers of identity, and of the way there and back. */
#ifndef API_SHAPES_UPSTREAM_H
#define API_SHAPES_UPSTREAM_H

#include "api/request.h"

struct provider_map_io { /* in: an id or a name; out: an id */
    str_t value;
    str_t group;
};

struct provider_body { /* of POST and PATCH */
    str_t name;
    str_t title;
    str_t issuer;
    str_t client_id;
    str_t client_secret;
    str_t scopes;
    str_t groups_claim;
    str_t audience;
    str_t status;
    opt_bool_t sign_up;
    opt_bool_t link_email;
    struct rows groups;
};

struct provider_out {
    oid_t id;
    str_t name;
    str_t title;
    str_t issuer;
    str_t client_id;
    str_t scopes;
    str_t groups_claim;
    str_t audience;
    str_t status;
    bool sign_up;
    bool link_email;
    struct rows groups;
    str_t redirect_uri;
    str_t backchannel_logout_uri;
    ts_t created_at;
    ts_t updated_at;
    str_t etag;
};

struct provider_query {
    struct page_in page;
};

struct link_body {
    str_t sub;
    oid_t user_id;
};

struct upstream_start_query {
    str_t next;
    str_t org;
};

struct upstream_back_query {
    str_t state;
    str_t code;
    str_t iss;
    str_t error;
    str_t error_description;
};

struct upstream_logout_form {
    str_t logout_token;
};

extern const struct shape provider_in_shape;
extern const struct shape provider_patch_shape;
extern const struct shape provider_out_shape;
extern const struct shape provider_query_shape;
extern const struct shape link_in_shape;
extern const struct shape upstream_start_shape;
extern const struct shape upstream_back_shape;
extern const struct shape upstream_logout_shape;

#endif
