/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks of one size that are kept for the next taker: a request on its way allocates nothing. One
 * thread. */
#ifndef PLAT_HTTP_POOL_H
#define PLAT_HTTP_POOL_H

#include "base/attr.h"

struct pool {
    size_t size;
    size_t keep_max; /* more free blocks than this go back to the system */
    size_t kept;
    void *free; /* a chain through the first word of each */
};

void pool_init(struct pool *p, size_t size, size_t keep_max);
void pool_fini(struct pool *p);
void *pool_take(struct pool *p) MUST_USE; /* as it was left; NULL when memory is short */
void pool_give(struct pool *p, void *block);

#endif
