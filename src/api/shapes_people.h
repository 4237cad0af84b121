/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of invitations, of accounts that people make themselves, and of requests for access. */
#ifndef API_SHAPES_PEOPLE_H
#define API_SHAPES_PEOPLE_H

#include "api/request.h"

enum { INVITATIONS_BATCH_MAX = 500, INVITATIONS_BODY_MAX = 512 * 1024 };

struct invitation_prefill {
    str_t username;
    str_t display_name;
};
struct invitation_body {
    str_t email;
    struct strs groups;
    opt_i64_t uses;
    ts_t expires_at;
    struct obj prefill; /* struct invitation_prefill */
    str_t lang;
    opt_bool_t mail;
    bool qr;
};
struct invitation_maker {
    str_t kind;
    oid_t id;
    str_t name;
};
struct invitation_out {
    oid_t id;
    str_t url;
    str_t token;
    str_t qr;
    str_t email;
    struct strs groups;
    int64_t uses;
    int64_t uses_left;
    ts_t expires_at;
    struct obj prefill;
    str_t lang;
    bool mailed;
    str_t state;
    struct obj created_by; /* struct invitation_maker */
    ts_t created_at;
    ts_t used_at;
    str_t etag;
};
struct invitation_query {
    struct page_in page;
    str_t state;
};

struct invitations_body {
    struct rows invitations;
};
struct invitation_line_out {
    int64_t line;
    str_t email;
    struct obj invitation; /* struct invitation_out; NULL: refused */
    str_t code;
    str_t detail;
};
struct invitations_out {
    int64_t created;
    int64_t refused;
    struct rows results;
};

enum { PERSON_NAME_MAX = 128, PERSON_EMAIL_MAX = 254 };
struct account_out {
    oid_t id;
    str_t username;
    str_t email;
    str_t status;
    struct strs groups;
};

struct validate_body {
    struct strs groups;
    str_t reason;
};

struct access_request_body { /* of whoever asks */
    oid_t application_id;
    str_t reason;
};
struct decision_body { /* of whoever decides */
    str_t group;
    str_t reason;
};
struct access_request_out {
    oid_t id;
    str_t status;
    oid_t user_id;
    str_t username;
    oid_t application_id;
    str_t application;
    str_t reason;
    str_t group;
    str_t decided_reason;
    ts_t decided_at;
    ts_t created_at;
};
struct access_request_query {
    struct page_in page;
    str_t status;
};

extern const struct shape accept_in_shape; /* struct person_body of people.h */
extern const struct shape accept_form_shape;
extern const struct shape register_in_shape;
extern const struct shape account_out_shape;
extern const struct shape validate_in_shape;
extern const struct shape reject_in_shape;
extern const struct shape access_request_in_shape;
extern const struct shape access_request_out_shape;
extern const struct shape access_request_query_shape;
extern const struct shape approve_request_shape;
extern const struct shape refuse_request_shape;
extern const struct shape invitation_in_shape;
extern const struct shape invitation_out_shape;
extern const struct shape invitation_query_shape;
extern const struct shape invitations_in_shape;
extern const struct shape invitations_out_shape;

#endif
