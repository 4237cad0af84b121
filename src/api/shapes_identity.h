/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_SHAPES_IDENTITY_H
#define API_SHAPES_IDENTITY_H

#include "api/request.h"

struct search_query {
    struct page_in page;
    str_t search;
    bool count;
};
struct user_query {
    struct page_in page;
    str_t search;
    str_t username;
    str_t email;
    bool count;
};
struct group_query {
    struct page_in page;
    str_t search;
    oid_t member_id;
    bool count;
};

struct org_body {
    str_t slug;
    str_t name;
};
struct org_out {
    oid_t id;
    str_t slug;
    str_t name;
    str_t status;
    ts_t created_at;
};

struct user_body { /* of POST and PATCH */
    str_t username;
    str_t email;
    str_t display_name;
    str_t status;
    str_t org;
    struct strs roles;
    struct strs groups;
};
struct user_out {
    oid_t id;
    str_t username;
    str_t email;
    str_t display_name;
    str_t status;
    struct strs roles;
    struct strs groups;
    ts_t created_at;
    ts_t updated_at;
    str_t etag;
};

struct group_body {
    str_t name;
    opt_i64_t priority;
    struct strs roles;
};
struct group_out {
    oid_t id;
    str_t name;
    int64_t priority;
    struct strs roles;
    ts_t created_at;
    ts_t updated_at;
    str_t etag;
};
struct member_body {
    oid_t user_id;
    str_t username;
    oid_t service_account_id;
    oid_t device_id;
};
struct member_out {
    str_t kind;
    oid_t id;
    str_t name;
};

struct service_body {
    str_t name;
    str_t status;
    struct strs roles;
    struct strs groups;
};
struct service_out {
    oid_t id;
    str_t name;
    str_t status;
    struct strs roles;
    struct strs groups;
    ts_t created_at;
    ts_t updated_at;
    str_t etag;
};
struct service_token_body {
    str_t name;
    ts_t expires_at;
};
struct service_token_out {
    oid_t id;
    str_t name;
    str_t token;
    ts_t created_at;
    ts_t expires_at;
};

extern const struct shape search_query_shape;
extern const struct shape group_query_shape;
extern const struct shape user_query_shape;
extern const struct shape page_query_shape;
extern const struct shape org_in_shape;
extern const struct shape org_out_shape;
extern const struct shape user_in_shape;
extern const struct shape user_patch_shape;
extern const struct shape user_out_shape;
extern const struct shape group_in_shape;
extern const struct shape group_patch_shape;
extern const struct shape group_out_shape;
extern const struct shape member_in_shape;
extern const struct shape member_out_shape;
extern const struct shape service_in_shape;
extern const struct shape service_patch_shape;
extern const struct shape service_out_shape;
extern const struct shape service_token_in_shape;
extern const struct shape service_token_out_shape;
extern const struct shape service_token_line_shape;

#endif
