/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/identity/org_key.h"

#include "base/rng.h"
#include "domain/identity/sealed_key.h"
#include "plat/jose/jwk.h"
#include "sql/store.h"

#define KEY_NAME "org-config"

enum { COMPLETE_SLICE = 256, SET_MAX = 16 * 1024 };

static struct sealing sealing_of(struct act *act)
{
    return (struct sealing){
        .db = act->db, .a = act->arena, .master = &act->keys->master, .why = &act->why
    };
}

/* Each change of a set has a number of the store's one counter, which a restore raises: what
 * devices have seen never comes again. */
static err_t set_moved(struct act *act, oid_t org, int64_t *ret)
{
    struct sql_generation_next_row next;
    TRY(sql_generation_next(act->db, act->arena, &next));
    TRY(sql_org_key_set_put(act->db, &(struct sql_org_key_set_put){ .org = org, .n = next.n }));
    *ret = next.n;
    return E_OK;
}

err_t org_key_make(struct act *act, oid_t org)
{
    struct sealing s = sealing_of(act);
    CLEANUP(secret_wipe) secret_t seed = { .n = ED25519_SEED };
    CLEANUP(jws_key_fini) struct jws_key key = { 0 };
    uint8_t public[ED25519_PUBLIC];
    struct sql_org_key_add row = { .org = org, .now = act->now };
    int64_t n = 0;
    TRY(set_moved(act, org, &n));
    rng_bytes(seed.b, seed.n);
    ed25519_public(&seed, public);
    TRY(jws_key_make(&seed, &key));
    const struct sealed_key_in in = { .name = STR(KEY_NAME),
                                      .epoch = n,
                                      .plain = str_of(seed.b, seed.n),
                                      .public = str_of(public, sizeof public) };
    TRY(sealed_key_add(&s, &in, &row.id));
    row.kid = str_of(key.kid, JWS_KID);
    return sql_org_key_add(act->db, &row);
}

err_t org_keys_complete(struct act *act)
{
    for (;;) {
        struct sql_org_keyless_row *rows = NULL;
        size_t n = 0;
        TRY(sql_org_keyless(act->db, act->arena,
                            &(struct sql_org_keyless){ .limit = COMPLETE_SLICE }, &rows, &n));
        for (size_t i = 0; i < n; i++)
            TRY(org_key_make(act, rows[i].id));
        if (n < COMPLETE_SLICE)
            return E_OK;
    }
}

err_t org_key_kid(struct act *act, oid_t org, str_t *ret)
{
    struct sql_org_key_kid_row row;
    TRY(sql_org_key_kid(act->db, act->arena, &(struct sql_org_key_kid){ .org = org }, &row));
    *ret = row.kid;
    return E_OK;
}

err_t org_key_signer(struct act *act, oid_t org, struct jws_key *ret)
{
    struct sealing s = sealing_of(act);
    struct sql_org_key_signs_row row;
    CLEANUP(secret_wipe) secret_t seed = { .n = ED25519_SEED };
    str_t plain = STR_NONE;
    TRY(sql_org_key_signs(act->db, act->arena, &(struct sql_org_key_signs){ .org = org }, &row));
    const struct row_sealed_key sealed = { .id = row.id,
                                           .name = row.name,
                                           .epoch = row.epoch,
                                           .master = row.master,
                                           .sealed = row.sealed };
    TRY(sealed_key_open(&s, &sealed, &plain));
    if (plain.n != ED25519_SEED)
        return FAIL(&act->why, E_CORRUPT, "the key of an organisation has a wrong length");
    memcpy(seed.b, plain.p, ED25519_SEED);
    explicit_bzero((char *)(uintptr_t)plain.p, plain.n); /* ours: it was opened into the arena */
    return jws_key_make(&seed, ret);
}

err_t org_keys_list(struct act *act, oid_t org, struct row_org_key **ret, size_t *ret_n)
{
    return sql_org_keys(act->db, act->arena, &(struct sql_org_keys){ .org = org }, ret, ret_n);
}

static err_t key_drop(struct act *act, oid_t id)
{
    TRY(sql_org_key_drop(act->db, &(struct sql_org_key_drop){ .id = id }));
    return sql_sealed_key_drop(act->db, &(struct sql_sealed_key_drop){ .id = id });
}

static err_t drop_retiring(struct act *act)
{
    struct sql_org_keys_retiring_row *rows = NULL;
    size_t n = 0;
    TRY(sql_org_keys_retiring(act->db, act->arena,
                              &(struct sql_org_keys_retiring){ .org = act->org }, &rows, &n));
    for (size_t i = 0; i < n; i++)
        TRY(key_drop(act, rows[i].id));
    return E_OK;
}

err_t org_key_rotate(struct act *act, dur_t keep, struct row_org_key *ret)
{
    struct row_org_key *rows = NULL;
    size_t n = 0;
    bool at_once = keep.us == 0;
    TRY(org_keys_list(act, act->org, &rows, &n));
    if (n >= ORG_KEYS_MAX && !at_once)
        return FAIL(&act->why, E_CONFLICT,
                    "%d keys are in the set already: wait until one has retired, or say at_once",
                    ORG_KEYS_MAX);
    TRY(sql_org_key_retire(
        act->db, &(struct sql_org_key_retire){ .org = act->org, .at = ts_add(act->now, keep) }));
    if (at_once)
        TRY(drop_retiring(act));
    TRY(org_key_make(act, act->org));
    /* First memory forgets who signed, then what he signed: whoever loads in between is dropped. */
    TRY(act_effect(act, (struct effect){ .kind = EFFECT_SIGNER, .org = act->org }));
    TRY(act_scope_changed(act, SCOPE_ORG, act->org, act->org));
    TRY(org_keys_list(act, act->org, &rows, &n));
    *ret = rows[0];
    return E_OK;
}

err_t org_keys_retire(struct act *act, int64_t limit, struct org_key_gone **ret, size_t *ret_n)
{
    struct sql_org_keys_due_row *rows = NULL;
    size_t n = 0;
    int64_t moved;
    TRY(sql_org_keys_due(act->db, act->arena,
                         &(struct sql_org_keys_due){ .now = act->now, .limit = limit }, &rows, &n));
    struct org_key_gone *gone = ARENA_ARRAY(act->arena, struct org_key_gone, n + 1);
    if (gone == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        TRY(key_drop(act, rows[i].id));
        TRY(set_moved(act, rows[i].org, &moved));
        gone[i] = (struct org_key_gone){ rows[i].org, rows[i].kid };
    }
    *ret = gone;
    *ret_n = n;
    return E_OK;
}

static err_t set_write(struct act *act, oid_t org, int64_t generation, struct buf *b)
{
    struct row_org_key *rows = NULL;
    size_t n = 0;
    TRY(org_keys_list(act, org, &rows, &n));
    struct json_out o = json_out_to(b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "iat", i64, act->now.us / 1000000);
    json_out_name(&o, STR("keys"));
    json_out_open(&o, '[');
    for (size_t i = 0; i < n; i++) {
        struct pubkey k = { .kind = PUBKEY_NONE };
        if (pubkey_from_raw(PUBKEY_ED25519, rows[i].public, STR_NONE, &k) != E_OK)
            return FAIL(&act->why, E_CORRUPT, "a key of an organisation is not what was written");
        jwk_set_key_write(&o, &k, rows[i].kid);
    }
    json_out_close(&o, ']');
    JSON_OUT(&o, "n", i64, generation);
    JSON_OUT(&o, "org", id, org);
    json_out_close(&o, '}');
    return b->err;
}

err_t org_key_set(struct act *act, oid_t org, str_t *ret)
{
    struct sql_org_key_set_get_row set;
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, SET_MAX);
    TRY(sql_org_key_set_get(act->db, act->arena, &(struct sql_org_key_set_get){ .org = org },
                            &set));
    TRY(set_write(act, org, set.n, &b));
    return str_copy(act->arena, buf_str(&b), ret);
}
