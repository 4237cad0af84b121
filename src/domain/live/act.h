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

/* Of a refusal that has several causes: each field, and what is wanted there. */
struct act_flaw {
    str_t field;
    str_t want;
};
enum { ACT_FLAWS_MAX = 20 };

/* A membership that is tried: what if `member` entered the group `joins`, or left the group
 * `leaves`? What decides by memberships looks at it. All zero: nothing is tried. */
struct act_trial {
    oid_t member;
    oid_t joins;
    oid_t leaves;
};

struct act {
    struct arena *arena;    /* results live here */
    struct db *db;          /* a reader in a read transaction, or the writer's connection */
    struct diag why;        /* the first cause of a refusal */
    struct act_flaw *flaws; /* all of them, where it has several; in the arena */
    size_t flaws_n;
    struct actor actor;
    oid_t org; /* the organisation that is acted in */
    ts_t now;  /* one time for the whole act */
    const struct keys *keys;
    struct effects effects; /* what memory must forget after COMMIT */
    struct act_trial trial; /* only where nothing is written and nothing kept */
};

/* One more cause of a refusal, copied; the first becomes act->why as well. Past ACT_FLAWS_MAX
 * nothing is added. Returns E_BAD_FIELD, or E_NO_MEMORY. */
err_t act_flaw(struct act *act, str_t field, const struct diag *want) MUST_USE;
/* Forget the causes of an earlier attempt. */
void act_clear_why(struct act *act);

/* The trial where it is about this one; else nothing is tried. */
static inline struct act_trial act_trial_of(const struct act *act, oid_t member)
{
    return oid_eq(act->trial.member, member) ? act->trial : (struct act_trial){ .member = member };
}

err_t act_effect(struct act *act, struct effect what) MUST_USE;

/* The next number of the store's one counter, for a change of this scope's configuration (FLEET
 * "Resolution" 7): stored as the scope's last change, noted as EFFECT_SCOPE. Only on the writer. */
err_t act_scope_changed(struct act *act, enum scope_kind scope, oid_t org, oid_t id) MUST_USE;

#endif
