/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fleet lock (FLEET "Devices" 2): shut, no machine that is not yet known comes in; with known =
 * refuse, no known one comes back either. A setting of the organisation; the environment or the
 * file may shut all of them, and what they say the API cannot undo.
 */
#ifndef DOMAIN_FLEET_FLEET_LOCK_H
#define DOMAIN_FLEET_FLEET_LOCK_H

#include "domain/live/act.h"

struct fleet_rules { /* what the configuration says; zero: nothing */
    bool locked;
    str_t locked_by;          /* the name that said it */
    int64_t open_most;        /* open requests of an organisation; 0: the default */
    int64_t open_per_machine; /* and of one machine */
};

struct fleet_lock {
    bool locked;
    bool refuse_known;
    str_t by; /* who locked it: "api", or the name in the configuration; absent: open */
};

err_t fleet_lock_get(struct act *act, const struct fleet_rules *rules,
                     struct fleet_lock *ret) MUST_USE;
/* E_CONFLICT: the configuration has locked it. */
err_t fleet_lock_set(struct act *act, const struct fleet_rules *rules, bool locked,
                     bool refuse_known) MUST_USE;
/* May a machine come in? `known`: it was in before. E_FLEET_LOCKED. */
err_t fleet_lock_check(struct act *act, const struct fleet_rules *rules, bool known) MUST_USE;

#endif
