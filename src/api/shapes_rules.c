/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_rules.h"

#include "domain/access/rule.h"
#include "domain/access/when.h"

enum { NAME_MAX_BYTES = 128, ID_MAX = 36, GROUPS_MAX = 32, ZONE_MAX = 64, IP_MAX = 45 };

/* clang-format off */
static const char *const effects[] = { "deny", "allow", "require_mfa", "require_reauth", NULL };
static const char *const statuses[] = { "active", "disabled", NULL };
static const char *const days[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL };

#define CONDITIONS(T)                                                                                        \
    FIELD(T, application_id, OPT, .max = ID_MAX, .text = TEXT_TOKEN, .doc = "null: every application"),      \
    FIELD(T, position,   OPT, .min = 0, .max = RULE_POSITION_MAX,                                            \
          .doc = "the lowest is asked first; default 1000"), \
    FIELD(T, max_age_s,  OPT, .min = 0, .max = RULE_AGE_MAX_S,                                               \
          .doc = "of what the effect requires; 0: the default"), \
    FIELD(T, groups_any, OPT, .max = GROUPS_MAX, .text = TEXT_LINE,                                          \
          .doc = "ids or names: one of them at least"), \
    FIELD(T, groups_all, OPT, .max = GROUPS_MAX, .text = TEXT_LINE, .doc = "ids or names: all of them"),     \
    FIELD(T, cidr,       OPT, .text = TEXT_TOKEN, .doc = "the address is in one of these blocks"),           \
    FIELD(T, not_cidr,   OPT, .text = TEXT_TOKEN, .doc = "the address is in none of these blocks"),          \
    FIELD(T, weekdays,   OPT, .max = 7, .oneof = days),                                                      \
    FIELD(T, hours,      OPT, .max = 11, .text = TEXT_LINE,                                                  \
          .doc = "08:00-18:30; over midnight 22:00-06:00"), \
    FIELD(T, tz,         OPT, .max = ZONE_MAX, .text = TEXT_TOKEN,                                           \
          .doc = "of weekdays and hours; default UTC"), \
    FIELD(T, mfa,        OPT, .clears = true,                                                                \
          .doc = "a second factor was given in this session, or was not; null: no condition"), \
    FIELD(T, mfa_max_age_s, OPT, .min = 0, .max = RULE_AGE_MAX_S,                                            \
          .doc = "and not longer ago; 0: no condition"), \
    FIELD(T, clients,    OPT, .text = TEXT_TOKEN, .doc = "client_ids: it is one of them"),                   \
    FIELD(T, scopes,     OPT, .text = TEXT_TOKEN, .doc = "one of them at least is asked for"),               \
    FIELD(T, device_level, OPT, .max = 16, .text = TEXT_LINE,                                                \
          .doc = "on an enrolled device of one's own: token, or better software-key"),                       \
    FIELD(T, when,       OPT, .max = WHEN_TEXT_MAX, .doc = "an expression (docs/APPLICATIONS.md)")

static const struct field in_fields[] = {
    FIELD(struct rule_body, name,   REQ, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE, .trim = true),
    FIELD(struct rule_body, effect, REQ, .oneof = effects),
    FIELD(struct rule_body, status, OPT, .oneof = statuses),
    CONDITIONS(struct rule_body),
};
static const struct field patch_fields[] = {
    FIELD(struct rule_body, name,   OPT, .min = 1, .max = NAME_MAX_BYTES, .text = TEXT_LINE, .trim = true),
    FIELD(struct rule_body, effect, OPT, .oneof = effects),
    FIELD(struct rule_body, status, OPT, .oneof = statuses),
    CONDITIONS(struct rule_body),
};
static const struct field out_fields[] = {
    FIELD(struct rule_out, id),
    FIELD(struct rule_out, name),
    FIELD(struct rule_out, effect),
    FIELD(struct rule_out, status),
    FIELD(struct rule_out, application_id),
    FIELD(struct rule_out, position),
    FIELD(struct rule_out, max_age_s),
    FIELD(struct rule_out, groups_any, .doc = "names"),
    FIELD(struct rule_out, groups_all, .doc = "names"),
    FIELD(struct rule_out, cidr),
    FIELD(struct rule_out, not_cidr),
    FIELD(struct rule_out, weekdays),
    FIELD(struct rule_out, hours),
    FIELD(struct rule_out, tz),
    FIELD(struct rule_out, mfa),
    FIELD(struct rule_out, mfa_max_age_s),
    FIELD(struct rule_out, clients),
    FIELD(struct rule_out, scopes),
    FIELD(struct rule_out, device_level),
    FIELD(struct rule_out, when),
    FIELD(struct rule_out, created_at),
    FIELD(struct rule_out, updated_at),
    FIELD(struct rule_out, etag),
};
static const struct field explain_in_fields[] = {
    FIELD(struct access_explain_body, application_id,     REQ),
    FIELD(struct access_explain_body, user_id,            OPT,
          .doc = "who asks: exactly one, but a user may be on a device"),
    FIELD(struct access_explain_body, service_account_id, OPT),
    FIELD(struct access_explain_body, device_id,          OPT),
    FIELD(struct access_explain_body, ip,                 OPT, .max = IP_MAX, .text = TEXT_TOKEN),
    FIELD(struct access_explain_body, scope,              OPT, .max = 1024, .text = TEXT_LINE),
    FIELD(struct access_explain_body, auth_age_s,         OPT, .min = 0, .max = RULE_AGE_MAX_S,
          .doc = "seconds since the sign-in; absent: there is no session"),
    FIELD(struct access_explain_body, mfa_age_s,          OPT, .min = 0, .max = RULE_AGE_MAX_S),
};
static const struct field condition_fields[] = {
    FIELD(struct condition_out, condition),
    FIELD(struct condition_out, met),
    FIELD(struct condition_out, failed, .doc = "it could not be asked, so the answer is no"),
};
static const struct shape condition_shape = SHAPE(struct condition_out, "ConditionVerdict", condition_fields);
static const struct field verdict_fields[] = {
    FIELD(struct rule_verdict_out, rule_id),
    FIELD(struct rule_verdict_out, name),
    FIELD(struct rule_verdict_out, effect),
    FIELD(struct rule_verdict_out, matched),
    FIELD(struct rule_verdict_out, conditions, .of = &condition_shape),
};
static const struct shape verdict_shape = SHAPE(struct rule_verdict_out, "RuleVerdict", verdict_fields);
static const struct field preview_fields[] = {
    FIELD(struct rule_preview_body, rule_id, OPT, .doc = "absent: a rule that would be made"),
    FIELD(struct rule_preview_body, rule,    OPT, .of = &rule_patch_shape,
          .doc = "as PATCH takes it; absent: the rule would be deleted"),
};
static const struct field explain_out_fields[] = {
    FIELD(struct access_explain_out, effect, .doc = "deny, allow, require_mfa or require_reauth"),
    FIELD(struct access_explain_out, rule_id, .doc = "which rule decided; null: none"),
    FIELD(struct access_explain_out, rule),
    FIELD(struct access_explain_out, reason),
    FIELD(struct access_explain_out, rules, .of = &verdict_shape, .doc = "up to the one that decided"),
};
/* clang-format on */

const struct shape rule_in_shape = SHAPE(struct rule_body, "AccessRuleIn", in_fields);
const struct shape rule_patch_shape = SHAPE(struct rule_body, "AccessRulePatch", patch_fields);
const struct shape rule_out_shape = SHAPE(struct rule_out, "AccessRule", out_fields);
const struct shape rule_preview_shape =
    SHAPE(struct rule_preview_body, "AccessRulePreviewIn", preview_fields);
const struct shape access_explain_in_shape =
    SHAPE(struct access_explain_body, "AccessExplainIn", explain_in_fields);
const struct shape access_explain_out_shape =
    SHAPE(struct access_explain_out, "AccessExplanation", explain_out_fields);
