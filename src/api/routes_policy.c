/* SPDX-License-Identifier: Apache-2.0 */
/* Policies, their versions, their assignments, and what devices say they applied. */
#include "api/handlers_policy.h"
#include "api/routes_parts.h"
#include "api/shapes_explain.h"
#include "api/shapes_policy.h"
#include "api/shapes_preview.h"

enum {
    VERSION_BODY_MAX = 512 * 1024
}; /* 256 KiB of content in canonical form, with blanks and escapes */

/* clang-format off */
static const struct route rows[] = {
    { HTTP_GET,    "/policies",      policies_list,   .auth = AUTH_ACTOR, MAY(POLICY_READ),  .tx = TX_READ,
      .query = &policy_query_shape, .out = &policy_out_shape, .out_list = true,
      .doc = "The policies of the organisation, in order of making." },
    { HTTP_POST,   "/policies",      policies_create, .auth = AUTH_ACTOR, MAY(POLICY_WRITE),
      .tx = TX_WRITE, .idem = true,
      .in = &policy_in_shape, .out = &policy_out_shape, .audit = "policy.created",
      .doc = "Make a policy; it says nothing until a version of it is published and assigned." },
    { HTTP_GET,    "/policies/{id}", policies_get,    .auth = AUTH_ACTOR, MAY(POLICY_READ),  .tx = TX_READ,
      .out = &policy_out_shape,
      .doc = "A policy and its newest published version." },
    { HTTP_PATCH,  "/policies/{id}", policies_change, .auth = AUTH_ACTOR, MAY(POLICY_WRITE), .tx = TX_WRITE,
      .in = &policy_patch_shape, .out = &policy_out_shape, .audit = "policy.changed",
      .doc = "Rename or describe a policy." },
    { HTTP_DELETE, "/policies/{id}", policies_delete, .auth = AUTH_ACTOR, MAY(POLICY_WRITE), .tx = TX_WRITE,
      .audit = "policy.deleted",
      .doc = "Delete a policy with all its versions; refused while it is assigned." },

    { HTTP_GET,    "/policies/{id}/versions",                  versions_list,
          .auth = AUTH_ACTOR, MAY(POLICY_READ),  .tx = TX_READ,
      .query = &policy_query_shape, .out = &policy_version_line_shape, .out_list = true,
      .doc = "The versions of a policy, newest first, without their content." },
    { HTTP_POST,   "/policies/{id}/versions",                  versions_create,
        .auth = AUTH_ACTOR, MAY(POLICY_WRITE), .tx = TX_WRITE, .idem = true,
      .in = &policy_version_in_shape, .body_max = VERSION_BODY_MAX,
      .out = &policy_version_line_shape, .audit = "policy.draft-created",
      .doc = "A new draft." },
    { HTTP_GET,    "/policies/{id}/versions/{number}",         versions_get,
           .auth = AUTH_ACTOR, MAY(POLICY_READ),  .tx = TX_READ,
      .out = &policy_version_out_shape,
      .doc = "A version with its content." },
    { HTTP_PUT,    "/policies/{id}/versions/{number}",         versions_change,
        .auth = AUTH_ACTOR, MAY(POLICY_WRITE), .tx = TX_WRITE,
      .in = &policy_version_in_shape, .body_max = VERSION_BODY_MAX,
      .out = &policy_version_line_shape, .audit = "policy.draft-changed",
      .doc = "Replace a draft; a published version never changes." },
    { HTTP_DELETE, "/policies/{id}/versions/{number}",         versions_delete,
        .auth = AUTH_ACTOR, MAY(POLICY_WRITE), .tx = TX_WRITE,
      .audit = "policy.draft-deleted",
      .doc = "Delete a draft." },
    { HTTP_POST,   "/policies/{id}/versions/{number}/publish", versions_publish,
       .auth = AUTH_ACTOR, MAY(POLICY_WRITE), .tx = TX_WRITE,
      .out = &policy_version_line_shape, .audit = "policy.published",
      .doc = "Publish a draft: what follows the policy gets it at once." },
    { HTTP_POST,   "/policies/{id}/rollback",                  versions_rollback,
      .auth = AUTH_ACTOR, MAY(POLICY_WRITE), .tx = TX_WRITE, .idem = true,
      .in = &policy_rollback_in_shape, .out = &policy_version_line_shape, .audit = "policy.rolled-back",
      .doc = "Publish the content of an older version as a new one." },

    { HTTP_GET,    "/policies/{id}/diff",                      policies_diff,
         .auth = AUTH_ACTOR, MAY(POLICY_READ),  .tx = TX_READ,
      .query = &diff_query_shape, .out = &diff_out_shape,
      .doc = "What changes from one version to another: content, locks, `enabled`." },
    { HTTP_POST,   "/policies/preview",                        policies_preview,
      .auth = AUTH_ACTOR, MAY(POLICY_READ),  .tx = TX_READ, .load = LOAD_BULK,
      .in = &preview_in_shape, .body_max = VERSION_BODY_MAX, .out = &preview_out_shape,
      .doc = "What a draft would change, and for which devices; nothing is stored. Wants device:read too." },

    { HTTP_GET,    "/assignments",      assignments_list,   .auth = AUTH_ACTOR, MAY(POLICY_READ),
       .tx = TX_READ,
      .query = &assignment_query_shape, .out = &assignment_out_shape, .out_list = true,
      .doc = "What is assigned to whom." },
    { HTTP_POST,   "/assignments",      assignments_create, .auth = AUTH_ACTOR, MAY(POLICY_WRITE),
      .tx = TX_WRITE, .idem = true,
      .in = &assignment_in_shape, .out = &assignment_out_shape, .audit = "assignment.created",
      .doc = "Assign a policy to a scope; `global` belongs to the organisation `default` and "
             "wants system:admin." },
    { HTTP_GET,    "/assignments/{id}", assignments_get,    .auth = AUTH_ACTOR, MAY(POLICY_READ),
       .tx = TX_READ,
      .out = &assignment_out_shape,
      .doc = "One assignment." },
    { HTTP_PATCH,  "/assignments/{id}", assignments_change, .auth = AUTH_ACTOR, MAY(POLICY_WRITE),
      .tx = TX_WRITE,
      .in = &assignment_patch_shape, .out = &assignment_out_shape, .audit = "assignment.changed",
      .doc = "Move, pin, release or reorder an assignment." },
    { HTTP_DELETE, "/assignments/{id}", assignments_delete, .auth = AUTH_ACTOR, MAY(POLICY_WRITE),
      .tx = TX_WRITE,
      .audit = "assignment.deleted",
      .doc = "Remove an assignment." },

    { HTTP_GET,    "/devices/{id}/config/explain", config_explain, .auth = AUTH_ACTOR, MAY(DEVICE_READ),
      .tx = TX_READ, .both = true,
      .query = &explain_query_shape, .out = &explain_out_shape,
      .doc = "Every leaf of a device's configuration: who said it, what that overrode, what locks refused; "
             "wants policy:read too. `at`: as it was then." },

    { HTTP_POST,   "/iassistants/config/ack", config_ack_post, .auth = AUTH_ACTOR, .tx = TX_WRITE,
      .load = LOAD_CHECK_IN, .both = true, .cors = true,
      .in = &config_ack_in_shape, .audit = "config.applied",
      .doc = "A device says what it did with a configuration; the same word twice is one." },
};
/* clang-format on */

const struct route_table routes_policy = { rows, ARRAY_LEN(rows) };
