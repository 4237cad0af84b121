/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/identity/keys.h"

#include "base/rng.h"
#include "domain/identity/sealed_key.h"

enum { KEY_SIZE = ED25519_SEED, EPOCH_FIRST = 1 };

/* clang-format off */
static const struct { const char *name; bool ed25519; } uses[KEY_USE_COUNT] = {
    [KEY_TOKEN]       = { "token",       false },
    [KEY_CURSOR]      = { "cursor",      false },
    [KEY_AUDIT]       = { "audit",       true },
    [KEY_CONFIG_ROOT] = { "config-root", true },
};
/* clang-format on */

/* A row of this name holds a known text and nothing else: it proves the master key. */
#define CHECK_NAME "check"
#define CHECK_TEXT "seneschal master key check"

static err_t check_master(const struct sealing *s, const struct row_sealed_key *rows, size_t n);
static err_t key_take(const struct sealing *s, enum key_use use, const struct row_sealed_key *rows,
                      size_t n, secret_t *ret);
static err_t key_make(const struct sealing *s, enum key_use use, secret_t *ret);
static err_t row_add(const struct sealing *s, str_t name, str_t plain, str_t public);

err_t keys_open(struct db *db, struct arena *a, const struct master_key_cfg *cfg, struct diag *why,
                struct keys *ret)
{
    CLEANUP(secret_wipe) secret_t master = { .n = 0 };
    enum master_key_from from = MASTER_KEY_NONE;
    err_t e = master_key_find(cfg, why, &master, &from);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    if (e == E_NOT_FOUND) {
        struct row_sealed_key *rows = NULL;
        size_t n = 0;
        TRY(sql_sealed_keys(db, a, &rows, &n));
        if (n != 0)
            return FAIL(why, E_SEALED, "the master key of this store is not there");
        TRY(master_key_make(cfg->dir, why, &master));
    }
    return keys_load(db, a, &master, why, ret);
}

err_t keys_load(struct db *db, struct arena *a, const secret_t *master, struct diag *why,
                struct keys *ret)
{
    struct sealing s = { .db = db, .a = a, .master = master, .why = why };
    struct row_sealed_key *rows = NULL;
    size_t n = 0;
    TRY(sql_sealed_keys(db, a, &rows, &n));
    if (n == 0)
        TRY(row_add(&s, STR(CHECK_NAME), STR(CHECK_TEXT), STR_NONE));
    else
        TRY(check_master(&s, rows, n));
    CLEANUP(keys_fini) struct keys all = { 0 };
    for (size_t use = 0; use < KEY_USE_COUNT; use++)
        TRY(key_take(&s, (enum key_use)use, rows, n, &all.by_use[use]));
    all.master = *master;
    *ret = all;
    return E_OK;
}

void keys_fini(struct keys *k)
{
    explicit_bzero(k, sizeof *k);
}

/* The newest epoch of a name; rows come in the order of their epochs. */
static const struct row_sealed_key *row_find(const struct row_sealed_key *rows, size_t n,
                                             str_t name)
{
    for (size_t i = n; i > 0; i--) {
        if (str_eq(rows[i - 1].name, name))
            return &rows[i - 1];
    }
    return NULL;
}

static err_t check_master(const struct sealing *s, const struct row_sealed_key *rows, size_t n)
{
    const struct row_sealed_key *check = row_find(rows, n, STR(CHECK_NAME));
    if (check == NULL)
        return FAIL(s->why, E_CORRUPT,
                    "the store has keys, but not the row that proves their master key");
    str_t text = STR_NONE;
    TRY(sealed_key_open(s, check, &text));
    if (!str_eq(text, STR(CHECK_TEXT)))
        return FAIL(s->why, E_CORRUPT,
                    "the row that proves the master key is not what was written");
    return E_OK;
}

static err_t key_take(const struct sealing *s, enum key_use use, const struct row_sealed_key *rows,
                      size_t n, secret_t *ret)
{
    const struct row_sealed_key *row = row_find(rows, n, str_from_cz(uses[use].name));
    if (row == NULL)
        return key_make(s, use, ret);
    str_t plain = STR_NONE;
    TRY(sealed_key_open(s, row, &plain));
    if (plain.n != KEY_SIZE)
        return FAIL(s->why, E_CORRUPT, "the sealed key %s has a wrong length", uses[use].name);
    secret_t key = { .n = KEY_SIZE };
    memcpy(key.b, plain.p, KEY_SIZE);
    explicit_bzero((char *)(uintptr_t)plain.p, plain.n); /* ours: unseal made it in the arena */
    *ret = key;
    secret_wipe(&key);
    return E_OK;
}

static err_t key_make(const struct sealing *s, enum key_use use, secret_t *ret)
{
    CLEANUP(secret_wipe) secret_t key = { .n = KEY_SIZE };
    rng_bytes(key.b, key.n);
    uint8_t public[ED25519_PUBLIC] = { 0 };
    if (uses[use].ed25519)
        ed25519_public(&key, public);
    TRY(row_add(s, str_from_cz(uses[use].name), str_of(key.b, key.n),
                uses[use].ed25519 ? str_of(public, sizeof public) : STR_NONE));
    *ret = key;
    return E_OK;
}

static err_t row_add(const struct sealing *s, str_t name, str_t plain, str_t public)
{
    const struct sealed_key_in in = {
        .name = name, .epoch = EPOCH_FIRST, .plain = plain, .public = public
    };
    return sealed_key_add(s, &in, NULL);
}
