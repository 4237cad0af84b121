/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth/auth_request.h"

#include "domain/oauth/client.h"
#include "domain/oauth/pkce.h"
#include "domain/oauth/redirect_uri.h"
#include "domain/oauth/resource.h"
#include "domain/oauth/scope.h"

enum { JKT_TEXT = 43 }; /* base64url of a SHA-256 (RFC 9449 section 10) */

static err_t redirect_is_his(struct act *act, const struct row_application *app, str_t uri)
{
    struct sql_application_uris_row *uris = NULL;
    size_t n = 0;
    TRY(application_uris(act, app->id, &uris, &n));
    for (size_t i = 0; i < n; i++) {
        if (uris[i].kind == APP_URI_REDIRECT &&
            redirect_uri_matches(uris[i].uri, uri, app->native != 0))
            return E_OK;
    }
    return FAIL(&act->why, E_INVALID_REQUEST,
                "redirect_uri is not one that this application is registered with");
}

err_t auth_request_client(struct act *act, const struct auth_words *words,
                          struct row_application *ret)
{
    struct row_application app;
    if (words->client_id.n == 0)
        return FAIL(&act->why, E_INVALID_REQUEST, "client_id is missing");
    err_t e = application_by_client(act, words->client_id, &app);
    if (e == E_NOT_FOUND)
        act_clear_why(act);
    if (e == E_NOT_FOUND || (e == E_OK && (app.status != APP_ACTIVE || app.kind != APP_OIDC)))
        return FAIL(&act->why, E_INVALID_REQUEST,
                    "no application with this client_id signs in here");
    TRY(e);
    TRY(redirect_is_his(act, &app, words->redirect_uri));
    act->org = app.org;
    *ret = app;
    return E_OK;
}

enum response_mode auth_response_mode(str_t words)
{
    return str_eq(words, STR("form_post")) ? RESPONSE_FORM_POST : RESPONSE_QUERY;
}

static err_t response_check(struct act *act, const struct auth_words *words,
                            const struct row_application *app)
{
    if (words->request.p != NULL)
        return FAIL(&act->why, E_REQUEST_OBJECT,
                    "request objects are not taken here: push the request to /oauth2/par");
    if (words->response_type.p == NULL)
        return FAIL(&act->why, E_INVALID_REQUEST, "response_type is missing");
    if (!str_eq(words->response_type, STR("code")))
        return FAIL(&act->why, E_UNSUPPORTED_RESPONSE, "only response_type=code is known here");
    if (words->response_mode.p != NULL && !str_eq(words->response_mode, STR("query")) &&
        !str_eq(words->response_mode, STR("form_post")))
        return FAIL(&act->why, E_INVALID_REQUEST, "response_mode: want query or form_post");
    if (app->par != 0 && !words->pushed)
        return FAIL(&act->why, E_INVALID_REQUEST,
                    "this application pushes its requests to /oauth2/par first");
    return client_may(act, app, APP_GRANT_CODE);
}

/* RFC 9700 section 2.1.1; only an administrator exempts a client, and only one that has a secret.
 */
static err_t challenge_of(struct act *act, const struct auth_words *words,
                          const struct row_application *app, str_t *ret)
{
    bool wanted = app->client_type.v != CLIENT_CONFIDENTIAL || app->pkce != 0;
    if (words->code_challenge.p == NULL && words->code_challenge_method.p == NULL && !wanted)
        return E_OK;
    digest_t *d = ARENA_NEW(act->arena, digest_t);
    if (d == NULL)
        return E_NO_MEMORY;
    if (words->code_challenge_method.p == NULL ||
        !str_eq(words->code_challenge_method, STR("S256")))
        return FAIL(&act->why, E_INVALID_REQUEST,
                    "want code_challenge with code_challenge_method=S256 (RFC 7636)");
    if (pkce_challenge(words->code_challenge, d) != E_OK)
        return FAIL(&act->why, E_INVALID_REQUEST,
                    "code_challenge: want base64url of a SHA-256, 43 characters");
    *ret = str_of(d->b, sizeof d->b);
    return E_OK;
}

static err_t prompt_of(struct act *act, str_t words, int64_t *ret)
{
    static const struct {
        const char *word;
        enum oauth_prompt bit;
    } rows[] = {
        { "none", PROMPT_NONE },
        { "login", PROMPT_LOGIN },
        { "consent", PROMPT_CONSENT },
        { "select_account", PROMPT_ACCOUNT },
    };
    str_t word;
    int64_t bits = 0;
    while (words_next(&words, &word)) {
        size_t i = 0;
        while (i < ARRAY_LEN(rows) && !str_eq(str_from_cz(rows[i].word), word))
            i++;
        if (i == ARRAY_LEN(rows))
            return FAIL(&act->why, E_INVALID_REQUEST,
                        "prompt: want none, login, consent or select_account");
        bits |= rows[i].bit;
    }
    if ((bits & PROMPT_NONE) != 0 && bits != PROMPT_NONE)
        return FAIL(&act->why, E_INVALID_REQUEST, "prompt=none stands alone");
    *ret = bits;
    return E_OK;
}

/* What it may have of what it asks for; without the word, all that it is registered with, but no
 * access while the person is away. */
static err_t scope_of(struct act *act, const struct auth_words *words,
                      const struct row_application *app, str_t *ret)
{
    str_t offline = STR("offline_access");
    str_t scope = STR_NONE;
    if (words->scope.n == 0) {
        TRY(words_without(act->arena, app->scopes, offline, &scope));
    } else if (scope_cut(act->arena, words->scope, app->scopes, &scope) != E_OK) {
        return FAIL(&act->why, E_INVALID_SCOPE, "scope: want words of RFC 6749 section 3.3");
    }
    if ((app->grants & APP_GRANT_REFRESH) == 0)
        TRY(words_without(act->arena, scope, offline, &scope));
    if (scope.n == 0)
        return FAIL(&act->why, E_INVALID_SCOPE,
                    "this application is registered with none of these scopes");
    *ret = scope;
    return E_OK;
}

err_t auth_request_check(struct act *act, const struct auth_words *words,
                         const struct row_application *app, str_t issuer,
                         struct row_auth_request *ret)
{
    struct row_auth_request row = {
        .org = app->org,
        .application_id = app->id,
        .pushed = words->pushed ? 1 : 0,
        .redirect_uri = words->redirect_uri,
        .response_mode = auth_response_mode(words->response_mode),
        .state = words->state,
        .nonce = words->nonce,
        .max_age = words->max_age,
        .login_hint = words->login_hint,
        .hint_sub = words->hint_sub,
        .dpop_jkt = words->dpop_jkt,
    };
    const struct resource_ask resources = { issuer, words->resource, words->resource_n };
    TRY(response_check(act, words, app));
    TRY(challenge_of(act, words, app, &row.challenge));
    TRY(prompt_of(act, words->prompt, &row.prompt));
    TRY(scope_of(act, words, app, &row.scope));
    TRY(resources_check(act, app, &resources, &row.resource));
    if (words->dpop_jkt.p != NULL && words->dpop_jkt.n != JKT_TEXT)
        return FAIL(&act->why, E_INVALID_REQUEST, "dpop_jkt: want the thumbprint of a key");
    if (words->max_age.set && words->max_age.v < 0)
        return FAIL(&act->why, E_INVALID_REQUEST, "max_age: want seconds");
    *ret = row;
    return E_OK;
}
