/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rollouts: a version of a policy goes to the fleet ring by ring, and stops by itself where too
 * many devices fail (docs/ROLLOUTS.md). A rollout publishes its version without making it the
 * policy's newest; the members of its rings so far get it (rollout_arm.h), everybody else what is
 * newest. Completing makes it the newest; aborting takes it away.
 *
 * All in act->org, on the writer where something changes. Each decision is one conditional UPDATE,
 * a row of rollout_event and an event of the record, in one transaction.
 */
#ifndef DOMAIN_POLICY_ROLLOUT_H
#define DOMAIN_POLICY_ROLLOUT_H

#include "base/opt.h"
#include "domain/live/act.h"
#include "domain/policy/rollout_gate.h"
#include "sql/rollout.h"

enum {
    ROLLOUT_RINGS_MAX = 20,
    ROLLOUT_OPEN_MAX = 20, /* of an organisation, under way at once */
    ROLLOUT_SEED_MAX = 64,
    ROLLOUT_TIME_MAX_S = 30 * 86400,
    /* What is taken where nothing is said. */
    ROLLOUT_MIN_EXECUTED = 5,
    ROLLOUT_MAX_FAILED = 2000, /* 2 % */
    ROLLOUT_TIMEOUT_S = 3600,
    ROLLOUT_LOST_AFTER_S = 900,
    ROLLOUT_AWAY_AFTER_S = 300,
};

struct rollout_ring_in {
    str_t name;          /* absent: of its selector or percentage */
    str_t group;         /* id or name */
    str_t label;         /* "name=value" */
    opt_milli_t percent; /* one of the three */
    opt_i64_t min_executed;
    opt_i64_t soak_s;
    opt_bool_t approval; /* a person must promote it */
    opt_bool_t pause;    /* when it is over, the rollout pauses */
};

struct rollout_in {
    oid_t policy_id; /* of a new one */
    opt_i64_t to;    /* number of the version: a draft, or published */
    opt_i64_t from;  /* what must be the newest when it starts */
    str_t seed;      /* absent: its id */
    const struct rollout_ring_in *rings;
    size_t rings_n; /* 0 in a change: as they are */
    opt_i64_t min_executed;
    opt_milli_t max_failed;
    opt_i64_t timeout_s;
    opt_i64_t lost_after_s;
    opt_i64_t away_after_s;
    opt_bool_t auto_rollback;
};

struct rollout { /* with its rings, from the first on */
    struct row_rollout r;
    struct row_rollout_ring *rings;
    size_t rings_n;
};

/* E_NOT_FOUND: no such policy, version or group here. E_BAD_FIELD: the rings are in a bad order. */
err_t rollout_create(struct act *act, const struct rollout_in *in, struct rollout *ret) MUST_USE;
err_t rollout_find(struct act *act, oid_t id, struct rollout *ret) MUST_USE;
/* For a row that was read by itself. */
err_t rollout_load_rings(struct act *act, struct rollout *ro) MUST_USE;

struct rollout_filter { /* zero: any */
    oid_t policy_id;
    int64_t states; /* a set: 1 << enum rollout_state */
    str_t search;   /* a part of the policy's name, A to Z in either case */
    bool newest;    /* in order of making when false */
};
/* Behind `after`; zero: from the first. */
err_t rollout_list(struct act *act, const struct rollout_filter *f, oid_t after, int64_t limit,
                   struct row_rollout **ret, size_t *ret_n) MUST_USE;
err_t rollout_count(struct act *act, const struct rollout_filter *f, int64_t *ret) MUST_USE;
/* E_CONFLICT: it is no draft any more. */
err_t rollout_change(struct act *act, const struct rollout *old, const struct rollout_in *in,
                     struct rollout *ret) MUST_USE;
/* E_CONFLICT: it is under way. */
err_t rollout_delete(struct act *act, const struct rollout *old) MUST_USE;

/*
 * Each E_CONFLICT where the state does not allow it.
 * start: publishes its version, begins the first ring. E_CONFLICT also: the policy or one of its
 * devices is in another rollout, which is named; the newest version is not `from`; too many are
 * under way. E_FORBIDDEN: what follows the policy is global, and the actor no system administrator.
 */
err_t rollout_start(struct act *act, struct rollout *ro) MUST_USE;
err_t rollout_pause(struct act *act, struct rollout *ro, str_t reason) MUST_USE;
err_t rollout_resume(struct act *act, struct rollout *ro) MUST_USE;
/* The approval of the current ring. `ring`: 0, or the one that the caller means. `force`: go on
 * though devices are pending or away, and without soaking; not where too many failed. */
err_t rollout_promote(struct act *act, struct rollout *ro, int64_t ring, bool force) MUST_USE;
/* `rollback` unset: as the rollout says. Aborted before, and held: taken back now. */
err_t rollout_abort(struct act *act, struct rollout *ro, opt_bool_t rollback,
                    str_t reason) MUST_USE;

/* E_CONFLICT: a rollout of this policy is under way; `why` names it. For publications. */
err_t rollout_policy_is_free(struct act *act, oid_t policy) MUST_USE;
/* E_CONFLICT: a rollout of another policy reaches a device that this policy reaches too. */
err_t rollout_shares_nobody(struct act *act, oid_t policy) MUST_USE;
/* The same, where a rollout of this policy is under way: its assignments have moved. */
err_t rollout_may_reach(struct act *act, oid_t policy) MUST_USE;

struct rollout_counts rollout_ring_counts(const struct row_rollout_ring *ring);
/* The gate of the current ring; ring 0 has none. */
struct rollout_gate rollout_gate_of(const struct rollout *ro, ts_t now);
/* What will happen next, as a sentence in the arena. */
err_t rollout_next(struct act *act, const struct rollout *ro, str_t *ret) MUST_USE;

#endif
