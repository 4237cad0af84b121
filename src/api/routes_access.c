/* SPDX-License-Identifier: Apache-2.0 */
/* Applications: who may open them, and what one may open. */
#include "api/handlers_access.h"
#include "api/routes_parts.h"
#include "api/shapes_access.h"
#include "api/shapes_identity.h"
#include "api/shapes_rules.h"
#include "api/shapes_whatif.h"

/* clang-format off */
static const struct route rows[] = {
    { HTTP_GET,    "/applications",      applications_list,   .auth = AUTH_ACTOR, MAY(APPLICATION_READ),
      .tx = TX_READ, .query = &application_query_shape, .out = &application_line_shape, .out_list = true,
      .doc = "The applications of the organisation; those of administrators only for those who may "
             "change them." },
    { HTTP_POST,   "/applications",      applications_create, .auth = AUTH_ACTOR, MAY(APPLICATION_WRITE),
      .tx = TX_WRITE, .idem = true, .no_store = true,
      .in = &application_in_shape, .out = &application_out_shape, .audit = "application.created",
      .doc = "Make an OIDC client, or a host behind forward-auth; a client secret is shown once." },
    { HTTP_GET,    "/applications/{id}", applications_get,    .auth = AUTH_ACTOR, MAY(APPLICATION_READ),
      .tx = TX_READ, .out = &application_out_shape,
      .doc = "One application." },
    { HTTP_PATCH,  "/applications/{id}", applications_change, .auth = AUTH_ACTOR, MAY(APPLICATION_WRITE),
      .tx = TX_WRITE, .in = &application_patch_shape, .out = &application_out_shape,
      .audit = "application.changed",
      .doc = "Change an application; disabled it signs nobody in, and its tokens end." },
    { HTTP_DELETE, "/applications/{id}", applications_delete, .auth = AUTH_ACTOR, MAY(APPLICATION_WRITE),
      .tx = TX_WRITE, .audit = "application.deleted",
      .doc = "Delete an application with its bindings and all that was granted at it." },
    { HTTP_POST,   "/applications/{id}/secret", applications_renew_secret, .auth = AUTH_ACTOR,
      MAY(APPLICATION_WRITE), .tx = TX_WRITE, .no_store = true, .out = &application_out_shape,
      .audit = "application.secret-renewed",
      .doc = "Another client secret, shown once; the old one ends at once." },

    { HTTP_GET,    "/applications/{id}/bindings", bindings_list, .auth = AUTH_ACTOR, MAY(APPLICATION_READ),
      .tx = TX_READ, .query = &page_query_shape, .out = &binding_out_shape, .out_list = true,
      .doc = "Who may open an application." },
    { HTTP_POST,   "/applications/{id}/bindings", bindings_add,  .auth = AUTH_ACTOR, MAY(APPLICATION_WRITE),
      .tx = TX_WRITE, .idem = true, .in = &binding_in_shape, .out = &binding_out_shape,
      .audit = "application.bound",
      .doc = "Let a group, a person or a service account open it." },
    { HTTP_POST,   "/applications/{id}/bindings/preview", bindings_preview, .auth = AUTH_ACTOR,
      MAY(APPLICATION_WRITE), .tx = TX_READ, .load = LOAD_BULK,
      .in = &binding_preview_shape, .out = &whatif_out_shape,
      .doc = "Who would gain the application by a binding, or lose it with one; nothing is stored. Wants user:read "
             "and device:read too." },
    { HTTP_DELETE, "/applications/{id}/bindings/{binding_id}", bindings_drop, .auth = AUTH_ACTOR,
      MAY(APPLICATION_WRITE), .tx = TX_WRITE, .audit = "application.unbound",
      .doc = "Not any more; what was granted to those who now have no way in ends." },

    { HTTP_GET,    "/access-rules",      rules_list,   .auth = AUTH_ACTOR, MAY(ACCESS_RULE_READ),
      .tx = TX_READ, .query = &page_query_shape, .out = &rule_out_shape, .out_list = true,
      .doc = "The rules that refine who may open what, in the order of their making." },
    { HTTP_POST,   "/access-rules",      rules_create, .auth = AUTH_ACTOR, MAY(ACCESS_RULE_WRITE),
      .tx = TX_WRITE, .idem = true, .in = &rule_in_shape, .out = &rule_out_shape,
      .audit = "access-rule.created",
      .doc = "Make a rule: all its conditions must hold; the first rule that holds decides, and none "
             "is no." },
    { HTTP_GET,    "/access-rules/{id}", rules_get,    .auth = AUTH_ACTOR, MAY(ACCESS_RULE_READ),
      .tx = TX_READ, .out = &rule_out_shape,
      .doc = "One rule." },
    { HTTP_PATCH,  "/access-rules/{id}", rules_change, .auth = AUTH_ACTOR, MAY(ACCESS_RULE_WRITE),
      .tx = TX_WRITE, .in = &rule_patch_shape, .out = &rule_out_shape, .audit = "access-rule.changed",
      .doc = "Change a rule; an empty list or null takes a condition away." },
    { HTTP_DELETE, "/access-rules/{id}", rules_delete, .auth = AUTH_ACTOR, MAY(ACCESS_RULE_WRITE),
      .tx = TX_WRITE, .audit = "access-rule.deleted",
      .doc = "Delete a rule." },
    { HTTP_POST,   "/access-rules/preview", rules_preview, .auth = AUTH_ACTOR, MAY(ACCESS_RULE_WRITE),
      .tx = TX_READ, .load = LOAD_BULK, .in = &rule_preview_shape, .out = &whatif_out_shape,
      .doc = "Who would gain an application or lose it by a rule that is made, changed or deleted; nothing is stored. "
             "Wants user:read and device:read too." },
    { HTTP_POST,   "/access-rules/explain", rules_explain, .auth = AUTH_ACTOR, MAY(ACCESS_RULE_READ),
      .tx = TX_READ, .in = &access_explain_in_shape, .out = &access_explain_out_shape,
      .doc = "Why somebody may or may not open an application: the rule that decides, and each condition." },

    { HTTP_GET,    "/portal/plain",             portal_show, .auth = AUTH_SESSION, .tx = TX_READ,
      .root = true, .page = true, .no_store = true,
      .doc = "What the person may open, as a page without scripts." },
    { HTTP_GET,    "/portal/applications",      portal_list, .auth = AUTH_ACTOR, .tx = TX_READ,
      .no_store = true, .out = &portal_application_out_shape, .out_list = true,
      .doc = "What the one who asks may open; at most 500, by name." },
    { HTTP_GET,    "/portal/applications/{id}", portal_get,  .auth = AUTH_ACTOR, .tx = TX_READ,
      .no_store = true, .out = &portal_application_out_shape,
      .doc = "One of them; 404 for what he may not open." },
};
/* clang-format on */

const struct route_table routes_access = { rows, ARRAY_LEN(rows) };
