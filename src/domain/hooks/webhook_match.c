/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/hooks/webhook_match.h"

#include "base/glob.h"

static bool any_glob(str_t globs, str_t event)
{
    str_t part;
    if (globs.n == 0)
        return true;
    while (str_split(&globs, ' ', &part)) {
        if (part.n > 0 && glob_matches(part, event))
            return true;
    }
    return false;
}

/* Ids are unique: one that stands in an event is what the event is about, or what its details name.
 */
static bool concerns(oid_t id, str_t body)
{
    char text[OID_TEXT];
    if (!oid_is_set(id))
        return true;
    oid_format(id, text);
    return memmem(body.p, body.n, text, sizeof text) != NULL;
}

bool webhook_wants(const struct webhook_want *want, str_t event, str_t body)
{
    return any_glob(want->events, event) && concerns(want->group, body) &&
           concerns(want->application, body);
}
