/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_SHAPES_ACCESS_H
#define API_SHAPES_ACCESS_H

#include "api/request.h"

struct application_query {
    struct page_in page;
    str_t search;
    oid_t target_id;
    bool count;
};
struct application_body { /* of POST and PATCH */
    str_t name;
    str_t kind;
    str_t client_id;
    str_t status;
    str_t description;
    str_t icon;
    str_t launch_url;
    str_t host;
    opt_bool_t admin;
    str_t client_type;
    str_t auth_method;
    struct strs redirect_uris;
    struct strs post_logout_redirect_uris;
    struct strs resources;
    struct strs origins;
    struct strs grants;
    struct strs scopes;
    struct strs groups;
    str_t id_token_alg;
    opt_bool_t native;
    opt_bool_t pkce;
    opt_bool_t par;
    opt_bool_t dpop;
    opt_bool_t consent;
    opt_i64_t access_life_s;
    opt_i64_t refresh_life_s;
    opt_i64_t refresh_grace_s;
    json_text_t jwks;
    str_t jwks_uri;
    str_t backchannel_logout_uri;
};

struct application_out {
    oid_t id;
    str_t name;
    str_t kind;
    str_t origin;
    str_t status;
    str_t description;
    str_t icon;
    str_t launch_url;
    str_t host;
    bool admin;
    str_t client_id;
    str_t client_secret;
    str_t client_type;
    str_t auth_method;
    struct strs redirect_uris;
    struct strs post_logout_redirect_uris;
    struct strs resources;
    struct strs origins;
    struct strs grants;
    struct strs scopes;
    str_t id_token_alg;
    bool native;
    bool pkce;
    bool par;
    bool dpop;
    bool consent;
    opt_i64_t access_life_s;
    opt_i64_t refresh_life_s;
    opt_i64_t refresh_grace_s;
    json_text_t jwks;
    str_t jwks_uri;
    str_t backchannel_logout_uri;
    ts_t created_at;
    ts_t updated_at;
    str_t etag;
};

struct binding_body {
    oid_t group_id;
    str_t group;
    oid_t user_id;
    str_t username;
    oid_t service_account_id;
};
struct binding_out {
    oid_t id;
    str_t kind;
    oid_t target_id;
    str_t name;
    ts_t created_at;
};

struct portal_application_out {
    oid_t id;
    str_t name;
    str_t kind;
    str_t description;
    str_t icon;
    str_t launch_url;
    bool admin;
};

struct forward_query { /* of all rows of forward-auth */
    str_t rd;
    str_t host;
    str_t state;
    str_t code;
};

extern const struct shape forward_query_shape;
extern const struct shape application_query_shape;
extern const struct shape application_in_shape;
extern const struct shape application_patch_shape;
extern const struct shape application_out_shape;
extern const struct shape application_line_shape;
extern const struct shape binding_in_shape;
extern const struct shape binding_out_shape;
extern const struct shape portal_application_out_shape;

#endif
