/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who would gain or lose what, before it is done: roles, applications, tools, values of a
 * configuration. Everything is decided twice, as it is and as it would be, by what decides it
 * otherwise; only the difference is answered. Reads only; in bounded memory and time.
 */
#ifndef DOMAIN_WHATIF_WHATIF_H
#define DOMAIN_WHATIF_WHATIF_H

#include "domain/access/binding.h"
#include "domain/access/rule.h"
#include "domain/gateway/trial.h"
#include "plat/crypto/crypto.h"

enum {
    WHATIF_LOOKED_MAX = 50000, /* principals that are looked at */
    WHATIF_RESULTS_MAX = 100,  /* that are shown */
    WHATIF_CHANGES_MAX = 500,  /* of one result that are shown */
    WHATIF_SAMPLE_MAX = 10,
    WHATIF_TEXT_MAX = 1024 * 1024, /* of all that is shown */
};
/* A reader is ended after 5 s: a partial answer comes before. */
#define WHATIF_TIME_MAX DUR_MS(4000)

enum whatif_what {
    WHATIF_ROLE,
    WHATIF_APPLICATION,
    WHATIF_TOOL,
    WHATIF_VALUE,   /* of a device's configuration */
    WHATIF_ENABLED, /* whether it has one at all: "true" "false" */
};

/* `from` and `to` are "none", "conditional", "approval" or "allowed"; of a value texts of JSON,
 * absent: nothing is there. */
struct whatif_change {
    enum whatif_what what;
    oid_t id;   /* of an application */
    str_t name; /* of a role or an application; SERVER/TOOL; a pointer */
    str_t from;
    str_t to;
    str_t by; /* what decides then: source of a permission, name of a rule; absent: not said */
};

struct whatif_who {
    enum actor_kind kind; /* user, service account or device */
    oid_t id;
    str_t name;
};

struct whatif_result { /* what changes in the same way for `who_n` principals */
    digest_t digest;   /* of all of it */
    size_t who_n;
    struct whatif_who sample[WHATIF_SAMPLE_MAX];
    size_t sample_n;
    const struct whatif_change *changes;
    size_t changes_n; /* that are shown */
    size_t changes_all;
};

struct whatif {
    size_t looked_n;
    size_t changed_n; /* who gain or lose something */
    bool truncated;   /* a limit was met: the counts are of `looked_n`, or changes are missing */
    struct whatif_result *results; /* in the order in which they were met */
    size_t results_n;
};

/* All of the answers lie in act->arena. */

/* Other permissions of a subject: which tools whom they concern may call then. Prompts and
 * resources are not looked at. */
err_t whatif_permissions(struct act *act, const struct permission_of *of,
                         const struct gate_trial *trial, struct whatif *ret) MUST_USE;

/* A binding more, or one less. */
struct whatif_binding {
    const struct row_application *app;
    enum binding_kind kind;
    oid_t target;
    oid_t without; /* the binding that goes; zero: one that comes */
};
err_t whatif_binding(struct act *act, const struct whatif_binding *what,
                     struct whatif *ret) MUST_USE;

/* An access rule that comes, changes or goes: people and service accounts; by the applications that
 * they are bound to, where it is about all of them. */
err_t whatif_rule(struct act *act, const struct rule_draft *what, struct whatif *ret) MUST_USE;

/* Somebody enters a group or leaves it; with a person, what his devices gain or lose. */
struct whatif_membership {
    oid_t group;
    enum actor_kind kind;
    oid_t member;
    bool leaves;
};
err_t whatif_membership(struct act *act, const struct whatif_membership *what,
                        struct whatif *ret) MUST_USE;

#endif
