/* SPDX-License-Identifier: Apache-2.0 */
/* What holds for every explanation (FLEET "Resolution" 4), over generated levels: complete, true,
 * and in accord with the locks. */
#include "merge_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#ifndef CASES_OF_LAWS /* tools/mutants.py is content with fewer */
#define CASES_OF_LAWS 10000
#endif
enum { CASES = CASES_OF_LAWS };

struct check {
    struct world *w;
    struct resolve *r;
    struct provenance *p;
    struct model tagged;   /* the same levels, but each value says which version it is from */
    struct json *rebuilt;  /* from the leaves alone */
    struct arena *scratch; /* of the reading */
    uint64_t seed;
};

#define WRONG(c, leaf, what)                                                                       \
    fail_msg("seed %llu: %.*s: %s", (unsigned long long)(c)->seed, STR_ARG((leaf)->pointer), what)

/* A copy in which every value that is no object and not null is the number of its version. */
static struct json *tagged(struct arena *a, const struct json *v, size_t version)
{
    struct json_pair *members = NULL;
    size_t n = 0;
    if (json_type(v) == JSON_NULL)
        return json_new_null();
    if (json_type(v) != JSON_OBJECT)
        return json_new_int((int64_t)version);
    struct json *copy = json_new_object();
    assert_int_equal(json_members(a, v, &members, &n), E_OK);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(json_set(copy, members[i].name, tagged(a, members[i].value, version)),
                         E_OK);
    return copy;
}

static void model_tagged(struct world *w, struct model *m)
{
    struct world other = *w;
    *m = (struct model){ .a = w->a };
    for (size_t i = 0; i < w->n; i++)
        other.made[i].content = tagged(w->a, w->made[i].content, i);
    model_run(&other, m);
    world_fini(&other);
}

static const struct json *said_by(const struct check *c, size_t source, str_t pointer)
{
    return model_at(c->w->a, c->w->made[source].content, pointer);
}

static bool was_refused(const struct check *c, size_t source, str_t pointer)
{
    for (size_t i = 0; i < c->p->n; i++) {
        const struct said *s = &c->p->words[i];
        if (s->how == MERGE_REFUSED && s->source == source && str_eq(s->pointer, pointer))
            return true;
    }
    return false;
}

/* An object that, written into nothing, leaves it empty: but for what was refused. */
static bool says_empty(const struct check *c, size_t source, str_t pointer)
{
    const struct json *v = said_by(c, source, pointer);
    struct json_pair *members = NULL;
    size_t n = 0;
    if (v == NULL || json_type(v) != JSON_OBJECT)
        return false;
    assert_int_equal(json_members(c->w->a, v, &members, &n), E_OK);
    for (size_t i = 0; i < n; i++) {
        if (json_type(members[i].value) != JSON_NULL &&
            !was_refused(c, source, model_path(c->w->a, pointer, members[i].name)))
            return false;
    }
    return true;
}

/* The source's version really says that value, and it is the version that the model arrives at. */
static void check_source(const struct check *c, const struct said_leaf *leaf)
{
    size_t source = leaf->by->source;
    const struct json *mark = model_at(c->w->a, c->tagged.value, leaf->pointer);
    if (mark == NULL)
        WRONG(c, leaf, "is nowhere in the model");
    if (json_type(leaf->value) == JSON_OBJECT) {
        if (leaf->by->how != MERGE_EMPTIED || !says_empty(c, source, leaf->pointer))
            WRONG(c, leaf, "its source says something else than {}");
        return;
    }
    const struct json *said = said_by(c, source, leaf->pointer);
    if (said == NULL || !json_equal(said, leaf->value) || !json_equal(leaf->by->value, said))
        WRONG(c, leaf, "its source says another value");
    if (json_type(mark) != JSON_INT || json_int(mark) != (int64_t)source)
        WRONG(c, leaf, "it comes from another version");
}

static bool says_that(const struct check *c, const struct said *s)
{
    const struct json *v = said_by(c, s->source, s->pointer);
    if (s->how == MERGE_EMPTIED)
        return says_empty(c, s->source, s->pointer);
    return v != NULL && json_equal(v, s->value);
}

static void check_lists(const struct check *c, const struct said_leaf *leaf)
{
    for (size_t i = 0; i < leaf->shadowed.n; i++) {
        const struct said *s = leaf->shadowed.v[i];
        if (s->source >= leaf->by->source || s->how == MERGE_REFUSED)
            WRONG(c, leaf, "shadowed, but not by what came later");
        if (i > 0 && s->source < leaf->shadowed.v[i - 1]->source)
            WRONG(c, leaf, "shadowed out of order");
        if (!says_that(c, s) || !pointers_related(s->pointer, leaf->pointer))
            WRONG(c, leaf, "shadowed words that nobody said");
    }
    for (size_t i = 0; i < leaf->refused.n; i++) {
        const struct said *s = leaf->refused.v[i];
        const struct said_lock *k = provenance_refuser(c->p, s->pointer);
        if (s->how != MERGE_REFUSED || !says_that(c, s))
            WRONG(c, leaf, "refused words that nobody said");
        if (k == NULL || c->w->made[k->source].level >= c->w->made[s->source].level)
            WRONG(c, leaf, "refused without a lock of an earlier level");
    }
}

/* Is one of the locks of the levels before this version at, inside or above the pointer? */
static bool locked_before(const struct check *c, size_t version, str_t pointer)
{
    const struct made *made = c->w->made;
    for (size_t i = 0; i < version; i++) {
        for (size_t k = 0; k < made[i].locks_n && made[i].level < made[version].level; k++) {
            if (pointers_related(made[i].locks[k], pointer))
                return true;
        }
    }
    return false;
}

static bool listed(const struct said_list *list, size_t source)
{
    for (size_t i = 0; i < list->n; i++) {
        if (list->v[i]->source == source)
            return true;
    }
    return false;
}

/* Whoever says something other than an object at or above the leaf is its source, is shadowed, is
 * refused, or agrees with what a lock has frozen. */
static void check_complete(const struct check *c, const struct said_leaf *leaf)
{
    for (size_t i = 0; i < c->w->n; i++) {
        for (size_t n = 1; n <= leaf->pointer.n; n++) {
            str_t at = str_sub(leaf->pointer, 0, n);
            if (n < leaf->pointer.n && leaf->pointer.p[n] != '/')
                continue;
            const struct json *said = said_by(c, i, at);
            if (said == NULL || json_type(said) == JSON_OBJECT || i == leaf->by->source)
                continue;
            if (!listed(&leaf->shadowed, i) && !listed(&leaf->refused, i) &&
                !locked_before(c, i, at))
                WRONG(c, leaf, "somebody's word is missing");
        }
    }
}

static void check_lock(const struct check *c, const struct said_leaf *leaf)
{
    const struct said_lock *k = provenance_lock_at(c->p, leaf->pointer);
    if (k == NULL)
        return;
    bool above = str_starts(leaf->pointer, k->pointer);
    if (above && c->w->made[leaf->by->source].level > c->w->made[k->source].level)
        WRONG(c, leaf, "a lock was overridden");
}

/* Put the leaf where it stands, with the objects above it. */
static void rebuild(const struct check *c, const struct said_leaf *leaf)
{
    struct json *at = c->rebuilt;
    str_t rest = leaf->pointer;
    str_t name;
    assert_int_equal(pointer_next(c->w->a, &rest, &name), E_OK);
    while (rest.n > 0) {
        if (json_member(at, name) == NULL)
            assert_int_equal(json_set(at, name, json_new_object()), E_OK);
        at = json_member_mut(at, name);
        assert_int_equal(pointer_next(c->w->a, &rest, &name), E_OK);
    }
    if (json_member(at, name) != NULL)
        WRONG(c, leaf, "told twice");
    assert_int_equal(json_set(at, name, json_clone(leaf->value)), E_OK);
}

static err_t check_leaf(void *arg, const struct said_leaf *leaf)
{
    struct check *c = arg;
    check_source(c, leaf);
    check_lists(c, leaf);
    check_complete(c, leaf);
    check_lock(c, leaf);
    rebuild(c, leaf);
    return E_OK;
}

static err_t check_removed(void *arg, const struct said_leaf *leaf)
{
    struct check *c = arg;
    const struct json *said = said_by(c, leaf->by->source, leaf->pointer);
    if (said == NULL || json_type(said) != JSON_NULL)
        WRONG(c, leaf, "not removed by a null");
    if (model_at(c->w->a, c->r->merge.value, leaf->pointer) != NULL)
        WRONG(c, leaf, "told as removed, and there");
    check_lists(c, leaf);
    if (leaf->shadowed.n == 0)
        WRONG(c, leaf, "removed, though nobody said it before");
    return E_OK;
}

typedef void law_f(struct check *c);

static void for_all(law_f *law)
{
    for (uint64_t seed = 1; seed <= CASES; seed++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(MIB(8));
        CLEANUP(arena_freep) struct arena *scratch = arena_new(MIB(1));
        struct world w = { .a = a };
        struct resolve r;
        struct provenance p;
        rng_seed_for_test(seed);
        world_make(&w, seed % 4 != 0);
        world_resolve(&w, &r, &p);
        law(&(struct check){ .w = &w, .r = &r, .p = &p, .scratch = scratch, .seed = seed });
        resolve_fini(&r);
        world_fini(&w);
    }
    rng_seed_for_test(0);
}

static void law_complete(struct check *c)
{
    c->rebuilt = json_new_object();
    model_tagged(c->w, &c->tagged);
    assert_int_equal(provenance_leaves(c->p, c->r->merge.value, c->scratch, check_leaf, c), E_OK);
    if (!json_equal(c->rebuilt, c->r->merge.value))
        fail_msg("seed %llu: the leaves are not the whole", (unsigned long long)c->seed);
    assert_int_equal(provenance_removed(c->p, c->r->merge.value, c->scratch, check_removed, c),
                     E_OK);
    json_free(c->tagged.value);
    json_free(c->rebuilt);
}

/* A part is noted as the whole is, as far as it goes. */
struct part {
    str_t only;
    struct buf b;
};

static void note_list(struct part *part, const struct said_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        if (pointers_related(part->only, list->v[i]->pointer))
            buf_addf(&part->b, " %zu", list->v[i]->source);
    }
}

static err_t note_leaf(void *arg, const struct said_leaf *leaf)
{
    struct part *part = arg;
    if (!pointers_related(part->only, leaf->pointer))
        return E_OK;
    buf_addf(&part->b, "%.*s %zu,", STR_ARG(leaf->pointer), leaf->by->source);
    note_list(part, &leaf->shadowed);
    BUF_ADD(&part->b, ",");
    note_list(part, &leaf->refused);
    BUF_ADD(&part->b, "\n");
    return part->b.err;
}

static void law_part(struct check *c)
{
    struct resolve again;
    struct provenance p;
    struct part whole = { .only = any_pointer(c->w->a) };
    struct part part = { .only = whole.only };
    buf_init(&whole.b, MIB(1));
    buf_init(&part.b, MIB(1));
    assert_int_equal(provenance_leaves(c->p, c->r->merge.value, c->scratch, note_leaf, &whole),
                     E_OK);
    assert_int_equal(resolve_init(&again, c->w->a), E_OK);
    provenance_init(&p, c->w->a, part.only);
    resolve_record(&again, &p);
    for (size_t i = 0; i < c->w->n; i++)
        world_add(&again, &c->w->made[i], c->w->made[i].level);
    assert_int_equal(provenance_leaves(&p, again.merge.value, c->scratch, note_leaf, &part), E_OK);
    if (!str_eq(buf_str(&whole.b), buf_str(&part.b)))
        fail_msg("seed %llu: the part at %.*s is explained otherwise", (unsigned long long)c->seed,
                 STR_ARG(part.only));
    buf_fini(&whole.b);
    buf_fini(&part.b);
    resolve_fini(&again);
}

static void test_complete_and_true(void **state)
{
    (void)state;
    for_all(law_complete);
}

static void test_a_part_is_like_the_whole(void **state)
{
    (void)state;
    for_all(law_part);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_complete_and_true),
        cmocka_unit_test(test_a_part_is_like_the_whole),
    };
    return cmocka_run_group_tests_name("domain/policy/provenance: laws", tests, NULL, NULL);
}
