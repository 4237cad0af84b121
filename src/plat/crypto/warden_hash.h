/* SPDX-License-Identifier: Apache-2.0 */
/* What a warden asks of a hash: plat/os knows none (child_digest_f of plat/os/child.h). */
#ifndef PLAT_CRYPTO_WARDEN_HASH_H
#define PLAT_CRYPTO_WARDEN_HASH_H

#include "plat/os/child.h"

/* SHA-256, in a process that has made nothing ready. False: the file cannot be read. */
bool warden_hash(int fd, uint8_t ret[static CHILD_DIGEST]);

#endif
