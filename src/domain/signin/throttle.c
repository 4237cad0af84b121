/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/signin/throttle.h"

#include "domain/identity/keys.h"
#include "plat/crypto/crypto.h"
#include "sql/signin.h"

#include <assert.h>

static const char *const kind_names[THROTTLE_KINDS] = {
    [THROTTLE_PASSWORD] = "password",
    [THROTTLE_OTP] = "otp",
    [THROTTLE_RECOVERY] = "recovery",
    [THROTTLE_USER_CODE] = "user-code",
};

int64_t throttle_bucket(const struct act *act, const struct throttle_key *key)
{
    bool known = oid_is_set(key->browser);
    bool named = !oid_is_set(key->user);
    assert(key->kind < THROTTLE_KINDS);
    const str_t parts[] = {
        STR("seneschal-throttle-v1"), str_from_cz(kind_names[key->kind]),
        oid_bytes(&act->org),         oid_bytes(&key->user),
        named ? key->name : STR(""),  known ? oid_bytes(&key->browser) : key->network,
    };
    digest_t d = hmac_of_parts(&act->keys->by_use[KEY_TOKEN], parts, ARRAY_LEN(parts));
    uint32_t n = (uint32_t)d.b[0] << 16 | (uint32_t)d.b[1] << 8 | d.b[2];
    return (int64_t)(n % THROTTLE_BUCKETS);
}

/* 0 for the free ones, then 1, 2, 4 ... seconds. */
static dur_t cost(int64_t failures)
{
    int64_t over = failures - THROTTLE_FREE;
    if (over < 0)
        return (dur_t){ 0 };
    dur_t d = over < 30 ? DUR_S(INT64_C(1) << over) : THROTTLE_WAIT_MAX;
    return d.us < THROTTLE_WAIT_MAX.us ? d : THROTTLE_WAIT_MAX;
}

static err_t failure_get(struct act *act, int64_t bucket, struct row_signin_failure *ret)
{
    struct sql_signin_failure_get in = { .bucket = bucket };
    err_t e = sql_signin_failure_get(act->db, act->arena, &in, ret);
    if (e == E_NOT_FOUND)
        *ret = (struct row_signin_failure){ .bucket = bucket, .at = act->now };
    return e == E_NOT_FOUND ? E_OK : e;
}

err_t throttle_wait(struct act *act, int64_t bucket, dur_t *ret)
{
    struct row_signin_failure f;
    TRY(failure_get(act, bucket, &f));
    int64_t left = f.at.us + cost(f.failures).us - act->now.us;
    /* A clock that was set back makes nobody wait longer than the longest. */
    left = left < THROTTLE_WAIT_MAX.us ? left : THROTTLE_WAIT_MAX.us;
    *ret = (dur_t){ left > 0 ? left : 0 };
    return E_OK;
}

static int64_t forgiven(const struct row_signin_failure *f, ts_t now)
{
    int64_t since = now.us - f->at.us;
    int64_t n = since > 0 ? since / THROTTLE_FORGIVE.us : 0;
    return f->failures > n ? f->failures - n : 0;
}

err_t throttle_failed(struct act *act, int64_t bucket, dur_t *ret_wait)
{
    struct row_signin_failure f;
    TRY(failure_get(act, bucket, &f));
    int64_t failures = forgiven(&f, act->now) + 1;
    if (failures > THROTTLE_COUNT_MAX)
        failures = THROTTLE_COUNT_MAX;
    struct sql_signin_failure_put put = { .bucket = bucket, .failures = failures, .at = act->now };
    TRY(sql_signin_failure_put(act->db, &put));
    *ret_wait = cost(failures);
    return E_OK;
}

err_t throttle_worked(struct act *act, int64_t bucket)
{
    return sql_signin_failure_drop(act->db, &(struct sql_signin_failure_drop){ .bucket = bucket });
}
