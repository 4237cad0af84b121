/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashes of passwords: Argon2id (RFC 9106) by libsodium, 19 MiB, two passes, one lane, as PHC text.
 * Each takes tens of milliseconds: never on a loop, never on the writer, and as few at once as
 * there are threads of the server's own pool for them.
 */
#ifndef PLAT_CRYPTO_PWHASH_H
#define PLAT_CRYPTO_PWHASH_H

#include "base/str.h"

enum { PWHASH_TEXT_MAX = 128 }; /* with its NUL */

/* E_NO_MEMORY. */
err_t pwhash_make(struct arena *a, str_t password, str_t *ret) MUST_USE;

struct pwhash_found {
    bool right;
    bool old; /* made with other costs than today's: make it anew */
};
/* `stored` absent: nobody's, wrong after the same time. */
void pwhash_check(str_t password, str_t stored, struct pwhash_found *ret);

#endif
