/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_approval.h"

#include "domain/gateway/approval.h"

enum { PAGE_MAX = 500, DIGEST_TEXT = 64 };

static const char *const states[] = { "waiting", "approved", "denied", "expired", NULL };

/* clang-format off */
static const struct field query_fields[] = {
    FIELD_AS(struct approval_query, page.limit,  "limit",  OPT, .min = 1, .max = PAGE_MAX),
    FIELD_AS(struct approval_query, page.cursor, "cursor", OPT, .max = 512, .text = TEXT_TOKEN),
    FIELD(struct approval_query, state, OPT, .oneof = states),
    FIELD(struct approval_query, newest, OPT, .doc = "the newest first"),
};
static const struct field body_fields[] = {
    FIELD(struct approval_body, reason, OPT, .max = APPROVAL_REASON_MAX, .text = TEXT_LINE, .trim = true),
    FIELD(struct approval_body, digest, OPT, .min = DIGEST_TEXT, .max = DIGEST_TEXT, .text = TEXT_TOKEN,
          .doc = "of the arguments that were looked at: 409 where the call has others"),
};

#define LINE \
    FIELD(struct approval_out, id), \
    FIELD(struct approval_out, state,           .doc = "waiting, approved, denied or expired"), \
    FIELD(struct approval_out, caller_kind,     .doc = "user, service or device"), \
    FIELD(struct approval_out, caller_id), \
    FIELD(struct approval_out, caller_name,     .doc = "null: there is no such caller any more"), \
    FIELD(struct approval_out, device_id), \
    FIELD(struct approval_out, device_name), \
    FIELD(struct approval_out, server_id), \
    FIELD(struct approval_out, server_name), \
    FIELD(struct approval_out, tool), \
    FIELD(struct approval_out, digest,          .doc = "SHA-256 of the arguments as they would run"), \
    FIELD(struct approval_out, decided_by), \
    FIELD(struct approval_out, decided_by_name), \
    FIELD(struct approval_out, decided_at), \
    FIELD(struct approval_out, reason), \
    FIELD(struct approval_out, created_at), \
    FIELD(struct approval_out, expires_at)

static const struct field line_fields[] = { LINE };
static const struct field out_fields[] = {
    LINE,
    FIELD(struct approval_out, arguments,
          .doc = "while it waits: as they would run, to the byte; then they are gone, the digest stays"),
};
/* clang-format on */

const struct shape approval_query_shape =
    SHAPE(struct approval_query, "ApprovalQuery", query_fields);
const struct shape approval_body_shape = SHAPE(struct approval_body, "ApprovalAnswer", body_fields);
const struct shape approval_line_shape = SHAPE(struct approval_out, "ApprovalLine", line_fields);
const struct shape approval_out_shape = SHAPE(struct approval_out, "Approval", out_fields);
