/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_people.h"

#include "api/people.h"

#include "domain/signin/invitation.h"
#include "domain/signin/password.h"

enum { NAME_MAX_BYTES = 128, EMAIL_MAX = 254, LIMIT_MAX = 500, CURSOR_MAX = 512, REASON_MAX = 512 };

/* clang-format off */
static const char *const langs[]  = { "en", "fr", NULL };
static const char *const states[] = { "open", NULL };

static const struct field prefill_fields[] = {
    FIELD(struct invitation_prefill, username,     OPT, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE,
          .trim = true),
    FIELD(struct invitation_prefill, display_name, OPT, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE,
          .trim = true),
};
static const struct shape prefill_shape =
    SHAPE(struct invitation_prefill, "InvitationPrefill", prefill_fields);

static const struct field invitation_in_fields[] = {
    FIELD(struct invitation_body, email,      OPT, .min = 3, .max = EMAIL_MAX, .text = TEXT_EMAIL,
          .trim = true, .doc = "the account gets this address; absent: the person says one"),
    FIELD(struct invitation_body, groups,     OPT, .max = INVITATION_GROUPS_MAX, .text = TEXT_LINE,
          .doc = "ids or names of the groups that the account enters"),
    FIELD(struct invitation_body, uses,       OPT, .min = 1, .max = INVITATION_USES_MAX,
          .doc = "how many accounts; default 1"),
    FIELD(struct invitation_body, expires_at, OPT, .doc = "default: in 7 days; within a year"),
    FIELD(struct invitation_body, prefill,    OPT, .of = &prefill_shape, .doc = "what the page proposes"),
    FIELD(struct invitation_body, lang,       OPT, .oneof = langs, .doc = "of the mail and the page"),
    FIELD(struct invitation_body, mail,       OPT,
          .doc = "send the link to the address; default: where there is an address and mail is set up"),
    FIELD(struct invitation_body, qr,         OPT, .doc = "answer the link as a picture too"),
};

static const struct field maker_fields[] = {
    FIELD(struct invitation_maker, kind, .doc = "user, service or system"),
    FIELD(struct invitation_maker, id),
    FIELD(struct invitation_maker, name),
};
static const struct shape maker_shape =
    SHAPE(struct invitation_maker, "InvitationMaker", maker_fields);

static const struct field invitation_out_fields[] = {
    FIELD(struct invitation_out, id),
    FIELD(struct invitation_out, url,        .secret = true, .omit = true, .doc = "shown this once"),
    FIELD(struct invitation_out, token,      .secret = true, .omit = true, .doc = "shown this once"),
    FIELD(struct invitation_out, qr,         .secret = true, .omit = true,
          .doc = "the link as an SVG picture, where it was asked for"),
    FIELD(struct invitation_out, email),
    FIELD(struct invitation_out, groups,     .doc = "names"),
    FIELD(struct invitation_out, uses),
    FIELD(struct invitation_out, uses_left),
    FIELD(struct invitation_out, expires_at),
    FIELD(struct invitation_out, prefill,    .of = &prefill_shape),
    FIELD(struct invitation_out, lang),
    FIELD(struct invitation_out, mailed,     .doc = "the link was sent to the address"),
    FIELD(struct invitation_out, state,
          .doc = "open, used, expired, or orphaned: whoever made it may not any more"),
    FIELD(struct invitation_out, created_by, .of = &maker_shape),
    FIELD(struct invitation_out, created_at),
    FIELD(struct invitation_out, used_at),
    FIELD(struct invitation_out, etag),
};
static const struct field invitation_query_fields[] = {
    FIELD_AS(struct invitation_query, page.limit,  "limit",  OPT, .min = 1, .max = LIMIT_MAX),
    FIELD_AS(struct invitation_query, page.cursor, "cursor", OPT, .max = CURSOR_MAX, .text = TEXT_TOKEN),
    FIELD(struct invitation_query, state, OPT, .oneof = states, .doc = "open: those with uses and time left"),
};

static const struct field invitations_in_fields[] = {
    FIELD(struct invitations_body, invitations, REQ, .max = INVITATIONS_BATCH_MAX,
          .of = &invitation_in_shape),
};
static const struct field line_fields[] = {
    FIELD(struct invitation_line_out, line,       .doc = "counted from 1"),
    FIELD(struct invitation_line_out, email),
    FIELD(struct invitation_line_out, invitation, .omit = true, .of = &invitation_out_shape),
    FIELD(struct invitation_line_out, code,       .omit = true,
          .doc = "why there is none: a code of problems"),
    FIELD(struct invitation_line_out, detail,     .omit = true),
};
static const struct shape line_shape =
    SHAPE(struct invitation_line_out, "InvitationLine", line_fields);
static const struct field invitations_out_fields[] = {
    FIELD(struct invitations_out, created),
    FIELD(struct invitations_out, refused),
    FIELD(struct invitations_out, results, .of = &line_shape),
};

#define PERSON_FIELDS                                                                           \
    FIELD(struct person_body, username, OPT, .max = NAME_MAX_BYTES, .text = TEXT_LINE,          \
          .trim = true,                                                                         \
          .doc = "letters a to z, digits and . _ -; absent: as the invitation proposes"),       \
    FIELD(struct person_body, email, OPT, .max = EMAIL_MAX, .text = TEXT_EMAIL, .trim = true,   \
          .doc = "absent: the address that was invited"),                                       \
    FIELD(struct person_body, display_name, OPT, .max = NAME_MAX_BYTES, .text = TEXT_LINE,      \
          .trim = true)
static const struct field accept_fields[] = {
    PERSON_FIELDS,
    FIELD(struct person_body, password, REQ, .min = 1, .max = PASSWORD_MAX, .secret = true),
};
static const struct field accept_form_fields[] = {
    PERSON_FIELDS,
    FIELD(struct person_body, password,       OPT, .max = PASSWORD_MAX, .secret = true),
    FIELD(struct person_body, password_again, OPT, .max = PASSWORD_MAX, .secret = true),
};
static const struct field register_fields[] = {
    PERSON_FIELDS,
    FIELD(struct person_body, password,   REQ, .min = 1, .max = PASSWORD_MAX, .secret = true),
    FIELD(struct person_body, invitation, OPT, .max = TOKEN_TEXT_MAX, .text = TEXT_TOKEN, .secret = true,
          .doc = "the token of an invitation"),
};
static const struct field account_fields[] = {
    FIELD(struct account_out, id),
    FIELD(struct account_out, username),
    FIELD(struct account_out, email),
    FIELD(struct account_out, status, .doc = "active, or pending until an administrator validates it"),
    FIELD(struct account_out, groups, .doc = "names"),
};

static const struct field validate_fields[] = {
    FIELD(struct validate_body, groups, OPT, .max = INVITATION_GROUPS_MAX, .text = TEXT_LINE,
          .doc = "ids or names of groups that the account enters"),
    FIELD(struct validate_body, reason, OPT, .max = REASON_MAX, .trim = true),
};
static const struct field reject_fields[] = {
    FIELD(struct validate_body, reason, OPT, .max = REASON_MAX, .trim = true),
};

static const struct field access_request_in_fields[] = {
    FIELD(struct access_request_body, application_id, REQ),
    FIELD(struct access_request_body, reason,         OPT, .max = REASON_MAX, .trim = true),
};
static const struct field approve_fields[] = {
    FIELD(struct decision_body, group,  OPT, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE,
          .doc = "which of the groups that open the application; may be left out where there is one"),
    FIELD(struct decision_body, reason, OPT, .max = REASON_MAX, .trim = true),
};
static const struct field refuse_fields[] = {
    FIELD(struct decision_body, reason, OPT, .max = REASON_MAX, .trim = true),
};
static const struct field access_request_fields[] = {
    FIELD(struct access_request_out, id),
    FIELD(struct access_request_out, status, .doc = "open, approved or refused"),
    FIELD(struct access_request_out, user_id),
    FIELD(struct access_request_out, username),
    FIELD(struct access_request_out, application_id),
    FIELD(struct access_request_out, application),
    FIELD(struct access_request_out, reason),
    FIELD(struct access_request_out, group, .doc = "that the person entered"),
    FIELD(struct access_request_out, decided_reason),
    FIELD(struct access_request_out, decided_at),
    FIELD(struct access_request_out, created_at),
};
static const char *const request_states[] = { "open", "approved", "refused", NULL };
static const struct field access_request_query_fields[] = {
    FIELD_AS(struct access_request_query, page.limit,  "limit",  OPT, .min = 1, .max = LIMIT_MAX),
    FIELD_AS(struct access_request_query, page.cursor, "cursor", OPT, .max = CURSOR_MAX, .text = TEXT_TOKEN),
    FIELD(struct access_request_query, status, OPT, .oneof = request_states),
};
/* clang-format on */

const struct shape accept_in_shape =
    SHAPE(struct person_body, "InvitationAcceptance", accept_fields);
const struct shape accept_form_shape = SHAPE(struct person_body, "PersonForm", accept_form_fields);
const struct shape register_in_shape = SHAPE(struct person_body, "RegisterIn", register_fields);
const struct shape account_out_shape = SHAPE(struct account_out, "Account", account_fields);
const struct shape validate_in_shape = SHAPE(struct validate_body, "ValidateIn", validate_fields);
const struct shape reject_in_shape = SHAPE(struct validate_body, "RejectIn", reject_fields);
const struct shape access_request_in_shape =
    SHAPE(struct access_request_body, "AccessRequestIn", access_request_in_fields);
const struct shape access_request_out_shape =
    SHAPE(struct access_request_out, "AccessRequest", access_request_fields);
const struct shape access_request_query_shape =
    SHAPE(struct access_request_query, "AccessRequestQuery", access_request_query_fields);
const struct shape approve_request_shape =
    SHAPE(struct decision_body, "AccessApproval", approve_fields);
const struct shape refuse_request_shape =
    SHAPE(struct decision_body, "AccessRefusal", refuse_fields);
const struct shape invitation_in_shape =
    SHAPE(struct invitation_body, "InvitationIn", invitation_in_fields);
const struct shape invitation_out_shape =
    SHAPE(struct invitation_out, "Invitation", invitation_out_fields);
const struct shape invitation_query_shape =
    SHAPE(struct invitation_query, "InvitationQuery", invitation_query_fields);
const struct shape invitations_in_shape =
    SHAPE(struct invitations_body, "InvitationsIn", invitations_in_fields);
const struct shape invitations_out_shape =
    SHAPE(struct invitations_out, "Invitations", invitations_out_fields);
