/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/identity/organisation.h"

#include "domain/identity/account.h"
#include "domain/identity/org_key.h"

err_t organisation_find(struct act *act, str_t slug, oid_t *ret)
{
    struct sql_organisation_by_slug in = { .slug = slug };
    struct row_organisation row;
    err_t e = sql_organisation_by_slug(act->db, act->arena, &in, &row);
    if (e == E_NOT_FOUND || (e == E_OK && row.status != ACCOUNT_ACTIVE))
        return FAIL(&act->why, E_NOT_FOUND, "there is no such organisation");
    TRY(e);
    *ret = row.id;
    return E_OK;
}

err_t organisation_create(struct act *act, str_t slug, str_t name, struct row_organisation *ret)
{
    struct sql_organisation_add in = {
        .id = oid_make(), .slug = slug, .name = name, .status = ACCOUNT_ACTIVE, .now = act->now
    };
    err_t e = sql_organisation_add(act->db, &in);
    if (e == E_CONFLICT)
        return FAIL(&act->why, E_CONFLICT, "an organisation with this slug is there already");
    TRY(e);
    TRY(org_key_make(act, in.id));
    struct sql_organisation_by_id get = { .id = in.id };
    return sql_organisation_by_id(act->db, act->arena, &get, ret);
}

err_t organisation_page(struct act *act, oid_t after, int64_t n, struct row_organisation **ret,
                        size_t *ret_n)
{
    struct sql_organisation_list in = { .after = after, .n = n };
    return sql_organisation_list(act->db, act->arena, &in, ret, ret_n);
}
