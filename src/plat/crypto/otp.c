/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/crypto/otp.h"

#include "base/fault.h"

#include <assert.h>
#include <liboath/oath.h>

static_assert(OTP_KEY * 8 == OTP_BASE32 * 5, "no padding");

int64_t otp_step(ts_t now)
{
    return now.us / 1000000 / OTP_STEP_S;
}

static err_t code_make(const secret_t *key, int64_t step, char ret[static OTP_DIGITS + 1])
{
    if (fault_here())
        return E_NO_MEMORY;
    int done = oath_hotp_generate((const char *)key->b, key->n, (uint64_t)step, OTP_DIGITS, false,
                                  OATH_HOTP_DYNAMIC_TRUNCATION, ret);
    return done == OATH_OK ? E_OK : E_NO_MEMORY;
}

/* Every step is looked at, whichever it was. */
err_t otp_check(const secret_t *key, ts_t now, str_t code, int64_t used, int64_t *ret_step)
{
    int64_t found = 0;
    int64_t middle = otp_step(now);
    if (code.n != OTP_DIGITS)
        return E_FORBIDDEN;
    for (int64_t step = middle - OTP_BEHIND; step <= middle + OTP_BEHIND; step++) {
        char want[OTP_DIGITS + 1];
        TRY(code_make(key, step, want));
        bool same = bytes_eq_ct(code.p, want, OTP_DIGITS);
        explicit_bzero(want, sizeof want);
        if (same && step > used && found == 0)
            found = step;
    }
    if (found == 0)
        return E_FORBIDDEN;
    *ret_step = found;
    return E_OK;
}

err_t otp_base32(const secret_t *key, char ret[static OTP_BASE32])
{
    char *text = NULL;
    size_t n = 0;
    assert(key->n == OTP_KEY);
    if (fault_here() || oath_base32_encode((const char *)key->b, key->n, &text, &n) != OATH_OK)
        return E_NO_MEMORY;
    assert(n == OTP_BASE32);
    memcpy(ret, text, OTP_BASE32);
    explicit_bzero(text, n);
    free(text);
    return E_OK;
}
