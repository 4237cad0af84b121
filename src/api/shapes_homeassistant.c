/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shapes_homeassistant.h"

#include "domain/gateway/homeassistant.h"
#include "plat/http/outbound.h"

/* clang-format off */
#define NAME_AND_URL(T) \
    FIELD(T, name,  REQ, .min = 1, .max = SERVER_NAME_MAX, .text = TEXT_SLUG, \
          .doc = "in paths (/s/NAME/mcp), and before the names of its tools in /mcp"), \
    FIELD(T, url,   REQ, .min = 1, .max = OUTBOUND_URL_MAX - HA_PATH_MAX, .text = TEXT_TOKEN, \
          .doc = "where it is, such as http://192.168.1.5:8123")
#define TOKEN(needed, least, what) \
    FIELD(struct ha_body, token, needed, .min = (least), .max = HA_TOKEN_MAX, .text = TEXT_TOKEN, \
          .secret = true, .doc = (what))
#define DOMAINS \
    FIELD(struct ha_body, domains_allowed, OPT, .max = SERVER_DOMAINS_MAX, .item_max = SERVER_NAME_MAX - 1, \
          .text = TEXT_SLUG, .doc = "entity domains that calls may touch, such as light; none: all")

static const struct field in_fields[] = {
    NAME_AND_URL(struct ha_body),
    TOKEN(REQ, 1, "a long-lived access token of Home Assistant; never shown"),
    DOMAINS,
};
static const struct field put_fields[] = {
    NAME_AND_URL(struct ha_body),
    TOKEN(OPT, 0, "absent: it stays, if the address does"),
    DOMAINS,
};
static const struct field try_fields[] = {
    FIELD(struct ha_try_body, url, REQ, .min = 1, .max = OUTBOUND_URL_MAX - HA_PATH_MAX, .text = TEXT_TOKEN),
    FIELD(struct ha_try_body, token, REQ, .min = 1, .max = HA_TOKEN_MAX, .text = TEXT_TOKEN, .secret = true),
};
static const struct field out_fields[] = {
    FIELD(struct ha_out, id),
    FIELD(struct ha_out, name),
    FIELD(struct ha_out, url),
    FIELD(struct ha_out, domains_allowed),
    FIELD(struct ha_out, last_test,    .doc = "it was asked last"),
    FIELD(struct ha_out, last_status,  .doc = "what came of it: ok or failed; null: it was never asked"),
    FIELD(struct ha_out, last_message, .doc = "why it failed"),
    FIELD(struct ha_out, warnings,     .doc = "plain-http: the token can be read on the way"),
    FIELD(struct ha_out, created_at),
    FIELD(struct ha_out, updated_at),
    FIELD(struct ha_out, etag),
};
static const struct field test_fields[] = {
    FIELD(struct ha_test_out, ok),
    FIELD(struct ha_test_out, latency_ms, .doc = "of its shortest answer"),
    FIELD(struct ha_test_out, version,    .doc = "of Home Assistant"),
    FIELD(struct ha_test_out, location,   .doc = "how it calls its place"),
    FIELD(struct ha_test_out, entities,   .doc = "that the owner of the token sees"),
    FIELD(struct ha_test_out, tools,      .doc = "that it offers over MCP"),
    FIELD(struct ha_test_out, step,       .doc = "that failed: reach, token, config, entities or mcp"),
    FIELD(struct ha_test_out, message,    .doc = "why, and what to do"),
    FIELD(struct ha_test_out, warnings,
          .doc = "plain-http; starting: it is not up yet; entities-capped: there are more; older-transport: "
                 "it speaks HTTP+SSE alone; no-tools: nothing is exposed to assistants"),
};
/* clang-format on */

const struct shape ha_in_shape = SHAPE(struct ha_body, "HomeAssistantIn", in_fields);
const struct shape ha_put_shape = SHAPE(struct ha_body, "HomeAssistantPut", put_fields);
const struct shape ha_try_shape = SHAPE(struct ha_try_body, "HomeAssistantTry", try_fields);
const struct shape ha_out_shape = SHAPE(struct ha_out, "HomeAssistant", out_fields);
const struct shape ha_test_shape = SHAPE(struct ha_test_out, "HomeAssistantTest", test_fields);
