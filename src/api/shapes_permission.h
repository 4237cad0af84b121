/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of permissions on tools. */
#ifndef API_SHAPES_PERMISSION_H
#define API_SHAPES_PERMISSION_H

#include "api/request.h"

struct permission_body {
    str_t tool;
    opt_bool_t can_read;
    opt_bool_t can_write;
    opt_bool_t can_execute;
    opt_bool_t is_enabled;
    opt_bool_t approval;
    json_text_t arguments;
    json_text_t device;
};

struct permissions_body {
    struct rows permissions;
};

struct inherited_out {
    bool can_read;
    bool can_write;
    bool can_execute;
    bool is_enabled;
    bool approval;
};

struct permission_out {
    oid_t id;
    str_t subject_kind;
    oid_t subject_id;
    str_t subject_name;
    str_t tool;
    oid_t server_id;
    opt_bool_t can_read;
    opt_bool_t can_write;
    opt_bool_t can_execute;
    opt_bool_t is_enabled;
    opt_bool_t approval;
    json_text_t arguments;
    json_text_t device;
    struct obj inherited;
    ts_t created_at;
    ts_t updated_at;
    str_t etag;
};

struct permissions_out {
    struct rows permissions;
};

struct permission_query {
    struct page_in page;
};

struct permission_check {
    str_t tool;
    str_t access;
    oid_t user_id;
    oid_t service_account_id;
    oid_t device_id;
    oid_t group_id;
    opt_bool_t everybody;
    json_text_t arguments;
};

/* Changes that nobody has made yet. */
struct permission_draft {
    struct rows permissions;
    struct strs drop;
};

struct permission_checks {
    struct rows checks;
    struct obj draft;
};

struct permission_verdict {
    bool allowed;
    bool listed;
    oid_t rule;
    str_t source;
    str_t reason;
    str_t class;
    bool needs_approval;
    oid_t approval_rule;
};

struct permission_verdicts {
    struct rows results;
};

struct permission_preview {
    str_t subject_kind;
    oid_t subject_id;
    struct rows permissions;
    struct strs drop;
};

struct mine_query {
    struct page_in page;
    bool refused; /* with what he may ask for */
};

struct mine_out {
    oid_t id;
    str_t tool;
    str_t title;
    str_t description;
    str_t server_title;
    str_t class;
    bool allowed;
    bool conditional;
    bool needs_approval;
    oid_t rule;
    str_t source;
};

extern const struct shape permission_in_shape;
extern const struct shape permissions_in_shape;
extern const struct shape permission_out_shape;
extern const struct shape permissions_out_shape;
extern const struct shape permission_query_shape;
extern const struct shape permission_check_shape;
extern const struct shape permission_checks_shape;
extern const struct shape permission_verdict_shape;
extern const struct shape permission_verdicts_shape;
extern const struct shape permission_preview_shape;
extern const struct shape mine_query_shape;
extern const struct shape mine_out_shape;

enum { PERMISSIONS_BULK_MAX = 100, PERMISSIONS_DRAFT_MAX = 500, VALIDATES_MAX = 200 };

#endif
