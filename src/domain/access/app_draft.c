/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/access/app_draft.h"

#include "domain/access/app_uri.h"
#include "domain/access/app_words.h"
#include "plat/json/json.h"

#define DEFAULT_SCOPES "openid profile email groups offline_access"

static err_t bad(struct act *act, const char *field, const char *want)
{
    return diag_set_field(&act->why, E_BAD_FIELD, field, "%s", want);
}

void draft_defaults(enum app_kind kind, struct row_application *ret)
{
    bool oidc = kind == APP_OIDC;
    *ret = (struct row_application){
        .kind = kind,
        .origin = APP_BY_ADMIN,
        .status = APP_ACTIVE,
        .client_type = { .set = oidc, .v = oidc ? CLIENT_CONFIDENTIAL : 0 },
        .auth_method = { .set = oidc, .v = oidc ? CLIENT_AUTH_SECRET : 0 },
        .grants = oidc ? APP_GRANT_CODE | APP_GRANT_REFRESH : 0,
        .scopes = oidc ? STR(DEFAULT_SCOPES) : STR(""),
        .id_token_alg = ID_TOKEN_ES256,
        .pkce = 1,
    };
}

static err_t apply_word(struct act *act, const struct words *words, const char *field, str_t word,
                        int64_t *v)
{
    if (word.p != NULL && word_parse(words, word, v) != E_OK)
        return bad(act, field, N_("want one of the words that are known"));
    return E_OK;
}

static err_t apply_url(struct act *act, const char *(*flaw)(str_t text), const char *field,
                       str_t text, str_t *v)
{
    if (text.p == NULL)
        return E_OK;
    const char *want = text.n > 0 ? flaw(text) : NULL;
    if (want != NULL)
        return bad(act, field, want);
    *v = text.n > 0 ? text : STR_NONE;
    return E_OK;
}

static void apply_bool(opt_bool_t in, int64_t *v)
{
    if (in.set)
        *v = in.v;
}

static void apply_life(opt_i64_t in, opt_i64_t *v)
{
    if (in.set)
        *v = (opt_i64_t){ .set = in.v != 0, .v = in.v };
}

static err_t apply_lists(struct act *act, const struct application_in *in,
                         struct row_application *row)
{
    if (in->grants.set) {
        row->grants = 0;
        for (size_t i = 0; i < in->grants.n; i++) {
            int64_t bit = 0;
            TRY(apply_word(act, &app_grant_words, "grants", in->grants.v[i], &bit));
            row->grants |= bit;
        }
    }
    if (!in->scopes.set)
        return E_OK;
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, SCOPES_MAX);
    for (size_t i = 0; i < in->scopes.n; i++) {
        if (!scope_is(in->scopes.v[i]))
            return bad(act, "scopes",
                       N_("want words of printable ASCII without blanks and quotes"));
        if (i > 0)
            buf_add_byte(&b, ' ');
        buf_add(&b, in->scopes.v[i]);
    }
    if (b.err == E_TOO_BIG)
        return bad(act, "scopes", N_("want at most 1,024 bytes in all"));
    TRY(b.err);
    return str_copy(act->arena, buf_str(&b), &row->scopes);
}

/* Public halves only: whoever uploads a private key has lost it. */
static err_t check_jwks(struct act *act, str_t text)
{
    static const char *const private[] = { "d", "p", "q", "dp", "dq", "qi", "k", "oth" };
    CLEANUP(json_freep) struct json *doc = NULL;
    TRY(json_parse(text, &act->why, &doc));
    const struct json *keys = json_type(doc) == JSON_OBJECT ? json_member(doc, STR("keys")) : NULL;
    if (keys == NULL || json_type(keys) != JSON_ARRAY || json_count(keys) == 0)
        return bad(act, "jwks", N_("want an object with `keys`, a list of public keys"));
    for (size_t i = 0; i < json_count(keys); i++) {
        const struct json *key = json_at(keys, i);
        if (json_type(key) != JSON_OBJECT)
            return bad(act, "jwks", N_("want objects in `keys`"));
        for (size_t p = 0; p < ARRAY_LEN(private); p++) {
            if (json_member(key, str_from_cz(private[p])) != NULL)
                return bad(act, "jwks",
                           N_("want public halves only: this is a private key, replace it"));
        }
    }
    return E_OK;
}

static err_t apply_client(struct act *act, const struct application_in *in,
                          struct row_application *row)
{
    TRY(apply_word(act, &client_type_words, "client_type", in->client_type, &row->client_type.v));
    if (in->client_type.p != NULL) {
        row->client_type.set = true;
        if (in->auth_method.p == NULL)
            row->auth_method =
                (opt_i64_t){ .set = true,
                             .v = row->client_type.v == CLIENT_PUBLIC ? CLIENT_AUTH_NONE
                                                                      : CLIENT_AUTH_SECRET };
    }
    TRY(apply_word(act, &client_auth_words, "auth_method", in->auth_method, &row->auth_method.v));
    row->auth_method.set = row->auth_method.set || in->auth_method.p != NULL;
    TRY(apply_word(act, &id_token_alg_words, "id_token_alg", in->id_token_alg, &row->id_token_alg));
    if (in->jwks.p != NULL) {
        if (in->jwks.n > 0)
            TRY(check_jwks(act, in->jwks));
        row->jwks = in->jwks.n > 0 ? in->jwks : STR_NONE;
    }
    TRY(apply_url(act, service_url_flaw, "jwks_uri", in->jwks_uri, &row->jwks_uri));
    TRY(apply_url(act, service_url_flaw, "backchannel_logout_uri", in->backchannel_logout_uri,
                  &row->backchannel_logout_uri));
    apply_bool(in->native, &row->native);
    apply_bool(in->pkce, &row->pkce);
    apply_bool(in->par, &row->par);
    apply_bool(in->dpop, &row->dpop);
    apply_bool(in->consent, &row->consent);
    apply_life(in->access_life, &row->access_life);
    apply_life(in->refresh_life, &row->refresh_life);
    if (in->refresh_grace.set)
        row->refresh_grace = in->refresh_grace;
    return apply_lists(act, in, row);
}

err_t draft_apply(struct act *act, const struct application_in *in, struct row_application *row)
{
    TRY(name_wanted(act, "name", in->name));
    if (in->name.p != NULL)
        row->name = in->name;
    TRY(apply_word(act, &app_status_words, "status", in->status, &row->status));
    if (in->description.p != NULL)
        row->description = in->description.n > 0 ? in->description : STR_NONE;
    TRY(apply_url(act, icon_flaw, "icon", in->icon, &row->icon));
    TRY(apply_url(act, launch_url_flaw, "launch_url", in->launch_url, &row->launch_url));
    if (in->host.p != NULL && in->host.n > 0) {
        err_t e = host_canonical(act->arena, in->host, &row->host);
        if (e == E_BAD_FIELD)
            return bad(act, "host", N_("want the name of a host, such as wiki.example.org"));
        TRY(e);
    }
    apply_bool(in->admin, &row->admin);
    return apply_client(act, in, row);
}

static err_t check_forward(struct act *act, const struct row_application *row)
{
    if (row->host.n == 0)
        return bad(act, "host", N_("want the name of the host, such as wiki.example.org"));
    if (row->client_type.set || row->auth_method.set || row->grants != 0 || row->scopes.n > 0)
        return bad(act, "kind",
                   N_("forward_auth takes no client_type, auth_method, grants or scopes"));
    return E_OK;
}

err_t draft_check(struct act *act, const struct row_application *row)
{
    bool public = row->client_type.v == CLIENT_PUBLIC;
    if (row->kind == APP_FORWARD_AUTH)
        return check_forward(act, row);
    if (row->host.n > 0)
        return bad(act, "host", N_("only a forward_auth application has one"));
    if (public != (row->auth_method.v == CLIENT_AUTH_NONE))
        return bad(
            act, "auth_method",
            N_("want `none` for a public client, and another one for a confidential client"));
    if (row->auth_method.v == CLIENT_AUTH_KEY && row->jwks.n == 0 && row->jwks_uri.n == 0)
        return bad(act, "jwks", N_("private_key_jwt wants jwks or jwks_uri"));
    if (row->jwks.n > 0 && row->jwks_uri.n > 0)
        return bad(act, "jwks_uri", N_("want jwks or jwks_uri, not both"));
    if (public && (row->grants & (APP_GRANT_CLIENT_CREDENTIALS | APP_GRANT_TOKEN_EXCHANGE)) != 0)
        return bad(act, "grants",
                   N_("a public client cannot have client_credentials or token-exchange"));
    if (public && row->pkce == 0)
        return bad(act, "pkce", N_("only a confidential client can be exempted from PKCE"));
    return E_OK;
}

err_t draft_check_uris(struct act *act, const struct application_in *in,
                       const struct row_application *row)
{
    static const char *const fields[APP_URI_KINDS] = {
        [APP_URI_REDIRECT] = "redirect_uris",
        [APP_URI_LOGOUT] = "post_logout_redirect_uris",
        [APP_URI_RESOURCE] = "resources",
        [APP_URI_ORIGIN] = "origins",
    };
    for (size_t k = APP_URI_REDIRECT; k < APP_URI_KINDS; k++) {
        const struct names *list = &in->uris[k];
        if (list->n > APP_URIS_MAX)
            return bad(act, fields[k], N_("want at most 32 of them"));
        if (list->n > 0 && row->kind != APP_OIDC)
            return bad(act, fields[k], N_("a forward_auth application has none"));
        for (size_t i = 0; i < list->n; i++) {
            const char *want = k == APP_URI_RESOURCE ? resource_uri_flaw(list->v[i])
                               : k == APP_URI_ORIGIN ? origin_flaw(list->v[i])
                                                     : redirect_uri_flaw(list->v[i], row->native);
            if (want != NULL)
                return bad(act, fields[k], want);
        }
    }
    return E_OK;
}
