/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_SHAPES_RULES_H
#define API_SHAPES_RULES_H

#include "api/request.h"

struct rule_body { /* of POST and PATCH */
    str_t name;
    str_t effect;
    str_t status;
    str_t application_id;
    opt_i64_t position;
    opt_i64_t max_age_s;
    struct strs groups_any;
    struct strs groups_all;
    struct strs cidr;
    struct strs not_cidr;
    struct strs weekdays;
    str_t hours;
    str_t tz;
    opt_bool_t mfa;
    opt_i64_t mfa_max_age_s;
    struct strs clients;
    struct strs scopes;
    str_t device_level;
    str_t when;
};
struct rule_out {
    oid_t id;
    str_t name;
    str_t effect;
    str_t status;
    oid_t application_id;
    int64_t position;
    opt_i64_t max_age_s;
    struct strs groups_any;
    struct strs groups_all;
    struct strs cidr;
    struct strs not_cidr;
    struct strs weekdays;
    str_t hours;
    str_t tz;
    opt_bool_t mfa;
    opt_i64_t mfa_max_age_s;
    struct strs clients;
    struct strs scopes;
    str_t device_level;
    str_t when;
    ts_t created_at;
    ts_t updated_at;
    str_t etag;
};

struct rule_preview_body {
    oid_t rule_id;
    struct obj rule;
};

struct access_explain_body {
    oid_t application_id;
    oid_t user_id;
    oid_t service_account_id;
    oid_t device_id;
    str_t ip;
    str_t scope;
    opt_i64_t auth_age_s;
    opt_i64_t mfa_age_s;
};
struct condition_out {
    str_t condition;
    bool met;
    bool failed;
};
struct rule_verdict_out {
    oid_t rule_id;
    str_t name;
    str_t effect;
    bool matched;
    struct rows conditions;
};
struct access_explain_out {
    str_t effect;
    oid_t rule_id;
    str_t rule;
    str_t reason;
    struct rows rules;
};

extern const struct shape rule_in_shape;
extern const struct shape rule_patch_shape;
extern const struct shape rule_out_shape;
extern const struct shape rule_preview_shape;
extern const struct shape access_explain_in_shape;
extern const struct shape access_explain_out_shape;

#endif
