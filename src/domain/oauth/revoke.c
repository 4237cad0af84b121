/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth/revoke.h"

#include "domain/oauth/grant.h"
#include "sql/machine.h"

static digest_t mark_of(const struct access_claims *c)
{
    const str_t parts[] = { STR("revoked"), STR("\0"), str_of(c->jti.b, sizeof c->jti.b) };
    return sha256_of_parts(parts, ARRAY_LEN(parts));
}

static err_t mark(struct act *act, const struct access_claims *c)
{
    digest_t hash = mark_of(c);
    const struct sql_used_jti_add add = { .hash = str_of(hash.b, sizeof hash.b),
                                          .expires_at = c->exp };
    TRY(sql_used_jti_add(act->db, &add));
    return act_effect(
        act, (struct effect){ .kind = EFFECT_PRINCIPAL, .org = c->org, .id = c->principal });
}

err_t access_token_revoke(struct act *act, const struct access_claims *c)
{
    struct row_oauth_grant grant;
    if (!oid_is_set(c->grant))
        return mark(act, c);
    err_t e = grant_get_live(act, c->grant, &grant);
    if (e != E_INVALID_GRANT)
        return e == E_OK ? grant_end(act, &grant, STR("revoked")) : e;
    act_clear_why(act);
    return E_OK;
}

err_t access_token_is_revoked(struct act *act, const struct access_claims *c, bool *ret)
{
    struct sql_used_jti_get_row row;
    digest_t hash = mark_of(c);
    err_t e = E_NOT_FOUND;
    if (!oid_is_set(c->grant))
        e = sql_used_jti_get(act->db, act->arena,
                             &(struct sql_used_jti_get){ .hash = str_of(hash.b, sizeof hash.b) },
                             &row);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    *ret = e == E_OK;
    return E_OK;
}
