/* SPDX-License-Identifier: Apache-2.0 */
/* The contract, part by part. A reader starts here: a row names its handler, what it needs, and
 * what it writes down. */
#include "api/routes.h"

#include "api/routes_parts.h"

/* clang-format off */
const struct route_table *const route_parts[] = {
    &routes_health,
    &routes_pages,
    &routes_config,
    &routes_console,
    &routes_factor,
    &routes_fleet,
    &routes_policy,
    &routes_rollout,
    &routes_schema,
    &routes_secret,
    &routes_keys,
    &routes_identity,
    &routes_people,
    &routes_signin,
    &routes_machine,
    &routes_access,
    &routes_forward,
    &routes_hooks,
    &routes_mcp,
    &routes_upstream,
    &routes_server,
    &routes_approval,
    &routes_permission,
    &routes_homeassistant,
    &routes_oauth,
    &routes_audit,
    &routes_operation,
};
/* clang-format on */
const size_t route_parts_n = ARRAY_LEN(route_parts);

enum load_class route_class(const struct route *r)
{
    if (r->tx == TX_URGENT)
        return LOAD_URGENT;
    if (r->load != LOAD_BULK)
        return r->load;
    return r->tx == TX_WRITE && r->check ? LOAD_ADMIN : LOAD_BULK;
}

/* What devices and their installers call, besides the rows that browsers' clients call (.cors). */
static bool is_of_devices(const struct route *r)
{
    static const char *const paths[] = { "/agents", "/devices/enroll" };
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        if (str_starts(str_from_cz(r->path), str_from_cz(paths[i])))
            return true;
    }
    return r->cors;
}

bool route_takes_cookie(const struct route *r)
{
    if (r->foreign || r->gateway)
        return false;
    if (r->page || r->cookie || r->auth == AUTH_SESSION)
        return true;
    return r->auth == AUTH_ACTOR && r->form == NULL && !is_of_devices(r);
}

const char *auth_name(enum auth a)
{
    static const char *const names[] = {
        [AUTH_CLOSED] = "closed", [AUTH_OPEN] = "open",   [AUTH_ACTOR] = "token",
        [AUTH_DEVICE] = "device", [AUTH_ENROL] = "enrol", [AUTH_SESSION] = "session",
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
