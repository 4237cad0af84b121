/* SPDX-License-Identifier: Apache-2.0 */
/* Proof key for code exchange (RFC 7636), S256 only: `plain` proves nothing to who has seen the
 * request. Pure. */
#ifndef DOMAIN_OAUTH_PKCE_H
#define DOMAIN_OAUTH_PKCE_H

#include "plat/crypto/crypto.h"

/* E_INVALID_REQUEST: not base64url of 32 bytes. */
err_t pkce_challenge(str_t text, digest_t *ret) MUST_USE;
/* Does SHA-256 of this verifier (43..128 unreserved characters) give the stored challenge (32
 * bytes, or absent: none was sent)? E_INVALID_GRANT: no, or only one of the two is there. */
err_t pkce_check(str_t verifier, str_t challenge) MUST_USE;

#endif
