/* SPDX-License-Identifier: Apache-2.0 */
/* What this server says of itself to clients (OpenID Connect Discovery 1.0, RFC 8414): one document
 * for both addresses. It names what is built, no more. */
#include "api/handlers_oauth.h"

#include "api/services.h"
#include "api/token_grants.h"
#include "domain/oauth/id_jag.h"
#include "domain/oauth/scope.h"
#include "plat/jose/jws.h"

/* Words separated by blanks, as a list. */
static err_t list(struct arena *a, const char *words, struct strs *ret)
{
    str_t *v = ARENA_ARRAY(a, str_t, SCOPE_WORDS_MAX);
    str_t rest = str_from_cz(words);
    size_t n = 0;
    if (v == NULL)
        return E_NO_MEMORY;
    while (n < SCOPE_WORDS_MAX && words_next(&rest, &v[n]))
        n++;
    *ret = (struct strs){ v, n };
    return E_OK;
}

static err_t lists(struct arena *a, struct discovery_out *out)
{
    const struct {
        struct strs *to;
        const char *words;
    } rows[] = {
        { &out->scopes_supported, "openid profile email groups offline_access api mcp" },
        { &out->response_types_supported, "code" },
        { &out->response_modes_supported, "query form_post" },
        { &out->subject_types_supported, "public" },
        { &out->id_token_signing_alg_values_supported, "ES256 RS256" },
        { &out->token_endpoint_auth_methods_supported,
          "client_secret_basic client_secret_post private_key_jwt none" },
        { &out->token_endpoint_auth_signing_alg_values_supported, JWS_ALGS },
        { &out->dpop_signing_alg_values_supported, JWS_ALGS },
        { &out->code_challenge_methods_supported, "S256" },
        { &out->prompt_values_supported, "none login consent select_account" },
        { &out->acr_values_supported, "1 2" },
        { &out->claims_supported,
          "iss sub aud azp exp iat nonce at_hash auth_time sid acr amr name preferred_username "
          "email email_verified groups" },
        { &out->ui_locales_supported, "en fr" },
        { &out->authorization_grant_profiles_supported, ID_JAG_PROFILE },
        { &out->identity_chaining_requested_token_types_supported, TOKEN_TYPE_ID_JAG },
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        TRY(list(a, rows[i].words, rows[i].to));
    return E_OK;
}

static err_t grant_types(struct arena *a, struct strs *ret)
{
    str_t *names = ARENA_ARRAY(a, str_t, token_grants_n);
    if (names == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < token_grants_n; i++)
        names[i] = str_from_cz(token_grants[i].name);
    *ret = (struct strs){ names, token_grants_n };
    return E_OK;
}

static err_t endpoints(struct arena *a, str_t issuer, struct discovery_out *out)
{
    const struct {
        str_t *to;
        const char *path;
    } rows[] = {
        { &out->authorization_endpoint, "/oauth2/authorize" },
        { &out->token_endpoint, "/oauth2/token" },
        { &out->userinfo_endpoint, "/oauth2/userinfo" },
        { &out->jwks_uri, "/oauth2/jwks" },
        { &out->pushed_authorization_request_endpoint, "/oauth2/par" },
        { &out->end_session_endpoint, "/oauth2/logout" },
        { &out->device_authorization_endpoint, "/oauth2/device_authorization" },
        { &out->introspection_endpoint, "/oauth2/introspect" },
        { &out->revocation_endpoint, "/oauth2/revoke" },
        { &out->registration_endpoint, "/oauth2/register" },
        { &out->service_documentation, "/docs" },
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        TRY(str_format(a, rows[i].to, "%.*s%s", STR_ARG(issuer), rows[i].path));
    return E_OK;
}

err_t discovery_get(struct request *rq)
{
    bool documents = services_settings(rq->services)->client_documents;
    str_t issuer = services_settings(rq->services)->issuer;
    struct discovery_out *out = ARENA_NEW(rq->act.arena, struct discovery_out);
    if (out == NULL)
        return E_NO_MEMORY;
    *out = (struct discovery_out){ .issuer = issuer,
                                   .authorization_response_iss_parameter_supported = true,
                                   .client_id_metadata_document_supported = { true, documents },
                                   .backchannel_logout_supported = { true, true },
                                   .backchannel_logout_session_supported = { true, true } };
    TRY(lists(rq->act.arena, out));
    TRY(endpoints(rq->act.arena, issuer, out));
    TRY(grant_types(rq->act.arena, &out->grant_types_supported));
    return reply_obj(rq, 200, &discovery_out_shape, out);
}
