/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of requests that wait for their answer. */
#include "domain/oauth/auth_request.h"
#include "domain/oauth/redirect_uri.h"

static err_t row_add(struct act *act, const struct row_auth_request *row, dur_t life, str_t hash)
{
    struct sql_auth_request_add in = {
        .hash = hash,
        .org = row->org,
        .application_id = row->application_id,
        .pushed = row->pushed,
        .redirect_uri = row->redirect_uri,
        .response_mode = row->response_mode,
        .scope = row->scope,
        .resource = row->resource,
        .state = row->state,
        .nonce = row->nonce,
        .challenge = row->challenge,
        .prompt = row->prompt,
        .max_age = row->max_age,
        .login_hint = row->login_hint,
        .hint_sub = row->hint_sub,
        .dpop_jkt = row->dpop_jkt,
        .now = act->now,
        .expires_at = ts_add(act->now, life),
    };
    return sql_auth_request_add(act->db, &in);
}

err_t auth_request_save(struct act *act, const struct row_auth_request *row, dur_t life,
                        struct token_text *ret)
{
    struct sql_auth_request_count_row count;
    struct token_text text;
    TRY(sql_auth_request_count(act->db, act->arena, &count));
    if (count.n >= AUTH_REQUESTS_MAX)
        return FAIL(&act->why, E_OVERLOADED, "too many people are signing in at once");
    token_make(STR("sen_p_"), &text);
    digest_t hash = sha256_of(str_of(text.p, text.n));
    err_t e = row_add(act, row, life, str_of(hash.b, sizeof hash.b));
    if (e == E_OK)
        *ret = text;
    explicit_bzero(&text, sizeof text);
    return e;
}

static err_t over(struct act *act)
{
    return FAIL(&act->why, E_NOT_FOUND,
                "this sign-in has run out or was answered: begin again at the application");
}

err_t auth_request_find(struct act *act, str_t text, bool pushed, struct row_auth_request *ret)
{
    struct row_auth_request row;
    digest_t hash = sha256_of(text);
    struct sql_auth_request_get by = { .hash = str_of(hash.b, sizeof hash.b) };
    err_t e = sql_auth_request_get(act->db, act->arena, &by, &row);
    if (e == E_NOT_FOUND)
        return over(act);
    TRY(e);
    if (ts_is_set(row.used_at) || row.expires_at.us <= act->now.us || (row.pushed != 0) != pushed)
        return over(act);
    *ret = row;
    return E_OK;
}

err_t auth_request_use(struct act *act, const struct row_auth_request *row)
{
    struct sql_auth_request_use in = { .hash = row->hash, .now = act->now };
    struct sql_auth_request_use_row used;
    err_t e = sql_auth_request_use(act->db, act->arena, &in, &used);
    return e == E_NOT_FOUND ? over(act) : e;
}

err_t auth_request_still_stands(struct act *act, const struct row_auth_request *row,
                                struct row_application *ret)
{
    struct row_application app;
    TRY(application_by_id(act, row->application_id, &app));
    const struct auth_words words = { .client_id = app.client_id,
                                      .redirect_uri = row->redirect_uri };
    TRY(auth_request_client(act, &words, &app));
    if ((app.grants & APP_GRANT_CODE) == 0)
        return FAIL(&act->why, E_INVALID_REQUEST, "this application does not sign in any more");
    *ret = app;
    return E_OK;
}
