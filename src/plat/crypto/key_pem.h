/* SPDX-License-Identifier: Apache-2.0 */
/* A private key as other programs read it: PKCS#8 (RFC 5958) as PEM (RFC 7468). */
#ifndef PLAT_CRYPTO_KEY_PEM_H
#define PLAT_CRYPTO_KEY_PEM_H

#include "base/buf.h"
#include "plat/crypto/sign_key.h"

enum { KEY_PEM_MAX = 6 * 1024 };

/* Append; what goes wrong is in pem->err. `pem` must be `secret`; the arena gets a copy that is
 * overwritten again. */
void key_pem_write(struct buf *pem, struct arena *a, const struct sign_key *k);

#endif
