/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_SHAPES_SIGNIN_H
#define API_SHAPES_SIGNIN_H

#include "api/signin_parts.h"

struct login_query { /* of the page */
    str_t next;
    str_t org;
    str_t hint;  /* the name that is filled in */
    str_t again; /* present: also who is signed in shall prove himself */
};
struct recover_in {
    str_t name;
    str_t org;
};
struct new_password_in { /* of the pages that take one */
    str_t username;      /* of the first administrator */
    str_t email;
    str_t password;
    str_t again;
};

struct refresh_in {
    str_t refresh_token;
};
struct tokens_out {
    str_t access_token;
    str_t refresh_token;
    str_t token_type;
    int64_t expires_in;
};
struct me_out {
    str_t kind;
    oid_t id;
    str_t username;
    str_t email;
    str_t display_name;
    str_t org;
    bool is_admin;
    struct strs roles;
    struct strs groups;
    struct strs permissions;
    str_t language;
    struct obj features;
    oid_t session_id;
    str_t csrf;
};
struct features_out { /* what the settings switch on */
    bool mail;
    bool registration;
};
struct session_out {
    oid_t id;
    str_t kind;
    bool current;
    str_t address;
    str_t client;
    struct strs methods;
    ts_t created_at;
    ts_t used_at;
    ts_t expires_at;
};
struct recovery_out {
    str_t url;
    ts_t expires_at;
};

extern const struct shape login_query_shape;
extern const struct shape login_form_shape;
extern const struct shape recover_form_shape;
extern const struct shape recovery_form_shape;
extern const struct shape setup_form_shape;
extern const struct shape no_form_shape;
extern const struct shape login_in_shape;
extern const struct shape refresh_in_shape;
extern const struct shape tokens_out_shape;
extern const struct shape me_out_shape;
extern const struct shape session_out_shape;
extern const struct shape recovery_out_shape;

#endif
