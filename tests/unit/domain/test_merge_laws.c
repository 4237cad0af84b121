/* SPDX-License-Identifier: Apache-2.0 */
/* What holds for every resolution (FLEET "Resolution" 4), over generated levels: each case is named
 * by its seed. */
#include "merge_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#ifndef CASES_OF_LAWS /* tools/mutants.py is content with fewer */
#define CASES_OF_LAWS 10000
#endif
enum { CASES = CASES_OF_LAWS };

static size_t refused_count(const struct provenance *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++)
        n += p->words[i].how == MERGE_REFUSED;
    return n;
}

typedef void law_f(struct world *w, struct resolve *r, uint64_t seed);

static void for_all(bool with_locks, law_f *law)
{
    for (uint64_t seed = 1; seed <= CASES; seed++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(MIB(4));
        struct world w = { .a = a };
        struct resolve r;
        rng_seed_for_test(seed);
        world_make(&w, with_locks);
        world_resolve(&w, &r, NULL);
        law(&w, &r, seed);
        resolve_fini(&r);
        world_fini(&w);
    }
    rng_seed_for_test(0);
}

static void law_model(struct world *w, struct resolve *r, uint64_t seed)
{
    struct model m = { .a = w->a };
    struct provenance p;
    struct resolve noted;
    model_run(w, &m);
    if (!json_equal(m.value, r->merge.value))
        fail_msg("seed %llu: another value", (unsigned long long)seed);
    world_resolve(w, &noted, &p);
    if (!json_equal(m.value, noted.merge.value))
        fail_msg("seed %llu: noting changes it", (unsigned long long)seed);
    if (m.refused_n != refused_count(&p))
        fail_msg("seed %llu: %zu reports", (unsigned long long)seed, refused_count(&p));
    resolve_fini(&noted);
    json_free(m.value);
}

static void law_chain(struct world *w, struct resolve *r, uint64_t seed)
{
    struct json *value = json_new_object();
    for (size_t i = 0; i < w->n; i++) {
        struct json *next = model_patch(value, w->made[i].content, w->a);
        json_free(value);
        value = next;
    }
    if (!json_equal(value, r->merge.value))
        fail_msg("seed %llu: not the chain of patches", (unsigned long long)seed);
    json_free(value);
}

static bool same_at(struct world *w, const struct json *before, const struct json *after,
                    str_t lock)
{
    const struct json *x = model_at(w->a, before, lock);
    const struct json *y = model_at(w->a, after, lock);
    return x == NULL || y == NULL ? x == y : json_equal(x, y);
}

/* After each level: what it locked stands at the end as it stood then. */
static void law_frozen(struct world *w, struct resolve *r, uint64_t seed)
{
    for (size_t end = 1; end <= w->n; end++) {
        if (end < w->n && w->made[end].level == w->made[end - 1].level)
            continue;
        struct world part = *w;
        struct resolve then;
        part.n = end;
        world_resolve(&part, &then, NULL);
        for (size_t i = 0; i < end; i++) {
            for (size_t k = 0; k < w->made[i].locks_n; k++) {
                if (!same_at(w, then.merge.value, r->merge.value, w->made[i].locks[k]))
                    fail_msg("seed %llu: lock %.*s", (unsigned long long)seed,
                             STR_ARG(w->made[i].locks[k]));
            }
        }
        resolve_fini(&then);
    }
}

/* The same members put in from the last to the first. */
static struct json *reversed(struct arena *a, const struct json *v)
{
    if (json_type(v) != JSON_OBJECT)
        return json_clone(v);
    struct json *copy = json_new_object();
    struct json_pair *members = NULL;
    size_t n = 0;
    assert_int_equal(json_members(a, v, &members, &n), E_OK);
    for (size_t i = n; i > 0; i--)
        assert_int_equal(json_set(copy, members[i - 1].name, reversed(a, members[i - 1].value)),
                         E_OK);
    return copy;
}

static void body_of(const struct resolve *r, struct buf *b)
{
    buf_init(b, MIB(1));
    resolve_write(r, b);
    assert_int_equal(b->err, E_OK);
}

static void law_order(struct world *w, struct resolve *r, uint64_t seed)
{
    struct resolve other;
    struct world back = { .a = w->a, .n = w->n };
    for (size_t i = 0; i < w->n; i++) {
        back.made[i] = w->made[i];
        back.made[i].content = reversed(w->a, w->made[i].content);
        for (size_t k = 0; k < w->made[i].locks_n; k++)
            back.made[i].locks[k] = w->made[i].locks[w->made[i].locks_n - 1 - k];
    }
    world_resolve(&back, &other, NULL);
    struct buf x;
    struct buf y;
    body_of(r, &x);
    body_of(&other, &y);
    if (!str_eq(buf_str(&x), buf_str(&y)))
        fail_msg("seed %llu: the order of insertion shows", (unsigned long long)seed);
    buf_fini(&x);
    buf_fini(&y);
    resolve_fini(&other);
    world_fini(&back);
}

/* The last version once more, at its own level and at one below, changes nothing. */
static void law_again(struct world *w, struct resolve *r, uint64_t seed)
{
    struct json *before = json_clone(r->merge.value);
    const struct made *last = &w->made[w->n - 1];
    for (int step = 0; step < 2; step++) {
        world_add(r, last, last->level + step);
        if (!json_equal(before, r->merge.value))
            fail_msg("seed %llu: not idempotent at step %d", (unsigned long long)seed, step);
    }
    json_free(before);
}

static void test_model(void **state)
{
    (void)state;
    for_all(true, law_model);
}

static void test_chain_of_patches(void **state)
{
    (void)state;
    for_all(false, law_chain);
}

static void test_locks_hold(void **state)
{
    (void)state;
    for_all(true, law_frozen);
}

static void test_order_of_insertion(void **state)
{
    (void)state;
    for_all(true, law_order);
}

static void test_idempotence(void **state)
{
    (void)state;
    for_all(true, law_again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_model),       cmocka_unit_test(test_chain_of_patches),
        cmocka_unit_test(test_locks_hold),  cmocka_unit_test(test_order_of_insertion),
        cmocka_unit_test(test_idempotence),
    };
    return cmocka_run_group_tests_name("domain/policy/merge: laws", tests, NULL, NULL);
}
