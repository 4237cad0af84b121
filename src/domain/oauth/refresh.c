/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth/refresh.h"

#include "domain/identity/keys.h"

#include <assert.h>

static str_t hash_str(const digest_t *d)
{
    return str_of(d->b, sizeof d->b);
}

/* The text of the token that follows the one with this hash. */
static void successor(const struct act *act, str_t hash, struct token_text *ret)
{
    const str_t parts[] = { STR("seneschal-refresh-v1"), hash };
    digest_t d = hmac_of_parts(&act->keys->by_use[KEY_TOKEN], parts, ARRAY_LEN(parts));
    static_assert(sizeof d.b == TOKEN_BYTES, "a token is one HMAC");
    token_from_bytes(STR("sen_r_"), d.b, ret);
    explicit_bzero(&d, sizeof d);
}

static err_t token_add(struct act *act, const struct token_text *text, oid_t grant, ts_t expires_at)
{
    digest_t hash = sha256_of(str_of(text->p, text->n));
    TRY(sql_refresh_token_add(act->db,
                              &(struct sql_refresh_token_add){ .hash = hash_str(&hash),
                                                               .grant_id = grant,
                                                               .now = act->now,
                                                               .expires_at = expires_at }));
    return grant_extend(act, grant, expires_at);
}

err_t refresh_issue(struct act *act, const struct row_oauth_grant *grant, dur_t life,
                    struct token_text *ret)
{
    struct token_text text;
    token_make(STR("sen_r_"), &text);
    err_t e = token_add(act, &text, grant->id, ts_add(act->now, life));
    if (e == E_OK)
        *ret = text;
    explicit_bzero(&text, sizeof text);
    return e;
}

static err_t unknown(struct act *act)
{
    return FAIL(&act->why, E_INVALID_GRANT, "the refresh token is not known, or has run out");
}

static err_t token_get(struct act *act, const digest_t *hash, struct row_refresh_token *ret)
{
    struct sql_refresh_token_get in = { .hash = hash_str(hash) };
    err_t e = sql_refresh_token_get(act->db, act->arena, &in, ret);
    return e == E_NOT_FOUND ? unknown(act) : e;
}

/* Another application's token is as good as none. */
static err_t grant_of(struct act *act, const struct row_refresh_token *token, oid_t application,
                      struct row_oauth_grant *ret)
{
    struct row_oauth_grant g;
    TRY(sql_oauth_grant_get(act->db, act->arena,
                            &(struct sql_oauth_grant_get){ .id = token->grant_id }, &g));
    if (!oid_eq(g.application_id, application))
        return unknown(act);
    *ret = g;
    return E_OK;
}

err_t refresh_grant(struct act *act, str_t text, oid_t application, struct row_oauth_grant *ret)
{
    struct row_refresh_token token;
    digest_t hash = sha256_of(text);
    TRY(token_get(act, &hash, &token));
    return grant_of(act, &token, application, ret);
}

static err_t rotate(struct act *act, const struct refresh_ask *ask, str_t hash,
                    struct refresh_out *out)
{
    struct sql_refresh_token_rotate in = { .hash = hash, .now = act->now };
    struct sql_refresh_token_rotate_row row;
    err_t e = sql_refresh_token_rotate(act->db, act->arena, &in, &row);
    if (e == E_NOT_FOUND)
        return unknown(act); /* it has run out */
    TRY(e);
    successor(act, hash, &out->next);
    out->found = REFRESH_ROTATED;
    return token_add(act, &out->next, row.grant_id, ts_add(act->now, ask->life));
}

/* Is this the client that did not hear the answer? Then nobody has used what it was given. */
static err_t again(struct act *act, const struct refresh_ask *ask,
                   const struct row_refresh_token *token, struct refresh_out *out)
{
    struct row_refresh_token next;
    struct sql_refresh_token_again in = { .hash = token->hash, .most = REFRESH_REUSE_MAX };
    struct sql_refresh_token_again_row row;
    if (act->now.us >= ts_add(token->rotated_at, ask->grace).us)
        return E_NOT_FOUND;
    successor(act, token->hash, &out->next);
    digest_t hash = sha256_of(str_of(out->next.p, out->next.n));
    TRY(token_get(act, &hash, &next));
    if (next.state != REFRESH_CURRENT)
        return E_NOT_FOUND;
    TRY(sql_refresh_token_again(act->db, act->arena, &in, &row));
    out->found = REFRESH_AGAIN;
    return E_OK;
}

static err_t shown_again(struct act *act, const struct refresh_ask *ask,
                         const struct row_refresh_token *token, struct refresh_out *out)
{
    err_t e = again(act, ask, token, out);
    if (e == E_OK || (e != E_NOT_FOUND && e != E_INVALID_GRANT))
        return e;
    act_clear_why(act);
    explicit_bzero(&out->next, sizeof out->next);
    out->found = REFRESH_REUSED;
    err_ignore(FAIL(&act->why, E_INVALID_GRANT,
                    "the refresh token was used before: what was granted has been ended"));
    return grant_end(act, &out->grant, STR("refresh-reused"));
}

err_t refresh_use(struct act *act, const struct refresh_ask *ask, struct refresh_out *ret)
{
    struct refresh_out out = { .found = REFRESH_NONE };
    struct row_refresh_token token;
    struct row_oauth_grant mine;
    digest_t hash = sha256_of(ask->text);
    TRY(token_get(act, &hash, &token));
    TRY(grant_of(act, &token, ask->application, &mine));
    TRY(grant_get_live(act, mine.id, &out.grant));
    err_t e = token.state == REFRESH_CURRENT ? rotate(act, ask, hash_str(&hash), &out)
                                             : shown_again(act, ask, &token, &out);
    if (e == E_OK)
        *ret = out;
    explicit_bzero(&out, sizeof out);
    return e;
}
