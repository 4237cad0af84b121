/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_hooks.h"

#include "domain/hooks/webhook.h"
#include "plat/http/outbound.h"

enum { DESCRIPTION_MAX = 2048, PAGE_MAX = 500, SMALL_MAX = 64, REF_MAX = 255 };

static const char *const formats[] = { "standard", "slack", "ntfy", "github", "template", NULL };
static const char *const states[] = { "active", "disabled", NULL };
static const char *const delivery_states[] = { "waiting", "delivered", "dead", NULL };
static const char *const priorities[] = { "min", "low", "default", "high", "max", NULL };
static const char *const langs[] = { "en", "fr", NULL };

/* clang-format off */
#define WEBHOOK_REST \
    FIELD(struct webhook_body, description,    OPT, .max = DESCRIPTION_MAX), \
    FIELD(struct webhook_body, format,         OPT, .oneof = formats, \
          .doc = "what the receiver understands; absent: standard"), \
    FIELD(struct webhook_body, status,         OPT, .oneof = states), \
    FIELD(struct webhook_body, events,         OPT, .max = WEBHOOK_EVENTS_MAX, \
          .doc = "names of events, with * for any characters; none: all"), \
    FIELD(struct webhook_body, group_id,       OPT, .doc = "only events that concern this group"), \
    FIELD(struct webhook_body, application_id, OPT, .doc = "only events that concern this application"), \
    FIELD(struct webhook_body, event_type,     OPT, .max = 100, .text = TEXT_LINE, \
          .doc = "github: event_type of the repository_dispatch; absent: the event's name"), \
    FIELD(struct webhook_body, ref,            OPT, .max = REF_MAX, .text = TEXT_TOKEN, \
          .doc = "github: branch or tag of a workflow_dispatch"), \
    FIELD(struct webhook_body, priority,       OPT, .oneof = priorities, .doc = "ntfy"), \
    FIELD(struct webhook_body, tags,           OPT, .max = SMALL_MAX, .text = TEXT_TOKEN, \
          .doc = "ntfy, by commas"), \
    FIELD(struct webhook_body, template,       OPT, .max = WEBHOOK_TEMPLATE_MAX, \
          .doc = "JSON with {{event.PATH}} and {{value.NAME}} in its strings"), \
    FIELD(struct webhook_body, token,          OPT, .max = WEBHOOK_TOKEN_MAX, .secret = true, \
          .doc = "sent as Authorization: Bearer; never shown"), \
    FIELD(struct webhook_body, headers,        OPT, .max = WEBHOOK_MAP_MAX, .json = JSON_OBJECT_OPEN, \
          .secret = true, .doc = "further headers; never shown"), \
    FIELD(struct webhook_body, values,         OPT, .max = WEBHOOK_MAP_MAX, .json = JSON_OBJECT_OPEN, \
          .secret = true, .doc = "values of the template; never shown")

#define WEBHOOK_SHOWN \
    FIELD(struct webhook_out, id), \
    FIELD(struct webhook_out, name), \
    FIELD(struct webhook_out, description), \
    FIELD(struct webhook_out, url), \
    FIELD(struct webhook_out, format), \
    FIELD(struct webhook_out, status), \
    FIELD(struct webhook_out, events), \
    FIELD(struct webhook_out, group_id), \
    FIELD(struct webhook_out, application_id), \
    FIELD(struct webhook_out, event_type), \
    FIELD(struct webhook_out, ref), \
    FIELD(struct webhook_out, priority), \
    FIELD(struct webhook_out, tags), \
    FIELD(struct webhook_out, template), \
    FIELD(struct webhook_out, failing_since, \
          .doc = "a delivery was given up then, and none has come through since"), \
    FIELD(struct webhook_out, created_at), \
    FIELD(struct webhook_out, updated_at), \
    FIELD(struct webhook_out, etag)

static const struct field in_fields[] = {
    FIELD(struct webhook_body, name, REQ, .min = 1, .max = WEBHOOK_NAME_MAX, .text = TEXT_LINE, .trim = true),
    FIELD(struct webhook_body, url,  REQ, .min = 1, .max = OUTBOUND_URL_MAX, .text = TEXT_TOKEN),
    WEBHOOK_REST,
};
static const struct field patch_fields[] = {
    FIELD(struct webhook_body, name, OPT, .max = WEBHOOK_NAME_MAX, .text = TEXT_LINE, .trim = true),
    FIELD(struct webhook_body, url,  OPT, .max = OUTBOUND_URL_MAX, .text = TEXT_TOKEN),
    FIELD(struct webhook_body, any_group,       OPT, .doc = "true: of any group again"),
    FIELD(struct webhook_body, any_application, OPT, .doc = "true: of any application again"),
    WEBHOOK_REST,
};
static const struct field out_fields[] = {
    WEBHOOK_SHOWN,
};
static const struct field made_fields[] = {
    WEBHOOK_SHOWN,
    FIELD(struct webhook_out, secret, .secret = true, .omit = true,
          .doc = "whsec_..., of the signature; shown once"),
};
static const struct field query_fields[] = {
    FIELD_AS(struct hooks_query, page.limit,  "limit",  OPT, .min = 1, .max = PAGE_MAX),
    FIELD_AS(struct hooks_query, page.cursor, "cursor", OPT, .max = 512, .text = TEXT_TOKEN),
};
static const struct field delivery_query_fields[] = {
    FIELD_AS(struct delivery_query, page.limit,  "limit",  OPT, .min = 1, .max = PAGE_MAX),
    FIELD_AS(struct delivery_query, page.cursor, "cursor", OPT, .max = 512, .text = TEXT_TOKEN),
    FIELD(struct delivery_query, state, OPT, .oneof = delivery_states,
          .doc = "dead: those that were given up"),
};
static const struct field delivery_fields[] = {
    FIELD(struct delivery_out, id, .doc = "webhook-id of the call"),
    FIELD(struct delivery_out, event),
    FIELD(struct delivery_out, state),
    FIELD(struct delivery_out, attempts),
    FIELD(struct delivery_out, status, .doc = "of the newest answer"),
    FIELD(struct delivery_out, error),
    FIELD(struct delivery_out, created_at),
    FIELD(struct delivery_out, due_at),
    FIELD(struct delivery_out, done_at),
    FIELD(struct delivery_out, payload),
};
static const struct field test_fields[] = {
    FIELD(struct webhook_test_out, ok),
    FIELD(struct webhook_test_out, status),
    FIELD(struct webhook_test_out, latency_ms),
    FIELD(struct webhook_test_out, error),
};
static const struct field notice_fields[] = {
    FIELD(struct notice_out, id),
    FIELD(struct notice_out, kind),
    FIELD(struct notice_out, subject),
    FIELD(struct notice_out, text),
    FIELD(struct notice_out, created_at),
    FIELD(struct notice_out, read_at),
};
static const struct field notice_query_fields[] = {
    FIELD_AS(struct notice_query, page.limit,  "limit",  OPT, .min = 1, .max = PAGE_MAX),
    FIELD_AS(struct notice_query, page.cursor, "cursor", OPT, .max = 512, .text = TEXT_TOKEN),
    FIELD(struct notice_query, lang, OPT, .oneof = langs, .doc = "absent: the person's choice"),
};
static const struct field language_fields[] = {
    FIELD(struct language_body, lang, REQ, .oneof = langs),
};
/* clang-format on */

const struct shape webhook_in_shape = SHAPE(struct webhook_body, "WebhookIn", in_fields);
const struct shape webhook_patch_shape = SHAPE(struct webhook_body, "WebhookPatch", patch_fields);
const struct shape webhook_out_shape = SHAPE(struct webhook_out, "Webhook", out_fields);
const struct shape webhook_made_shape = SHAPE(struct webhook_out, "WebhookMade", made_fields);
const struct shape webhook_query_shape = SHAPE(struct hooks_query, "WebhookQuery", query_fields);
const struct shape delivery_query_shape =
    SHAPE(struct delivery_query, "DeliveryQuery", delivery_query_fields);
const struct shape delivery_out_shape = SHAPE(struct delivery_out, "Delivery", delivery_fields);
const struct shape webhook_test_out_shape =
    SHAPE(struct webhook_test_out, "WebhookTest", test_fields);
const struct shape notice_out_shape = SHAPE(struct notice_out, "Notice", notice_fields);
const struct shape notice_query_shape =
    SHAPE(struct notice_query, "NoticeQuery", notice_query_fields);
const struct shape language_body_shape = SHAPE(struct language_body, "LanguageIn", language_fields);
