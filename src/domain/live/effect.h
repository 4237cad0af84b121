/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a transaction makes untrue in memory. Effects are applied by the writer after COMMIT and
 * before the replies of the group; they only ever drop or raise, so applying one twice, or one too
 * many, is harmless: memory is filled again from the store.
 */
#ifndef DOMAIN_LIVE_EFFECT_H
#define DOMAIN_LIVE_EFFECT_H

#include "domain/authz/actor.h"

enum scope_kind { SCOPE_GLOBAL = 1, SCOPE_ORG, SCOPE_GROUP, SCOPE_USER, SCOPE_DEVICE };

enum effect_kind {
    EFFECT_NONE,
    EFFECT_DEVICE,    /* id: status, owner, groups or tokens of this device changed */
    EFFECT_PRINCIPAL, /* id: rights, status or tokens of this user, service account or enrolment key
                         changed */
    EFFECT_SCOPE,     /* scope, org, id: configuration of this scope changed at seq */
    EFFECT_SIGNER,    /* org: another key signs for the organisation */
    EFFECT_TOKENS, /* a key that signed tokens is not believed any more: whatever hangs on a session
                      or is a token of this issuer is looked at again */
    EFFECT_ORG,    /* org: settings of the organisation (fleet lock, limits) changed */
    EFFECT_NOTICE, /* id: this person has another notice; memory keeps none, his pages look again */
    EFFECT_DISOWNED, /* id: a device is no longer this person's; the same */
    EFFECT_GATEWAY,  /* org: servers, tools or permissions of its gateway changed; id: those of this
                        principal alone */
};

struct effect {
    enum effect_kind kind;
    enum scope_kind scope;
    oid_t org;
    oid_t id;
    int64_t seq;
    struct effect *next;
};

struct effects { /* in the request's arena, in order */
    struct effect *first;
    struct effect **last;
};

void effects_init(struct effects *e); /* also: forget what an earlier run of the job noted */
err_t effect_add(struct arena *a, struct effects *e, struct effect what) MUST_USE;

#endif
