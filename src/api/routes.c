/* SPDX-License-Identifier: Apache-2.0 */
/* The contract, part by part. A reader starts here: a row names its handler, what it needs, and
 * what it writes down. */
#include "api/routes.h"

#include "api/routes_parts.h"

const struct route_table *const route_parts[] = {
    &routes_health,   &routes_config, &routes_fleet,   &routes_policy,
    &routes_rollout,  &routes_schema, &routes_secret,  &routes_keys,
    &routes_identity, &routes_people, &routes_machine, &routes_audit,
};
const size_t route_parts_n = ARRAY_LEN(route_parts);

enum load_class route_class(const struct route *r)
{
    if (r->tx == TX_URGENT)
        return LOAD_URGENT;
    if (r->load != LOAD_BULK)
        return r->load;
    return r->tx == TX_WRITE && r->check ? LOAD_ADMIN : LOAD_BULK;
}

const char *auth_name(enum auth a)
{
    static const char *const names[] = {
        [AUTH_CLOSED] = "closed", [AUTH_OPEN] = "open",   [AUTH_ACTOR] = "token",
        [AUTH_DEVICE] = "device", [AUTH_ENROL] = "enrol",
    };
    return names[a];
}

const char *tx_name(enum tx t)
{
    static const char *const names[] = {
        [TX_NONE] = "none",
        [TX_READ] = "read",
        [TX_WRITE] = "write",
        [TX_URGENT] = "urgent",
    };
    return names[t];
}
