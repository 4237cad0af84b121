/* SPDX-License-Identifier: Apache-2.0 */
#include "app/import_index.h"

#include "plat/crypto/crypto.h"

enum { KEY_SIZE = 16 };

/* Half of a SHA-256 is far more than rows that are equal by accident can meet in. */
struct key {
    uint8_t b[KEY_SIZE];
};

struct seen {
    struct key machine;
    struct key name;
    struct key token;
    uint32_t counts; /* of the first row of a machine: which of its rows counts */
    bool sendable;
    bool revoked;
    bool has_token;
    bool shared; /* of the first row with this token */
};

static struct seen *seen_of(const struct import_index *x)
{
    return (struct seen *)(void *)x->rows.p; /* from malloc: aligned for anything */
}

static struct key key_of(str_t s)
{
    struct key k;
    digest_t d = sha256_of(s);
    memcpy(k.b, d.b, sizeof k.b);
    return k;
}

static struct key key_of_name(str_t s)
{
    char lower[256];
    size_t n = s.n < sizeof lower ? s.n : sizeof lower;
    for (size_t i = 0; i < n; i++)
        lower[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] - 'A' + 'a') : s.p[i];
    return key_of(str_of(lower, n));
}

static bool key_eq(const struct key *a, const struct key *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

static bool machine_eq(const void *rows, uint32_t row, const void *key)
{
    return key_eq(&((const struct seen *)rows)[row].machine, key);
}

static bool name_eq(const void *rows, uint32_t row, const void *key)
{
    return key_eq(&((const struct seen *)rows)[row].name, key);
}

static bool token_eq(const void *rows, uint32_t row, const void *key)
{
    return key_eq(&((const struct seen *)rows)[row].token, key);
}

void import_index_init(struct import_index *x)
{
    *x = (struct import_index){ 0 };
    map_init(&x->machines);
    map_init(&x->names);
    map_init(&x->tokens);
    buf_init(&x->rows, SIZE_MAX / 2); /* the reader of the file bounds its rows */
}

void import_index_fini(struct import_index *x)
{
    map_fini(&x->machines);
    map_fini(&x->names);
    map_fini(&x->tokens);
    buf_fini(&x->rows);
}

int64_t import_index_rows(const struct import_index *x)
{
    return (int64_t)(x->rows.n / sizeof(struct seen));
}

static struct seen seen_make(const struct import_row *row, uint32_t at)
{
    struct seen s = { .counts = at, .sendable = row->status != IMPORT_SKIPPED };
    str_t token = row->values[IMPORT_TOKEN_HASH];
    if (!s.sendable)
        return s;
    s.machine = key_of(row->values[IMPORT_MACHINE_ID]);
    s.name = key_of_name(row->values[IMPORT_MACHINE_ID]);
    s.revoked = row->status == IMPORT_REVOKED;
    s.has_token = token.p != NULL;
    if (s.has_token)
        s.token = key_of(token);
    return s;
}

/* The row of that key that came first, or the one just added, which is then the first. */
static err_t first_of(struct map *m, const struct key *key, map_eq_f *eq, const struct seen *rows,
                      uint32_t at, uint32_t *ret)
{
    uint64_t hash = map_hash(key->b, sizeof key->b);
    uint32_t first = map_get(m, hash, eq, rows, key);
    if (first == MAP_NONE) {
        TRY(map_put(m, hash, at));
        first = at;
    }
    *ret = first;
    return E_OK;
}

err_t import_index_add(struct import_index *x, const struct import_row *row)
{
    uint32_t at = (uint32_t)import_index_rows(x);
    struct seen one = seen_make(row, at);
    buf_add(&x->rows, str_of(&one, sizeof one));
    TRY(x->rows.err);
    if (!one.sendable)
        return E_OK;
    struct seen *rows = seen_of(x);
    uint32_t first;
    TRY(first_of(&x->machines, &one.machine, machine_eq, rows, at, &first));
    /* A revocation counts before all else; then the newest row. */
    if (one.revoked || !rows[rows[first].counts].revoked)
        rows[first].counts = at;
    TRY(first_of(&x->names, &one.name, name_eq, rows, at, &first));
    if (!one.has_token)
        return E_OK;
    TRY(first_of(&x->tokens, &one.token, token_eq, rows, at, &first));
    if (!key_eq(&rows[first].machine, &one.machine))
        rows[first].shared = true;
    return E_OK;
}

static uint32_t ask(const struct map *m, const struct key *key, map_eq_f *eq,
                    const struct seen *rows)
{
    return map_get(m, map_hash(key->b, sizeof key->b), eq, rows, key);
}

struct import_verdict import_index_ask(const struct import_index *x, const struct import_row *row)
{
    struct import_verdict v = { .unknown = row->number > import_index_rows(x) };
    uint32_t at = (uint32_t)(row->number - 1);
    const struct seen *rows = seen_of(x);
    if (v.unknown || row->status == IMPORT_SKIPPED)
        return v;
    struct seen one = seen_make(row, at);
    uint32_t machine = ask(&x->machines, &one.machine, machine_eq, rows);
    uint32_t name = ask(&x->names, &one.name, name_eq, rows);
    uint32_t token = one.has_token ? ask(&x->tokens, &one.token, token_eq, rows) : MAP_NONE;
    v.unknown = machine == MAP_NONE || name == MAP_NONE || (one.has_token && token == MAP_NONE);
    if (v.unknown)
        return v;
    if (rows[machine].counts != at)
        v.other = (int64_t)rows[machine].counts + 1;
    if (!key_eq(&rows[name].machine, &one.machine))
        v.resembles = (int64_t)name + 1;
    v.token_shared = one.has_token && rows[token].shared;
    return v;
}
