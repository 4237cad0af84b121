/* SPDX-License-Identifier: Apache-2.0 */
/* Generated levels for the laws of the resolution: each case is named by its seed. */
#ifndef TESTS_DOMAIN_MERGE_WORLD_H
#define TESTS_DOMAIN_MERGE_WORLD_H

#include "base/rng.h"
#include "domain/policy/provenance.h"
#include "domain/policy/resolve.h"
#include "merge_model.h"

enum { VERSIONS_MAX = 6, LOCKS_MAX = 3, DEPTH_MAX = 4 };

struct made {
    int level;
    struct json *content;
    str_t locks[LOCKS_MAX];
    size_t locks_n;
};

struct world {
    struct arena *a;
    struct made made[VERSIONS_MAX];
    size_t n;
};

static const char *const names[] = { "a", "b", "c", "~", "a/b", "" };

static inline str_t any_name(void)
{
    return str_from_cz(names[rng_below(ARRAY_LEN(names))]);
}

static inline struct json *any_value(int depth);

static inline struct json *any_object(int depth)
{
    struct json *v = json_new_object();
    for (uint64_t n = rng_below(4); n > 0; n--)
        assert(json_set(v, any_name(), any_value(depth + 1)) == E_OK);
    return v;
}

static inline struct json *any_value(int depth)
{
    if (depth < DEPTH_MAX && rng_below(5) < 3)
        return any_object(depth);
    switch (rng_below(6)) {
    case 0:
    case 1:
        return json_new_null();
    case 2:
        return json_new_bool(rng_below(2) == 1);
    case 3:
        return json_new_string(STR("x"));
    case 4: {
        struct json *array = json_new_array();
        assert(json_push(array, json_new_null()) == E_OK);
        assert(json_push(array, any_object(depth)) == E_OK);
        return array;
    }
    default:
        return json_new_int((int64_t)rng_below(3));
    }
}

static inline str_t any_pointer(struct arena *a)
{
    str_t at = STR("");
    if (rng_below(40) == 0)
        return at; /* the whole, now and then */
    for (uint64_t n = 1 + rng_below(3); n > 0; n--)
        at = model_path(a, at, any_name());
    return at;
}

static inline void world_make(struct world *w, bool with_locks)
{
    int level = 1;
    w->n = 1 + rng_below(VERSIONS_MAX);
    for (size_t i = 0; i < w->n; i++) {
        struct made *v = &w->made[i];
        level += (int)rng_below(2);
        *v = (struct made){ .level = level, .content = any_object(0) };
        v->locks_n = with_locks ? rng_below(LOCKS_MAX + 1) : 0;
        for (size_t k = 0; k < v->locks_n; k++)
            v->locks[k] = any_pointer(w->a);
    }
}

static inline void world_fini(struct world *w)
{
    for (size_t i = 0; i < w->n; i++)
        json_free(w->made[i].content);
}

static inline void world_add(struct resolve *r, const struct made *v, int level)
{
    struct resolve_version in = { .level = level,
                                  .content = v->content,
                                  .locked = v->locks,
                                  .locked_n = v->locks_n,
                                  .version = STR("2026-11-22.1"),
                                  .day = STR("2026-11-22"),
                                  .day_number = 1 };
    assert(resolve_add(r, &in) == E_OK);
}

/* `p`: NULL, or where to note who says what. */
static inline void world_resolve(struct world *w, struct resolve *r, struct provenance *p)
{
    assert(resolve_init(r, w->a) == E_OK);
    if (p != NULL) {
        provenance_init(p, w->a, STR(""));
        resolve_record(r, p);
    }
    for (size_t i = 0; i < w->n; i++)
        world_add(r, &w->made[i], w->made[i].level);
}

/* Locks of a level are in force from the next level on. */
static inline void model_run(struct world *w, struct model *m)
{
    size_t behind = 0;
    m->value = json_new_object();
    for (size_t i = 0; i < w->n; i++) {
        for (; w->made[behind].level < w->made[i].level; behind++) {
            for (size_t k = 0; k < w->made[behind].locks_n; k++)
                model_lock(m, w->made[behind].locks[k]);
        }
        model_write(m, m->value, w->made[i].content, STR(""));
    }
}

#endif
