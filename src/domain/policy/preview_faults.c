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
        TRY(str_copy(a, from->v[i].of, &ret->v[i].of));
        ret->v[i].keyword = from->v[i].keyword;
        ret->v[i].message = from->v[i].message;
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
    struct schema_faults faults = { .n = 0 };
    struct schema_faults kept = { .n = 0 };
    if (scratch == NULL)
        return E_NO_MEMORY;
    look.arena = scratch;
    err_t e = config_plan(&look, &(struct config_ask){ .device = device, .draft = draft }, &plan);
    if (e == E_NOT_FOUND) { /* a device of another organisation, whose schemas are not ours */
        ret->n = 0;
        return E_OK;
    }
    TRY(e);
    TRY(config_resolve(&look, &plan, scratch, &r));
    if (resolve_enabled(&r)) /* else it would have nothing */
        TRY(schema_check_effective(&look, r.merge.value, &faults));
    TRY(keep(act->arena, &faults, &kept));
    *ret = kept;
    return E_OK;
}
