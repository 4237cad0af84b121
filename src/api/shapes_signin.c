/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_signin.h"

enum {
    NAME_MAX_BYTES = 254,
    SLUG_MAX = 63,
    PASSWORD_BYTES = 512,
    PATH_MAX_BYTES = 2048,
    OTP_MAX = 64
};

/* clang-format off */
static const struct field login_query_fields[] = {
    FIELD(struct login_query, next,  OPT, .max = PATH_MAX_BYTES,
          .doc = "where to go then: a path of this server"),
    FIELD(struct login_query, org,   OPT, .max = SLUG_MAX,
          .doc = "slug of the organisation; absent: the default one"),
    FIELD(struct login_query, hint,  OPT, .max = NAME_MAX_BYTES, .doc = "the name that is filled in"),
    FIELD(struct login_query, again, OPT, .max = 8, .doc = "ask also who is signed in"),
};
static const struct field login_form_fields[] = {
    FIELD(struct login_in, name,     REQ, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE,
          .doc = "username or email"),
    FIELD(struct login_in, password, REQ, .min = 1, .max = PASSWORD_BYTES, .secret = true),
    FIELD(struct login_in, next,     OPT, .max = PATH_MAX_BYTES),
    FIELD(struct login_in, org,      OPT, .max = SLUG_MAX),
};
static const struct field recover_form_fields[] = {
    FIELD(struct recover_in, name, REQ, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE,
          .doc = "username or email"),
    FIELD(struct recover_in, org,  OPT, .max = SLUG_MAX),
};
static const struct field recovery_form_fields[] = {
    FIELD(struct new_password_in, password, REQ, .min = 1, .max = PASSWORD_BYTES, .secret = true),
    FIELD(struct new_password_in, again,    REQ, .min = 1, .max = PASSWORD_BYTES, .secret = true),
};
static const struct field setup_form_fields[] = {
    FIELD(struct new_password_in, username, REQ, .min = 1, .max = 128, .text = TEXT_LINE, .trim = true),
    FIELD(struct new_password_in, email,    REQ, .min = 3, .max = NAME_MAX_BYTES, .text = TEXT_EMAIL,
          .trim = true),
    FIELD(struct new_password_in, password, REQ, .min = 1, .max = PASSWORD_BYTES, .secret = true),
    FIELD(struct new_password_in, again,    REQ, .min = 1, .max = PASSWORD_BYTES, .secret = true),
};
static const struct field no_form_fields[1];

static const struct field login_in_fields[] = {
    FIELD_AS(struct login_in, name, "username", OPT, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE,
             .doc = "or email"),
    FIELD(struct login_in, email,    OPT, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE),
    FIELD(struct login_in, password, REQ, .min = 1, .max = PASSWORD_BYTES, .secret = true),
    FIELD(struct login_in, otp,      OPT, .min = 1, .max = OTP_MAX, .text = TEXT_TOKEN, .secret = true,
          .doc = "of a person with a second factor"),
    FIELD(struct login_in, org,      OPT, .min = 1, .max = SLUG_MAX, .text = TEXT_SLUG,
          .doc = "slug; absent: the default organisation"),
};
static const struct field refresh_in_fields[] = {
    FIELD(struct refresh_in, refresh_token, REQ, .min = 1, .max = 64, .text = TEXT_TOKEN, .secret = true),
};
static const struct field tokens_out_fields[] = {
    FIELD(struct tokens_out, access_token,  .secret = true, .doc = "a JWT (RFC 9068) for /api/v1 and /mcp"),
    FIELD(struct tokens_out, refresh_token, .secret = true, .doc = "good once; the answer has the next"),
    FIELD(struct tokens_out, token_type),
    FIELD(struct tokens_out, expires_in,    .doc = "seconds"),
};
static const struct field features_out_fields[] = {
    FIELD(struct features_out, mail,         .doc = "mail can be sent"),
    FIELD(struct features_out, registration, .doc = "people may ask for an account without an invitation"),
};
static const struct shape features_out_shape =
    SHAPE(struct features_out, "Features", features_out_fields);
static const struct field me_out_fields[] = {
    FIELD(struct me_out, kind,         .doc = "user, service or device"),
    FIELD(struct me_out, id),
    FIELD(struct me_out, username,     .doc = "or the name of a service account or machine"),
    FIELD(struct me_out, email),
    FIELD(struct me_out, display_name),
    FIELD(struct me_out, org,          .doc = "slug of the organisation"),
    FIELD(struct me_out, is_admin,     .doc = "has the role administrator"),
    FIELD(struct me_out, roles,        .doc = "its own, and those of its groups"),
    FIELD(struct me_out, groups,       .doc = "names"),
    FIELD(struct me_out, permissions,  .doc = "that the credential has, such as device:read"),
    FIELD(struct me_out, language,     .doc = "en or fr, where the person has chosen one"),
    FIELD(struct me_out, features, .of = &features_out_shape),
    FIELD(struct me_out, session_id,   .doc = "of the signing-in that this call follows from"),
    FIELD(struct me_out, csrf,         .omit = true,
          .doc = "for the header Seneschal-CSRF of calls by cookie"),
};
static const struct field session_out_fields[] = {
    FIELD(struct session_out, id),
    FIELD(struct session_out, kind,    .doc = "browser, api or cli"),
    FIELD(struct session_out, current, .doc = "the one that asks"),
    FIELD(struct session_out, address),
    FIELD(struct session_out, client,  .doc = "what it calls itself"),
    FIELD(struct session_out, methods, .doc = "how the person proved himself (RFC 8176): pwd, otp, hwk ..."),
    FIELD(struct session_out, created_at),
    FIELD(struct session_out, used_at, .doc = "to the minute"),
    FIELD(struct session_out, expires_at),
};
static const struct field recovery_out_fields[] = {
    FIELD(struct recovery_out, url, .secret = true, .doc = "good once, for an hour"),
    FIELD(struct recovery_out, expires_at),
};

const struct shape login_query_shape   = SHAPE(struct login_query, "LoginQuery", login_query_fields);
const struct shape login_form_shape    = SHAPE(struct login_in, "LoginForm", login_form_fields);
const struct shape recover_form_shape  = SHAPE(struct recover_in, "RecoverForm", recover_form_fields);
const struct shape recovery_form_shape = SHAPE(struct new_password_in, "RecoveryForm", recovery_form_fields);
const struct shape setup_form_shape    = SHAPE(struct new_password_in, "SetupForm", setup_form_fields);
const struct shape no_form_shape       = { .name = "EmptyForm", .size = 1, .fields = no_form_fields };
const struct shape login_in_shape      = SHAPE(struct login_in, "Login", login_in_fields);
const struct shape refresh_in_shape    = SHAPE(struct refresh_in, "Refresh", refresh_in_fields);
const struct shape tokens_out_shape    = SHAPE(struct tokens_out, "Tokens", tokens_out_fields);
const struct shape me_out_shape        = SHAPE(struct me_out, "Me", me_out_fields);
const struct shape session_out_shape   = SHAPE(struct session_out, "Session", session_out_fields);
const struct shape recovery_out_shape  = SHAPE(struct recovery_out, "RecoveryLink", recovery_out_fields);
/* clang-format on */
