/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/crypto/guarded.h"

#include "base/fault.h"

#include <sodium.h>

void *guarded_new(size_t n)
{
    return fault_here() ? NULL : sodium_malloc(n);
}

void guarded_free(void *p)
{
    sodium_free(p);
}
