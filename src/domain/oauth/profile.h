/* SPDX-License-Identifier: Apache-2.0 */
/* What a client is told of a person (OpenID Connect Core 5.4), by the scopes that it was granted.
 */
#ifndef DOMAIN_OAUTH_PROFILE_H
#define DOMAIN_OAUTH_PROFILE_H

#include "domain/live/act.h"
#include "plat/json/out.h"

struct profile {
    oid_t sub;
    str_t name; /* absent: its scope was not granted, as for all that follows */
    str_t preferred_username;
    str_t email;
    bool email_verified;
    const str_t *groups;
    size_t groups_n;
    bool has_groups;
};
/* Of a user of act->org. E_NOT_FOUND: he is gone. */
err_t profile_load(struct act *act, oid_t user, str_t scope, struct profile *ret) MUST_USE;
/* Its members but `sub`, into an object that is open. */
void profile_write(struct json_out *o, const struct profile *p);

#endif
