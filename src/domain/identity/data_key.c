/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/identity/data_key.h"

#include "base/rng.h"
#include "domain/identity/sealed_key.h"

enum { DATA_KEY_SIZE = 32, EPOCH_FIRST = 1 };

static struct sealing sealing_of(struct act *act)
{
    return (struct sealing){
        .db = act->db, .a = act->arena, .master = &act->keys->master, .why = &act->why
    };
}

static err_t key_open(struct act *act, const struct row_sealed_key *row, struct data_key *ret)
{
    struct sealing s = sealing_of(act);
    str_t plain = STR_NONE;
    TRY(sealed_key_open(&s, row, &plain));
    if (plain.n != DATA_KEY_SIZE)
        return FAIL(&act->why, E_CORRUPT, "the data key %.*s has a wrong length",
                    STR_ARG(row->name));
    *ret = (struct data_key){ .id = row->id, .epoch = row->epoch, .key.n = DATA_KEY_SIZE };
    memcpy(ret->key.b, plain.p, DATA_KEY_SIZE);
    explicit_bzero((char *)(uintptr_t)plain.p, plain.n); /* ours: it was opened into the arena */
    return E_OK;
}

err_t data_key_newest(struct act *act, str_t name, struct data_key *ret)
{
    struct row_sealed_key row;
    TRY(sql_sealed_key_newest(act->db, act->arena, &(struct sql_sealed_key_newest){ .name = name },
                              &row));
    return key_open(act, &row, ret);
}

err_t data_key_of_epoch(struct act *act, str_t name, int64_t epoch, struct data_key *ret)
{
    struct row_sealed_key row;
    err_t e = sql_sealed_key_of_epoch(
        act->db, act->arena, &(struct sql_sealed_key_of_epoch){ .name = name, .epoch = epoch },
        &row);
    if (e == E_NOT_FOUND)
        return FAIL(&act->why, E_CORRUPT, "the data key %.*s of epoch %lld is gone", STR_ARG(name),
                    (long long)epoch);
    TRY(e);
    return key_open(act, &row, ret);
}

err_t data_key_add(struct act *act, str_t name, struct data_key *ret)
{
    struct sealing s = sealing_of(act);
    struct row_sealed_key newest;
    CLEANUP(data_key_wipe)
    struct data_key fresh = { .epoch = EPOCH_FIRST, .key.n = DATA_KEY_SIZE };
    err_t e = sql_sealed_key_newest(act->db, act->arena,
                                    &(struct sql_sealed_key_newest){ .name = name }, &newest);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    if (e == E_OK)
        fresh.epoch = newest.epoch + 1;
    rng_bytes(fresh.key.b, fresh.key.n);
    const struct sealed_key_in in = { .name = name,
                                      .epoch = fresh.epoch,
                                      .plain = str_of(fresh.key.b, fresh.key.n) };
    TRY(sealed_key_add(&s, &in, &fresh.id));
    *ret = fresh;
    return E_OK;
}

err_t data_key_list(struct act *act, str_t name, struct data_key_line **ret, size_t *ret_n)
{
    struct sql_sealed_key_epochs_row *rows = NULL;
    size_t n = 0;
    TRY(sql_sealed_key_epochs(act->db, act->arena, &(struct sql_sealed_key_epochs){ .name = name },
                              &rows, &n));
    struct data_key_line *lines = ARENA_ARRAY(act->arena, struct data_key_line, n + 1);
    if (lines == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        lines[i] = (struct data_key_line){ rows[i].id, rows[i].epoch, rows[i].created_at };
    *ret = lines;
    *ret_n = n;
    return E_OK;
}

err_t data_key_drop(struct act *act, oid_t id)
{
    return sql_sealed_key_drop(act->db, &(struct sql_sealed_key_drop){ .id = id });
}

err_t data_keys_retire(struct act *act, str_t name, int64_t epoch, struct data_resealed *ret)
{
    struct data_key_line *keys = NULL;
    size_t n = 0;
    size_t retired = 0;
    TRY(data_key_list(act, name, &keys, &n));
    int64_t *epochs = ARENA_ARRAY(act->arena, int64_t, n + 1);
    if (epochs == NULL)
        return E_NO_MEMORY;
    for (; retired < n && keys[retired].epoch < epoch; retired++) {
        TRY(data_key_drop(act, keys[retired].id));
        epochs[retired] = keys[retired].epoch;
    }
    ret->retired = epochs;
    ret->retired_n = retired;
    return E_OK;
}
