/* SPDX-License-Identifier: Apache-2.0 */
/* A request's memory: grows by blocks up to a limit, is given back as a whole (STYLE 9). One thread
 * at a time. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/attr.h"

#include <stddef.h>

struct arena;

/* `limit`: bytes that callers may get in all, each piece rounded up to 16. NULL when memory is
 * short. */
struct arena *arena_new(size_t limit);
void arena_free(struct arena *a); /* NULL is fine */
static inline void arena_freep(struct arena **a)
{
    arena_free(*a);
}

/* Forget everything, keep the first block for the next request. */
void arena_reset(struct arena *a);
/* Overwrite everything that was handed out: before a reset, where some of it was a secret. */
void arena_wipe(struct arena *a);
/* Both; the only pointer to it may lie in it. NULL is fine. */
void arena_wipe_free(struct arena *a);

/* `size` zeroed bytes aligned for any type; NULL past the limit or when memory is short. */
void *arena_alloc(struct arena *a, size_t size) MUST_USE;
/* `count` zeroed elements; NULL when the product overflows too. */
void *arena_array(struct arena *a, size_t count, size_t size) MUST_USE;
size_t arena_used(const struct arena *a);

#define ARENA_NEW(a, type)          ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, count) ((type *)arena_array((a), (count), sizeof(type)))

#endif
