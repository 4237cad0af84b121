/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys as JWK (RFC 7517, RFC 7518 section 6.2, RFC 8037): OKP/Ed25519 and EC/P-256, members
 * kty crv x y only. */
#ifndef PLAT_JOSE_JWK_H
#define PLAT_JOSE_JWK_H

#include "plat/crypto/crypto.h"
#include "plat/json/json.h"

/* E_BAD_FIELD, naming the member: another kind, a private `d`, an unknown member, not a point. */
err_t jwk_read(const struct json *jwk, struct diag *why, struct pubkey *ret) MUST_USE;
void jwk_write(struct buf *b, const struct pubkey *k);
/* RFC 7638 thumbprint, base64url, 43 characters. */
err_t jwk_thumbprint(struct arena *a, const struct pubkey *k, str_t *ret) MUST_USE;

#endif
