/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas and what a device would have: the one place where a configuration is looked at whole. */
#include "domain/policy/preview.h"

#include "domain/policy/config_schema.h"
#include "domain/policy/resolve.h"

enum { FAULTS_SCRATCH_MAX = 32 * 1024 * 1024 };

static err_t keep(struct arena *a, const struct schema_faults *from, struct schema_faults *ret)
{
    for (size_t i = 0; i < from->n; i++) {
        TRY(str_copy(a, from->v[i].pointer, &ret->v[i].pointer));
        TRY(str_copy(a, from->v[i].want, &ret->v[i].want));
        ret->v[i].keyword = from->v[i].keyword;
    }
    ret->n = from->n;
    return E_OK;
}

err_t preview_faults(struct act *act, const struct config_draft *draft, oid_t device,
                     struct schema_faults *ret)
{
    CLEANUP(arena_freep) struct arena *scratch = arena_new(FAULTS_SCRATCH_MAX);
    CLEANUP(resolve_finip) struct resolve r = { 0 };
    struct act look = *act;
    struct config_plan plan;
    struct schema_faults faults;
    ret->n = 0;
    if (scratch == NULL)
        return E_NO_MEMORY;
    look.arena = scratch;
    err_t e = config_plan(&look, &(struct config_ask){ .device = device, .draft = draft }, &plan);
    if (e == E_NOT_FOUND)
        return E_OK; /* a device of another organisation, whose schemas are not ours */
    TRY(e);
    TRY(config_resolve(&look, &plan, scratch, &r));
    if (!resolve_enabled(&r))
        return E_OK; /* it would have nothing */
    TRY(schema_check_effective(&look, r.merge.value, &faults));
    return keep(act->arena, &faults, ret);
}
