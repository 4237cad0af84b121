/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/identity/first_start.h"

#include "domain/audit/audit.h"
#include "domain/identity/org_key.h"
#include "domain/identity/organisation.h"
#include "sql/store.h"

#define DEFAULT_SLUG "default"

/* The store's own birth and that of `default` are the first events of two chains. */
static err_t birth_audit(struct db *db, struct arena *a, oid_t store, oid_t org)
{
    CLEANUP(audit_freep) struct audit *log = NULL;
    TRY(audit_new(&log));
    struct audit_event made = { .action = STR("store.created"),
                                .actor_kind = ACTOR_SYSTEM,
                                .target_kind = STR("store"),
                                .target_id = store };
    TRY(audit_append(log, db, a, &made));
    struct audit_event first = { .org = org,
                                 .action = STR("organisation.created"),
                                 .actor_kind = ACTOR_SYSTEM,
                                 .target_kind = STR("organisation"),
                                 .target_id = org,
                                 .target_name = STR(DEFAULT_SLUG) };
    return audit_append(log, db, a, &first);
}

static err_t birth(struct act *act, oid_t *ret_default_org)
{
    struct sql_meta_make meta = { .id = oid_make(), .now = act->now };
    struct row_organisation org;
    TRY(sql_meta_make(act->db, &meta));
    TRY(organisation_create(act, STR(DEFAULT_SLUG), STR("Default"), &org));
    TRY(birth_audit(act->db, act->arena, meta.id, org.id));
    *ret_default_org = org.id;
    return E_OK;
}

err_t first_start(struct act *act, oid_t *ret_default_org)
{
    struct sql_organisation_by_slug in = { .slug = STR(DEFAULT_SLUG) };
    struct row_organisation org;
    err_t e = sql_organisation_by_slug(act->db, act->arena, &in, &org);
    if (e == E_NOT_FOUND)
        return birth(act, ret_default_org);
    TRY(e);
    TRY(org_keys_complete(act));
    *ret_default_org = org.id;
    return E_OK;
}
