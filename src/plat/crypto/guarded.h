/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory for a secret that stays (SAFETY rule 4): libsodium's, locked so that it is never swapped
 * out (as far as RLIMIT_MEMLOCK lets it), left out of core dumps, between guard pages, overwritten
 * when it is given back. A piece costs four pages at least: not for much, nor for many. After
 * crypto_init().
 */
#ifndef PLAT_CRYPTO_GUARDED_H
#define PLAT_CRYPTO_GUARDED_H

#include "base/attr.h"

void *guarded_new(size_t n) MUST_USE; /* NULL: memory is short; not zeroed, not aligned */
void guarded_free(void *p);           /* NULL is fine */

#endif
