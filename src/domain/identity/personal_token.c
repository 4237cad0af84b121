/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/identity/personal_token.h"

#include "domain/identity/actor_load.h"

/* A token belongs to the organisation of its person, whichever one he acts in. */
static err_t person(struct act *act)
{
    if (act->actor.kind != ACTOR_USER)
        return FAIL(&act->why, E_FORBIDDEN, "only a person has personal tokens");
    return E_OK;
}

static err_t token_get(struct act *act, oid_t token, struct row_token *ret)
{
    struct sql_token_get in = { .org = act->actor.org, .principal = act->actor.id, .id = token };
    err_t e = sql_token_get(act->db, act->arena, &in, ret);
    return e == E_NOT_FOUND ? FAIL(&act->why, e, "there is no such token") : e;
}

err_t personal_token_create(struct act *act, str_t name, ts_t expires_at, struct row_token *ret,
                            struct token_text *ret_text)
{
    struct token_text text;
    struct row_token *rows = NULL;
    size_t n = 0;
    TRY(personal_token_page(act, (oid_t){ 0 }, PERSONAL_TOKENS_MAX, &rows, &n));
    if (n >= PERSONAL_TOKENS_MAX)
        return FAIL(&act->why, E_CONFLICT, "a person has at most %d tokens", PERSONAL_TOKENS_MAX);
    if (!ts_is_set(expires_at))
        expires_at = ts_add(act->now, PERSONAL_TOKEN_LIFE);
    if (expires_at.us <= act->now.us)
        return diag_set_field(&act->why, E_BAD_FIELD, "expires_at", "want a time to come");
    token_make(PERSONAL_TOKEN_PREFIX, &text);
    digest_t hash = sha256_of(str_of(text.p, text.n));
    struct sql_token_add in = { .hash = str_of(hash.b, sizeof hash.b),
                                .id = oid_make(),
                                .org = act->actor.org,
                                .principal_kind = ACTOR_USER,
                                .principal = act->actor.id,
                                .state = TOKEN_CURRENT,
                                .name = name,
                                .now = act->now,
                                .expires_at = expires_at };
    err_t e = sql_token_add(act->db, &in);
    if (e == E_OK)
        e = token_get(act, in.id, ret);
    if (e == E_OK)
        *ret_text = text;
    explicit_bzero(&text, sizeof text);
    return e;
}

err_t personal_token_page(struct act *act, oid_t after, int64_t n, struct row_token **ret,
                          size_t *ret_n)
{
    TRY(person(act));
    struct sql_token_list in = {
        .org = act->actor.org, .principal = act->actor.id, .after = after, .n = n
    };
    return sql_token_list(act->db, act->arena, &in, ret, ret_n);
}

err_t personal_token_delete(struct act *act, oid_t token, struct row_token *ret)
{
    struct row_token old;
    TRY(person(act));
    TRY(token_get(act, token, &old));
    struct sql_token_drop drop = { .org = act->actor.org, .principal = act->actor.id, .id = token };
    TRY(sql_token_drop(act->db, &drop));
    TRY(act_effect(
        act,
        (struct effect){ .kind = EFFECT_PRINCIPAL, .org = act->actor.org, .id = act->actor.id }));
    *ret = old;
    return E_OK;
}
