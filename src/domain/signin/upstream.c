/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/signin/upstream.h"

#include "base/enc.h"
#include "domain/hooks/hook_seal.h"
#include "domain/identity/group.h"

#include <assert.h>

#define SCOPES_DEFAULT STR("openid profile email")

/* In a path: a-z, 0-9 and '-'. */
static bool name_obeys(str_t name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
            return false;
    }
    return name.n > 0 && name.n <= PROVIDER_NAME_MAX;
}

static bool has_word(str_t words, str_t word)
{
    str_t part;
    while (str_split(&words, ' ', &part)) {
        if (str_eq(part, word))
            return true;
    }
    return false;
}

static void take(str_t *to, str_t from)
{
    if (from.p != NULL)
        *to = from.n > 0 ? from : STR_NONE;
}

static err_t merge(struct act *act, const struct provider_in *in, struct row_provider *row)
{
    enum account_status status = (enum account_status)row->status;
    TRY(name_wanted(act, "title", in->title));
    TRY(name_wanted(act, "client_id", in->client_id));
    if (in->status.p != NULL &&
        (account_status_parse(in->status, &status) != E_OK || status == ACCOUNT_PENDING))
        return diag_set_field(&act->why, E_BAD_FIELD, "status", "want active or disabled");
    row->status = status;
    take(&row->title, in->title);
    take(&row->client_id, in->client_id);
    take(&row->scopes, in->scopes);
    take(&row->groups_claim, in->groups_claim);
    take(&row->audience, in->audience);
    if (row->scopes.n == 0)
        row->scopes = SCOPES_DEFAULT;
    if (!has_word(row->scopes, STR("openid")))
        return diag_set_field(&act->why, E_BAD_FIELD, "scopes", "want `openid` among them");
    if (in->sign_up.set)
        row->sign_up = in->sign_up.v;
    if (in->link_email.set)
        row->link_email = in->link_email.v;
    return E_OK;
}

static err_t seal_into(struct act *act, str_t secret, struct row_provider *row)
{
    struct hook_sealed s = { .epoch = 0 };
    if (secret.p == NULL)
        return E_OK;
    if (secret.n > 0)
        TRY(hook_seal(act, HOOK_TABLE_PROVIDER, row->id, secret, &s));
    row->epoch = (opt_i64_t){ secret.n > 0, s.epoch };
    row->key_id = s.key_id;
    row->sealed = secret.n > 0 ? s.bytes : STR_NONE;
    return E_OK;
}

/* Whoever maps a claim to a group gives the group's rights: he must have them (AC18). */
static err_t map_put(struct act *act, const struct provider_in *in, oid_t provider)
{
    if (!in->map_set)
        return E_OK;
    if (in->map_n > PROVIDER_GROUPS_MAX)
        return diag_set_field(&act->why, E_BAD_FIELD, "groups", "want at most %d",
                              PROVIDER_GROUPS_MAX);
    TRY(sql_provider_group_drop_all(
        act->db, &(struct sql_provider_group_drop_all){ .provider_id = provider }));
    for (size_t i = 0; i < in->map_n; i++) {
        struct row_principal_group group;
        TRY(group_find(act, in->map[i].group, &group));
        TRY(roles_may_give(act, 0, group.roles));
        TRY(sql_provider_group_add(act->db,
                                   &(struct sql_provider_group_add){ .provider_id = provider,
                                                                     .value = in->map[i].value,
                                                                     .group_id = group.id }));
    }
    return E_OK;
}

err_t provider_create(struct act *act, const struct provider_in *in, struct row_provider *ret)
{
    struct row_provider row = { .id = oid_make(),
                                .name = in->name,
                                .title = in->name,
                                .issuer = in->issuer,
                                .status = ACCOUNT_ACTIVE };
    if (!name_obeys(in->name))
        return diag_set_field(&act->why, E_BAD_FIELD, "name", "want 1 to %d of a-z, 0-9 and '-'",
                              PROVIDER_NAME_MAX);
    TRY(merge(act, in, &row));
    TRY(seal_into(act, in->client_secret, &row));
    err_t e =
        sql_provider_add(act->db, &(struct sql_provider_add){ .id = row.id,
                                                              .org = act->org,
                                                              .name = row.name,
                                                              .title = row.title,
                                                              .issuer = row.issuer,
                                                              .client_id = row.client_id,
                                                              .scopes = row.scopes,
                                                              .groups_claim = row.groups_claim,
                                                              .audience = row.audience,
                                                              .sign_up = row.sign_up,
                                                              .link_email = row.link_email,
                                                              .status = row.status,
                                                              .epoch = row.epoch,
                                                              .key_id = row.key_id,
                                                              .sealed = row.sealed,
                                                              .now = act->now });
    if (e == E_CONFLICT)
        return FAIL(&act->why, e, "there is a provider of this name or issuer");
    TRY(e);
    TRY(map_put(act, in, row.id));
    return provider_get(act, row.id, ret);
}

err_t provider_get(struct act *act, oid_t id, struct row_provider *ret)
{
    err_t e = sql_provider_get(act->db, act->arena,
                               &(struct sql_provider_get){ .org = act->org, .id = id }, ret);
    return e == E_NOT_FOUND ? FAIL(&act->why, e, "there is no such identity provider") : e;
}

err_t provider_named(struct act *act, str_t name, struct row_provider *ret)
{
    struct row_provider row;
    err_t e = sql_provider_by_name(
        act->db, act->arena, &(struct sql_provider_by_name){ .org = act->org, .name = name }, &row);
    if (e == E_NOT_FOUND || (e == E_OK && row.status != ACCOUNT_ACTIVE))
        return FAIL(&act->why, E_NOT_FOUND, "there is no such identity provider");
    TRY(e);
    *ret = row;
    return E_OK;
}

err_t provider_change(struct act *act, const struct row_provider *old, const struct provider_in *in,
                      struct row_provider *ret)
{
    struct row_provider row = *old;
    TRY(merge(act, in, &row));
    TRY(seal_into(act, in->client_secret, &row));
    TRY(sql_provider_put(act->db, &(struct sql_provider_put){ .org = act->org,
                                                              .id = row.id,
                                                              .title = row.title,
                                                              .client_id = row.client_id,
                                                              .scopes = row.scopes,
                                                              .groups_claim = row.groups_claim,
                                                              .audience = row.audience,
                                                              .sign_up = row.sign_up,
                                                              .link_email = row.link_email,
                                                              .status = row.status,
                                                              .epoch = row.epoch,
                                                              .key_id = row.key_id,
                                                              .sealed = row.sealed,
                                                              .now = act->now }));
    TRY(map_put(act, in, row.id));
    return provider_get(act, row.id, ret);
}

err_t provider_accept(struct act *act, str_t issuer, str_t audience)
{
    struct row_provider row;
    struct provider_in in = { .audience = audience };
    err_t e = sql_provider_of_issuer(
        act->db, act->arena, &(struct sql_provider_of_issuer){ .org = act->org, .issuer = issuer },
        &row);
    if (e == E_OK)
        return str_eq(row.audience, audience) ? E_OK : provider_change(act, &row, &in, &row);
    if (e != E_NOT_FOUND)
        return e;
    return sql_provider_add(act->db, &(struct sql_provider_add){ .id = oid_make(),
                                                                 .org = act->org,
                                                                 .name = STR("oidc"),
                                                                 .title = STR(""),
                                                                 .issuer = issuer,
                                                                 .client_id = audience,
                                                                 .scopes = SCOPES_DEFAULT,
                                                                 .audience = audience,
                                                                 .status = ACCOUNT_ACTIVE,
                                                                 .now = act->now });
}

err_t provider_delete(struct act *act, oid_t id)
{
    struct row_provider row;
    TRY(provider_get(act, id, &row)); /* of this organisation: what follows goes by the provider */
    TRY(sql_provider_group_drop_all(act->db,
                                    &(struct sql_provider_group_drop_all){ .provider_id = id }));
    TRY(sql_link_drop_all(act->db, &(struct sql_link_drop_all){ .provider_id = id }));
    return sql_provider_drop(act->db, &(struct sql_provider_drop){ .org = act->org, .id = id });
}

err_t provider_secret(struct act *act, const struct row_provider *row, str_t *ret)
{
    if (row->sealed.n == 0) {
        *ret = STR("");
        return E_OK;
    }
    const struct hook_sealed sealed = { row->epoch.v, row->key_id, row->sealed };
    return hook_unseal(act, HOOK_TABLE_PROVIDER, row->id, &sealed, ret);
}

/* 43 characters of base64url: 32 bytes that only this server can derive from the state. */
static void derive(const struct act *act, const char *what, str_t state, char out[static 43])
{
    const str_t parts[] = { STR("upstream"), str_from_cz(what), state };
    digest_t d = hmac_of_parts(&act->keys->by_use[KEY_TOKEN], parts, ARRAY_LEN(parts));
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, 64);
    buf_add_base64url(&b, d.b, sizeof d.b);
    assert(b.err != E_OK || b.n == 43);
    if (b.err == E_OK)
        memcpy(out, b.p, 43);
    else
        memset(out, '-', 43); /* memory is short: it will not match, nor will anything else work */
}

void upstream_proofs_of(const struct act *act, str_t state, struct upstream_proofs *ret)
{
    derive(act, "nonce", state, ret->nonce);
    derive(act, "verifier", state, ret->verifier);
    digest_t d = sha256_of(str_of(ret->verifier, sizeof ret->verifier));
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, 64);
    buf_add_base64url(&b, d.b, sizeof d.b);
    memset(ret->challenge, '-', sizeof ret->challenge);
    if (b.err == E_OK)
        memcpy(ret->challenge, b.p, sizeof ret->challenge);
}
