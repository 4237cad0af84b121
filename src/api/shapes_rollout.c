/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_rollout.h"

#include "domain/policy/rollout.h"

enum {
    PAGE_MAX = 500,
    REASON_MAX = 512,
    NAME_MAX_BYTES = 128,
    LABEL_MAX = 64 + 1 + 256,
    STATES_MAX = 128
};

/* clang-format off */
static const char *const states[] = { "draft", "running", "paused", "completed", "aborted", "rolled_back",
    NULL };
static const char *const member_states[] = { "pending", "away", "applied", "failed", "timed_out", "lost",
    "unchanged", "gone", NULL };

static const char *const sorts[] = { "created_at", "-created_at", NULL };

static const struct field ring_in_fields[] = {
    FIELD(struct rollout_ring_body, name,        OPT, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE,
          .trim = true),
    FIELD(struct rollout_ring_body, group,       OPT, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE,
          .doc = "id or name: its devices, and those of its people"),
    FIELD(struct rollout_ring_body, label,       OPT, .min = 2, .max = LABEL_MAX, .text = TEXT_LINE,
          .doc = "NAME=VALUE: the devices with this label"),
    FIELD(struct rollout_ring_body, percent,     OPT, .min = 0, .max = 100,
          .doc = "of all devices that follow the policy; rises from ring to ring, the last one is 100"),
    FIELD(struct rollout_ring_body, min_devices, OPT, .min = 0, .max = INT32_MAX,
          .doc = "how many must execute before it is over; absent: gate.min_executed"),
    FIELD(struct rollout_ring_body, soak_s,      OPT, .min = 0, .max = ROLLOUT_TIME_MAX_S,
          .doc = "how long it is watched once its devices have answered; 0 when absent"),
    FIELD(struct rollout_ring_body, approval,    OPT, .doc = "a person must promote it"),
    FIELD(struct rollout_ring_body, pause,       OPT, .doc = "the rollout pauses when it is over"),
};
static const struct shape ring_in_shape = SHAPE(struct rollout_ring_body, "RolloutRingIn", ring_in_fields);

static const struct field gate_fields[] = {
    FIELD(struct rollout_gate_body, min_executed,       OPT, .min = 0, .max = INT32_MAX,
          .doc = "so many must execute before failures count; 5 when absent; fewer where fewer can"),
    FIELD(struct rollout_gate_body, max_failed_percent, OPT, .min = 0, .max = 100,
          .doc = "more of those that executed: aborted; 2 when absent"),
    FIELD(struct rollout_gate_body, timeout_s,          OPT, .min = 1, .max = ROLLOUT_TIME_MAX_S,
          .doc = "a device that is there and has not answered by then has failed; 3600 when absent"),
    FIELD(struct rollout_gate_body, lost_after_s,       OPT, .min = 0, .max = ROLLOUT_TIME_MAX_S,
          .doc = "a device that has applied and is not seen for so long has failed; 0: never; 900 when "
                 "absent"),
    FIELD(struct rollout_gate_body, away_after_s,       OPT, .min = 1, .max = ROLLOUT_TIME_MAX_S,
          .doc = "a device that is not seen for so long is away: nobody waits for it; 300 when absent"),
};
static const struct shape gate_in_shape = SHAPE(struct rollout_gate_body, "RolloutGateIn", gate_fields);
static const struct shape gate_out_shape = SHAPE(struct rollout_gate_body, "RolloutGate", gate_fields);

static const struct field rollout_in_fields[] = {
    FIELD(struct rollout_body, policy_id,     REQ),
    FIELD(struct rollout_body, from,          OPT, .min = 1, .max = INT32_MAX,
          .doc = "what must be the newest version when it starts"),
    FIELD(struct rollout_body, to,            REQ, .min = 1, .max = INT32_MAX,
          .doc = "number of the version: a draft, which the start publishes, or a published one"),
    FIELD(struct rollout_body, seed,          OPT, .min = 1, .max = ROLLOUT_SEED_MAX, .text = TEXT_LINE,
          .doc = "equal seeds take devices in the same order; absent: its id"),
    FIELD(struct rollout_body, rings,         REQ, .max = ROLLOUT_RINGS_MAX, .of = &ring_in_shape),
    FIELD(struct rollout_body, gate,          OPT, .of = &gate_in_shape),
    FIELD(struct rollout_body, auto_rollback, OPT,
          .doc = "take the version back when too many fail; true when absent"),
};
static const struct field rollout_patch_fields[] = {
    FIELD(struct rollout_body, from,          OPT, .min = 1, .max = INT32_MAX),
    FIELD(struct rollout_body, to,            OPT, .min = 1, .max = INT32_MAX),
    FIELD(struct rollout_body, seed,          OPT, .min = 1, .max = ROLLOUT_SEED_MAX, .text = TEXT_LINE),
    FIELD(struct rollout_body, rings,         OPT, .max = ROLLOUT_RINGS_MAX, .of = &ring_in_shape,
          .doc = "what is given replaces all of them"),
    FIELD(struct rollout_body, gate,          OPT, .of = &gate_in_shape, .doc = "what is not given stays"),
    FIELD(struct rollout_body, auto_rollback, OPT),
};
static const struct field reason_in_fields[] = {
    FIELD(struct rollout_abort_in, reason, OPT, .max = REASON_MAX, .text = TEXT_LINE),
};
static const struct field promote_in_fields[] = {
    FIELD(struct rollout_promote_in, ring,  OPT, .min = 1, .max = ROLLOUT_RINGS_MAX,
          .doc = "the ring that is meant: refused when it is not the current one"),
    FIELD(struct rollout_promote_in, force, OPT,
          .doc = "go on though devices are pending or away, and without soaking"),
};
static const struct field abort_in_fields[] = {
    FIELD(struct rollout_abort_in, reason,   OPT, .max = REASON_MAX, .text = TEXT_LINE),
    FIELD(struct rollout_abort_in, rollback, OPT,
          .doc = "false: devices that have the version keep it; as auto_rollback says when absent"),
};
static const struct field rollout_query_fields[] = {
    FIELD_AS(struct rollout_query, page.limit,  "limit",  OPT, .min = 1, .max = PAGE_MAX),
    FIELD_AS(struct rollout_query, page.cursor, "cursor", OPT, .max = 512, .text = TEXT_TOKEN),
    FIELD(struct rollout_query, policy_id, OPT),
    FIELD(struct rollout_query, state,     OPT, .min = 1, .max = STATES_MAX, .text = TEXT_TOKEN,
          .oneof = states, .several = true,
          .doc = "draft, running, paused, completed, aborted, rolled_back; several by commas"),
    FIELD(struct rollout_query, search,    OPT, .max = NAME_MAX_BYTES, .text = TEXT_LINE,
          .doc = "a part of the policy's name, A to Z in either case"),
    FIELD(struct rollout_query, sort,      OPT, .oneof = sorts,
          .doc = "created_at when absent; -created_at: newest first"),
    FIELD(struct rollout_query, count,     OPT, .doc = "adds `total`"),
};
static const struct field page_query_fields[] = {
    FIELD_AS(struct rollout_query, page.limit,  "limit",  OPT, .min = 1, .max = PAGE_MAX),
    FIELD_AS(struct rollout_query, page.cursor, "cursor", OPT, .max = 512, .text = TEXT_TOKEN),
};
static const struct field devices_query_fields[] = {
    FIELD_AS(struct rollout_devices_query, page.limit,  "limit",  OPT, .min = 1, .max = PAGE_MAX),
    FIELD_AS(struct rollout_devices_query, page.cursor, "cursor", OPT, .max = 512, .text = TEXT_TOKEN),
    FIELD(struct rollout_devices_query, state, OPT, .oneof = member_states),
    FIELD(struct rollout_devices_query, ring,  OPT, .min = 1, .max = ROLLOUT_RINGS_MAX),
};

#define PROGRESS(T, at)                                                                                \
    FIELD_AS(T, at members,   "members",   .doc = "devices that get the version, but for those gone"), \
    FIELD_AS(T, at executed,  "executed",  .doc = "applied, failed, timed out or lost"),               \
    FIELD_AS(T, at pending,   "pending",   .doc = "there, and have not answered"),                     \
    FIELD_AS(T, at away,      "away",      .doc = "not seen: judged when they come back"),             \
    FIELD_AS(T, at applied,   "applied"),                                                              \
    FIELD_AS(T, at failed,    "failed",    .doc = "said so, or refused"),                              \
    FIELD_AS(T, at timed_out, "timed_out", .doc = "there, and did not answer in time"),                \
    FIELD_AS(T, at lost,      "lost",      .doc = "applied, and not seen since"),                      \
    FIELD_AS(T, at unchanged, "unchanged", .doc = "the same configuration with and without")
static const struct field progress_fields[] = {
    PROGRESS(struct rollout_progress_out, ),
};
static const struct shape progress_shape =
    SHAPE(struct rollout_progress_out, "RolloutProgress", progress_fields);

static const struct field ring_out_fields[] = {
    FIELD(struct rollout_ring_out, n),
    FIELD(struct rollout_ring_out, name),
    FIELD(struct rollout_ring_out, group,       .doc = "id"),
    FIELD(struct rollout_ring_out, group_name,  .doc = "null: no group, or it was deleted"),
    FIELD(struct rollout_ring_out, label),
    FIELD(struct rollout_ring_out, percent,     .min = 0, .max = 100),
    FIELD(struct rollout_ring_out, min_devices),
    FIELD(struct rollout_ring_out, soak_s),
    FIELD(struct rollout_ring_out, approval),
    FIELD(struct rollout_ring_out, pause),
    FIELD(struct rollout_ring_out, state,
          .doc = "waiting, running, met (its devices have answered), over"),
    PROGRESS(struct rollout_ring_out, progress.),
    FIELD(struct rollout_ring_out, started_at),
    FIELD(struct rollout_ring_out, met_at,      .doc = "soaking runs from here"),
    FIELD(struct rollout_ring_out, promoted_at),
    FIELD(struct rollout_ring_out, ended_at),
};
static const struct shape ring_out_shape = SHAPE(struct rollout_ring_out, "RolloutRing", ring_out_fields);

static const struct field rollout_out_fields[] = {
    FIELD(struct rollout_out, id),
    FIELD(struct rollout_out, policy_id),
    FIELD(struct rollout_out, policy_name,   .doc = "null: the policy was deleted"),
    FIELD(struct rollout_out, from,          .doc = "the newest version at the start"),
    FIELD(struct rollout_out, to),
    FIELD(struct rollout_out, state,
          .doc = "draft, running, paused, completed, aborted or rolled_back"),
    FIELD(struct rollout_out, ring,          .doc = "the current one, from 1; 0: not started"),
    FIELD(struct rollout_out, reason,        .doc = "of the present state"),
    FIELD(struct rollout_out, next,          .doc = "what will happen next"),
    FIELD(struct rollout_out, rings,         .of = &ring_out_shape),
    FIELD(struct rollout_out, progress,      .of = &progress_shape, .doc = "of all rings so far"),
    FIELD(struct rollout_out, gate,          .of = &gate_out_shape),
    FIELD(struct rollout_out, auto_rollback),
    FIELD(struct rollout_out, seed),
    FIELD(struct rollout_out, state_at),
    FIELD(struct rollout_out, created_at),
    FIELD(struct rollout_out, started_at),
    FIELD(struct rollout_out, ended_at),
    FIELD(struct rollout_out, etag),
};
static const struct field device_out_fields[] = {
    FIELD(struct rollout_device_out, device_id),
    FIELD(struct rollout_device_out, machine_id, .doc = "null: the device was deleted"),
    FIELD(struct rollout_device_out, hostname),
    FIELD(struct rollout_device_out, ring),
    FIELD(struct rollout_device_out, state),
    FIELD(struct rollout_device_out, reason,     .doc = "of its acknowledgement, or of the clock"),
    FIELD(struct rollout_device_out, since,      .doc = "its time to answer runs from here"),
    FIELD(struct rollout_device_out, seen_at,    .doc = "the sign of life that counted"),
    FIELD(struct rollout_device_out, at,         .doc = "of its state"),
};
static const struct field event_out_fields[] = {
    FIELD(struct rollout_event_out, n),
    FIELD(struct rollout_event_out, at),
    FIELD(struct rollout_event_out, kind),
    FIELD(struct rollout_event_out, state,  .doc = "of the rollout, after it"),
    FIELD(struct rollout_event_out, ring),
    FIELD(struct rollout_event_out, reason),
    FIELD(struct rollout_event_out, actor_kind),
    FIELD(struct rollout_event_out, actor_id),
};
/* clang-format on */

const struct shape rollout_in_shape = SHAPE(struct rollout_body, "RolloutIn", rollout_in_fields);
const struct shape rollout_patch_shape =
    SHAPE(struct rollout_body, "RolloutPatch", rollout_patch_fields);
const struct shape rollout_reason_in_shape =
    SHAPE(struct rollout_abort_in, "RolloutReasonIn", reason_in_fields);
const struct shape rollout_promote_in_shape =
    SHAPE(struct rollout_promote_in, "RolloutPromoteIn", promote_in_fields);
const struct shape rollout_abort_in_shape =
    SHAPE(struct rollout_abort_in, "RolloutAbortIn", abort_in_fields);
const struct shape rollout_query_shape =
    SHAPE(struct rollout_query, "RolloutQuery", rollout_query_fields);
const struct shape rollout_page_query_shape =
    SHAPE(struct rollout_query, "RolloutEventsQuery", page_query_fields);
const struct shape rollout_devices_query_shape =
    SHAPE(struct rollout_devices_query, "RolloutDevicesQuery", devices_query_fields);
const struct shape rollout_out_shape = SHAPE(struct rollout_out, "Rollout", rollout_out_fields);
const struct shape rollout_device_out_shape =
    SHAPE(struct rollout_device_out, "RolloutDevice", device_out_fields);
const struct shape rollout_event_out_shape =
    SHAPE(struct rollout_event_out, "RolloutEvent", event_out_fields);
