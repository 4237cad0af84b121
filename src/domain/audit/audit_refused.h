/* SPDX-License-Identifier: Apache-2.0 */
/* What the record of all organisations knows of refusals: by day, and who and where from most. */
#ifndef DOMAIN_AUDIT_AUDIT_REFUSED_H
#define DOMAIN_AUDIT_AUDIT_REFUSED_H

#include "domain/audit/audit_body.h"

enum { REFUSED_DAYS = 30, REFUSED_TOP = 10, REFUSED_LOOK_MAX = 200000 };

struct refused_day {
    ts_t day;         /* its begin, UTC */
    int64_t failures; /* wrong passwords and second factors */
    int64_t locks;    /* tries that came before an account's wait was over */
    int64_t denials;  /* everything else, and each refused call of nobody in particular */
};

struct refused_party {
    str_t name;
    int64_t n;
};

struct refused_sums {
    struct refused_day days[REFUSED_DAYS]; /* the newest last */
    struct refused_party addresses[REFUSED_TOP];
    size_t addresses_n;
    struct refused_party names[REFUSED_TOP];
    size_t names_n;
    bool complete; /* false: the record is so long that the oldest of these days were not reached */
};

/* Names and addresses that were erased are not told. Texts live in the arena. */
err_t audit_refused(struct db *db, struct arena *a, ts_t now, struct refused_sums *ret) MUST_USE;

#endif
