/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What changes between two configurations, as RFC 7386 sees them: objects are compared member by
 * member, everything else changes as a whole. Told in the order of member names by bytes.
 */
#ifndef DOMAIN_POLICY_CHANGES_H
#define DOMAIN_POLICY_CHANGES_H

#include "plat/json/json.h"

struct change {
    str_t pointer;           /* valid during the call */
    const struct json *from; /* borrowed; NULL: nothing was there */
    const struct json *to;   /* NULL: nothing is there any more */
};

typedef err_t change_f(void *arg, const struct change *change);

/* Both are objects. E_NO_MEMORY, or what `each` refused. */
err_t changes_tell(struct arena *a, const struct json *from, const struct json *to, change_f *each,
                   void *arg) MUST_USE;

#endif
