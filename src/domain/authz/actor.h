/* SPDX-License-Identifier: Apache-2.0 */
/* Who acts, and what he may do: permissions are bits, roles are sets of them (perm.def). */
#ifndef DOMAIN_AUTHZ_ACTOR_H
#define DOMAIN_AUTHZ_ACTOR_H

#include "base/id.h"

enum role {
    ROLE_NONE,
    ROLE_ADMINISTRATOR,
    ROLE_OPERATOR,
    ROLE_AUDITOR,
    ROLE_ENROLLER,
    ROLE_USER,
    ROLE_SYSTEM_ADMINISTRATOR, /* of the whole server (docs/adr/0016); stored as a bit: last */
    ROLE_COUNT
};
/* Who administers an organisation, as a set. */
#define ROLES_ADMINISTER (1U << ROLE_ADMINISTRATOR | 1U << ROLE_SYSTEM_ADMINISTRATOR)

enum perm {
#define PERM(code, name, roles) PERM_##code,
#include "domain/authz/perm.def"
#undef PERM
    PERM_COUNT
};

typedef struct perms { /* a set of permissions, one bit each */
    uint64_t bits;
} perms_t;

/* A principal is a user, a service account or a device; an enrolment key acts only on the enrolment
 * rows. */
enum actor_kind {
    ACTOR_NONE,
    ACTOR_USER,
    ACTOR_SERVICE,
    ACTOR_DEVICE,
    ACTOR_ENROLMENT_KEY,
    ACTOR_SYSTEM
};

enum { ACTOR_NAME_MAX = 64 };

struct actor {
    enum actor_kind kind; /* ACTOR_NONE: nobody has proven anything */
    oid_t id;  /* of the user, service account, device or enrolment key; zero for the system */
    oid_t org; /* his own organisation */
    perms_t perms;
    int64_t join_seq; /* of a device: which of its tokens this is */
    oid_t session;    /* that the credential hangs on; zero: none, as for the next two */
    oid_t grant;
    oid_t client;              /* the application that it was given to */
    bool half;                 /* of a browser's session: a factor is missing yet */
    char name[ACTOR_NAME_MAX]; /* for the record, cut off where too long */
};

const char *perm_name(enum perm p);
const char *role_name(enum role r); /* "administrator" ... */
const char *
actor_kind_name(enum actor_kind k); /* "user" "service" "device" "enrollment-key" "system" "none" */
err_t role_parse(str_t name, enum role *ret) MUST_USE;
perms_t role_perms(enum role r);
perms_t roles_perms(uint32_t roles); /* a set: bit 1 << role */
perms_t perms_all(void);
/* All but system:admin: what a credential gives at most that others than its person look after. */
perms_t perms_but_server(void);

static inline bool perms_have(perms_t set, enum perm p)
{
    return (set.bits >> p & 1U) != 0;
}
/* Nobody gives what he lacks (API "roles"): is every bit of `asked` in `own`? */
static inline bool perms_cover(perms_t own, perms_t asked)
{
    return (asked.bits & ~own.bits) == 0;
}

#endif
