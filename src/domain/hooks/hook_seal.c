/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/hooks/hook_seal.h"

#include "base/buf.h"
#include "plat/crypto/crypto.h"

enum { OPEN_MAX = 64 * 1024 };

static err_t aad_make(struct arena *a, const char *table, oid_t id, int64_t epoch, str_t *ret)
{
    char text[OID_TEXT];
    oid_format(id, text);
    return str_format(a, ret, "%s|%.*s|sealed|%lld", table, (int)sizeof text, text,
                      (long long)epoch);
}

err_t hook_seal(struct act *act, const char *table, oid_t id, str_t plain, struct hook_sealed *ret)
{
    CLEANUP(data_key_wipe) struct data_key key = { .epoch = 0 };
    str_t aad = STR_NONE;
    err_t e = data_key_newest(act, STR(DATA_KEY_OUTGOING), &key);
    if (e == E_NOT_FOUND)
        e = data_key_add(act, STR(DATA_KEY_OUTGOING), &key);
    TRY(e);
    struct hook_sealed s = { .epoch = key.epoch, .key_id = key.id };
    TRY(aad_make(act->arena, table, id, key.epoch, &aad));
    TRY(seal(act->arena, &key.key, aad, plain, &s.bytes));
    *ret = s;
    return E_OK;
}

err_t hook_unseal(struct act *act, const char *table, oid_t id, const struct hook_sealed *from,
                  str_t *ret)
{
    CLEANUP(data_key_wipe) struct data_key key = { .epoch = 0 };
    str_t aad = STR_NONE;
    TRY(data_key_of_epoch(act, STR(DATA_KEY_OUTGOING), from->epoch, &key));
    TRY(aad_make(act->arena, table, id, from->epoch, &aad));
    err_t e = oid_eq(key.id, from->key_id) ? unseal(act->arena, &key.key, aad, from->bytes, ret)
                                           : E_CORRUPT;
    if (e == E_CORRUPT)
        return FAIL(&act->why, e, "what is stored in %s is not what was written", table);
    return e;
}

err_t hook_seal_json(struct act *act, const char *table, oid_t id, const struct json *open,
                     struct hook_sealed *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, OPEN_MAX);
    b.secret = true;
    json_write(&b, open);
    TRY(b.err);
    return hook_seal(act, table, id, buf_str(&b), ret);
}

err_t hook_unseal_json(struct act *act, const char *table, oid_t id, const struct hook_sealed *from,
                       struct json **ret)
{
    str_t plain = STR_NONE;
    TRY(hook_unseal(act, table, id, from, &plain));
    err_t e = json_parse(plain, NULL, ret);
    hook_wipe(plain);
    return e == E_BAD_JSON ? E_CORRUPT : e;
}
