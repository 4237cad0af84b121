/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one principal may do through the gateway: his permission rows, most specific first, and the
 * device that he is on. Read once by a worker, never changed, shared by counted pointers
 * (base/ref.h).
 *
 * A device that has an owner acts as the two of them: rows of both count at one level, and so do
 * those of the groups of both, by the priority of the group.
 */
#ifndef DOMAIN_GATEWAY_ACCESS_H
#define DOMAIN_GATEWAY_ACCESS_H

#include "base/opt.h"
#include "domain/gateway/class.h"
#include "domain/gateway/condition.h"
#include "domain/live/act.h"

/* Whose a row is; `mcp_permission.kind`. The first three are those of enum actor_kind. */
enum gate_subject {
    GATE_SUBJECT_USER = ACTOR_USER,
    GATE_SUBJECT_SERVICE = ACTOR_SERVICE,
    GATE_SUBJECT_DEVICE = ACTOR_DEVICE,
    GATE_SUBJECT_GROUP,
    GATE_SUBJECT_DEFAULT,
    GATE_SUBJECTS
};

/* Of a row; `priority` is that of a group. */
int64_t gate_level(enum gate_subject kind, int64_t priority);

struct gate_source { /* whose a row is */
    enum gate_subject kind;
    str_t name;       /* of a group */
    int64_t priority; /* of a group */
};

/* One permission row as it is decided by. */
struct gate_rule {
    oid_t id;
    int64_t level;      /* rows of one level are equal; a lower one is more specific */
    const char *source; /* "user" "service-account" "device" "group NAME" "default" */
    oid_t server;       /* zero: every one */
    str_t tool;         /* "*": every one */
    opt_bool_t can[GATE_CLASSES];
    opt_bool_t enabled;
    opt_bool_t approval;
    struct gate_conditions when; /* of what it allows */
};

struct gate_access {
    oid_t org;
    enum actor_kind kind;
    oid_t id;
    oid_t person; /* the user himself, or the owner of the device; zero: none */
    struct gate_device device;
    bool shut; /* he may do nothing at all */
    const char *why_shut;
    bool looks_at_arguments;       /* some row does: read them before gate_decide */
    const struct gate_rule *rules; /* by level, then id */
    size_t rules_n;
    struct arena *arena; /* owns all of it */
};

enum { GATE_RULES_MAX = 20000, GATE_ACCESS_MAX = 16 * 1024 * 1024 };

struct gate_who {
    enum actor_kind kind; /* user, service account or device; ACTOR_NONE: the default alone, or */
    oid_t group;          /* that of whoever is in this group and in no other; zero: none */
    oid_t id;
    oid_t org;
    oid_t device; /* that a person is on; zero: not known, or `id` is one */
};

/* Its level and the name of its source. */
err_t gate_rule_place(struct arena *a, const struct gate_source *of,
                      struct gate_rule *ret) MUST_USE;
/* Into the order that a decision looks at them in: what is most specific first. */
void gate_rules_sort(struct gate_rule *rules, size_t n);

/* On a worker, in a read transaction; one reference. Somebody who is not active is `shut`.
 * E_NOT_FOUND: there is no such principal or device. */
err_t gate_access_load(struct act *act, const struct gate_who *who,
                       struct gate_access **ret) MUST_USE;

#endif
