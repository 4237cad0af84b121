/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth/pkce.h"

#include "base/enc.h"

enum { VERIFIER_MIN = 43, VERIFIER_MAX = 128 };

err_t pkce_challenge(str_t text, digest_t *ret)
{
    digest_t d;
    if (base64url_decode_n(text, d.b, sizeof d.b) != E_OK)
        return E_INVALID_REQUEST;
    *ret = d;
    return E_OK;
}

static bool is_verifier(str_t s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool mark = c == '-' || c == '.' || c == '_' || c == '~';
        if (!letter && !mark && (c < '0' || c > '9'))
            return false;
    }
    return s.n >= VERIFIER_MIN && s.n <= VERIFIER_MAX;
}

err_t pkce_check(str_t verifier, str_t challenge)
{
    if (verifier.p == NULL && challenge.p == NULL)
        return E_OK;
    if (verifier.p == NULL || !is_verifier(verifier) || challenge.n != SHA256_SIZE)
        return E_INVALID_GRANT;
    digest_t d = sha256_of(verifier);
    return bytes_eq_ct(d.b, challenge.p, sizeof d.b) ? E_OK : E_INVALID_GRANT;
}
