/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Devices as rows: reading them, and the moves that an administrator makes. Every function acts in
 * act->org; an id of another organisation is E_NOT_FOUND. Results live in act->arena. Each write
 * notes its effects.
 */
#ifndef DOMAIN_FLEET_DEVICE_H
#define DOMAIN_FLEET_DEVICE_H

#include "domain/fleet/device_state.h"
#include "domain/live/act.h"
#include "sql/fleet.h"

err_t device_get(struct act *act, oid_t id, struct row_device *ret) MUST_USE;
err_t device_by_machine_id(struct act *act, str_t machine_id, struct row_device *ret) MUST_USE;

/* Why the device is where it is: the columns of its state, never a word of another one. */
str_t device_reason(const struct row_device *d);

/*
 * block, unblock, revoke, reinstate, uninstall: `reason` may be absent. E_CONFLICT and the like by
 * the table of device_state.h. A revocation ends the device's requests and claims; its tokens stay
 * known, so that they are told why.
 */
err_t device_change(struct act *act, oid_t id, enum device_move move, str_t reason) MUST_USE;
/* The same for a row that was read in this transaction already. */
err_t device_change_row(struct act *act, const struct row_device *d, enum device_move move,
                        str_t reason) MUST_USE;

/* What an administrator gives a device beside its status. */
struct device_grants {
    bool has_user;
    oid_t user_id; /* zero with has_user: no owner any more */
    bool has_groups;
    const str_t *groups; /* ids or names */
    size_t groups_n;
    str_t labels; /* a JSON object of texts; absent: as they are */
};

/* Owner, groups, labels. E_BAD_FIELD: no such user or group. E_FORBIDDEN: a group with rights that
 * the actor lacks. */
err_t device_patch(struct act *act, oid_t id, const struct device_grants *grants) MUST_USE;

/* Where the table allows. E_CONFLICT. */
err_t device_delete(struct act *act, oid_t id) MUST_USE;

/* Everything of it but its history, whatever its state: for those who checked. */
err_t device_erase(struct act *act, oid_t id) MUST_USE;

/* The history, newest first. */
err_t device_history(struct act *act, oid_t id, struct row_device_event **ret,
                     size_t *ret_n) MUST_USE;

enum { DEVICE_HISTORY_MAX = 100 };

/* Effects of a change of this device on memory. */
err_t device_touched(struct act *act, oid_t id) MUST_USE;

/* A line of the history; every status change writes one. */
err_t device_note(struct act *act, const struct row_device *before, enum device_move move,
                  enum device_status to, str_t reason) MUST_USE;

/* ASCII lower case, in the arena: what searches run over. An absent text stays absent. */
err_t fleet_lower(struct arena *a, str_t s, str_t *ret) MUST_USE;

#endif
