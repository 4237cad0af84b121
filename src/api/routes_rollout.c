/* SPDX-License-Identifier: Apache-2.0 */
/* Rollouts: a version of a policy on its way to the fleet. */
#include "api/handlers_rollout.h"
#include "api/routes_parts.h"
#include "api/shapes_rollout.h"

/* clang-format off */
static const struct route rows[] = {
    { HTTP_GET,    "/rollouts",      rollouts_list,   .auth = AUTH_ACTOR, MAY(ROLLOUT_READ), .tx = TX_READ,
      .query = &rollout_query_shape, .out = &rollout_out_shape, .out_list = true,
      .doc = "The rollouts of the organisation, in order of making or newest first." },
    { HTTP_POST,   "/rollouts",      rollouts_create, .auth = AUTH_ACTOR, MAY(ROLLOUT_WRITE), .tx = TX_WRITE,
      .idem = true,
      .in = &rollout_in_shape, .out = &rollout_out_shape, .audit = "rollout.created",
      .doc = "Write down a rollout; nobody gets anything before it is started." },
    { HTTP_GET,    "/rollouts/{id}", rollouts_get,    .auth = AUTH_ACTOR, MAY(ROLLOUT_READ), .tx = TX_READ,
      .out = &rollout_out_shape,
      .doc = "A rollout with its progress, why it stands where it stands, and what comes next." },
    { HTTP_PATCH,  "/rollouts/{id}", rollouts_change, .auth = AUTH_ACTOR, MAY(ROLLOUT_WRITE), .tx = TX_WRITE,
      .in = &rollout_patch_shape, .out = &rollout_out_shape, .audit = "rollout.changed",
      .doc = "Change a rollout that was not started." },
    { HTTP_DELETE, "/rollouts/{id}", rollouts_delete, .auth = AUTH_ACTOR, MAY(ROLLOUT_WRITE), .tx = TX_WRITE,
      .audit = "rollout.deleted",
      .doc = "Forget a rollout that is a draft, completed or rolled back." },

    { HTTP_POST,   "/rollouts/{id}/start",   rollouts_start,   .auth = AUTH_ACTOR, MAY(ROLLOUT_WRITE),
      .tx = TX_WRITE,
      .out = &rollout_out_shape, .audit = "rollout.started",
      .doc = "Publish the version to the first ring; refused while a rollout of this policy, or one that "
             "reaches the same devices, is under way." },
    { HTTP_POST,   "/rollouts/{id}/pause",   rollouts_pause,   .auth = AUTH_ACTOR, MAY(ROLLOUT_WRITE),
      .tx = TX_WRITE,
      .in = &rollout_reason_in_shape, .in_optional = true, .out = &rollout_out_shape,
      .audit = "rollout.paused",
      .doc = "No further ring begins; members keep the version, and still abort it when too many fail." },
    { HTTP_POST,   "/rollouts/{id}/resume",  rollouts_resume,  .auth = AUTH_ACTOR, MAY(ROLLOUT_WRITE),
      .tx = TX_WRITE,
      .out = &rollout_out_shape, .audit = "rollout.resumed",
      .doc = "Go on." },
    { HTTP_POST,   "/rollouts/{id}/promote", rollouts_promote, .auth = AUTH_ACTOR, MAY(ROLLOUT_WRITE),
      .tx = TX_WRITE,
      .in = &rollout_promote_in_shape, .in_optional = true, .out = &rollout_out_shape,
      .audit = "rollout.promoted",
      .doc = "Approve the current ring; with force: do not wait for anybody." },
    { HTTP_POST,   "/rollouts/{id}/abort",   rollouts_abort,   .auth = AUTH_ACTOR, MAY(ROLLOUT_WRITE),
      .tx = TX_WRITE,
      .in = &rollout_abort_in_shape, .in_optional = true, .out = &rollout_out_shape,
      .audit = "rollout.aborted",
      .doc = "End it: devices get what is newest again." },

    { HTTP_GET,    "/rollouts/{id}/devices", rollouts_devices, .auth = AUTH_ACTOR, MAY(ROLLOUT_READ),
      .tx = TX_READ,
      .query = &rollout_devices_query_shape, .out = &rollout_device_out_shape, .out_list = true,
      .doc = "The members, what each did, and why it failed." },
    { HTTP_GET,    "/rollouts/{id}/events",  rollouts_events,  .auth = AUTH_ACTOR, MAY(ROLLOUT_READ),
      .tx = TX_READ,
      .query = &rollout_page_query_shape, .out = &rollout_event_out_shape, .out_list = true,
      .doc = "What was decided, newest first." },
};
/* clang-format on */

const struct route_table routes_rollout = { rows, ARRAY_LEN(rows) };
