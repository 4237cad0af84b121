/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/access/application.h"

#include "domain/access/app_draft.h"
#include "domain/access/app_uri.h"
#include "domain/access/app_words.h"
#include "domain/access/binding.h"
#include "sql/machine.h"

static err_t taken(struct act *act, err_t e)
{
    return e == E_CONFLICT
               ? FAIL(&act->why, E_CONFLICT,
                      "an application with this name, host or client_id is there already")
               : e;
}

static err_t missing(struct act *act, err_t e)
{
    return e == E_NOT_FOUND ? FAIL(&act->why, e, "there is no such application") : e;
}

/* Read back what was written, to be changed or deleted. */
static err_t ours(struct act *act, oid_t id, struct row_application *ret)
{
    TRY(application_get(act, id, ret));
    if (ret->origin == APP_BUILT_IN)
        return FAIL(&act->why, E_CONFLICT,
                    "this client is part of the server: it is neither changed nor deleted");
    return E_OK;
}

static err_t uris_put(struct act *act, oid_t id, const struct application_in *in)
{
    for (size_t k = APP_URI_REDIRECT; k < APP_URI_KINDS; k++) {
        const struct names *list = &in->uris[k];
        if (!list->set)
            continue;
        struct sql_application_uri_clear clear = { .application_id = id, .kind = (int64_t)k };
        TRY(sql_application_uri_clear(act->db, &clear));
        for (size_t i = 0; i < list->n; i++) {
            struct sql_application_uri_add add = { .application_id = id,
                                                   .kind = (int64_t)k,
                                                   .uri = list->v[i] };
            TRY(sql_application_uri_add(act->db, &add));
        }
    }
    return E_OK;
}

static void secret_make(struct token_text *ret, digest_t *ret_hash)
{
    token_make(STR("sen_x_"), ret);
    *ret_hash = sha256_of(str_of(ret->p, ret->n));
}

/* A name of its own choice is a slug, so that it is never taken for the URL of a document. */
static err_t client_id_make(struct act *act, const struct application_in *in, oid_t id, str_t *ret)
{
    char text[OID_TEXT];
    str_t wanted = in->client_id;
    size_t max = in->origin == APP_METADATA ? APP_URI_MAX : CLIENT_ID_MAX;
    if (wanted.p == NULL) {
        oid_format(id, text);
        return str_copy(act->arena, str_of(text, sizeof text), ret);
    }
    if (wanted.n == 0 || wanted.n > max)
        return diag_set_field(&act->why, E_BAD_FIELD, "client_id", "want 1 to %zu bytes", max);
    *ret = wanted;
    return E_OK;
}

static err_t row_save(struct act *act, const struct row_application *r)
{
    struct sql_application_save save = { .id = r->id,
                                         .org = r->org,
                                         .name = r->name,
                                         .kind = r->kind,
                                         .origin = r->origin,
                                         .status = r->status,
                                         .admin = r->admin,
                                         .description = r->description,
                                         .icon = r->icon,
                                         .launch_url = r->launch_url,
                                         .host = r->host,
                                         .client_id = r->client_id,
                                         .client_type = r->client_type,
                                         .auth_method = r->auth_method,
                                         .secret_hash = r->secret_hash,
                                         .grants = r->grants,
                                         .scopes = r->scopes,
                                         .id_token_alg = r->id_token_alg,
                                         .native = r->native,
                                         .pkce = r->pkce,
                                         .par = r->par,
                                         .dpop = r->dpop,
                                         .consent = r->consent,
                                         .access_life = r->access_life,
                                         .refresh_life = r->refresh_life,
                                         .refresh_grace = r->refresh_grace,
                                         .jwks = r->jwks,
                                         .jwks_uri = r->jwks_uri,
                                         .backchannel_logout_uri = r->backchannel_logout_uri,
                                         .registration_hash = r->registration_hash,
                                         .now = act->now };
    TRY(name_key(act->arena, r->name, &save.name_key));
    return taken(act, sql_application_save(act->db, &save));
}

err_t application_create(struct act *act, const struct application_in *in,
                         struct row_application *ret, struct token_text *ret_secret)
{
    struct row_application row;
    struct token_text secret = { .n = 0 };
    digest_t hash;
    int64_t kind = 0;
    if (in->kind.p == NULL || word_parse(&app_kind_words, in->kind, &kind) != E_OK)
        return diag_set_field(&act->why, E_BAD_FIELD, "kind", "want oidc or forward_auth");
    draft_defaults((enum app_kind)kind, &row);
    row.id = oid_make();
    row.org = act->org;
    if (in->origin != 0)
        row.origin = in->origin;
    row.registration_hash = in->registration_hash;
    TRY(draft_apply(act, in, &row));
    TRY(draft_check(act, &row));
    TRY(draft_check_uris(act, in, &row));
    if (kind == APP_OIDC)
        TRY(client_id_make(act, in, row.id, &row.client_id));
    if (row.auth_method.v == CLIENT_AUTH_SECRET) {
        secret_make(&secret, &hash);
        row.secret_hash = str_of(hash.b, sizeof hash.b);
    }
    err_t e = row_save(act, &row);
    if (e == E_OK)
        e = uris_put(act, row.id, in);
    if (e == E_OK)
        e = binding_add_groups(act, &row, &in->groups);
    if (e == E_OK)
        e = application_by_id(act, row.id, ret);
    if (e == E_OK)
        *ret_secret = secret;
    explicit_bzero(&secret, sizeof secret);
    return e;
}

err_t application_get(struct act *act, oid_t id, struct row_application *ret)
{
    struct sql_application_get in = { .org = act->org, .id = id };
    struct row_application row;
    err_t e = sql_application_get(act->db, act->arena, &in, &row);
    /* IDENTITY 2: what is for administrators answers to nobody else. */
    if (e == E_OK && row.admin != 0 && !perms_have(act->actor.perms, PERM_APPLICATION_WRITE))
        e = E_NOT_FOUND;
    TRY(missing(act, e));
    *ret = row;
    return E_OK;
}

static err_t principal_changed(void *arg, const struct sql_application_principals_row *row)
{
    struct act *act = (struct act *)arg;
    return act_effect(
        act, (struct effect){ .kind = EFFECT_PRINCIPAL, .org = row->org, .id = row->principal });
}

/* Memory forgets whoever has a token of this application. */
static err_t tokens_changed(struct act *act, oid_t id)
{
    CLEANUP(arena_freep) struct arena *scratch = arena_new(KIB(64));
    if (scratch == NULL)
        return E_NO_MEMORY;
    struct sql_application_principals in = { .application_id = id };
    return sql_application_principals(act->db, &in, scratch, principal_changed, act);
}

err_t application_change(struct act *act, oid_t id, const struct application_in *in,
                         struct row_application *ret)
{
    struct row_application row;
    TRY(ours(act, id, &row));
    int64_t status = row.status;
    bool forward = row.kind == APP_FORWARD_AUTH;
    TRY(draft_apply(act, in, &row));
    TRY(draft_check(act, &row));
    TRY(draft_check_uris(act, in, &row));
    if (in->registration_hash.p != NULL)
        row.registration_hash = in->registration_hash;
    if (forward || row.auth_method.v != CLIENT_AUTH_SECRET)
        row.secret_hash = STR_NONE;
    TRY(row_save(act, &row));
    TRY(uris_put(act, id, in));
    if (row.status != status)
        TRY(tokens_changed(act, id));
    return application_by_id(act, id, ret);
}

err_t application_delete(struct act *act, oid_t id)
{
    struct row_application row;
    TRY(ours(act, id, &row));
    TRY(tokens_changed(act, id));
    struct sql_application_grants_drop_tokens tokens = { .application_id = id };
    TRY(sql_application_grants_drop_tokens(act->db, &tokens));
    struct sql_application_grants_drop grants = { .application_id = id };
    TRY(sql_application_grants_drop(act->db, &grants));
    struct sql_device_code_drop_of_application codes = { .application_id = id };
    TRY(sql_device_code_drop_of_application(act->db, &codes));
    struct sql_application_requests_drop requests = { .application_id = id };
    TRY(sql_application_requests_drop(act->db, &requests));
    struct sql_application_uri_drop_all uris = { .application_id = id };
    TRY(sql_application_uri_drop_all(act->db, &uris));
    struct sql_binding_drop_all bindings = { .application_id = id };
    TRY(sql_binding_drop_all(act->db, &bindings));
    struct sql_access_rules_groups_drop groups = { .application_id = id };
    TRY(sql_access_rules_groups_drop(act->db, &groups));
    struct sql_access_rules_drop rules = { .application_id = id };
    TRY(sql_access_rules_drop(act->db, &rules));
    struct sql_application_drop drop = { .org = act->org, .id = id };
    return sql_application_drop(act->db, &drop);
}

err_t application_renew_secret(struct act *act, oid_t id, struct row_application *ret,
                               struct token_text *ret_secret)
{
    struct row_application row;
    struct token_text secret;
    digest_t hash;
    TRY(ours(act, id, &row));
    if (row.auth_method.v != CLIENT_AUTH_SECRET)
        return FAIL(&act->why, E_CONFLICT, "this application has no client secret");
    secret_make(&secret, &hash);
    struct sql_application_set_secret set = {
        .org = act->org, .id = id, .secret_hash = str_of(hash.b, sizeof hash.b), .now = act->now
    };
    err_t e = sql_application_set_secret(act->db, &set);
    if (e == E_OK)
        e = application_by_id(act, id, ret);
    if (e == E_OK)
        *ret_secret = secret;
    explicit_bzero(&secret, sizeof secret);
    return e;
}

static int64_t admin_max(const struct act *act)
{
    return perms_have(act->actor.perms, PERM_APPLICATION_WRITE);
}

err_t application_page(struct act *act, const struct application_filter *f, oid_t after, int64_t n,
                       struct row_application **ret, size_t *ret_n)
{
    struct sql_application_list in = {
        .org = act->org, .target_id = f->target, .after = after, .n = n, .admin_max = admin_max(act)
    };
    TRY(name_range(act->arena, f->search, &in.low, &in.high));
    return sql_application_list(act->db, act->arena, &in, ret, ret_n);
}

err_t application_count(struct act *act, const struct application_filter *f, int64_t *ret)
{
    struct sql_application_count in = { .org = act->org,
                                        .target_id = f->target,
                                        .limit = NAMES_COUNT_MAX,
                                        .admin_max = admin_max(act) };
    struct sql_application_count_row row;
    TRY(name_range(act->arena, f->search, &in.low, &in.high));
    TRY(sql_application_count(act->db, act->arena, &in, &row));
    *ret = row.n;
    return E_OK;
}

err_t application_by_client(struct act *act, str_t client_id, struct row_application *ret)
{
    struct sql_application_by_client in = { .client_id = client_id };
    return missing(act, sql_application_by_client(act->db, act->arena, &in, ret));
}

err_t application_by_id(struct act *act, oid_t id, struct row_application *ret)
{
    struct sql_application_by_id in = { .id = id };
    return missing(act, sql_application_by_id(act->db, act->arena, &in, ret));
}

err_t application_by_host(struct act *act, str_t host, struct row_application *ret)
{
    struct sql_application_by_host in = { .host = host };
    return missing(act, sql_application_by_host(act->db, act->arena, &in, ret));
}

err_t application_uri_has(struct act *act, oid_t id, enum app_uri_kind kind, str_t uri, bool *ret)
{
    struct sql_application_uri_get in = { .application_id = id, .kind = kind, .uri = uri };
    struct sql_application_uri_get_row row;
    err_t e = sql_application_uri_get(act->db, act->arena, &in, &row);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    *ret = e == E_OK;
    return E_OK;
}

err_t application_uris(struct act *act, oid_t id, struct sql_application_uris_row **ret,
                       size_t *ret_n)
{
    struct sql_application_uris in = { .application_id = id };
    return sql_application_uris(act->db, act->arena, &in, ret, ret_n);
}
