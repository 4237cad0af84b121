/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hash index: from a 64-bit hash to numbers of the caller's rows (open addressing, linear
 * probing, backward-shift deletion). Eight bytes a slot; the rows and their keys stay with the
 * caller, who compares them. Not thread-safe.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/err.h"

#include <stdint.h>

struct map_slot {
    uint32_t tag; /* high half of the hash */
    uint32_t row; /* row number + 1; 0 = empty */
};

struct map {
    struct map_slot *slots;
    size_t mask; /* slots - 1, a power of two; 0 = none yet */
    size_t used;
};

/* Is the row the one that is looked for? */
typedef bool map_eq_f(const void *rows, uint32_t row, const void *key);

void map_init(struct map *m);
void map_fini(struct map *m);

/* The row, or UINT32_MAX. */
uint32_t map_get(const struct map *m, uint64_t hash, map_eq_f *eq, const void *rows,
                 const void *key);
/* The key must not be in yet. E_NO_MEMORY. */
err_t map_put(struct map *m, uint64_t hash, uint32_t row) MUST_USE;
/* Drop this very row; false when it is not in. */
bool map_drop(struct map *m, uint64_t hash, uint32_t row);

/* Mix bytes to a hash with a seed of this process, so that nobody outside can choose collisions. */
uint64_t map_hash(const void *bytes, size_t n);

#define MAP_NONE UINT32_MAX

#endif
