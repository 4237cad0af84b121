/* SPDX-License-Identifier: Apache-2.0 */
/* One-time codes of an authenticator app (TOTP, RFC 6238) by liboath: HMAC-SHA-1, six digits,
 * thirty seconds, which is all that every app understands. Of the server alone. */
#ifndef PLAT_CRYPTO_OTP_H
#define PLAT_CRYPTO_OTP_H

#include "base/clock.h"
#include "base/secret.h"

enum {
    OTP_KEY = 20, /* bytes: as long as the hash (RFC 4226 section 4, R6) */
    OTP_DIGITS = 6,
    OTP_STEP_S = 30,
    OTP_BEHIND = 1, /* steps that a clock may be off, either way (RFC 6238 section 5.2) */
    OTP_BASE32 = 32
};

/* The step of a time: codes are numbered by it. */
int64_t otp_step(ts_t now);
/* A code that is good now and was not yet used: of a step after `used` (0: none was). Time does not
 * depend on the code. E_FORBIDDEN: it is not; ret_step: the step to remember. */
err_t otp_check(const secret_t *key, ts_t now, str_t code, int64_t used,
                int64_t *ret_step) MUST_USE;
/* The key as people and otpauth URIs have it (RFC 4648 section 6, without padding). A secret. */
err_t otp_base32(const secret_t *key, char ret[static OTP_BASE32]) MUST_USE;

#endif
