/* SPDX-License-Identifier: Apache-2.0 */
/* Devices: how they come in, what they say of themselves, and what an administrator does with them.
 */
#include "api/handlers_fleet.h"
#include "api/routes_parts.h"
#include "api/shapes_import.h"

enum { INIT_BODY_MAX = 48 * 1024, SMALL_BODY_MAX = 16 * 1024 };

/* clang-format off */
static const struct route rows[] = {
    { HTTP_POST,   "/devices/enroll/init",    enroll_init,    .auth = AUTH_OPEN, .tx = TX_WRITE, .load = LOAD_ENROL, .both = true, .cors = true, .no_store = true, .limit = LIMIT_OPEN,
      .in = &enroll_init_in_shape, .body_max = INIT_BODY_MAX, .out = &enroll_init_out_shape, .prepare = enroll_init_prepare, .audit = "device.requested",
      .doc = "A machine asks to come in: it gets a code to show, a claim to keep and a challenge to sign." },
    { HTTP_POST,   "/devices/enroll/confirm", enroll_confirm, .auth = AUTH_OPEN, .tx = TX_WRITE, .load = LOAD_ENROL, .both = true, .cors = true, .no_store = true, .limit = LIMIT_OPEN,
      .in = &enroll_confirm_in_shape, .body_max = SMALL_BODY_MAX, .out = &enroll_confirm_out_shape, .out_also = &device_out_shape, .prepare = enroll_confirm_prepare, .audit = "device.token-given",
      .doc = "With `claim`: the machine fetches its token. With `decision`: an administrator approves or refuses a request." },

    { HTTP_GET,    "/devices",      devices_list,   .auth = AUTH_ACTOR, .tx = TX_READ, .both = true,
      .query = &device_query_shape, .out = &device_out_shape, .out_list = true,
      .doc = "The devices of the organisation; of a user without device:read, his own." },
    { HTTP_GET,    "/devices/{id}", devices_get,    .auth = AUTH_ACTOR, .tx = TX_READ, .both = true,
      .out = &device_out_shape,
      .doc = "One device with its open requests and its history." },
    { HTTP_PATCH,  "/devices/{id}", devices_change, .auth = AUTH_ACTOR, MAY(DEVICE_WRITE), .tx = TX_WRITE, .both = true,
      .in = &device_patch_in_shape, .out = &device_out_shape, .audit = "device.changed",
      .doc = "Owner, groups, labels." },
    { HTTP_DELETE, "/devices/{id}", devices_delete, .auth = AUTH_ACTOR, MAY(DEVICE_WRITE), .tx = TX_WRITE, .both = true,
      .audit = "device.deleted",
      .doc = "Forget a device that is PENDING, REFUSED or UNINSTALLED." },

    { HTTP_POST,   "/devices/{id}/approve",   devices_approve,   .auth = AUTH_ACTOR, MAY(DEVICE_APPROVE), .tx = TX_WRITE,  .both = true,
      .in = &device_decide_in_shape, .in_optional = true, .out = &device_out_shape, .audit = "device.approved",
      .doc = "Approve a request: it binds the device to that request's key and claim and ends the others." },
    { HTTP_POST,   "/devices/{id}/refuse",    devices_refuse,    .auth = AUTH_ACTOR, MAY(DEVICE_APPROVE), .tx = TX_WRITE,  .both = true,
      .in = &device_decide_in_shape, .in_optional = true, .out = &device_out_shape, .audit = "device.refused",
      .doc = "Refuse a request; with its last one the device is REFUSED." },
    { HTTP_POST,   "/devices/{id}/revoke",    devices_revoke,    .auth = AUTH_ACTOR, MAY(DEVICE_REVOKE),  .tx = TX_URGENT, .both = true,
      .in = &device_reason_in_shape, .in_optional = true, .out = &device_out_shape, .audit = "device.revoked",
      .doc = "Shut a device out, at once and for good." },
    { HTTP_POST,   "/devices/{id}/block",     devices_block,     .auth = AUTH_ACTOR, MAY(DEVICE_REVOKE),  .tx = TX_URGENT, .both = true,
      .in = &device_reason_in_shape, .in_optional = true, .out = &device_out_shape, .audit = "device.blocked",
      .doc = "Shut a device out for a while; it keeps its token." },
    { HTTP_POST,   "/devices/{id}/unblock",   devices_unblock,   .auth = AUTH_ACTOR, MAY(DEVICE_REVOKE),  .tx = TX_WRITE,  .both = true,
      .in = &device_reason_in_shape, .in_optional = true, .out = &device_out_shape, .audit = "device.unblocked",
      .doc = "Let a blocked device go on." },
    { HTTP_POST,   "/devices/{id}/reinstate", devices_reinstate, .auth = AUTH_ACTOR, MAY(DEVICE_REVOKE),  .tx = TX_WRITE,  .both = true,
      .in = &device_reason_in_shape, .in_optional = true, .out = &device_out_shape, .audit = "device.reinstated",
      .doc = "A revoked device may ask to come in again; its old token never works again." },
    { HTTP_POST,   "/devices/{id}/rotate",    devices_rotate,    .auth = AUTH_ACTOR, MAY(DEVICE_REVOKE),  .tx = TX_WRITE,  .both = true, .no_store = true,
      .in = &device_reason_in_shape, .in_optional = true, .out = &device_claim_out_shape, .audit = "device.rotated",
      .doc = "Kill the device's token at once; it comes back with the claim that is answered." },

    { HTTP_GET,    "/devices/self",           self_get,       .auth = AUTH_DEVICE, .tx = TX_READ, .load = LOAD_CHECK_IN, .both = true, .cors = true,
      .out = &self_out_shape,
      .doc = "A device about itself." },
    { HTTP_POST,   "/devices/self/heartbeat", self_heartbeat, .auth = AUTH_DEVICE, .tx = TX_WRITE, .load = LOAD_CHECK_IN, .both = true, .cors = true,
      .in = &heartbeat_in_shape, .in_optional = true, .body_max = SMALL_BODY_MAX, .prepare = self_heartbeat_prepare, .audit = "device.heartbeat",
      .doc = "A device is there; never a change of its status." },
    { HTTP_POST,   "/devices/self/rotate",    self_rotate,    .auth = AUTH_DEVICE, .tx = TX_WRITE, .load = LOAD_TOKEN, .both = true, .cors = true, .no_store = true,
      .in = &rotate_in_shape, .body_max = SMALL_BODY_MAX, .out = &token_out_shape, .audit = "device.rotation-asked",
      .doc = "A new token; the old one is good until the new one is used." },

    { HTTP_POST,   "/agents/enroll",       agents_enroll,    .auth = AUTH_ENROL, .tx = TX_WRITE, .load = LOAD_ENROL, .no_store = true, .idem = true,
      .in = &agent_enroll_in_shape, .body_max = SMALL_BODY_MAX, .out = &agent_enroll_out_shape, .audit = "device.enrolled",
      .doc = "An installer brings a machine in with an enrolment key that approves by itself." },
    { HTTP_POST,   "/agents/uninstall",    agents_uninstall, .auth = AUTH_ENROL, .tx = TX_WRITE, .load = LOAD_CHECK_IN,
      .in = &agent_uninstall_in_shape, .body_max = SMALL_BODY_MAX, .out = &agent_out_shape, .audit = "device.uninstalled",
      .doc = "The assistant was removed from a machine: a soft delete, never a change of a revoked device." },
    { HTTP_POST,   "/agents/heartbeat",    agents_heartbeat, .auth = AUTH_ENROL, .tx = TX_WRITE, .load = LOAD_CHECK_IN,
      .in = &agent_heartbeat_in_shape, .body_max = SMALL_BODY_MAX, .prepare = agents_heartbeat_prepare, .audit = "device.heartbeat",
      .doc = "A machine is there; one that is not known changes nothing." },
    { HTTP_GET,    "/agents",              agents_list,      .auth = AUTH_ACTOR, MAY(DEVICE_READ), .tx = TX_READ,
      .query = &agent_query_shape, .out = &agent_out_shape, .out_list = true,
      .doc = "The registry seen as agents, newest enrolment first." },
    { HTTP_GET,    "/agents/count",        agents_count,     .auth = AUTH_ACTOR, MAY(DEVICE_READ), .tx = TX_READ,
      .query = &agent_count_query_shape, .out = &count_out_shape,
      .doc = "How many there are in that list." },
    { HTTP_GET,    "/agents/{machine_id}", agents_get,       .auth = AUTH_ACTOR, MAY(DEVICE_READ), .tx = TX_READ,
      .out = &agent_out_shape,
      .doc = "One machine by its own name." },
    { HTTP_POST,   "/agents/verify",       agents_verify,    .hot = agents_verify_hot, .auth = AUTH_ACTOR, MAY(DEVICE_READ), .tx = TX_READ, .load = LOAD_CHECK_IN,
      .in = &verify_in_shape, .body_max = SMALL_BODY_MAX, .out = &verify_out_shape,
      .doc = "Whose token is it? null: nobody's who is in." },

    { HTTP_POST,   "/agents/import",       agents_import,    .auth = AUTH_ACTOR, MAY(DEVICE_APPROVE), .tx = TX_WRITE, .idem = true, .prepare = agents_import_prepare,
      .in = &import_in_shape, .body_max = IMPORT_BODY_MAX, .out = &import_out_shape, .audit = "agents.imported",
      .doc = "Machines of an older registry, a slice at a time: what stands here already stays. Wants device:revoke too." },

    { HTTP_POST,   "/enrollment-keys",      enrollment_keys_create, .auth = AUTH_ACTOR, MAY(ENROLMENT_KEY_WRITE), .tx = TX_WRITE, .no_store = true, .idem = true,
      .in = &enrollment_key_in_shape, .out = &enrollment_key_out_shape, .audit = "enrollment-key.created",
      .doc = "A key for machines without a person in front of them; its text is answered once." },
    { HTTP_GET,    "/enrollment-keys",      enrollment_keys_list,   .auth = AUTH_ACTOR, MAY(ENROLMENT_KEY_READ),  .tx = TX_READ,
      .query = &fleet_query_shape, .out = &enrollment_key_out_shape, .out_list = true,
      .doc = "The enrolment keys, without their text." },
    { HTTP_GET,    "/enrollment-keys/{id}", enrollment_keys_get,    .auth = AUTH_ACTOR, MAY(ENROLMENT_KEY_READ),  .tx = TX_READ,
      .out = &enrollment_key_out_shape,
      .doc = "One enrolment key." },
    { HTTP_DELETE, "/enrollment-keys/{id}", enrollment_keys_delete, .auth = AUTH_ACTOR, MAY(ENROLMENT_KEY_WRITE), .tx = TX_WRITE,
      .audit = "enrollment-key.deleted",
      .doc = "From now on it lets nobody in; an enroller deletes his own." },

    { HTTP_GET,    "/fleet/lock", fleet_lock_read,  .auth = AUTH_ACTOR, MAY(FLEET_LOCK), .tx = TX_READ,
      .out = &fleet_lock_out_shape,
      .doc = "Is the fleet locked, and by whom?" },
    { HTTP_PUT,    "/fleet/lock", fleet_lock_write, .auth = AUTH_ACTOR, MAY(FLEET_LOCK), .tx = TX_WRITE,
      .in = &fleet_lock_in_shape, .out = &fleet_lock_out_shape, .audit = "fleet.locked",
      .doc = "Lock or open the fleet for machines that are not known yet." },
};
/* clang-format on */

const struct route_table routes_fleet = { rows, ARRAY_LEN(rows) };
