/* SPDX-License-Identifier: Apache-2.0 */
/* Which events a webhook wants. */
#ifndef DOMAIN_HOOKS_WEBHOOK_MATCH_H
#define DOMAIN_HOOKS_WEBHOOK_MATCH_H

#include "base/id.h"

struct webhook_want {
    str_t events; /* globs by blanks; empty: all */
    oid_t group;  /* zero: any */
    oid_t application;
};

/* `body`: of the event, where an id stands as text. */
bool webhook_wants(const struct webhook_want *want, str_t event, str_t body);

#endif
