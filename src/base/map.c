/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"
#include "base/fault.h"
#include "base/rng.h"

#include <assert.h>
#include <pthread.h>

enum { MAP_FIRST = 16 };

void map_init(struct map *m)
{
    *m = (struct map){ 0 };
}

void map_fini(struct map *m)
{
    free(m->slots);
    map_init(m);
}

static uint32_t tag_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32);
}

/* The tag alone places a slot, so that growing needs no key: 2^32 places are enough for 2^31 rows.
 */
static size_t home_of(const struct map *m, uint32_t tag)
{
    return ((size_t)tag * 0x9e3779b1U) & m->mask;
}

uint32_t map_get(const struct map *m, uint64_t hash, map_eq_f *eq, const void *rows,
                 const void *key)
{
    if (m->slots == NULL)
        return MAP_NONE;
    uint32_t tag = tag_of(hash);
    for (size_t i = home_of(m, tag); m->slots[i].row != 0; i = (i + 1) & m->mask) {
        if (m->slots[i].tag == tag && eq(rows, m->slots[i].row - 1, key))
            return m->slots[i].row - 1;
    }
    return MAP_NONE;
}

static void map_insert(struct map *m, struct map_slot slot)
{
    size_t i = home_of(m, slot.tag);
    while (m->slots[i].row != 0)
        i = (i + 1) & m->mask;
    m->slots[i] = slot;
}

static err_t map_grow(struct map *m)
{
    size_t count = m->slots == NULL ? MAP_FIRST : (m->mask + 1) * 2;
    struct map_slot *slots = fault_here() ? NULL : calloc(count, sizeof *slots);
    if (slots == NULL)
        return E_NO_MEMORY;
    struct map bigger = { .slots = slots, .mask = count - 1, .used = m->used };
    for (size_t i = 0; m->slots != NULL && i <= m->mask; i++) {
        if (m->slots[i].row != 0)
            map_insert(&bigger, m->slots[i]);
    }
    free(m->slots);
    *m = bigger;
    return E_OK;
}

err_t map_put(struct map *m, uint64_t hash, uint32_t row)
{
    assert(row != MAP_NONE);
    if (m->slots == NULL || (m->used + 1) * 3 > (m->mask + 1) * 2)
        TRY(map_grow(m));
    map_insert(m, (struct map_slot){ .tag = tag_of(hash), .row = row + 1 });
    m->used++;
    return E_OK;
}

/* Close the gap at `hole`: move up every later slot whose home is not behind the hole. */
static void map_close_gap(struct map *m, size_t hole)
{
    for (size_t i = (hole + 1) & m->mask; m->slots[i].row != 0; i = (i + 1) & m->mask) {
        size_t home = home_of(m, m->slots[i].tag);
        if (((i - home) & m->mask) >= ((i - hole) & m->mask)) {
            m->slots[hole] = m->slots[i];
            hole = i;
        }
    }
    m->slots[hole] = (struct map_slot){ 0 };
}

bool map_drop(struct map *m, uint64_t hash, uint32_t row)
{
    if (m->slots == NULL)
        return false;
    uint32_t tag = tag_of(hash);
    for (size_t i = home_of(m, tag); m->slots[i].row != 0; i = (i + 1) & m->mask) {
        if (m->slots[i].row == row + 1) {
            map_close_gap(m, i);
            m->used--;
            return true;
        }
    }
    return false;
}

__extension__ typedef unsigned __int128 u128_t;

static uint64_t map_seed;
static uint64_t map_factor;
static pthread_once_t map_seed_once = PTHREAD_ONCE_INIT;

static void map_make_seed(void)
{
    map_seed = rng_u64();
    map_factor = rng_u64() | 1;
}

/* Both halves of the product: with an unknown factor no difference of two inputs has a known
 * effect, which a known one would allow (its top bit passes a multiplication unchanged). */
static uint64_t map_fold(uint64_t v, uint64_t factor)
{
    u128_t product = (u128_t)v * factor;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t map_hash(const void *bytes, size_t n)
{
    (void)pthread_once(&map_seed_once, map_make_seed); /* fails only for a bad argument */
    const unsigned char *p = bytes;
    uint64_t h = map_seed + n;
    for (size_t i = 0; i < n; i += 8) {
        uint64_t word = 0;
        memcpy(&word, p + i, n - i < 8 ? n - i : 8);
        h = map_fold(h ^ word, map_factor) + map_seed;
    }
    return map_fold(h ^ h >> 32, 0x9fb21c651e98df25U);
}
