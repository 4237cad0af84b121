/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth/code.h"

#include "domain/oauth/pkce.h"

static err_t code_add(struct act *act, const struct code_in *in, oid_t grant,
                      const struct token_text *text)
{
    digest_t hash = sha256_of(str_of(text->p, text->n));
    struct sql_auth_code_add row = {
        .hash = str_of(hash.b, sizeof hash.b),
        .grant_id = grant,
        .redirect_uri = in->redirect_uri,
        .challenge = in->challenge,
        .nonce = in->nonce,
        .now = act->now,
        .expires_at = ts_add(act->now, CODE_LIFE),
    };
    return sql_auth_code_add(act->db, &row);
}

err_t code_issue(struct act *act, const struct code_in *in, struct token_text *ret)
{
    struct row_oauth_grant grant;
    struct token_text text;
    struct grant_in of = {
        .kind = GRANT_CODE,
        .application = in->application,
        .principal_kind = ACTOR_USER,
        .principal = in->user,
        .session = in->session,
        .scope = in->scope,
        .resource = in->resource,
        .dpop_jkt = in->dpop_jkt,
        .life = CODE_LIFE, /* it is extended when the code is redeemed */
    };
    TRY(grant_open(act, &of, &grant));
    token_make(STR("sen_a_"), &text);
    err_t e = code_add(act, in, grant.id, &text);
    if (e == E_OK)
        *ret = text;
    explicit_bzero(&text, sizeof text);
    return e;
}

static err_t code_get(struct act *act, const struct code_ask *ask, struct row_auth_code *ret,
                      struct row_oauth_grant *ret_grant)
{
    struct row_auth_code code = { 0 };
    struct row_oauth_grant grant;
    digest_t hash = sha256_of(ask->text);
    err_t e = sql_auth_code_get(
        act->db, act->arena, &(struct sql_auth_code_get){ .hash = str_of(hash.b, sizeof hash.b) },
        &code);
    if (e == E_OK)
        e = sql_oauth_grant_get(act->db, act->arena,
                                &(struct sql_oauth_grant_get){ .id = code.grant_id }, &grant);
    if (e == E_NOT_FOUND || (e == E_OK && !oid_eq(grant.application_id, ask->application)))
        return FAIL(&act->why, E_INVALID_GRANT, "the code is not known, or has run out");
    TRY(e);
    *ret = code;
    *ret_grant = grant;
    return E_OK;
}

/* RFC 6749 section 4.1.2: whoever has used it, it leaked; what came of it ends. */
static err_t code_reused(struct act *act, struct code_out *out)
{
    out->found = CODE_REUSED;
    err_ignore(FAIL(&act->why, E_INVALID_GRANT,
                    "the code was used before: what was granted has been ended"));
    return grant_end(act, &out->grant, STR("code-reused"));
}

err_t code_redeem(struct act *act, const struct code_ask *ask, struct code_out *ret)
{
    struct code_out out = { .found = CODE_GOOD };
    struct row_auth_code code = { 0 };
    struct sql_auth_code_use_row used;
    TRY(code_get(act, ask, &code, &out.grant));
    if (ts_is_set(code.used_at)) {
        TRY(code_reused(act, &out));
        *ret = out;
        return E_OK;
    }
    if (!str_eq(code.redirect_uri, ask->redirect_uri))
        return FAIL(&act->why, E_INVALID_GRANT,
                    "redirect_uri is not the one that the code was asked with");
    if (pkce_check(ask->verifier, code.challenge) != E_OK)
        return FAIL(&act->why, E_INVALID_GRANT,
                    "code_verifier does not belong to the code_challenge of the request");
    err_t e =
        sql_auth_code_use(act->db, act->arena,
                          &(struct sql_auth_code_use){ .hash = code.hash, .now = act->now }, &used);
    if (e == E_NOT_FOUND)
        return FAIL(&act->why, E_INVALID_GRANT, "the code is not known, or has run out");
    TRY(e);
    TRY(grant_get_live(act, code.grant_id, &out.grant));
    out.nonce = code.nonce;
    *ret = out;
    return E_OK;
}
