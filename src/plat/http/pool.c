/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/http/pool.h"
#include "base/fault.h"

void pool_init(struct pool *p, size_t size, size_t keep_max)
{
#ifdef __SANITIZE_ADDRESS__
    keep_max = 0; /* so that the sanitizer sees who uses a block that was given back */
#endif
    *p = (struct pool){ .size = size, .keep_max = keep_max };
}

void pool_fini(struct pool *p)
{
    while (p->free != NULL) {
        void **block = p->free;
        p->free = *block;
        free(block);
    }
    p->kept = 0;
}

void *pool_take(struct pool *p)
{
    if (fault_here())
        return NULL;
    if (p->free == NULL)
        return malloc(p->size);
    void **block = p->free;
    p->free = *block;
    p->kept--;
    return block;
}

void pool_give(struct pool *p, void *block)
{
    if (p->kept == p->keep_max) {
        free(block);
        return;
    }
    *(void **)block = p->free;
    p->free = block;
    p->kept++;
}
