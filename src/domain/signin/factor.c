/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/signin/factor.h"

#include "domain/signin/recovery_code.h"
#include "domain/signin/throttle.h"
#include "domain/signin/totp.h"
#include "sql/factor.h"

err_t factors_of(struct act *act, oid_t user, struct factors *ret)
{
    struct sql_factor_count_row n;
    TRY(sql_factor_count(act->db, act->arena, &(struct sql_factor_count){ .user_id = user }, &n));
    *ret = (struct factors){ .totp = n.totp_n, .codes = n.codes_n, .passkeys = n.passkeys_n };
    return E_OK;
}

err_t factors_may_change(struct act *act, const struct row_session *session, dur_t lately,
                         bool *ret)
{
    struct sql_factor_first_row first;
    TRY(sql_factor_first(act->db, act->arena,
                         &(struct sql_factor_first){ .user_id = session->user_id }, &first));
    bool before = (ts_is_set(first.apps) && first.apps.us <= session->auth_at.us) ||
                  (ts_is_set(first.passkeys) && first.passkeys.us <= session->auth_at.us);
    bool proven = ts_is_set(session->mfa_at) && session->mfa_at.us + lately.us > act->now.us;
    *ret = proven || !before;
    return E_OK;
}

err_t factor_was_first(struct act *act, const struct row_session *session)
{
    struct factors has;
    TRY(factors_of(act, session->user_id, &has));
    if (has.totp + has.passkeys > 1)
        return E_OK;
    return session_end_all(act, session->user_id, session->id, STR("factor-added"));
}

static bool is_otp(str_t code)
{
    for (size_t i = 0; i < code.n; i++) {
        if (code.p[i] < '0' || code.p[i] > '9')
            return false;
    }
    return code.n == OTP_DIGITS;
}

/* Blanks and dashes are how people write codes down. */
static err_t code_plain(struct arena *a, str_t code, str_t *ret)
{
    char *out = arena_alloc(a, code.n + 1);
    size_t n = 0;
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < code.n; i++) {
        if (code.p[i] != ' ' && code.p[i] != '-')
            out[n++] = code.p[i];
    }
    *ret = str_of(out, n);
    return E_OK;
}

err_t factor_try(struct act *act, oid_t user, str_t code, enum factor_outcome *ret, dur_t *ret_wait)
{
    static const enum factor_outcome right[] = { FACTOR_RECOVERY, FACTOR_OTP };
    str_t plain = STR_NONE;
    dur_t wait = { 0 };
    bool good = false;
    TRY(code_plain(act->arena, code, &plain));
    bool otp = is_otp(plain);
    const struct throttle_key key = { .kind = otp ? THROTTLE_OTP : THROTTLE_RECOVERY,
                                      .user = user };
    int64_t bucket = throttle_bucket(act, &key);
    TRY(throttle_wait(act, bucket, &wait));
    if (wait.us > 0) { /* a guess that came too soon tells nothing, and uses nothing up */
        *ret = FACTOR_WAIT;
        *ret_wait = wait;
        return E_OK;
    }
    TRY(otp ? totp_use(act, user, plain, &good) : recovery_code_use(act, user, plain, &good));
    TRY(good ? throttle_worked(act, bucket) : throttle_failed(act, bucket, &wait));
    *ret = good ? right[otp] : FACTOR_WRONG;
    *ret_wait = wait;
    return E_OK;
}

err_t factors_reset(struct act *act, oid_t user)
{
    TRY(sql_totp_drop_all(act->db, &(struct sql_totp_drop_all){ user }));
    TRY(sql_recovery_code_drop_all(act->db, &(struct sql_recovery_code_drop_all){ user }));
    return sql_passkey_drop_all(act->db, &(struct sql_passkey_drop_all){ user });
}
