/* SPDX-License-Identifier: Apache-2.0 */
/* Inside domain/access: what is known of who asks. */
#ifndef DOMAIN_ACCESS_FACTS_H
#define DOMAIN_ACCESS_FACTS_H

#include "domain/access/decide.h"

struct access_facts {
    bool active;    /* its account may act */
    int64_t roles;  /* with those of its groups */
    str_t username; /* of a service account its name, of a device its machine_id */
    str_t email;    /* of a user */
    str_t display_name;
};

/* E_NOT_FOUND: there is no such principal in `org`. */
err_t facts_load(struct act *act, oid_t org, enum actor_kind kind, oid_t id,
                 struct access_facts *ret) MUST_USE;
static inline bool facts_administrator(const struct access_facts *f)
{
    return (f->roles & ROLES_ADMINISTER) != 0;
}

#endif
