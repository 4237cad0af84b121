/* SPDX-License-Identifier: Apache-2.0 */
#include "api/load.h"

#include "base/ref.h"
#include "domain/identity/org_key.h"
#include "domain/policy/config.h"

err_t load_signer_key(struct act *act, struct live *live, const struct live_guard *guard, oid_t org,
                      struct jws_key *ret)
{
    str_t kid = STR_NONE;
    TRY(org_key_kid(act, org, &kid));
    /* Memory's is taken only where this transaction sees the same: between a rotation's COMMIT and
     * its effects it is the one before. */
    if (live_signer_find(live, org, ret) && str_eq(str_of(ret->kid, JWS_KID), kid))
        return E_OK;
    TRY(org_key_signer(act, org, ret));
    err_ignore(live_fill_signer(live, guard, org, ret)); /* what was not remembered is read again */
    return E_OK;
}

err_t load_signer(struct act *act, struct live *live, const struct live_guard *guard, oid_t org)
{
    CLEANUP(jws_key_fini) struct jws_key key = { 0 };
    return load_signer_key(act, live, guard, org, &key);
}

static err_t effective_sign(struct effective *e, const struct jws_key *key)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, sizeof e->signature);
    jws_sign_detached(&b, key, str_of(e->body, e->n));
    TRY(b.err);
    memcpy(e->signature, b.p, b.n);
    e->signature_n = b.n;
    return E_OK;
}

/* NULL: memory is short. */
static struct effective *effective_make(const digest_t *shared, const struct config_body *body,
                                        const struct jws_key *key)
{
    struct effective *e = ref_new(sizeof *e + body->bytes.n);
    if (e == NULL)
        return NULL;
    e->plan = *shared;
    e->etag = body->etag;
    e->version_n = body->version.n < sizeof e->version ? body->version.n : 0;
    memcpy(e->version, body->version.p != NULL ? body->version.p : "", e->version_n);
    e->n = body->bytes.n;
    memcpy(e->body, body->bytes.p, body->bytes.n);
    if (effective_sign(e, key) == E_OK)
        return e;
    ref_drop(e);
    return NULL;
}

/* The bytes are those of the plan, their signature is that of one key: who shares them has both in
 * common. A key belongs to one organisation. */
static digest_t shared_digest(const struct config_plan *plan, const struct jws_key *key)
{
    const str_t parts[] = { str_of(plan->digest.b, SHA256_SIZE), str_of(key->kid, JWS_KID) };
    return sha256_of_parts(parts, ARRAY_LEN(parts));
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
    CLEANUP(jws_key_fini) struct jws_key key = { 0 };
    TRY(load_signer_key(act, live, guard, act->org, &key));
    TRY(config_plan(act, &(struct config_ask){ .device = act->actor.id }, &plan));
    digest_t shared = shared_digest(&plan, &key);
    struct effective *e = live_effective_find(live, &shared);
    if (e == NULL) {
        struct config_body body;
        TRY(config_compute(act, &plan, &body));
        e = effective_make(&shared, &body, &key);
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
