/* SPDX-License-Identifier: Apache-2.0 */
/* The installer's contract (API "/agents"): the same registry, for clients that know machines by
 * their own names. */
#ifndef DOMAIN_FLEET_AGENTS_H
#define DOMAIN_FLEET_AGENTS_H

#include "domain/fleet/enrolment_key.h"
#include "domain/fleet/fleet_lock.h"

struct agent_words { /* absent: what is stored stays */
    str_t user_name; /* the installer's own words, never the owner */
    str_t user_email;
    str_t user_id;
    str_t hostname;
    str_t os_info;
    str_t version;
};

struct agent_enrol_in {
    str_t machine_id;
    struct agent_words words;
    bool allow_reactivate;
    const struct fleet_rules *rules;
};

struct agent_enrol_out {
    bool created;
    bool reactivated; /* neither: an imported machine was adopted */
    struct row_device device;
    struct token_text token;
};

/*
 * act->actor: an enrolment key that approves, else E_APPROVAL_REQUIRED. Then, in order: the key's
 * own refusals, E_DEVICE_REVOKED, E_DEVICE_BLOCKED, E_FLEET_LOCKED, E_ALREADY_ENROLLED,
 * E_ALREADY_KNOWN (another key's machine, or no reactivation wanted), E_SIGNATURE_REQUIRED (it has
 * a key of its own).
 */
err_t agent_enrol(struct act *act, const struct agent_enrol_in *in,
                  struct agent_enrol_out *ret) MUST_USE;

/*
 * By the machine's own token, by device:revoke, or by a key made with may_uninstall of machines
 * that it enrolled; else E_FORBIDDEN. E_NOT_FOUND, E_CONFLICT (PENDING), E_DEVICE_REVOKED,
 * E_DEVICE_BLOCKED. With the reason `admin_revoke` by device:revoke it is a revocation.
 */
err_t agent_uninstall(struct act *act, str_t machine_id, str_t reason,
                      struct row_device *ret) MUST_USE;

/* The machine is there: seen, and its version noted. One that is not known, or not ENROLLED,
 * changes nothing. The same rights as uninstall. */
err_t agent_heartbeat(struct act *act, str_t machine_id, str_t version) MUST_USE;

/* Would it write anything, a refusal's event among it? Reads only. */
err_t agent_heartbeat_due(struct act *act, str_t machine_id, str_t version, bool *ret) MUST_USE;

/* Whose token is it? Absent: unknown here, or not ENROLLED. The time depends on neither. */
err_t agent_verify(struct act *act, str_t token, str_t *ret_machine_id) MUST_USE;

struct agent_page { /* newest enrolment first; `at` zero: from the start */
    ts_t at;
    oid_t id;
    int64_t limit;
};
/* `status` DEVICE_NONE: any. */
err_t agent_list(struct act *act, enum device_status status, struct agent_page page,
                 struct row_device **ret, size_t *ret_n) MUST_USE;
err_t agent_count(struct act *act, enum device_status status, int64_t *ret) MUST_USE;

#endif
