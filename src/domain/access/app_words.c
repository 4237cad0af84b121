/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/access/app_words.h"

/* clang-format off */
static const struct word kinds[] = {
    { APP_OIDC,         "oidc" },
    { APP_FORWARD_AUTH, "forward_auth" },
};
static const struct word origins[] = {
    { APP_BY_ADMIN,   "administrator" },
    { APP_BY_FILE,    "file" },
    { APP_REGISTERED, "registered" },
    { APP_METADATA,   "metadata" },
    { APP_BUILT_IN,   "built_in" },
};
static const struct word statuses[] = {
    { APP_ACTIVE,   "active" },
    { APP_DISABLED, "disabled" },
};
static const struct word client_types[] = {
    { CLIENT_PUBLIC,       "public" },
    { CLIENT_CONFIDENTIAL, "confidential" },
};
static const struct word client_auths[] = {
    { CLIENT_AUTH_NONE,   "none" },
    { CLIENT_AUTH_SECRET, "client_secret" },
    { CLIENT_AUTH_KEY,    "private_key_jwt" },
};
static const struct word algs[] = {
    { ID_TOKEN_ES256, "ES256" },
    { ID_TOKEN_RS256, "RS256" },
};
static const struct word grants[] = {
    { APP_GRANT_CODE,               "authorization_code" },
    { APP_GRANT_REFRESH,            "refresh_token" },
    { APP_GRANT_CLIENT_CREDENTIALS, "client_credentials" },
    { APP_GRANT_DEVICE_CODE,        "urn:ietf:params:oauth:grant-type:device_code" },
    { APP_GRANT_JWT_BEARER,         "urn:ietf:params:oauth:grant-type:jwt-bearer" },
    { APP_GRANT_TOKEN_EXCHANGE,     "urn:ietf:params:oauth:grant-type:token-exchange" },
};
/* clang-format on */

const struct words app_kind_words = { kinds, ARRAY_LEN(kinds) };
const struct words app_origin_words = { origins, ARRAY_LEN(origins) };
const struct words app_status_words = { statuses, ARRAY_LEN(statuses) };
const struct words client_type_words = { client_types, ARRAY_LEN(client_types) };
const struct words client_auth_words = { client_auths, ARRAY_LEN(client_auths) };
const struct words id_token_alg_words = { algs, ARRAY_LEN(algs) };
const struct words app_grant_words = { grants, ARRAY_LEN(grants) };

str_t word_of(const struct words *w, int64_t v)
{
    for (size_t i = 0; i < w->n; i++) {
        if (w->v[i].v == v)
            return str_from_cz(w->v[i].name);
    }
    return STR_NONE;
}

err_t word_parse(const struct words *w, str_t name, int64_t *ret)
{
    for (size_t i = 0; i < w->n; i++) {
        if (!str_eq(name, str_from_cz(w->v[i].name)))
            continue;
        *ret = w->v[i].v;
        return E_OK;
    }
    return E_BAD_FIELD;
}

err_t words_of(struct arena *a, const struct words *w, int64_t bits, const str_t **ret,
               size_t *ret_n)
{
    str_t *names = ARENA_ARRAY(a, str_t, w->n);
    size_t n = 0;
    if (names == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < w->n; i++) {
        if ((bits & w->v[i].v) != 0)
            names[n++] = str_from_cz(w->v[i].name);
    }
    *ret = names;
    *ret_n = n;
    return E_OK;
}

err_t scopes_list(struct arena *a, str_t scopes, const str_t **ret, size_t *ret_n)
{
    str_t rest = scopes.n > 0 ? scopes : STR_NONE;
    str_t part;
    size_t n = 0;
    str_t *list = ARENA_ARRAY(a, str_t, scopes.n / 2 + 1);
    if (list == NULL)
        return E_NO_MEMORY;
    while (str_split(&rest, ' ', &part)) {
        if (part.n > 0)
            list[n++] = part;
    }
    *ret = list;
    *ret_n = n;
    return E_OK;
}

bool scope_is(str_t s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c <= ' ' || c > '~' || c == '"' || c == '\\')
            return false;
    }
    return s.n > 0;
}
