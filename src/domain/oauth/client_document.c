/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth/client_document.h"

#include "base/enc.h"
#include "domain/access/app_uri.h"
#include "domain/oauth/client_register.h"

enum { MARK_BYTES = 4 };

bool client_id_is_url(str_t client_id)
{
    return str_find(client_id, ':') < client_id.n;
}

const char *client_document_url_flaw(str_t url)
{
    struct app_uri u;
    if (app_uri_parse(url, &u) != E_OK)
        return "want a URL without user, fragment and dot segments";
    if (!str_eq(u.scheme, STR("https")) || u.host.n == 0)
        return "want https: and a host";
    if (u.has_query)
        return "want a URL without a query";
    return u.path.n > 1 ? NULL : "want a URL with a path";
}

/* A name is anybody's to say, a host is not; two documents of one host may say the same name. */
static err_t name_put(struct act *act, const struct client_document *doc, struct application_in *in)
{
    struct app_uri u;
    char mark[2 * MARK_BYTES];
    digest_t hash = sha256_of(doc->url);
    str_t name = doc->metadata.client_name.n > 0 ? doc->metadata.client_name : STR("client");
    TRY(app_uri_parse(doc->url, &u));
    hex_encode(hash.b, MARK_BYTES, mark);
    return str_format(act->arena, &in->name, "%.*s (%.*s, %.*s)", STR_ARG(name), STR_ARG(u.host),
                      (int)sizeof mark, mark);
}

/* A document is public: there is no secret to share, and none that proves anything. */
static err_t words(struct act *act, const struct client_document *doc, struct application_in *ret)
{
    struct client_metadata m = doc->metadata;
    struct application_in in = { 0 };
    if (m.auth_method.p == NULL)
        m.auth_method = STR("none");
    if (!str_eq(m.auth_method, STR("none")) && !str_eq(m.auth_method, STR("private_key_jwt")))
        return FAIL(&act->why, E_BAD_METADATA,
                    "token_endpoint_auth_method: want none or private_key_jwt in a document");
    TRY(client_metadata_words(act, &m, &in));
    TRY(name_put(act, doc, &in));
    in.registration_hash = str_of(doc->hash.b, sizeof doc->hash.b);
    *ret = in;
    return E_OK;
}

static err_t make(struct act *act, const struct client_document *doc, const struct names *groups,
                  struct row_application *ret)
{
    struct application_in in = { 0 };
    struct token_text none;
    TRY(client_quota_check(act, APP_METADATA));
    TRY(words(act, doc, &in));
    in.origin = APP_METADATA;
    in.client_id = doc->url;
    in.groups = *groups;
    return client_metadata_error(act, application_create(act, &in, ret, &none));
}

static err_t change(struct act *act, const struct client_document *doc,
                    const struct row_application *app, struct row_application *ret)
{
    struct application_in in = { 0 };
    TRY(words(act, doc, &in));
    in.kind = STR_NONE;
    in.admin.set = false; /* that one an administrator may have said */
    if (in.jwks.p == NULL)
        in.jwks = STR("");
    if (in.jwks_uri.p == NULL)
        in.jwks_uri = STR("");
    act->org = app->org;
    return client_metadata_error(act, application_change(act, app->id, &in, ret));
}

err_t client_document_keep(struct act *act, const struct client_document *doc,
                           const struct names *groups, struct row_application *ret,
                           enum client_document_end *ret_end)
{
    struct row_application app;
    err_t e = application_by_client(act, doc->url, &app);
    if (e == E_NOT_FOUND) {
        act_clear_why(act);
        TRY(make(act, doc, groups, ret));
        *ret_end = CLIENT_DOCUMENT_NEW;
        return E_OK;
    }
    TRY(e);
    bool same = str_eq(app.registration_hash, str_of(doc->hash.b, sizeof doc->hash.b));
    if (same || app.status != APP_ACTIVE || app.origin != APP_METADATA) {
        *ret = app;
        *ret_end = CLIENT_DOCUMENT_SAME;
        return E_OK;
    }
    TRY(change(act, doc, &app, ret));
    *ret_end = CLIENT_DOCUMENT_CHANGED;
    return E_OK;
}
