/* SPDX-License-Identifier: Apache-2.0 */
/*
 * May this principal use this application, now and from here? Asked at sign-in to an application,
 * at each refresh, at device approval, token exchange, client credentials and each request of
 * forward-auth. In this order: the application is enabled; the principal is active and of its
 * organisation; one of administrators wants the role administrator; there is a binding; the rules.
 * Whatever is unknown or fails is a refusal.
 */
#ifndef DOMAIN_ACCESS_DECIDE_H
#define DOMAIN_ACCESS_DECIDE_H

#include "domain/access/application.h"

enum access_effect {
    ACCESS_DENY, /* zero is safe */
    ACCESS_ALLOW,
    ACCESS_REQUIRE_MFA,    /* allowed after a second factor; only where there is a session */
    ACCESS_REQUIRE_REAUTH, /* allowed after signing in anew; only where there is a session */
    ACCESS_EFFECT_COUNT
};

/* What a session proves; of its row. */
struct access_proof {
    ts_t auth_at; /* of the newest whole authentication */
    ts_t mfa_at;  /* of the newest second factor; absent: none */
};

struct rule_draft;
struct access_ask {
    const struct row_application *app;
    enum actor_kind kind; /* user, service account or device */
    oid_t principal;
    oid_t org;                        /* the principal's; zero: that of the application */
    const struct access_proof *proof; /* NULL: there is no session */
    str_t ip;                         /* as text; absent: not known */
    str_t scope;                      /* what is asked for, by blanks */
    oid_t device;                     /* on which the person is; zero: not known */
    bool binds;                       /* what if a binding named him? */
    oid_t without;                    /* what if this binding were not there? zero: all are */
    const struct rule_draft *rule;    /* what if this rule were so? NULL: all are as they are */
};

struct access_decision {
    enum access_effect effect;
    oid_t rule; /* which one decided; zero: none did */
    str_t rule_name;
    str_t reason; /* one sentence for the record, never for strangers */
};

const char *access_effect_name(enum access_effect e); /* "deny" "allow" "require_mfa" ... */

/* Errors are those of the store only: a refusal is a decision. */
err_t access_decide(struct act *act, const struct access_ask *ask,
                    struct access_decision *ret) MUST_USE;

/* The applications that somebody is bound to, by name, at most ACCESS_LIST_MAX: those of
 * administrators only where he is one. Rules are not asked. */
enum { ACCESS_LIST_MAX = 500 };
err_t access_of(struct act *act, enum actor_kind kind, oid_t principal,
                struct row_application **ret, size_t *ret_n) MUST_USE;

/* The same without those that the rules refuse just now. `ask`: who, and what is known of him;
 * its application is not looked at. */
err_t access_open_now(struct act *act, const struct access_ask *ask, struct row_application **ret,
                      size_t *ret_n) MUST_USE;

#endif
