/* SPDX-License-Identifier: Apache-2.0 */
/* The states of a device and the moves between them: one table, and nobody moves a device past it.
 */
#ifndef DOMAIN_FLEET_DEVICE_STATE_H
#define DOMAIN_FLEET_DEVICE_STATE_H

#include "base/str.h"

enum device_status {
    DEVICE_NONE, /* there is no such device (yet, or any more) */
    DEVICE_PENDING,
    DEVICE_ENROLLED,
    DEVICE_BLOCKED,
    DEVICE_UNINSTALLED,
    DEVICE_REFUSED,
    DEVICE_REVOKED,
    DEVICE_STATUS_COUNT
};

enum device_move {
    MOVE_NONE,
    MOVE_APPROVE,
    MOVE_REFUSE,
    MOVE_BLOCK,
    MOVE_UNBLOCK,
    MOVE_REVOKE,
    MOVE_REINSTATE,
    MOVE_UNINSTALL,
    MOVE_INIT,
    MOVE_AGENT_ENROL,
    MOVE_DELETE,
    DEVICE_MOVE_COUNT
};

/* Where a move leads. E_OK, and `*ret` is the new status (the same one: nothing changes); else the
 * refusal of that cell, with a sentence in `why`. */
err_t device_step(enum device_status from, enum device_move move, struct diag *why,
                  enum device_status *ret) MUST_USE;

const char *device_status_name(enum device_status s); /* "PENDING" ... */
/* E_BAD_FIELD. */
err_t device_status_parse(str_t name, enum device_status *ret) MUST_USE;
const char *device_move_name(enum device_move m); /* "approve" ... */
/* The same states in the words of /agents: "active", "uninstalled", "revoked" ... */
const char *agent_status_name(enum device_status s);
err_t agent_status_parse(str_t name, enum device_status *ret) MUST_USE;

#endif
