/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The effective configuration of a device (FLEET "Resolution"), in two steps so that its result can
 * be shared: config_plan asks the store which versions the device gets; config_compute reads and
 * merges them. Devices with equal plan digests get the same bytes: compute once and keep it by
 * that digest. A plan is valid until one of its scopes changes (EFFECT_SCOPE), or the device's
 * owner or groups do.
 */
#ifndef DOMAIN_POLICY_CONFIG_H
#define DOMAIN_POLICY_CONFIG_H

#include "base/opt.h"
#include "domain/live/act.h"
#include "plat/crypto/crypto.h"

struct resolve;
struct plan_cache;

enum { CONFIG_BODY_MAX = 1024 * 1024 };

struct config_scope { /* the key of a row of scope_seq, and of EFFECT_SCOPE */
    enum scope_kind kind;
    oid_t org; /* zero for SCOPE_GLOBAL */
    oid_t id;  /* zero for SCOPE_GLOBAL, the organisation for SCOPE_ORG */
};

/* An assignment that does not exist yet. */
struct config_trial {
    enum scope_kind scope;
    oid_t target;
    int64_t priority;
    oid_t version; /* that it gives; zero: nothing of the policy is published */
    bool pinned;
};

/* What would be published or assigned: nobody gets it, it only answers "what if". */
struct config_draft {
    oid_t policy;
    oid_t version; /* of the stored draft, or a fresh id for words that are stored nowhere; zero:
                      every version stays what it is */
    str_t content; /* canonical text of a JSON object */
    str_t locked;  /* text of a JSON array */
    opt_bool_t enabled;
    const struct config_trial *trial; /* of this policy; NULL: only those that there are */
    oid_t gone; /* assignment of this policy that would not be there; zero: none */
};

struct config_ask {
    oid_t device;
    ts_t at;                          /* a moment since history_begin(); unset: now */
    const struct config_draft *draft; /* stands in for the newest of its policy; NULL: none */
    struct plan_cache *cache; /* of plans of now in one transaction, without seq; NULL: none */
};

struct config_entry { /* one assignment that reaches the device */
    enum scope_kind level;
    size_t scope; /* of config_plan.scopes */
    oid_t assignment;
    oid_t policy;
    oid_t version; /* zero: nothing of this policy is published */
    int64_t priority;
    bool pinned;   /* to this version; else it follows the newest */
    oid_t rollout; /* this version is its target, not the newest; zero: none */
    oid_t newest;  /* what it would be without the rollout */
};

struct config_plan {
    struct config_entry *entries; /* what applies later last */
    size_t entries_n;
    struct config_scope *scopes; /* global, organisation, each group, user (if any), device */
    size_t scopes_n;
    const struct config_draft *draft; /* borrowed; NULL: none is tried */
    ts_t at;                          /* of the ask */
    digest_t digest;                  /* of levels and versions */
    int64_t seq; /* the greatest scope_seq of its scopes; 0: none changed, or not of now */
};

struct config_body {
    str_t bytes;   /* the canonical {"config":{},"enabled":..,"version":..} */
    digest_t etag; /* SHA-256 of bytes */
    str_t version; /* "YYYY-MM-DD.n"; absent: null, no policy took part */
};

/* All in act->arena. E_NOT_FOUND: no such device in act->org. Its status is not looked at. */
err_t config_plan(struct act *act, const struct config_ask *ask, struct config_plan *ret) MUST_USE;

/* The same plan as it would be with this draft in the place of the newest version, whatever a
 * rollout gives now, and with its assignment. */
err_t config_plan_with(struct act *act, const struct config_plan *plan,
                       const struct config_draft *draft, struct config_plan *ret) MUST_USE;
/* The same plan as it would be without this rollout; *ret_reached: does it play a part at all? */
err_t config_plan_without(struct act *act, const struct config_plan *plan, oid_t rollout,
                          struct config_plan *ret, bool *ret_reached) MUST_USE;

/* Of levels and versions, in order. */
err_t config_plan_digest(const struct config_plan *plan, digest_t *ret) MUST_USE;

/* Merge the versions of a plan; `a` keeps what the result is made of. Errors as below. */
err_t config_resolve(struct act *act, const struct config_plan *plan, struct arena *a,
                     struct resolve *ret) MUST_USE;

/* E_TOO_BIG: the body would be over CONFIG_BODY_MAX. E_CORRUPT: stored content is not what was
 * published. E_NOT_FOUND: a version of the plan was deleted since (plan again). */
err_t config_compute(struct act *act, const struct config_plan *plan,
                     struct config_body *ret) MUST_USE;

/* The body of what is resolved. E_TOO_BIG. */
err_t config_body_of(struct act *act, const struct resolve *r, struct config_body *ret) MUST_USE;

#endif
