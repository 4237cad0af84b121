/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_import.h"

enum { HASH_TEXT = 64, WORD_MAX = 256, REASON_MAX = 512, MACHINE_MAX = 128 };

/* clang-format off */
static const char *const statuses[] = { "active", "uninstalled", "revoked", NULL };

#define WORD(m) FIELD(struct import_row_in, m, OPT, .max = WORD_MAX, .text = TEXT_LINE, .trim = true)

static const struct field import_row_in_fields[] = {
    FIELD(struct import_row_in, row, OPT, .min = 0, .max = INT32_MAX,
          .doc = "the caller's own number; absent: counted from 1"),
    FIELD(struct import_row_in, machine_id, REQ, .min = 1, .max = MACHINE_MAX, .text = TEXT_MACHINE_ID),
    FIELD(struct import_row_in, status, REQ, .oneof = statuses),
    FIELD(struct import_row_in, token_hash, OPT, .max = HASH_TEXT, .text = TEXT_TOKEN,
          .secret = true, .doc = "SHA-256 of the whole token, hex; absent: the machine has none"),
    WORD(user_name),
    WORD(user_email),
    WORD(user_id),
    WORD(hostname),
    WORD(os_info),
    WORD(version),
    FIELD(struct import_row_in, reason, OPT, .max = REASON_MAX, .trim = true,
          .doc = "why it was uninstalled or revoked"),
    FIELD(struct import_row_in, token_issued_at, OPT),
    FIELD(struct import_row_in, enrolled_at, OPT),
    FIELD(struct import_row_in, last_seen_at, OPT),
    FIELD(struct import_row_in, uninstalled_at, OPT, .doc = "or revoked"),
};
static const struct field import_in_fields[] = {
    FIELD(struct import_in, rows, REQ, .max = IMPORT_ROWS_MAX, .of = &import_row_in_shape),
    FIELD(struct import_in, dry_run, OPT, .doc = "say what would happen, and write nothing"),
};
static const struct field import_result_out_fields[] = {
    FIELD(struct import_result_out, row),
    FIELD(struct import_result_out, outcome, .doc = "created, unchanged, or kept: what stands here wins"),
    FIELD(struct import_result_out, status, .doc = "of the machine, here and now"),
    FIELD(struct import_result_out, note, .omit = true,
          .doc = "token-taken: the token is somebody else's here"),
};
static const struct field import_out_fields[] = {
    FIELD(struct import_out, dry_run),
    FIELD(struct import_out, created),
    FIELD(struct import_out, unchanged),
    FIELD(struct import_out, kept),
    FIELD(struct import_out, results, .of = &import_result_out_shape),
};

const struct shape import_row_in_shape     = SHAPE(struct import_row_in,     "AgentImportRow",
       import_row_in_fields);
const struct shape import_in_shape         = SHAPE(struct import_in,         "AgentImport",
          import_in_fields);
const struct shape import_result_out_shape = SHAPE(struct import_result_out, "AgentImportResult",
    import_result_out_fields);
const struct shape import_out_shape        = SHAPE(struct import_out,        "AgentImported",
        import_out_fields);
/* clang-format on */
