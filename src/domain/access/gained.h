/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a change of memberships or of an account opens and shuts: look before, make the change, look
 * again. What was granted at an application that somebody loses ends with it.
 */
#ifndef DOMAIN_ACCESS_GAINED_H
#define DOMAIN_ACCESS_GAINED_H

#include "domain/access/decide.h"

struct access_watch {
    enum actor_kind kind; /* a device has nothing to lose here */
    oid_t id;
    str_t name; /* for the record; absent: it is not there yet */
    const struct row_application *had;
    size_t had_n;
};

struct access_change { /* names of applications, in act->arena */
    str_t name;        /* of the principal */
    const str_t *gained;
    size_t gained_n;
    const str_t *lost;
    size_t lost_n;
};

/* Before the change. Of a principal that is not there yet: nothing. */
err_t access_watch(struct act *act, enum actor_kind kind, oid_t id,
                   struct access_watch *ret) MUST_USE;
/* After it, in the same transaction. */
err_t access_settle(struct act *act, const struct access_watch *watch,
                    struct access_change *ret) MUST_USE;

#endif
