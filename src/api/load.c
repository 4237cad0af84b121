/* SPDX-License-Identifier: Apache-2.0 */
#include "api/load.h"

#include "base/ref.h"
#include "domain/policy/config.h"

static struct effective *effective_make(const struct config_plan *plan,
                                        const struct config_body *body)
{
    struct effective *e = ref_new(sizeof *e + body->bytes.n);
    if (e == NULL)
        return NULL;
    e->plan = plan->digest;
    e->etag = body->etag;
    e->version_n = body->version.n < sizeof e->version ? body->version.n : 0;
    memcpy(e->version, body->version.p != NULL ? body->version.p : "", e->version_n);
    e->n = body->bytes.n;
    memcpy(e->body, body->bytes.p, body->bytes.n);
    return e;
}

/* But for the device's own scope: its changes drop the whole row (live/apply.c). */
static err_t plan_scopes(struct arena *a, const struct config_plan *plan, struct live_config *ret)
{
    struct live_scope *scopes = ARENA_ARRAY(a, struct live_scope, plan->scopes_n);
    if (scopes == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < plan->scopes_n; i++) {
        const struct config_scope *s = &plan->scopes[i];
        if (s->kind != SCOPE_DEVICE)
            scopes[ret->scopes_n++] = (struct live_scope){ s->kind, s->org, s->id };
    }
    ret->scopes = scopes;
    return E_OK;
}

err_t load_config(struct act *act, struct live *live, const struct live_guard *guard)
{
    struct config_plan plan;
    TRY(config_plan(act, &(struct config_ask){ .device = act->actor.id }, &plan));
    struct effective *e = live_effective_find(live, &plan.digest);
    if (e == NULL) {
        struct config_body body;
        TRY(config_compute(act, &plan, &body));
        e = effective_make(&plan, &body);
        if (e == NULL)
            return E_NO_MEMORY;
        live_effective_keep(live, e);
    }
    struct live_config config = { .effective = e, .seq = plan.seq };
    err_t done = plan_scopes(act->arena, &plan, &config);
    if (done == E_OK)
        done = live_fill_config(live, guard, act->actor.id, &config);
    ref_drop(e);
    return done;
}
