/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing anew what goes out, after its data key was replaced (SAFETY rule 4). */
#include "domain/hooks/hook_seal.h"
#include "sql/hooks.h"

#include <assert.h>

static err_t mail_put(struct db *db, oid_t id, const struct hook_sealed *s)
{
    return sql_mail_reseal(
        db, &(struct sql_mail_reseal){
                .id = id, .epoch = s->epoch, .key_id = s->key_id, .sealed = s->bytes });
}

static err_t webhook_put(struct db *db, oid_t id, const struct hook_sealed *s)
{
    return sql_webhook_reseal(
        db, &(struct sql_webhook_reseal){
                .id = id, .epoch = s->epoch, .key_id = s->key_id, .sealed = s->bytes });
}

static err_t provider_put(struct db *db, oid_t id, const struct hook_sealed *s)
{
    return sql_provider_reseal(
        db, &(struct sql_provider_reseal){
                .id = id, .epoch = s->epoch, .key_id = s->key_id, .sealed = s->bytes });
}

static err_t server_put(struct db *db, oid_t id, const struct hook_sealed *s)
{
    return sql_server_reseal(
        db, &(struct sql_server_reseal){
                .id = id, .epoch = s->epoch, .key_id = s->key_id, .sealed = s->bytes });
}

static err_t credential_put(struct db *db, oid_t id, const struct hook_sealed *s)
{
    return sql_credential_reseal(
        db, &(struct sql_credential_reseal){
                .id = id, .epoch = s->epoch, .key_id = s->key_id, .sealed = s->bytes });
}

static err_t approval_put(struct db *db, oid_t id, const struct hook_sealed *s)
{
    return sql_approval_reseal(
        db, &(struct sql_approval_reseal){
                .id = id, .epoch = s->epoch, .key_id = s->key_id, .sealed = s->bytes });
}

/* As outgoing_of_older_epoch numbers them. */
static const struct {
    const char *table;
    err_t (*put)(struct db *db, oid_t id, const struct hook_sealed *s);
} tables[] = {
    [1] = { HOOK_TABLE_MAIL, mail_put },
    [2] = { HOOK_TABLE_WEBHOOK, webhook_put },
    [3] = { HOOK_TABLE_PROVIDER, provider_put },
    [4] = { HOOK_TABLE_SERVER, server_put },
    [5] = { HOOK_TABLE_CREDENTIAL, credential_put },
    [6] = { HOOK_TABLE_APPROVAL, approval_put },
};

static err_t reseal_row(struct act *act, const struct sql_outgoing_of_older_epoch_row *row)
{
    struct hook_sealed s = { row->epoch, row->key_id, row->sealed };
    str_t plain = STR_NONE;
    assert(row->kind > 0 && row->kind < (int64_t)ARRAY_LEN(tables));
    const char *table = tables[row->kind].table;
    TRY(hook_unseal(act, table, row->id, &s, &plain));
    err_t e = hook_seal(act, table, row->id, plain, &s);
    hook_wipe(plain);
    TRY(e);
    return tables[row->kind].put(act->db, row->id, &s);
}

err_t hook_reseal(struct act *act, int64_t limit, struct data_resealed *ret)
{
    CLEANUP(data_key_wipe) struct data_key newest = { .epoch = 0 };
    struct data_resealed done = { .n = 0 };
    struct sql_outgoing_of_older_epoch_row *rows = NULL;
    err_t e = data_key_newest(act, STR(DATA_KEY_OUTGOING), &newest);
    if (e == E_NOT_FOUND) { /* nothing was ever sealed */
        *ret = done;
        return E_OK;
    }
    TRY(e);
    TRY(sql_outgoing_of_older_epoch(
        act->db, act->arena,
        &(struct sql_outgoing_of_older_epoch){ .epoch = newest.epoch, .limit = limit }, &rows,
        &done.n));
    for (size_t i = 0; i < done.n; i++)
        TRY(reseal_row(act, &rows[i]));
    if (done.n < (size_t)limit)
        TRY(data_keys_retire(act, STR(DATA_KEY_OUTGOING), newest.epoch, &done));
    *ret = done;
    return E_OK;
}
