/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Public keys as JWK (RFC 7517, RFC 7518 sections 6.2 and 6.3, RFC 8037). A device's: OKP/Ed25519
 * and EC/P-256, members kty crv x y only, and in its organisation's key set kid and use. Everybody
 * else's: these two and RSA, with whatever members more.
 */
#ifndef PLAT_JOSE_JWK_H
#define PLAT_JOSE_JWK_H

#include "plat/crypto/crypto.h"
#include "plat/json/json.h"
#include "plat/json/out.h"

enum { JWK_KID_MAX = 256, JWKS_MAX = 64 /* keys of a foreign set that are looked at */ };

/* E_BAD_FIELD, naming the member: another kind, a private `d`, an unknown member, not a point. */
err_t jwk_read(const struct json *jwk, struct diag *why, struct pubkey *ret) MUST_USE;
void jwk_write(struct buf *b, const struct pubkey *k);
/* RFC 7638 thumbprint, base64url, 43 characters. */
err_t jwk_thumbprint(struct arena *a, const struct pubkey *k, str_t *ret) MUST_USE;

/* A key of an organisation's key set (RFC 7517 section 5): with its kid, which is its thumbprint,
 * and "use":"sig"; both must be there and be that. E_BAD_FIELD. */
err_t jwk_set_key_read(struct arena *a, const struct json *jwk, struct diag *why,
                       struct pubkey *ret, str_t *ret_kid) MUST_USE;
void jwk_set_key_write(struct json_out *o, const struct pubkey *k, str_t kid);

/* A key of somebody else: of a client, of another issuer. */
struct jwk {
    struct pubkey key;
    str_t kid; /* absent: it has none; in the arena */
};
/* Members that are not known are ignored (RFC 7517 section 4). E_BAD_FIELD, naming the member: a
 * kind that is not taken, a private or symmetric key, `use`, `key_ops` or `alg` for something else
 * than what is verified here. */
err_t jwk_read_any(struct arena *a, const struct json *jwk, struct diag *why,
                   struct jwk *ret) MUST_USE;
/* The keys of {"keys":[...]} that can be used; the others are skipped (RFC 7517 section 5).
 * E_BAD_FIELD: no key set, or one that holds a private key. Of more than JWKS_MAX the first. */
err_t jwks_read(struct arena *a, const struct json *set, struct diag *why, struct jwk **ret,
                size_t *ret_n) MUST_USE;
/* By its kid; without one (absent) the only key of the kind. NULL: none. */
const struct jwk *jwks_find(const struct jwk *keys, size_t n, str_t kid, str_t alg);
/* With "alg", "kid" and "use":"sig", as relying parties expect it. */
void jwk_write_any(struct json_out *o, const struct pubkey *k, str_t kid);

#endif
