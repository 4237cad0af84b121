/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth/client_metadata.h"

#include "domain/access/app_uri.h"

/* Never `api` nor a role: a stranger's client does not act at this server in somebody's name. */
static const str_t scopes[] = { { "openid", 6 }, { "profile", 7 },         { "email", 5 },
                                { "groups", 6 }, { "offline_access", 14 }, { "mcp", 3 } };

static const struct {
    const char *method; /* RFC 7591 section 2 */
    const char *type;
    const char *auth;
} methods[] = {
    { "none", "public", "none" },
    { "client_secret_basic", "confidential", "client_secret" },
    { "client_secret_post", "confidential", "client_secret" },
    { "private_key_jwt", "confidential", "private_key_jwt" },
};

static err_t bad(struct act *act, const char *text)
{
    return FAIL(&act->why, E_BAD_METADATA, "%s", text);
}

/* A client that waits on this machine, or behind a scheme of its own, is a native one. */
static bool uri_is_native(str_t text)
{
    struct app_uri u;
    return app_uri_parse(text, &u) == E_OK && !str_eq_nocase(u.scheme, STR("https"));
}

static err_t redirects_check(struct act *act, const struct client_metadata *m, bool *ret_native)
{
    bool native = str_eq(m->application_type, STR("native"));
    for (size_t i = 0; i < m->redirect_uris.n; i++)
        native = native || uri_is_native(m->redirect_uris.v[i]);
    if (m->redirect_uris.n == 0 || m->redirect_uris.n > METADATA_URIS_MAX)
        return FAIL(&act->why, E_BAD_REDIRECT_URI, "redirect_uris: want 1 to %d of them",
                    METADATA_URIS_MAX);
    if (str_eq(m->application_type, STR("web")) && native)
        return FAIL(&act->why, E_BAD_REDIRECT_URI, "a web client has https redirects only");
    for (size_t i = 0; i < m->redirect_uris.n; i++) {
        const char *flaw = redirect_uri_flaw(m->redirect_uris.v[i], native);
        if (flaw != NULL)
            return FAIL(&act->why, E_BAD_REDIRECT_URI, "redirect_uris: %s", flaw);
    }
    *ret_native = native;
    return E_OK;
}

static err_t grants_check(struct act *act, const struct client_metadata *m)
{
    static const str_t taken[] = {
        { "authorization_code", 18 },
        { "refresh_token", 13 },
        { "urn:ietf:params:oauth:grant-type:device_code", 44 },
    };
    for (size_t i = 0; i < m->grant_types.n; i++) {
        bool is = false;
        for (size_t k = 0; k < ARRAY_LEN(taken); k++)
            is = is || str_eq(m->grant_types.v[i], taken[k]);
        if (!is)
            return bad(act, "grant_types: want authorization_code, refresh_token or device_code");
    }
    for (size_t i = 0; i < m->response_types.n; i++) {
        if (!str_eq(m->response_types.v[i], STR("code")))
            return bad(act, "response_types: only code is known here");
    }
    return E_OK;
}

static err_t method_put(struct act *act, const struct client_metadata *m, struct application_in *in)
{
    str_t method = m->auth_method.p != NULL ? m->auth_method : STR("client_secret_basic");
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        if (!str_eq(method, str_from_cz(methods[i].method)))
            continue;
        in->client_type = str_from_cz(methods[i].type);
        in->auth_method = str_from_cz(methods[i].auth);
        return E_OK;
    }
    return bad(act, "token_endpoint_auth_method: want none, client_secret_basic, "
                    "client_secret_post or private_key_jwt");
}

/* What it asks for and may have; all of that where it asks for nothing. */
static err_t scopes_put(struct act *act, const struct client_metadata *m, struct application_in *in)
{
    str_t *list = ARENA_ARRAY(act->arena, str_t, ARRAY_LEN(scopes));
    if (list == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < ARRAY_LEN(scopes); i++) {
        bool asked = m->scope.n == 0;
        str_t rest = m->scope.n > 0 ? m->scope : STR_NONE;
        str_t word;
        while (str_split(&rest, ' ', &word))
            asked = asked || str_eq(word, scopes[i]);
        if (asked)
            list[in->scopes.n++] = scopes[i];
    }
    in->scopes.v = list;
    in->scopes.set = true;
    return E_OK;
}

/* Two clients may have one name, two applications may not: the client's id goes behind it. */
static err_t name_put(struct act *act, const struct client_metadata *m, struct application_in *in)
{
    char id[OID_TEXT];
    str_t name = m->client_name.n > 0 ? m->client_name : STR("client");
    if (name.n > METADATA_NAME_MAX)
        return bad(act, "client_name: want at most 128 bytes");
    oid_format(oid_make(), id);
    return str_format(act->arena, &in->name, "%.*s (%.8s)", STR_ARG(name), id + OID_TEXT - 8);
}

err_t client_metadata_words(struct act *act, const struct client_metadata *m,
                            struct application_in *ret)
{
    struct application_in in = { .kind = STR("oidc"),
                                 .consent = { true, true },
                                 .pkce = { true, true },
                                 .admin = { true, false },
                                 .jwks = m->jwks,
                                 .jwks_uri = m->jwks_uri,
                                 .grants = m->grant_types };
    bool native = false;
    TRY(redirects_check(act, m, &native));
    TRY(grants_check(act, m));
    TRY(method_put(act, m, &in));
    TRY(scopes_put(act, m, &in));
    TRY(name_put(act, m, &in));
    in.native = (opt_bool_t){ true, native };
    in.uris[APP_URI_REDIRECT] = m->redirect_uris;
    in.uris[APP_URI_REDIRECT].set = true;
    if (m->jwks.p != NULL && m->jwks_uri.p != NULL)
        return bad(act, "jwks or jwks_uri, not both");
    *ret = in;
    return E_OK;
}

err_t client_metadata_error(struct act *act, err_t e)
{
    if (e != E_BAD_FIELD)
        return e;
    char text[DIAG_TEXT_MAX];
    int n = snprintf(text, sizeof text, "%s: %s", act->why.field, act->why.text);
    act_clear_why(act);
    return FAIL(&act->why, E_BAD_METADATA, "%.*s", n, text);
}
