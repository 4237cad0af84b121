/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "base/fault.h"

#include <stdalign.h>
#include <stdint.h>

enum { ARENA_BLOCK = 4096 - 64, ARENA_ALIGN = 16 };

struct arena_block {
    struct arena_block *older;
    size_t used;
    size_t size;
    alignas(ARENA_ALIGN) unsigned char bytes[];
};

struct arena {
    struct arena_block *newest;
    size_t used;  /* bytes handed out */
    size_t limit; /* bytes that may be handed out */
};

static struct arena_block *arena_block_new(size_t size)
{
    if (fault_here())
        return NULL;
    struct arena_block *b = malloc(sizeof *b + size);
    if (b == NULL)
        return NULL;
    b->older = NULL;
    b->used = 0;
    b->size = size;
    return b;
}

struct arena *arena_new(size_t limit)
{
    if (fault_here())
        return NULL;
    struct arena *a = calloc(1, sizeof *a);
    if (a != NULL)
        a->limit = limit;
    return a;
}

static void arena_drop_blocks(struct arena_block *b)
{
    while (b != NULL) {
        struct arena_block *older = b->older;
        free(b);
        b = older;
    }
}

void arena_free(struct arena *a)
{
    if (a == NULL)
        return;
    arena_drop_blocks(a->newest);
    free(a);
}

void arena_reset(struct arena *a)
{
    a->used = 0;
    if (a->newest == NULL)
        return;
    struct arena_block *first = a->newest;
    while (first->older != NULL) {
        struct arena_block *older = first->older;
        free(first);
        first = older;
    }
    first->used = 0;
    a->newest = first;
    if (first->size > ARENA_BLOCK) {
        free(first); /* a large first block is not worth keeping */
        a->newest = NULL;
    }
}

void arena_wipe(struct arena *a)
{
    for (struct arena_block *b = a->newest; b != NULL; b = b->older)
        explicit_bzero(b->bytes, b->used);
}

void arena_wipe_free(struct arena *a)
{
    if (a != NULL)
        arena_wipe(a);
    arena_free(a);
}

void *arena_alloc(struct arena *a, size_t size)
{
    if (size > a->limit - a->used)
        return NULL;
    size_t room = (size + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
    if (room > a->limit - a->used)
        return NULL;
    struct arena_block *b = a->newest;
    if (b == NULL || b->size - b->used < room) {
        b = arena_block_new(room > ARENA_BLOCK ? room : ARENA_BLOCK);
        if (b == NULL)
            return NULL;
        b->older = a->newest;
        a->newest = b;
    }
    void *p = b->bytes + b->used;
    b->used += room;
    a->used += room;
    memset(p, 0, size);
    return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return NULL;
    return arena_alloc(a, bytes);
}

size_t arena_used(const struct arena *a)
{
    return a->used;
}
