/* SPDX-License-Identifier: Apache-2.0 */
/* What leaves the house: webhooks, and notices in the portal. */
#include "api/handlers_hooks.h"
#include "api/routes_parts.h"
#include "api/shapes_hooks.h"

/* clang-format off */
static const struct route rows[] = {
    { HTTP_GET,    "/webhooks",      webhooks_list,   .auth = AUTH_ACTOR, MAY(WEBHOOK_READ),  .tx = TX_READ,
      .query = &webhook_query_shape, .out = &webhook_out_shape, .out_list = true,
      .doc = "The webhooks of the organisation, without their secrets." },
    { HTTP_POST,   "/webhooks",      webhooks_create, .auth = AUTH_ACTOR, MAY(WEBHOOK_WRITE), .tx = TX_WRITE,
      .idem = true, .no_store = true, .prepare = webhooks_create_prepare,
      .in = &webhook_in_shape, .out = &webhook_made_shape, .audit = "webhook.created",
      .doc = "Have events delivered; the signing secret is shown once." },
    { HTTP_GET,    "/webhooks/{id}", webhooks_get,    .auth = AUTH_ACTOR, MAY(WEBHOOK_READ),  .tx = TX_READ,
      .out = &webhook_out_shape,
      .doc = "One webhook, without its secrets." },
    { HTTP_PATCH,  "/webhooks/{id}", webhooks_change, .auth = AUTH_ACTOR, MAY(WEBHOOK_WRITE), .tx = TX_WRITE,
      .prepare = webhooks_change_prepare,
      .in = &webhook_patch_shape, .out = &webhook_out_shape, .audit = "webhook.changed",
      .doc = "Change a webhook; what waits goes to its new address." },
    { HTTP_DELETE, "/webhooks/{id}", webhooks_delete, .auth = AUTH_ACTOR, MAY(WEBHOOK_WRITE), .tx = TX_WRITE,
      .audit = "webhook.deleted",
      .doc = "Delete a webhook with its deliveries." },
    { HTTP_POST,   "/webhooks/{id}/rotate", webhooks_rotate, .auth = AUTH_ACTOR, MAY(WEBHOOK_WRITE),
      .tx = TX_WRITE,
      .no_store = true, .secret = true, .out = &webhook_made_shape, .audit = "webhook.rotated",
      .doc = "A new signing secret, shown once; the one before signs too for a day." },
    { HTTP_POST,   "/webhooks/{id}/test",   webhooks_test,   .auth = AUTH_ACTOR, MAY(WEBHOOK_WRITE),
      .tx = TX_WRITE,
      .prepare = webhooks_test_prepare, .out = &webhook_test_out_shape, .audit = "webhook.tested",
      .doc = "Send the event webhook.tested now and say what came of it." },
    { HTTP_GET,    "/webhooks/{id}/deliveries", deliveries_list, .auth = AUTH_ACTOR, MAY(WEBHOOK_READ),
      .tx = TX_READ,
      .query = &delivery_query_shape, .out = &delivery_out_shape, .out_list = true,
      .doc = "What was sent, waits, or was given up (state=dead), newest first; kept for 30 days." },
    { HTTP_POST,   "/webhooks/{id}/deliveries/{delivery}/redeliver", deliveries_redeliver,
      .auth = AUTH_ACTOR, MAY(WEBHOOK_WRITE), .tx = TX_WRITE,
      .out = &delivery_out_shape, .audit = "webhook.redelivered",
      .doc = "Send a delivery again, with the same id." },

    { HTTP_GET,    "/portal/notices", notices_list, .auth = AUTH_ACTOR, .tx = TX_READ, .no_store = true,
      .query = &notice_query_shape, .out = &notice_out_shape, .out_list = true,
      .doc = "What the person who asks was told, newest first." },
    { HTTP_POST,   "/portal/notices/{id}/read", notices_read, .auth = AUTH_ACTOR, .tx = TX_WRITE,
      .audit = "notice.read",
      .doc = "This notice was read." },
    { HTTP_PUT,    "/portal/language", notices_language, .auth = AUTH_ACTOR, .tx = TX_WRITE,
      .in = &language_body_shape, .audit = "user.language-chosen",
      .doc = "The language that the person who asks is written to in." },
};
/* clang-format on */

const struct route_table routes_hooks = { rows, ARRAY_LEN(rows) };
