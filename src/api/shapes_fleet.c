/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_fleet.h"

#include "domain/fleet/device_list.h"

enum {
    WORD_MAX = 256,
    MACHINE_MAX = 128,
    METADATA_MAX = 16 * 1024,
    METRICS_MAX = 4 * 1024,
    PAGE_MAX = 500,
    REASON_MAX = 512,
    TOKEN_MAX = 512,
    USES_MAX = 1000000000,
};

/* clang-format off */
static const char *const decisions[] = { "approve", "refuse", NULL };
static const char *const known_words[] = { "allow", "refuse", NULL };
static const char *const device_statuses[] = { "PENDING",     "ENROLLED", "BLOCKED",
                                               "UNINSTALLED", "REFUSED",  "REVOKED", NULL };
static const char *const agent_statuses[] = { "pending", "active", "blocked", "uninstalled",
    "refused", "revoked", NULL };
static const char *const formats[] = { "json", "ndjson", "csv", NULL };

#define WORD(T, m)         FIELD(T, m, OPT, .max = WORD_MAX, .text = TEXT_LINE, .trim = true)
#define WORD_DOC(T, m, d)  FIELD(T, m, OPT, .max = WORD_MAX, .text = TEXT_LINE, .trim = true, .doc = (d))
#define MACHINE(T)         FIELD(T, machine_id, REQ, .min = 1, .max = MACHINE_MAX, \
          .text = TEXT_MACHINE_ID, .doc = "the machine's own name: unique in its organisation")
#define PAGE(T)            FIELD_AS(T, page.limit, "limit", OPT, .min = 1, .max = PAGE_MAX), \
                           FIELD_AS(T, page.cursor, "cursor", OPT, .max = 1024, .text = TEXT_TOKEN)
#define DEVICE_FILTER \
    FIELD(struct device_query, search, OPT, .max = WORD_MAX, .text = TEXT_LINE, \
          .doc = "a prefix of machine_id, hostname or the owner's name"), \
    FIELD(struct device_query, group,  OPT, .min = 1, .max = WORD_MAX, .text = TEXT_LINE, .doc = "id or name"), \
    FIELD(struct device_query, user,   OPT), \
    FIELD(struct device_query, label,  OPT, .min = 1, .max = 512, .text = TEXT_LINE, .doc = "name, or name=value")
#define REASON(T)          FIELD(T, reason, OPT, .max = REASON_MAX, .doc = "stored and on the record")

static const struct field enroll_init_in_fields[] = {
    MACHINE(struct enroll_init_in),
    WORD(struct enroll_init_in, type),
    WORD(struct enroll_init_in, hostname),
    WORD(struct enroll_init_in, os),
    WORD(struct enroll_init_in, client_version),
    WORD(struct enroll_init_in, fingerprint),
    WORD_DOC(struct enroll_init_in, user_hint, "who the machine is for, as it says"),
    FIELD(struct enroll_init_in, labels,     OPT, .json = JSON_LABELS,
          .doc = "a claim: in force only as far as the approval says"),
    FIELD(struct enroll_init_in, metadata,   OPT, .json = JSON_OBJECT_OPEN, .max = METADATA_MAX,
          .doc = "shown, never a selector"),
    FIELD(struct enroll_init_in, public_key, OPT, .json = JSON_JWK, .max = 1024,
          .doc = "JWK: OKP/Ed25519 or EC/P-256, public members only"),
};
static const struct field challenge_out_fields[] = {
    FIELD(struct challenge_out, nonce),
    FIELD(struct challenge_out, context),
    FIELD(struct challenge_out, expires_at),
};
static const struct field enroll_init_out_fields[] = {
    FIELD(struct enroll_init_out, device_id),
    FIELD(struct enroll_init_out, request_id),
    FIELD(struct enroll_init_out, code, .doc = "shown by the machine and listed in the lobby"),
    FIELD(struct enroll_init_out, status),
    FIELD(struct enroll_init_out, claim, .secret = true),
    FIELD(struct enroll_init_out, user_id, .omit = true, .doc = "proven by the caller's token"),
    FIELD(struct enroll_init_out, challenge, .of = &challenge_out_shape),
    FIELD(struct enroll_init_out, poll_interval_s),
};
static const struct field enroll_confirm_in_fields[] = {
    FIELD(struct enroll_confirm_in, device_id, REQ),
    FIELD(struct enroll_confirm_in, decision,  OPT, .oneof = decisions,
          .doc = "an administrator's; or claim, never both"),
    FIELD(struct enroll_confirm_in, claim,     OPT, .max = TOKEN_MAX, .secret = true),
    FIELD(struct enroll_confirm_in, signature, OPT, .max = WORD_MAX),
    FIELD(struct enroll_confirm_in, request_id, OPT),
    FIELD(struct enroll_confirm_in, user_id,   OPT, .max = OID_TEXT),
    FIELD(struct enroll_confirm_in, groups,    OPT),
    FIELD(struct enroll_confirm_in, labels,    OPT, .json = JSON_LABELS),
    REASON(struct enroll_confirm_in),
};
static const struct field enroll_confirm_out_fields[] = {
    FIELD(struct enroll_confirm_out, status),
    FIELD(struct enroll_confirm_out, challenge,  .of = &challenge_out_shape, .omit = true),
    FIELD(struct enroll_confirm_out, token,      .secret = true, .omit = true),
    FIELD(struct enroll_confirm_out, join_seq,   .omit = true),
    FIELD(struct enroll_confirm_out, config_url, .omit = true),
    FIELD(struct enroll_confirm_out, jwks_uri,   .omit = true),
    FIELD(struct enroll_confirm_out, root_key,   .omit = true,
          .doc = "JWK: what signs configurations; pin it"),
};
static const struct field device_query_fields[] = {
    PAGE(struct device_query),
    DEVICE_FILTER,
    FIELD(struct device_query, status, OPT, .min = 1, .max = WORD_MAX, .text = TEXT_TOKEN,
          .oneof = device_statuses, .several = true,
          .doc = "PENDING, ENROLLED, BLOCKED, UNINSTALLED, REFUSED, REVOKED; several by commas"),
    FIELD(struct device_query, sort,   OPT, .oneof = device_sort_names),
    FIELD(struct device_query, count,  OPT, .doc = "adds `total`, exact up to 1,000,000"),
    FIELD(struct device_query, offset, OPT, .max = DEVICE_COUNT_MAX,
          .doc = "begin at this row, from 0; not together with cursor"),
    FIELD(struct device_query, format, OPT, .oneof = formats,
          .doc = "ndjson and csv stream all that the filters leave"),
};
static const struct field device_counts_query_fields[] = {
    DEVICE_FILTER,
};
static const struct field device_counts_fields[] = {
    FIELD(struct device_counts_out, all),
    FIELD(struct device_counts_out, pending),
    FIELD(struct device_counts_out, enrolled),
    FIELD(struct device_counts_out, blocked),
    FIELD(struct device_counts_out, uninstalled),
    FIELD(struct device_counts_out, refused),
    FIELD(struct device_counts_out, revoked),
};
static const struct field device_patch_in_fields[] = {
    FIELD(struct device_patch_in, user_id, OPT, .max = OID_TEXT, .doc = "null: no owner"),
    FIELD(struct device_patch_in, groups,  OPT, .doc = "ids or names; they replace"),
    FIELD(struct device_patch_in, labels,  OPT, .json = JSON_LABELS, .doc = "they replace"),
};
static const struct field device_decide_in_fields[] = {
    FIELD(struct device_move_in, request_id, OPT, .doc = "wanted where several requests are open"),
    FIELD(struct device_move_in, user_id, OPT, .max = OID_TEXT),
    FIELD(struct device_move_in, groups,  OPT),
    FIELD(struct device_move_in, labels,  OPT, .json = JSON_LABELS),
    REASON(struct device_move_in),
};
static const struct field device_reason_in_fields[] = {
    REASON(struct device_move_in),
};
static const struct field device_request_out_fields[] = {
    FIELD(struct device_request_out, request_id),
    FIELD(struct device_request_out, code),
    FIELD(struct device_request_out, key_thumbprint, .doc = "RFC 7638"),
    FIELD(struct device_request_out, address),
    FIELD(struct device_request_out, created_at),
    FIELD(struct device_request_out, expires_at),
    FIELD(struct device_request_out, user_id, .doc = "proven"),
    FIELD(struct device_request_out, user_name),
    FIELD(struct device_request_out, user_hint),
    FIELD(struct device_request_out, hostname),
    FIELD(struct device_request_out, type),
    FIELD(struct device_request_out, os),
    FIELD(struct device_request_out, client_version),
    FIELD(struct device_request_out, labels),
};
static const struct field device_history_out_fields[] = {
    FIELD(struct device_history_out, at),
    FIELD(struct device_history_out, move),
    FIELD(struct device_history_out, from),
    FIELD(struct device_history_out, to),
    FIELD(struct device_history_out, actor_kind),
    FIELD(struct device_history_out, actor_id),
    FIELD(struct device_history_out, reason),
};
static const struct shape device_history_out_shape = SHAPE(struct device_history_out, "DeviceMove",
    device_history_out_fields);
static const struct field device_config_out_fields[] = {
    FIELD(struct device_config_out, etag),
    FIELD(struct device_config_out, version),
    FIELD(struct device_config_out, acked_at),
    FIELD(struct device_config_out, result),
    FIELD(struct device_config_out, reason),
    FIELD(struct device_config_out, drift, .doc = "what others changed in its files: ADAPTER:/pointer"),
    FIELD(struct device_config_out, drift_count, .doc = "of all reports"),
    FIELD(struct device_config_out, drifted_at),
};
static const struct shape device_config_out_shape = SHAPE(struct device_config_out, "DeviceConfig",
    device_config_out_fields);
static const struct field device_out_fields[] = {
    FIELD(struct device_out, id),
    FIELD(struct device_out, org_id),
    FIELD(struct device_out, machine_id),
    FIELD(struct device_out, fingerprint),
    FIELD(struct device_out, metadata),
    FIELD(struct device_out, hostname),
    FIELD(struct device_out, type),
    FIELD(struct device_out, os),
    FIELD(struct device_out, client_version),
    FIELD(struct device_out, status),
    FIELD(struct device_out, status_reason),
    FIELD(struct device_out, user_id),
    FIELD(struct device_out, user_name, .doc = "of the owner"),
    FIELD(struct device_out, groups),
    FIELD(struct device_out, labels),
    FIELD(struct device_out, credential_level, .doc = "token, software-key; null: none yet"),
    FIELD(struct device_out, key_thumbprint, .doc = "RFC 7638"),
    FIELD(struct device_out, enrolled_at),
    FIELD(struct device_out, last_seen_at),
    FIELD(struct device_out, created_at),
    FIELD(struct device_out, config, .of = &device_config_out_shape, .doc = "what it applied last"),
    FIELD(struct device_out, metrics),
    FIELD(struct device_out, revoked_at),
    FIELD(struct device_out, revoked_by),
    FIELD(struct device_out, revoke_reason),
    FIELD(struct device_out, requests, .of = &device_request_out_shape, .doc = "open ones"),
    FIELD(struct device_out, history, .of = &device_history_out_shape, .omit = true, .doc = "newest first"),
    FIELD(struct device_out, join_seq),
    FIELD(struct device_out, etag),
};
static const struct field device_claim_out_fields[] = {
    FIELD(struct device_claim_out, device_id),
    FIELD(struct device_claim_out, claim, .secret = true),
};
static const struct field self_out_fields[] = {
    FIELD(struct self_out, id),
    FIELD(struct self_out, machine_id),
    FIELD(struct self_out, status),
    FIELD(struct self_out, join_seq),
    FIELD(struct self_out, user_id),
    FIELD(struct self_out, groups),
    FIELD(struct self_out, labels),
    FIELD(struct self_out, enrolled_at),
    FIELD(struct self_out, jwks_uri, .doc = "of the keys that sign for its organisation"),
    FIELD(struct self_out, root_key, .doc = "signs that set: pinned at first use"),
};
static const struct field heartbeat_in_fields[] = {
    WORD(struct heartbeat_in, client_version),
    FIELD(struct heartbeat_in, metrics, OPT, .json = JSON_OBJECT_OPEN, .max = METRICS_MAX),
};
static const struct field rotate_in_fields[] = {
    FIELD(struct rotate_in, join_seq, REQ, .min = 1, .max = INT32_MAX, .doc = "of the token in use"),
    FIELD(struct rotate_in, nonce, REQ, .min = 22, .max = 64, .text = TEXT_TOKEN, .secret = true,
          .doc = "stored by the device before it asks"),
};
static const struct field token_out_fields[] = {
    FIELD(struct token_out, token, .secret = true),
    FIELD(struct token_out, join_seq),
};
static const struct field agent_enroll_in_fields[] = {
    MACHINE(struct agent_in),
    WORD_DOC(struct agent_in, user_name, "the installer's own words, never the owner"),
    WORD(struct agent_in, user_email),
    WORD(struct agent_in, user_id),
    WORD(struct agent_in, hostname),
    WORD(struct agent_in, os_info),
    WORD(struct agent_in, version),
    FIELD(struct agent_in, allow_reactivate, OPT, .doc = "default true"),
};
static const struct field agent_uninstall_in_fields[] = {
    MACHINE(struct agent_in),
    FIELD(struct agent_in, reason, OPT, .max = REASON_MAX, .trim = true,
          .doc = "`admin_revoke` by device:revoke is a revocation"),
};
static const struct field agent_heartbeat_in_fields[] = {
    MACHINE(struct agent_in),
    WORD(struct agent_in, version),
};
static const struct field agent_query_fields[] = {
    PAGE(struct agent_query),
    FIELD(struct agent_query, status, OPT, .oneof = agent_statuses),
};
static const struct field agent_count_query_fields[] = {
    FIELD(struct agent_query, status, OPT, .oneof = agent_statuses),
};
static const struct field agent_out_fields[] = {
    FIELD(struct agent_out, id),
    FIELD(struct agent_out, machine_id),
    FIELD(struct agent_out, user_name),
    FIELD(struct agent_out, user_email),
    FIELD(struct agent_out, user_id),
    FIELD(struct agent_out, hostname),
    FIELD(struct agent_out, os_info),
    FIELD(struct agent_out, version),
    FIELD(struct agent_out, status),
    FIELD(struct agent_out, token_issued_at),
    FIELD(struct agent_out, enrolled_at),
    FIELD(struct agent_out, last_seen_at),
    FIELD(struct agent_out, uninstalled_at),
    FIELD(struct agent_out, uninstall_reason),
};
static const struct field agent_enroll_out_fields[] = {
    FIELD(struct agent_enroll_out, created),
    FIELD(struct agent_enroll_out, reactivated),
    FIELD(struct agent_enroll_out, agent, .of = &agent_out_shape),
    FIELD(struct agent_enroll_out, token, .secret = true),
};
static const struct field count_out_fields[] = {
    FIELD(struct count_out, count),
};
static const struct field verify_in_fields[] = {
    FIELD(struct verify_in, token, REQ, .max = TOKEN_MAX, .secret = true),
};
static const struct field verify_out_fields[] = {
    FIELD(struct verify_out, machine_id),
};
static const struct field enrollment_key_in_fields[] = {
    FIELD(struct enrollment_key_in, name, REQ, .min = 1, .max = 128, .text = TEXT_LINE, .trim = true),
    FIELD(struct enrollment_key_in, uses, OPT, .min = 1, .max = USES_MAX, .doc = "absent: no limit"),
    FIELD(struct enrollment_key_in, expires_at, OPT, .doc = "absent: in 30 days"),
    FIELD(struct enrollment_key_in, auto_approve, OPT),
    FIELD(struct enrollment_key_in, groups, OPT, .doc = "ids or names"),
    FIELD(struct enrollment_key_in, labels, OPT, .json = JSON_LABELS),
    FIELD(struct enrollment_key_in, machine_pattern, OPT, .min = 1, .max = MACHINE_MAX,
          .text = TEXT_LINE, .doc = "of machine_id: * and ? are wildcards"),
    FIELD(struct enrollment_key_in, may_uninstall, OPT),
    FIELD(struct enrollment_key_in, adopt, OPT, .doc = "gives imported machines their first token"),
};
static const struct field enrollment_key_out_fields[] = {
    FIELD(struct enrollment_key_out, id),
    FIELD(struct enrollment_key_out, name),
    FIELD(struct enrollment_key_out, key, .secret = true, .omit = true),
    FIELD(struct enrollment_key_out, uses),
    FIELD(struct enrollment_key_out, uses_left),
    FIELD(struct enrollment_key_out, used),
    FIELD(struct enrollment_key_out, expires_at),
    FIELD(struct enrollment_key_out, auto_approve),
    FIELD(struct enrollment_key_out, groups),
    FIELD(struct enrollment_key_out, labels),
    FIELD(struct enrollment_key_out, machine_pattern),
    FIELD(struct enrollment_key_out, may_uninstall),
    FIELD(struct enrollment_key_out, adopt),
    FIELD(struct enrollment_key_out, created_by),
    FIELD(struct enrollment_key_out, created_at),
    FIELD(struct enrollment_key_out, etag),
};
static const struct field fleet_query_fields[] = {
    PAGE(struct fleet_query),
};
static const struct field fleet_lock_in_fields[] = {
    FIELD(struct fleet_lock_in, locked, REQ),
    FIELD(struct fleet_lock_in, known,  OPT, .oneof = known_words,
          .doc = "refuse: machines that were in before stay out too"),
};
static const struct field fleet_lock_out_fields[] = {
    FIELD(struct fleet_lock_out, locked),
    FIELD(struct fleet_lock_out, known),
    FIELD(struct fleet_lock_out, by, .doc = "who locked it: api, or the name of the setting"),
};

const struct shape enroll_init_in_shape     = SHAPE(struct enroll_init_in,     "EnrollInit",
            enroll_init_in_fields);
const struct shape enroll_init_out_shape    = SHAPE(struct enroll_init_out,    "EnrollRequest",
         enroll_init_out_fields);
const struct shape enroll_confirm_in_shape  = SHAPE(struct enroll_confirm_in,  "EnrollConfirm",
         enroll_confirm_in_fields);
const struct shape enroll_confirm_out_shape = SHAPE(struct enroll_confirm_out, "EnrollConfirmed",
       enroll_confirm_out_fields);
const struct shape challenge_out_shape      = SHAPE(struct challenge_out,      "Challenge",
             challenge_out_fields);
const struct shape device_query_shape       = SHAPE(struct device_query,       "DeviceQuery",
           device_query_fields);
const struct shape device_counts_query_shape = SHAPE(struct device_query,      "DeviceCountsQuery",
    device_counts_query_fields);
const struct shape device_counts_shape      = SHAPE(struct device_counts_out,  "DeviceCounts",
          device_counts_fields);
const struct shape device_patch_in_shape    = SHAPE(struct device_patch_in,    "DevicePatch",
           device_patch_in_fields);
const struct shape device_decide_in_shape   = SHAPE(struct device_move_in,     "DeviceDecision",
        device_decide_in_fields);
const struct shape device_reason_in_shape   = SHAPE(struct device_move_in,     "DeviceReason",
          device_reason_in_fields);
const struct shape device_request_out_shape = SHAPE(struct device_request_out, "DeviceRequest",
         device_request_out_fields);
const struct shape device_out_shape         = SHAPE(struct device_out,         "Device",
                device_out_fields);
const struct shape device_claim_out_shape   = SHAPE(struct device_claim_out,   "DeviceClaim",
           device_claim_out_fields);
const struct shape self_out_shape           = SHAPE(struct self_out,           "DeviceSelf",
            self_out_fields);
const struct shape heartbeat_in_shape       = SHAPE(struct heartbeat_in,       "Heartbeat",
             heartbeat_in_fields);
const struct shape rotate_in_shape          = SHAPE(struct rotate_in,          "Rotate",
                rotate_in_fields);
const struct shape token_out_shape          = SHAPE(struct token_out,          "DeviceToken",
           token_out_fields);
const struct shape agent_enroll_in_shape    = SHAPE(struct agent_in,           "AgentEnroll",
           agent_enroll_in_fields);
const struct shape agent_uninstall_in_shape = SHAPE(struct agent_in,           "AgentUninstall",
        agent_uninstall_in_fields);
const struct shape agent_heartbeat_in_shape = SHAPE(struct agent_in,           "AgentHeartbeat",
        agent_heartbeat_in_fields);
const struct shape agent_query_shape        = SHAPE(struct agent_query,        "AgentQuery",
            agent_query_fields);
const struct shape agent_count_query_shape  = SHAPE(struct agent_query,        "AgentCountQuery",
       agent_count_query_fields);
const struct shape agent_out_shape          = SHAPE(struct agent_out,          "Agent",
                 agent_out_fields);
const struct shape agent_enroll_out_shape   = SHAPE(struct agent_enroll_out,   "AgentEnrolled",
         agent_enroll_out_fields);
const struct shape count_out_shape          = SHAPE(struct count_out,          "Count",
                 count_out_fields);
const struct shape verify_in_shape          = SHAPE(struct verify_in,          "Verify",
                verify_in_fields);
const struct shape verify_out_shape         = SHAPE(struct verify_out,         "Verified",
              verify_out_fields);
const struct shape enrollment_key_in_shape  = SHAPE(struct enrollment_key_in,  "EnrollmentKeyInput",
    enrollment_key_in_fields);
const struct shape enrollment_key_out_shape = SHAPE(struct enrollment_key_out, "EnrollmentKey",
         enrollment_key_out_fields);
const struct shape fleet_query_shape        = SHAPE(struct fleet_query,        "FleetPage",
             fleet_query_fields);
const struct shape fleet_lock_in_shape      = SHAPE(struct fleet_lock_in,      "FleetLockInput",
        fleet_lock_in_fields);
const struct shape fleet_lock_out_shape     = SHAPE(struct fleet_lock_out,     "FleetLock",
             fleet_lock_out_fields);
/* clang-format on */
