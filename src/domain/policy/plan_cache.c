/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/plan_cache.h"

err_t plan_cache_init(struct plan_cache *c)
{
    *c = (struct plan_cache){ .arena = arena_new(PLAN_CACHE_ARENA_MAX) };
    map_init(&c->index);
    if (c->arena == NULL)
        return E_NO_MEMORY;
    c->known = ARENA_ARRAY(c->arena, struct plan_cached, PLAN_CACHE_MAX);
    if (c->known != NULL)
        return E_OK;
    plan_cache_fini(c);
    return E_NO_MEMORY;
}

void plan_cache_fini(struct plan_cache *c)
{
    map_fini(&c->index);
    arena_free(c->arena);
    *c = (struct plan_cache){ 0 };
}

static bool is_it(const void *rows, uint32_t row, const void *key)
{
    const struct plan_cached *a = (const struct plan_cached *)rows + row;
    const struct plan_cached *b = key;
    return a->kind == b->kind && oid_eq(a->id, b->id);
}

static uint64_t hash_of(int kind, oid_t id)
{
    uint8_t key[sizeof id.b + 1];
    memcpy(key, id.b, sizeof id.b);
    key[sizeof id.b] = (uint8_t)kind;
    return map_hash(key, sizeof key);
}

const struct plan_cached *plan_cache_find(const struct plan_cache *c, int kind, oid_t id)
{
    struct plan_cached key = { .kind = kind, .id = id };
    uint32_t row = map_get(&c->index, hash_of(kind, id), is_it, c->known, &key);
    return row != MAP_NONE ? &c->known[row] : NULL;
}

err_t plan_cache_keep(struct plan_cache *c, const struct plan_cached *what)
{
    if (c->n == PLAN_CACHE_MAX)
        return E_OK;
    TRY(map_put(&c->index, hash_of(what->kind, what->id), (uint32_t)c->n));
    c->known[c->n++] = *what;
    return E_OK;
}
