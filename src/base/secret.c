/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret.h"

void secret_wipe(secret_t *s)
{
    explicit_bzero(s, sizeof *s);
}

bool secret_eq(const secret_t *a, const secret_t *b)
{
    return a->n == b->n && bytes_eq_ct(a->b, b->b, a->n);
}
