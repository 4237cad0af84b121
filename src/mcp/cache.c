/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/cache.h"

#include "base/ref.h"

#include <assert.h>

static_assert(sizeof(struct cache_row) % 8 == 0, "rows of a slab");

err_t cache_init(struct cache *c, size_t bytes_max)
{
    *c = (struct cache){ .bytes_max = bytes_max };
    map_init(&c->by_key);
    c->ends.next = &c->ends;
    c->ends.prev = &c->ends;
    return slab_init(&c->rows, sizeof(struct cache_row), CACHE_ROWS_MAX);
}

static uint64_t hash_of(const digest_t *key)
{
    return map_hash(key->b, sizeof key->b);
}

static bool key_is(const void *rows, uint32_t row, const void *key)
{
    const struct cache_row *r = slab_row(rows, row);
    return memcmp(r->key.b, key, sizeof r->key.b) == 0;
}

static void ring_out(struct cache_row *r)
{
    r->prev->next = r->next;
    r->next->prev = r->prev;
}

static void ring_first(struct cache *c, struct cache_row *r)
{
    r->prev = &c->ends;
    r->next = c->ends.next;
    r->next->prev = r;
    c->ends.next = r;
}

static void row_free(struct cache *c, struct cache_row *r)
{
    ring_out(r);
    (void)map_drop(&c->by_key, hash_of(&r->key), r->row); /* it is in */
    c->bytes -= r->result->n;
    ref_drop(r->result);
    slab_give(&c->rows, r->row);
}

void cache_fini(struct cache *c)
{
    while (c->ends.next != NULL && c->ends.next != &c->ends)
        row_free(c, c->ends.next);
    map_fini(&c->by_key);
    slab_fini(&c->rows);
}

static struct cache_row *row_find(struct cache *c, const digest_t *key)
{
    uint32_t row = map_get(&c->by_key, hash_of(key), key_is, &c->rows, key->b);
    return row == MAP_NONE ? NULL : slab_row(&c->rows, row);
}

struct cached *cache_find(struct cache *c, const digest_t *key, dur_t now, dur_t ttl)
{
    struct cache_row *r = row_find(c, key);
    if (r == NULL)
        return NULL;
    if (now.us - r->at.us >= (r->ttl.us < ttl.us ? r->ttl.us : ttl.us)) {
        row_free(c, r);
        return NULL;
    }
    ring_out(r);
    ring_first(c, r);
    return ref_take(r->result);
}

static void make_room(struct cache *c, size_t n)
{
    while (c->ends.prev != &c->ends &&
           (c->bytes + n > c->bytes_max || slab_count(&c->rows) >= CACHE_ROWS_MAX))
        row_free(c, c->ends.prev);
}

static err_t row_new(struct cache *c, const digest_t *key, struct cache_row **ret)
{
    uint32_t row;
    TRY(slab_take(&c->rows, &row));
    err_t e = map_put(&c->by_key, hash_of(key), row);
    if (e != E_OK) {
        slab_give(&c->rows, row);
        return e;
    }
    *ret = slab_row(&c->rows, row);
    **ret = (struct cache_row){ .row = row, .key = *key };
    return E_OK;
}

void cache_keep(struct cache *c, const digest_t *key, const struct cache_of *of, str_t result,
                dur_t now, dur_t ttl)
{
    struct cache_row *r = row_find(c, key);
    if (r != NULL)
        row_free(c, r);
    if (ttl.us <= 0 || result.n > CACHE_ONE_MAX || result.n > c->bytes_max)
        return;
    make_room(c, result.n);
    struct cached *text = ref_new(sizeof *text + result.n);
    if (text == NULL || row_new(c, key, &r) != E_OK) {
        ref_drop(text);
        return;
    }
    text->n = result.n;
    memcpy(text->text, result.p, result.n);
    r->of = *of;
    r->result = text;
    r->at = now;
    r->ttl = ttl;
    c->bytes += result.n;
    ring_first(c, r);
}

static bool is_of(const struct cache_of *of, oid_t id)
{
    return oid_eq(of->org, id) || oid_eq(of->principal, id) || oid_eq(of->person, id) ||
           oid_eq(of->server, id);
}

void cache_drop(struct cache *c, oid_t id)
{
    struct cache_row *next;
    c->moved++;
    for (struct cache_row *r = c->ends.next; r != &c->ends; r = next) {
        next = r->next;
        if (is_of(&r->of, id))
            row_free(c, r);
    }
}
