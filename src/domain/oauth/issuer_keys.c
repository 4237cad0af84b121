/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth/issuer_keys.h"

#include "domain/identity/sealed_key.h"
#include "domain/oauth/access_token.h"
#include "plat/jose/jwk.h"

/* clang-format off */
static const char *const names[ISSUER_ALGS] = {
    [ISSUER_NONE]  = "",
    [ISSUER_ES256] = "oidc-es256",
    [ISSUER_RS256] = "oidc-rs256",
};
/* clang-format on */

static struct sealing sealing_of(struct act *act)
{
    return (struct sealing){
        .db = act->db, .a = act->arena, .master = &act->keys->master, .why = &act->why
    };
}

/* Private bytes that were opened or written into the arena, which is ours. */
static void wipe(str_t plain)
{
    explicit_bzero((char *)(uintptr_t)plain.p, plain.n);
}

static err_t key_open(struct act *act, const struct row_issuer_key *row, struct sign_key **ret)
{
    struct sealing s = sealing_of(act);
    struct sql_issuer_key_sealed_row sealed;
    str_t der = STR_NONE;
    TRY(sql_issuer_key_sealed(act->db, act->arena, &(struct sql_issuer_key_sealed){ .id = row->id },
                              &sealed));
    const struct row_sealed_key in = { .id = row->id,
                                       .name = sealed.name,
                                       .epoch = sealed.epoch,
                                       .master = sealed.master,
                                       .sealed = sealed.sealed };
    TRY(sealed_key_open(&s, &in, &der));
    err_t e = sign_key_read(der, ret);
    wipe(der);
    return e == E_BAD_FIELD ? FAIL(&act->why, E_CORRUPT, "a key of the issuer is no key") : e;
}

static err_t key_load(struct act *act, const struct row_issuer_key *row, struct issuer *to)
{
    struct issuer_entry e = { .alg = (enum issuer_alg)row->alg, .retires_at = row->retires_at };
    if (ts_is_set(row->retires_at) && row->retires_at.us <= act->now.us)
        return E_OK;
    TRY(key_open(act, row, &e.key));
    return issuer_put(to, &e, (ts_t){ 0 });
}

/* The first key of ES256. */
static err_t key_first(struct act *act, struct issuer *to)
{
    struct issuer_entry e = { .alg = ISSUER_ES256 };
    struct issuer_key_in in = { .alg = ISSUER_ES256 };
    struct row_issuer_key row;
    TRY(sign_key_make(issuer_kind(in.alg), &e.key));
    err_t err = sign_key_write(e.key, act->arena, &in.der);
    if (err == E_OK) {
        err = issuer_key_keep(act, &in, &row);
        wipe(in.der);
    }
    if (err != E_OK) {
        sign_key_free(e.key);
        return err;
    }
    return issuer_put(to, &e, (ts_t){ 0 });
}

err_t issuer_keys_open(struct act *act, struct issuer *to)
{
    struct row_issuer_key *rows = NULL;
    size_t n = 0;
    TRY(issuer_keys_list(act, &rows, &n));
    for (size_t i = 0; i < n; i++)
        TRY(key_load(act, &rows[i], to));
    return issuer_has(to, ISSUER_ES256) ? E_OK : key_first(act, to);
}

err_t issuer_keep_time(struct act *act, dur_t *ret)
{
    struct sql_issuer_life_longest_row row;
    TRY(sql_issuer_life_longest(act->db, act->arena, &row));
    dur_t longest = DUR_S(row.seconds);
    if (longest.us < ACCESS_TOKEN_LIFE.us)
        longest = ACCESS_TOKEN_LIFE;
    *ret = (dur_t){ longest.us + JWT_LEEWAY.us };
    return E_OK;
}

static err_t key_add(struct act *act, const struct issuer_key_in *in, const struct sign_key *key,
                     struct row_issuer_key *row)
{
    struct sealing s = sealing_of(act);
    const struct pubkey *public = sign_key_public(key);
    str_t name = str_from_cz(names[in->alg]);
    struct sql_issuer_key_epoch_row newest;
    TRY(sql_issuer_key_epoch(act->db, act->arena, &(struct sql_issuer_key_epoch){ .name = name },
                             &newest));
    const struct sealed_key_in sealed = { .name = name,
                                          .epoch = newest.epoch + 1,
                                          .plain = in->der,
                                          .public = str_of(public->spki, public->spki_n) };
    TRY(sealed_key_add(&s, &sealed, &row->id));
    TRY(jwk_thumbprint(act->arena, public, &row->kid));
    return sql_issuer_key_add(
        act->db, &(struct sql_issuer_key_add){
                     .id = row->id, .alg = in->alg, .kid = row->kid, .now = act->now });
}

/* At once: those that are retiring go too, for whoever says so believes none of them any more. */
static err_t keys_drop_older(struct act *act, enum issuer_alg alg)
{
    struct row_issuer_key *rows = NULL;
    size_t n = 0;
    TRY(issuer_keys_list(act, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        if (rows[i].alg != (int64_t)alg)
            continue;
        TRY(sql_issuer_key_drop(act->db, &(struct sql_issuer_key_drop){ .id = rows[i].id }));
        TRY(sql_sealed_key_drop(act->db, &(struct sql_sealed_key_drop){ .id = rows[i].id }));
    }
    return E_OK;
}

err_t issuer_key_keep(struct act *act, const struct issuer_key_in *in, struct row_issuer_key *ret)
{
    CLEANUP(sign_key_freep) struct sign_key *key = NULL;
    struct row_issuer_key *rows = NULL;
    struct row_issuer_key row = { .alg = in->alg, .created_at = act->now };
    size_t n = 0;
    TRY(sign_key_read(in->der, &key));
    TRY(issuer_keys_list(act, &rows, &n));
    if (in->keep.us > 0 && n >= ISSUER_KEYS_MAX - 1)
        return FAIL(&act->why, E_CONFLICT,
                    "%zu keys are in the set already: wait until one has retired, or say at_once",
                    n);
    if (in->keep.us > 0)
        TRY(sql_issuer_key_retire(act->db, &(struct sql_issuer_key_retire){
                                               .alg = in->alg, .at = ts_add(act->now, in->keep) }));
    else
        TRY(keys_drop_older(act, in->alg));
    TRY(key_add(act, in, key, &row));
    *ret = row;
    return E_OK;
}

err_t issuer_keys_list(struct act *act, struct row_issuer_key **ret, size_t *ret_n)
{
    return sql_issuer_keys(act->db, act->arena, ret, ret_n);
}

err_t issuer_keys_retire(struct act *act, int64_t limit, str_t **ret_kids, size_t *ret_n)
{
    struct sql_issuer_keys_due_row *rows = NULL;
    size_t n = 0;
    TRY(sql_issuer_keys_due(act->db, act->arena,
                            &(struct sql_issuer_keys_due){ .now = act->now, .limit = limit }, &rows,
                            &n));
    str_t *kids = ARENA_ARRAY(act->arena, str_t, n + 1);
    if (kids == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        TRY(sql_issuer_key_drop(act->db, &(struct sql_issuer_key_drop){ .id = rows[i].id }));
        TRY(sql_sealed_key_drop(act->db, &(struct sql_sealed_key_drop){ .id = rows[i].id }));
        kids[i] = rows[i].kid;
    }
    *ret_kids = kids;
    *ret_n = n;
    return E_OK;
}
