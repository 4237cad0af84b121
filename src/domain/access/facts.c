/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/access/facts.h"

#include "sql/identity.h"

enum { DEVICE_ENROLLED = 2 }; /* of the table `device` */

static err_t user_facts(struct act *act, oid_t org, oid_t id, struct access_facts *ret)
{
    struct sql_user_get in = { .org = org, .id = id };
    struct row_user_account row;
    TRY(sql_user_get(act->db, act->arena, &in, &row));
    *ret = (struct access_facts){ .active = row.status == ACCOUNT_ACTIVE,
                                  .username = row.username,
                                  .email = row.email,
                                  .display_name = row.display_name };
    return roles_of(act, org, ACTOR_USER, id, row.roles, &ret->roles);
}

static err_t service_facts(struct act *act, oid_t org, oid_t id, struct access_facts *ret)
{
    struct sql_service_get in = { .org = org, .id = id };
    struct row_service_account row;
    TRY(sql_service_get(act->db, act->arena, &in, &row));
    *ret = (struct access_facts){ .active = row.status == ACCOUNT_ACTIVE, .username = row.name };
    return roles_of(act, org, ACTOR_SERVICE, id, row.roles, &ret->roles);
}

/* A device has no role, whatever its groups have. */
static err_t device_facts(struct act *act, oid_t org, oid_t id, struct access_facts *ret)
{
    struct sql_actor_device in = { .org = org, .id = id };
    struct sql_actor_device_row row;
    TRY(sql_actor_device(act->db, act->arena, &in, &row));
    *ret = (struct access_facts){ .active = row.status == DEVICE_ENROLLED, .username = row.name };
    return E_OK;
}

err_t facts_load(struct act *act, oid_t org, enum actor_kind kind, oid_t id,
                 struct access_facts *ret)
{
    struct access_facts f = { 0 };
    if (kind == ACTOR_USER)
        TRY(user_facts(act, org, id, &f));
    else if (kind == ACTOR_SERVICE)
        TRY(service_facts(act, org, id, &f));
    else if (kind == ACTOR_DEVICE)
        TRY(device_facts(act, org, id, &f));
    else
        return E_NOT_FOUND;
    *ret = f;
    return E_OK;
}
