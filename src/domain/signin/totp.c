/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/signin/totp.h"

#include "base/buf.h"
#include "base/rng.h"
#include "plat/crypto/crypto.h"

static err_t aad_make(struct arena *a, oid_t id, int64_t epoch, str_t *ret)
{
    char text[OID_TEXT];
    oid_format(id, text);
    return str_format(a, ret, "totp|%.*s|sealed|%lld", (int)sizeof text, text, (long long)epoch);
}

static err_t key_newest(struct act *act, struct data_key *ret)
{
    err_t e = data_key_newest(act, STR(DATA_KEY_FACTORS), ret);
    return e == E_NOT_FOUND ? data_key_add(act, STR(DATA_KEY_FACTORS), ret) : e;
}

static err_t key_seal(struct act *act, const struct data_key *with, oid_t id, const secret_t *key,
                      str_t *ret)
{
    str_t aad = STR_NONE;
    TRY(aad_make(act->arena, id, with->epoch, &aad));
    return seal(act->arena, &with->key, aad, str_of(key->b, key->n), ret);
}

static err_t key_open(struct act *act, const struct row_totp *row, secret_t *ret)
{
    CLEANUP(data_key_wipe) struct data_key with = { .epoch = 0 };
    str_t aad = STR_NONE;
    str_t plain = STR_NONE;
    TRY(data_key_of_epoch(act, STR(DATA_KEY_FACTORS), row->epoch, &with));
    TRY(aad_make(act->arena, row->id, row->epoch, &aad));
    err_t e = unseal(act->arena, &with.key, aad, row->sealed, &plain);
    if (e == E_CORRUPT || (e == E_OK && plain.n != OTP_KEY))
        return FAIL(&act->why, E_CORRUPT,
                    "the key of an authenticator app is not what was written");
    TRY(e);
    ret->n = OTP_KEY;
    memcpy(ret->b, plain.p, OTP_KEY);
    explicit_bzero((char *)(uintptr_t)plain.p, plain.n); /* ours: it was opened into the arena */
    return E_OK;
}

/* In the URI everything but the unreserved characters of RFC 3986 is encoded. */
static void uri_put(struct buf *b, str_t s)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                     c == '-' || c == '.' || c == '_' || c == '~';
        if (plain) {
            buf_add_byte(b, s.p[i]);
            continue;
        }
        buf_add_byte(b, '%');
        buf_add_byte(b, hex[c >> 4]);
        buf_add_byte(b, hex[c & 15U]);
    }
}

/* The key URI format of authenticator apps. */
static err_t uri_make(struct act *act, const struct totp_in *in, str_t secret, str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, KIB(4));
    b.secret = true;
    BUF_ADD(&b, "otpauth://totp/");
    uri_put(&b, in->issuer);
    buf_add_byte(&b, ':');
    uri_put(&b, in->account);
    BUF_ADD(&b, "?secret=");
    buf_add(&b, secret);
    BUF_ADD(&b, "&issuer=");
    uri_put(&b, in->issuer);
    TRY(b.err);
    return str_copy(act->arena, buf_str(&b), ret);
}

static err_t new_make(struct act *act, const struct totp_in *in, const secret_t *key,
                      struct totp_new *ret)
{
    CLEANUP(data_key_wipe) struct data_key with = { .epoch = 0 };
    char text[OTP_BASE32];
    struct totp_new made = { .row = { .id = oid_make(),
                                      .org = act->org,
                                      .user_id = in->user,
                                      .name = in->name,
                                      .created_at = act->now } };
    TRY(key_newest(act, &with));
    made.row.epoch = with.epoch;
    TRY(key_seal(act, &with, made.row.id, key, &made.row.sealed));
    TRY(otp_base32(key, text));
    err_t e = str_copy(act->arena, str_of(text, sizeof text), &made.secret);
    explicit_bzero(text, sizeof text);
    TRY(e);
    TRY(uri_make(act, in, made.secret, &made.uri));
    *ret = made;
    return E_OK;
}

err_t totp_add(struct act *act, const struct totp_in *in, struct totp_new *ret)
{
    CLEANUP(secret_wipe) secret_t key = { .n = OTP_KEY };
    struct row_totp *rows = NULL;
    struct totp_new made;
    size_t n = 0;
    if (in->name.n == 0 || in->name.n > FACTOR_NAME_MAX)
        return diag_set_field(&act->why, E_BAD_FIELD, "name", "want 1 to %d bytes",
                              FACTOR_NAME_MAX);
    TRY(sql_totp_drop_unconfirmed(act->db,
                                  &(struct sql_totp_drop_unconfirmed){ .user_id = in->user }));
    TRY(totp_list(act, in->user, &rows, &n));
    if (n >= TOTP_MAX)
        return FAIL(&act->why, E_CONFLICT, "%d apps are the most: delete one first", TOTP_MAX);
    rng_bytes(key.b, key.n);
    TRY(new_make(act, in, &key, &made));
    TRY(sql_totp_add(act->db, &(struct sql_totp_add){ .id = made.row.id,
                                                      .org = made.row.org,
                                                      .user_id = made.row.user_id,
                                                      .name = made.row.name,
                                                      .epoch = made.row.epoch,
                                                      .sealed = made.row.sealed,
                                                      .now = act->now }));
    *ret = made;
    return E_OK;
}

/* The code is used up here too: of two at once, one finds the step taken. */
static err_t row_try(struct act *act, const struct row_totp *row, str_t code, bool *ret_good)
{
    CLEANUP(secret_wipe) secret_t key = { .n = 0 };
    struct sql_totp_use use = { .id = row->id, .now = act->now };
    struct sql_totp_use_row used;
    TRY(key_open(act, row, &key));
    err_t e = otp_check(&key, act->now, code, row->used_step, &use.step);
    if (e == E_OK)
        e = sql_totp_use(act->db, act->arena, &use, &used);
    if (e != E_OK && e != E_FORBIDDEN && e != E_NOT_FOUND)
        return e;
    *ret_good = e == E_OK;
    return E_OK;
}

err_t totp_confirm(struct act *act, oid_t user, oid_t id, str_t code)
{
    struct row_totp row;
    bool good = false;
    TRY(sql_totp_get(act->db, act->arena, &(struct sql_totp_get){ .user_id = user, .id = id },
                     &row));
    if (ts_is_set(row.confirmed_at))
        return FAIL(&act->why, E_CONFLICT, "this app is confirmed already");
    TRY(row_try(act, &row, code, &good));
    if (!good)
        return diag_set_field(&act->why, E_BAD_FIELD, "code",
                              "want the six digits that the app shows now; is its clock right?");
    return E_OK;
}

err_t totp_list(struct act *act, oid_t user, struct row_totp **ret, size_t *ret_n)
{
    return sql_totp_list(act->db, act->arena, &(struct sql_totp_list){ .user_id = user }, ret,
                         ret_n);
}

err_t totp_delete(struct act *act, oid_t user, oid_t id, str_t *ret_name)
{
    struct sql_totp_drop_row gone;
    TRY(sql_totp_drop(act->db, act->arena, &(struct sql_totp_drop){ .user_id = user, .id = id },
                      &gone));
    *ret_name = gone.name;
    return E_OK;
}

err_t totp_use(struct act *act, oid_t user, str_t code, bool *ret_good)
{
    struct row_totp *rows = NULL;
    size_t n = 0;
    bool good = false;
    TRY(totp_list(act, user, &rows, &n));
    for (size_t i = 0; i < n && !good; i++) {
        if (ts_is_set(rows[i].confirmed_at))
            TRY(row_try(act, &rows[i], code, &good));
    }
    *ret_good = good;
    return E_OK;
}

static err_t reseal_row(struct act *act, const struct data_key *newest, const struct row_totp *row)
{
    CLEANUP(secret_wipe) secret_t key = { .n = 0 };
    struct sql_totp_reseal to = { .id = row->id, .epoch = newest->epoch };
    TRY(key_open(act, row, &key));
    TRY(key_seal(act, newest, row->id, &key, &to.sealed));
    return sql_totp_reseal(act->db, &to);
}

err_t totp_reseal(struct act *act, int64_t limit, struct data_resealed *ret)
{
    CLEANUP(data_key_wipe) struct data_key newest = { .epoch = 0 };
    struct data_resealed done = { .n = 0 };
    struct sql_totp_of_older_epoch older = { .limit = limit };
    struct row_totp *rows = NULL;
    err_t e = data_key_newest(act, STR(DATA_KEY_FACTORS), &newest);
    if (e == E_NOT_FOUND) { /* nobody has an app */
        *ret = done;
        return E_OK;
    }
    TRY(e);
    older.epoch = newest.epoch;
    TRY(sql_totp_of_older_epoch(act->db, act->arena, &older, &rows, &done.n));
    for (size_t i = 0; i < done.n; i++)
        TRY(reseal_row(act, &newest, &rows[i]));
    if (done.n < (size_t)limit)
        TRY(data_keys_retire(act, STR(DATA_KEY_FACTORS), newest.epoch, &done));
    *ret = done;
    return E_OK;
}
