/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/config.h"

#include "domain/policy/version_load.h"

enum { VERSION_ARENA_MAX = 2 * 1024 * 1024, RESOLVE_ARENA_MAX = 8 * 1024 * 1024 };

err_t config_resolve(struct act *act, const struct config_plan *plan, struct arena *a,
                     struct resolve *ret)
{
    CLEANUP(arena_freep) struct arena *scratch = arena_new(VERSION_ARENA_MAX);
    CLEANUP(resolve_finip) struct resolve r = { 0 };
    if (scratch == NULL)
        return E_NO_MEMORY;
    TRY(resolve_init(&r, a));
    for (size_t i = 0; i < plan->entries_n; i++) {
        CLEANUP(loaded_version_finip) struct loaded_version v = { 0 };
        if (!oid_is_set(plan->entries[i].version))
            continue;
        arena_reset(scratch);
        TRY(version_load(act, scratch, plan, &plan->entries[i], &v));
        TRY(resolve_add(&r, &v.words));
    }
    *ret = r;
    r = (struct resolve){ 0 };
    return E_OK;
}

err_t config_compute(struct act *act, const struct config_plan *plan, struct config_body *ret)
{
    CLEANUP(arena_freep) struct arena *kept = arena_new(RESOLVE_ARENA_MAX);
    CLEANUP(resolve_finip) struct resolve r = { 0 };
    if (kept == NULL)
        return E_NO_MEMORY;
    TRY(config_resolve(act, plan, kept, &r));
    return config_body_of(act, &r, ret);
}

err_t config_body_of(struct act *act, const struct resolve *r, struct config_body *ret)
{
    struct buf b;
    struct config_body body = { 0 };
    buf_init(&b, CONFIG_BODY_MAX);
    resolve_write(r, &b);
    err_t e = b.err;
    if (e == E_TOO_BIG)
        (void)FAIL(&act->why, e, "the effective configuration is over %d KiB",
                   CONFIG_BODY_MAX / 1024); /* e says the same */
    if (e == E_OK)
        e = str_copy(act->arena, buf_str(&b), &body.bytes);
    if (e == E_OK && r->newest.p != NULL)
        e = str_copy(act->arena, r->newest, &body.version);
    if (e == E_OK) {
        body.etag = sha256_of(body.bytes);
        *ret = body;
    }
    buf_fini(&b);
    return e;
}
