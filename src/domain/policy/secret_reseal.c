/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing of secrets, and sealing them anew after their data key was replaced (SAFETY rule 4). */
#include "domain/policy/secret_seal.h"
#include "domain/policy/secret_store.h"

/* So that rows cannot be swapped, nor a value be taken for one of another table. */
static err_t aad_make(struct arena *a, oid_t id, int64_t epoch, str_t *ret)
{
    char text[OID_TEXT];
    oid_format(id, text);
    return str_format(a, ret, "secret|%.*s|sealed|%lld", (int)sizeof text, text, (long long)epoch);
}

err_t secret_seal_with(struct act *act, const struct data_key *key, oid_t id, str_t value,
                       struct secret_sealed *ret)
{
    struct secret_sealed s = { .epoch = key->epoch, .key_id = key->id };
    str_t aad = STR_NONE;
    TRY(aad_make(act->arena, id, key->epoch, &aad));
    TRY(seal(act->arena, &key->key, aad, value, &s.bytes));
    *ret = s;
    return E_OK;
}

err_t secret_seal(struct act *act, oid_t id, str_t value, struct secret_sealed *ret)
{
    CLEANUP(data_key_wipe) struct data_key key = { .epoch = 0 };
    err_t e = data_key_newest(act, STR(DATA_KEY_SECRETS), &key);
    if (e == E_NOT_FOUND)
        e = data_key_add(act, STR(DATA_KEY_SECRETS), &key);
    TRY(e);
    return secret_seal_with(act, &key, id, value, ret);
}

err_t secret_open(struct act *act, const struct row_secret *row, str_t *ret)
{
    CLEANUP(data_key_wipe) struct data_key key = { .epoch = 0 };
    str_t aad = STR_NONE;
    TRY(data_key_of_epoch(act, STR(DATA_KEY_SECRETS), row->epoch, &key));
    TRY(aad_make(act->arena, row->id, row->epoch, &aad));
    err_t e = oid_eq(key.id, row->key_id) ? unseal(act->arena, &key.key, aad, row->sealed, ret)
                                          : E_CORRUPT;
    if (e == E_CORRUPT)
        return FAIL(&act->why, e, "a stored secret is not what was written");
    return e;
}

static err_t reseal_row(struct act *act, const struct data_key *newest,
                        const struct row_secret *row)
{
    struct secret_sealed s;
    str_t value = STR_NONE;
    TRY(secret_open(act, row, &value));
    err_t e = secret_seal_with(act, newest, row->id, value, &s);
    if (value.n > 0)
        explicit_bzero((char *)(uintptr_t)value.p,
                       value.n); /* ours: it was opened into the arena */
    TRY(e);
    return sql_secret_reseal(
        act->db, &(struct sql_secret_reseal){
                     .id = row->id, .epoch = s.epoch, .key_id = s.key_id, .sealed = s.bytes });
}

err_t secret_reseal(struct act *act, int64_t limit, struct data_resealed *ret)
{
    CLEANUP(data_key_wipe) struct data_key newest = { .epoch = 0 };
    struct data_resealed done = { 0 };
    struct row_secret *rows = NULL;
    err_t e = data_key_newest(act, STR(DATA_KEY_SECRETS), &newest);
    if (e == E_NOT_FOUND) { /* nothing was ever sealed */
        *ret = done;
        return E_OK;
    }
    TRY(e);
    TRY(sql_secret_of_older_epoch(
        act->db, act->arena,
        &(struct sql_secret_of_older_epoch){ .epoch = newest.epoch, .limit = limit }, &rows,
        &done.n));
    for (size_t i = 0; i < done.n; i++)
        TRY(reseal_row(act, &newest, &rows[i]));
    if (done.n < (size_t)limit)
        TRY(data_keys_retire(act, STR(DATA_KEY_SECRETS), newest.epoch, &done));
    *ret = done;
    return E_OK;
}
