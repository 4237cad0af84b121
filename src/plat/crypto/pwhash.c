/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/crypto/pwhash.h"

#include "base/fault.h"

#include <assert.h>
#include <sodium.h>

static_assert((int)PWHASH_TEXT_MAX == (int)crypto_pwhash_STRBYTES, "libsodium's own text");

/* OWASP's first choice for Argon2id. */
enum { PASSES = 2, MEMORY = 19 * 1024 * 1024 };

/* What no password hashes to, at the same cost: who is not there takes as long as who is. */
static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
                             "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

err_t pwhash_make(struct arena *a, str_t password, str_t *ret)
{
    char text[crypto_pwhash_STRBYTES];
    if (fault_here() || crypto_pwhash_str_alg(text, password.p, password.n, PASSES, MEMORY,
                                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        return E_NO_MEMORY;
    return str_copy(a, str_from_cz(text), ret);
}

void pwhash_check(str_t password, str_t stored, struct pwhash_found *ret)
{
    char text[crypto_pwhash_STRBYTES] = { 0 };
    bool real = stored.n > 0 && stored.n < sizeof text;
    if (real)
        memcpy(text, stored.p, stored.n);
    else
        memcpy(text, nobody, sizeof nobody);
    bool right = crypto_pwhash_str_verify(text, password.p, password.n) == 0;
    ret->right = real && right;
    ret->old = ret->right && crypto_pwhash_str_needs_rehash(text, PASSES, MEMORY) != 0;
}
