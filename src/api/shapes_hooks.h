/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of webhooks, their deliveries, and notices. */
#ifndef API_SHAPES_HOOKS_H
#define API_SHAPES_HOOKS_H

#include "api/request.h"

struct webhook_body { /* of POST and PATCH */
    str_t name;
    str_t description;
    str_t url;
    str_t format;
    str_t status;
    struct strs events;
    oid_t group_id;
    oid_t application_id;
    bool any_group; /* of PATCH alone */
    bool any_application;
    str_t event_type;
    str_t ref;
    str_t priority;
    str_t tags;
    str_t template;
    str_t token;
    json_text_t headers;
    json_text_t values;
};

struct webhook_out {
    oid_t id;
    str_t name;
    str_t description;
    str_t url;
    str_t format;
    str_t status;
    struct strs events;
    oid_t group_id;
    oid_t application_id;
    str_t event_type;
    str_t ref;
    str_t priority;
    str_t tags;
    str_t template;
    ts_t failing_since;
    ts_t created_at;
    ts_t updated_at;
    str_t etag;
    str_t secret; /* once */
};

struct hooks_query {
    struct page_in page;
};

struct delivery_query {
    struct page_in page;
    str_t state;
};

struct delivery_out {
    oid_t id;
    str_t event;
    str_t state;
    int64_t attempts;
    opt_i64_t status;
    str_t error;
    ts_t created_at;
    ts_t due_at;
    ts_t done_at;
    json_text_t payload;
};

struct webhook_test_out {
    bool ok;
    opt_i64_t status;
    int64_t latency_ms;
    str_t error;
};

struct notice_out {
    oid_t id;
    str_t kind;
    str_t subject;
    str_t text;
    ts_t created_at;
    ts_t read_at;
};

struct notice_query {
    struct page_in page;
    str_t lang;
};

struct language_body {
    str_t lang;
};

extern const struct shape webhook_in_shape;
extern const struct shape webhook_patch_shape;
extern const struct shape webhook_out_shape;
extern const struct shape webhook_made_shape; /* with its secret */
extern const struct shape webhook_query_shape;
extern const struct shape delivery_query_shape;
extern const struct shape delivery_out_shape;
extern const struct shape webhook_test_out_shape;
extern const struct shape notice_out_shape;
extern const struct shape notice_query_shape;
extern const struct shape language_body_shape;

#endif
