/* SPDX-License-Identifier: Apache-2.0 */
/* Inside plat/jose: RSA keys as JWK (RFC 7518 section 6.3). */
#ifndef PLAT_JOSE_JWK_RSA_H
#define PLAT_JOSE_JWK_RSA_H

#include "plat/jose/jwk.h"

/* With a kid also alg and use; members in byte order. */
void jwk_rsa_put(struct json_out *o, const struct pubkey *k, str_t kid);
err_t jwk_rsa_read(struct arena *a, const struct json *jwk, struct diag *why,
                   struct pubkey *ret) MUST_USE;

#endif
