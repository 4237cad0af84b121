/* SPDX-License-Identifier: Apache-2.0 */
/* Authenticator apps of a person. Their keys are sealed under data keys of their own (`factors`).
 */
#ifndef DOMAIN_SIGNIN_TOTP_H
#define DOMAIN_SIGNIN_TOTP_H

#include "domain/identity/data_key.h"
#include "domain/live/act.h"
#include "plat/crypto/otp.h"
#include "sql/factor.h"

enum { TOTP_MAX = 5, FACTOR_NAME_MAX = 64 };
#define DATA_KEY_FACTORS "factors"

struct totp_new {
    struct row_totp row;
    str_t secret; /* base32, shown once */
    str_t uri;    /* otpauth://totp/... with it, for a QR code */
};
/* One more, which works only once totp_confirm has seen a code of it; an older unconfirmed one
 * goes. `issuer`, `account`: what the app shows. E_CONFLICT: TOTP_MAX. E_BAD_FIELD: the name. */
struct totp_in {
    oid_t user;
    str_t name;
    str_t issuer;
    str_t account;
};
err_t totp_add(struct act *act, const struct totp_in *in, struct totp_new *ret) MUST_USE;
/* E_NOT_FOUND. E_CONFLICT: it is confirmed already. E_BAD_FIELD: the code is not its. */
err_t totp_confirm(struct act *act, oid_t user, oid_t id, str_t code) MUST_USE;
err_t totp_list(struct act *act, oid_t user, struct row_totp **ret, size_t *ret_n) MUST_USE;
err_t totp_delete(struct act *act, oid_t user, oid_t id, str_t *ret_name) MUST_USE;

/* Is it a code of one of his apps, good now and not used before? Then it is used up. */
err_t totp_use(struct act *act, oid_t user, str_t code, bool *ret_good) MUST_USE;

/* After the data key was replaced: at most `limit` keys are sealed anew, then older data keys go.
 */
err_t totp_reseal(struct act *act, int64_t limit, struct data_resealed *ret) MUST_USE;

#endif
