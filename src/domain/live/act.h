/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One act: who does what in which organisation, inside one transaction. Every function of the
 * domain that reads or writes the store takes one; the api fills it from a request, a tool (import,
 * tests) by hand.
 */
#ifndef DOMAIN_LIVE_ACT_H
#define DOMAIN_LIVE_ACT_H

#include "base/clock.h"
#include "domain/live/effect.h"
#include "plat/db/db.h"

struct keys; /* domain/identity */

struct act {
    struct arena *arena; /* results live here */
    struct db *db;       /* a reader in a read transaction, or the writer's connection */
    struct diag why;     /* the first cause of a refusal */
    struct actor actor;
    oid_t org; /* the organisation that is acted in */
    ts_t now;  /* one time for the whole act */
    const struct keys *keys;
    struct effects effects; /* what memory must forget after COMMIT */
};

err_t act_effect(struct act *act, struct effect what) MUST_USE;

/* The next number of the store's one counter, for a change of this scope's configuration (FLEET
 * "Resolution" 7): stored as the scope's last change, noted as EFFECT_SCOPE. Only on the writer. */
err_t act_scope_changed(struct act *act, enum scope_kind scope, oid_t org, oid_t id) MUST_USE;

#endif
