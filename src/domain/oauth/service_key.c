/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth/service_key.h"

#include "plat/json/out.h"

#include <assert.h>

static const char *const status_names[] = {
    [SERVICE_KEY_ACTIVE] = "active",
    [SERVICE_KEY_DISABLED] = "disabled",
};

const char *service_key_status_name(enum service_key_status s)
{
    assert(s >= SERVICE_KEY_ACTIVE && s <= SERVICE_KEY_DISABLED);
    return status_names[s];
}

str_t service_key_alg(str_t spki)
{
    struct pubkey key = { .kind = PUBKEY_NONE };
    return pubkey_from_spki(spki, &key) == E_OK ? jws_alg(key.kind) : STR("none");
}

err_t service_key_kind_parse(str_t alg, enum pubkey_kind *ret)
{
    for (int kind = PUBKEY_ED25519; kind <= PUBKEY_RSA; kind++) {
        if (!str_eq(alg, jws_alg((enum pubkey_kind)kind)))
            continue;
        *ret = (enum pubkey_kind)kind;
        return E_OK;
    }
    return E_BAD_FIELD;
}

void service_key_file(struct buf *b, oid_t service, oid_t key, str_t pem)
{
    struct json_out o = json_out_to(b);
    assert(b->secret);
    json_out_open(&o, '{');
    JSON_OUT(&o, "type", str, STR("serviceaccount"));
    JSON_OUT(&o, "keyId", id, key);
    JSON_OUT(&o, "key", str, pem);
    JSON_OUT(&o, "userId", id, service);
    json_out_close(&o, '}');
}

static err_t end_check(struct act *act, ts_t *expires_at)
{
    if (!ts_is_set(*expires_at))
        *expires_at = ts_add(act->now, SERVICE_KEY_LIFE);
    if (expires_at->us <= act->now.us)
        return diag_set_field(&act->why, E_BAD_FIELD, "expires_at", "want a time to come");
    if (expires_at->us > ts_add(act->now, SERVICE_KEY_LIFE_MAX).us)
        return diag_set_field(&act->why, E_BAD_FIELD, "expires_at", "want less than ten years");
    return E_OK;
}

err_t service_key_add(struct act *act, oid_t service, const struct service_key_in *in,
                      struct row_service_key *ret)
{
    struct sql_service_key_add row = { .id = oid_make(),
                                       .org = act->org,
                                       .service_id = service,
                                       .name = in->name,
                                       .status = SERVICE_KEY_ACTIVE,
                                       .spki = in->spki,
                                       .now = act->now,
                                       .expires_at = in->expires_at };
    struct sql_service_key_count_row count;
    struct row_service_account account;
    TRY(service_get_to_change(act, service, &account));
    TRY(end_check(act, &row.expires_at));
    TRY(sql_service_key_count(act->db, act->arena,
                              &(struct sql_service_key_count){ .service_id = service }, &count));
    if (count.n >= SERVICE_KEYS_MAX)
        return FAIL(&act->why, E_CONFLICT, "the account has %d keys already: delete one first",
                    SERVICE_KEYS_MAX);
    err_t e = sql_service_key_add(act->db, &row);
    if (e == E_CONFLICT)
        return FAIL(&act->why, e, "the account has this key already");
    TRY(e);
    return service_key_get(act, service, row.id, ret);
}

err_t service_key_get(struct act *act, oid_t service, oid_t id, struct row_service_key *ret)
{
    struct sql_service_key_get in = { .org = act->org, .service_id = service, .id = id };
    err_t e = sql_service_key_get(act->db, act->arena, &in, ret);
    return e == E_NOT_FOUND ? FAIL(&act->why, e, "there is no such key") : e;
}

err_t service_key_page(struct act *act, oid_t service, oid_t after, int64_t n,
                       struct row_service_key **ret, size_t *ret_n)
{
    struct row_service_account row;
    TRY(service_get(act, service, &row));
    struct sql_service_key_list in = {
        .org = act->org, .service_id = service, .after = after, .n = n
    };
    return sql_service_key_list(act->db, act->arena, &in, ret, ret_n);
}

static err_t status_parse(struct act *act, str_t name, int64_t *status)
{
    if (name.p == NULL)
        return E_OK;
    for (int s = SERVICE_KEY_ACTIVE; s <= SERVICE_KEY_DISABLED; s++) {
        if (!str_eq(name, str_from_cz(status_names[s])))
            continue;
        *status = s;
        return E_OK;
    }
    return diag_set_field(&act->why, E_BAD_FIELD, "status", "want active or disabled");
}

/* Who acts by its tokens is asked again: what a key brought ends with the key. */
static err_t key_moved(struct act *act, oid_t service)
{
    return act_effect(act,
                      (struct effect){ .kind = EFFECT_PRINCIPAL, .org = act->org, .id = service });
}

err_t service_key_change(struct act *act, oid_t service, oid_t id, str_t name, str_t status,
                         struct row_service_key *ret)
{
    struct row_service_account account;
    struct row_service_key old;
    TRY(name_wanted(act, "name", name));
    TRY(service_get_to_change(act, service, &account));
    TRY(service_key_get(act, service, id, &old));
    struct sql_service_key_put row = { .org = act->org,
                                       .service_id = service,
                                       .id = id,
                                       .name = name.p != NULL ? name : old.name,
                                       .status = old.status };
    TRY(status_parse(act, status, &row.status));
    TRY(sql_service_key_put(act->db, &row));
    TRY(key_moved(act, service));
    return service_key_get(act, service, id, ret);
}

err_t service_key_delete(struct act *act, oid_t service, oid_t id, struct row_service_key *ret)
{
    struct row_service_account account;
    struct row_service_key old;
    TRY(service_get_to_change(act, service, &account));
    TRY(service_key_get(act, service, id, &old));
    TRY(sql_service_key_drop(act->db, &(struct sql_service_key_drop){
                                          .org = act->org, .service_id = service, .id = id }));
    TRY(key_moved(act, service));
    *ret = old;
    return E_OK;
}
