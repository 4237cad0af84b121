/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/identity/sealed_key.h"

enum { MASTER_ID_SIZE = 8 };

/* Which master key sealed a row: enough of a hash to tell two apart, nothing to learn from. */
static digest_t master_id(const secret_t *master)
{
    str_t parts[] = { str_of("seneschal-master-key", sizeof "seneschal-master-key"),
                      str_of(master->b, master->n) };
    return sha256_of_parts(parts, ARRAY_LEN(parts));
}

static err_t aad_make(struct arena *a, oid_t id, int64_t epoch, str_t *ret)
{
    char text[OID_TEXT];
    oid_format(id, text);
    return str_format(a, ret, "sealed_key|%.*s|sealed|%lld", (int)sizeof text, text,
                      (long long)epoch);
}

err_t sealed_key_open(const struct sealing *s, const struct row_sealed_key *row, str_t *ret)
{
    digest_t id = master_id(s->master);
    if (row->master.n != MASTER_ID_SIZE || !bytes_eq_ct(row->master.p, id.b, MASTER_ID_SIZE))
        return FAIL(s->why, E_SEALED, "the store was made with another master key");
    str_t aad = STR_NONE;
    TRY(aad_make(s->a, row->id, row->epoch, &aad));
    err_t e = unseal(s->a, s->master, aad, row->sealed, ret);
    if (e == E_CORRUPT)
        return FAIL(s->why, E_CORRUPT, "the sealed key %.*s is not what was written",
                    STR_ARG(row->name));
    return e;
}

err_t sealed_key_add(const struct sealing *s, const struct sealed_key_in *in, oid_t *ret_id)
{
    oid_t id = oid_make();
    digest_t by = master_id(s->master);
    str_t aad = STR_NONE;
    str_t sealed = STR_NONE;
    TRY(aad_make(s->a, id, in->epoch, &aad));
    TRY(seal(s->a, s->master, aad, in->plain, &sealed));
    struct sql_sealed_key_add row = { .id = id,
                                      .name = in->name,
                                      .epoch = in->epoch,
                                      .master = str_of(by.b, MASTER_ID_SIZE),
                                      .sealed = sealed,
                                      .public = in->public,
                                      .created_at = clock_now() };
    TRY(sql_sealed_key_add(s->db, &row));
    if (ret_id != NULL)
        *ret_id = id;
    return E_OK;
}
