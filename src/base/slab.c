/* SPDX-License-Identifier: Apache-2.0 */
#include "base/slab.h"
#include "base/fault.h"

#include <assert.h>

err_t slab_init(struct slab *s, size_t row_size, size_t max)
{
    assert(row_size % 8 == 0);
    assert(max < UINT32_MAX);
    *s = (struct slab){ .row_size = row_size, .max = max };
    size_t chunks = max / SLAB_CHUNK + 1;
    s->chunks = fault_here() ? NULL : calloc(chunks, sizeof *s->chunks);
    return s->chunks == NULL ? E_NO_MEMORY : E_OK;
}

void slab_fini(struct slab *s)
{
    if (s->chunks != NULL) {
        for (size_t i = 0; i <= s->max / SLAB_CHUNK; i++)
            free(s->chunks[i]);
    }
    free(s->chunks);
    free(s->free_rows);
    *s = (struct slab){ 0 };
}

/* Room on the stack for every row of one more chunk, so that giving back cannot fail. */
static err_t slab_grow(struct slab *s)
{
    size_t room = s->used + SLAB_CHUNK;
    if (room > s->free_room) {
        size_t wanted = room > 2 * s->free_room ? room : 2 * s->free_room;
        uint32_t *rows = fault_here() ? NULL : realloc(s->free_rows, wanted * sizeof *rows);
        if (rows == NULL)
            return E_NO_MEMORY;
        s->free_rows = rows;
        s->free_room = wanted;
    }
    unsigned char *chunk = fault_here() ? NULL : calloc(SLAB_CHUNK, s->row_size);
    if (chunk == NULL)
        return E_NO_MEMORY;
    s->chunks[s->used / SLAB_CHUNK] = chunk;
    return E_OK;
}

err_t slab_take(struct slab *s, uint32_t *ret)
{
    if (s->free_n > 0) {
        uint32_t row = s->free_rows[--s->free_n];
        memset(slab_row(s, row), 0, s->row_size);
        *ret = row;
        return E_OK;
    }
    if (s->used == s->max)
        return E_NO_MEMORY;
    if (s->used % SLAB_CHUNK == 0)
        TRY(slab_grow(s));
    *ret = (uint32_t)s->used++;
    return E_OK;
}

void slab_give(struct slab *s, uint32_t row)
{
    assert(row < s->used);
    assert(s->free_n < s->free_room);
    s->free_rows[s->free_n++] = row;
}

size_t slab_count(const struct slab *s)
{
    return s->used - s->free_n;
}
