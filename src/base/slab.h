/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of one size in chunks that never move: a row keeps its number and its address until it is
 * given back. Not thread-safe; but whoever holds a row's number may read that row while others add
 * rows.
 */
#ifndef BASE_SLAB_H
#define BASE_SLAB_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

enum { SLAB_CHUNK = 256 };

struct slab {
    unsigned char *
        *chunks; /* room for all of them from the start, so that the directory never moves */
    uint32_t *free_rows; /* a stack of rows that were given back */
    size_t free_n;
    size_t free_room;
    size_t row_size;
    size_t used; /* rows ever handed out: numbers below it have an address */
    size_t max;
};

/* `row_size` a multiple of 8. E_NO_MEMORY. */
err_t slab_init(struct slab *s, size_t row_size, size_t max) MUST_USE;
void slab_fini(struct slab *s);
/* A zeroed row. E_NO_MEMORY, also at the maximum. */
err_t slab_take(struct slab *s, uint32_t *ret) MUST_USE;
void slab_give(struct slab *s, uint32_t row);
size_t slab_count(const struct slab *s); /* rows in use */

static inline void *slab_row(const struct slab *s, uint32_t row)
{
    return s->chunks[row / SLAB_CHUNK] + (size_t)(row % SLAB_CHUNK) * s->row_size;
}

#endif
