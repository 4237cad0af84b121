/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets: wiped when done, compared in constant time; log and json have no branch for this type
 * (STYLE 13). */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/str.h"

enum { SECRET_MAX = 64 };

typedef struct secret {
    uint8_t b[SECRET_MAX];
    size_t n;
} secret_t;

void secret_wipe(secret_t *s);
bool secret_eq(const secret_t *a, const secret_t *b);

#endif
