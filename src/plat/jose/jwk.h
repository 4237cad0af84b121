/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys as JWK (RFC 7517, RFC 7518 section 6.2, RFC 8037): OKP/Ed25519 and EC/P-256, members
 * kty crv x y only, and in a key set kid and use. */
#ifndef PLAT_JOSE_JWK_H
#define PLAT_JOSE_JWK_H

#include "plat/crypto/crypto.h"
#include "plat/json/json.h"
#include "plat/json/out.h"

/* E_BAD_FIELD, naming the member: another kind, a private `d`, an unknown member, not a point. */
err_t jwk_read(const struct json *jwk, struct diag *why, struct pubkey *ret) MUST_USE;
void jwk_write(struct buf *b, const struct pubkey *k);
/* RFC 7638 thumbprint, base64url, 43 characters. */
err_t jwk_thumbprint(struct arena *a, const struct pubkey *k, str_t *ret) MUST_USE;

/* A key of a key set (RFC 7517 section 5): with its kid, which is its thumbprint, and "use":"sig";
 * both must be there and be that. E_BAD_FIELD. */
err_t jwk_set_key_read(struct arena *a, const struct json *jwk, struct diag *why,
                       struct pubkey *ret, str_t *ret_kid) MUST_USE;
void jwk_set_key_write(struct json_out *o, const struct pubkey *k, str_t kid);

#endif
