/* SPDX-License-Identifier: Apache-2.0 */
/* Reading: the words are sorted by pointer, so that those at, above and below a leaf are found by
 * halving. */
#include "domain/policy/pointer.h"
#include "domain/policy/provenance.h"

#include <stdlib.h>

enum { PATH_MAX_BYTES = 1024 * 1024 };

struct frame {
    const struct json_pair *member;
    const struct json_pair *end;
    size_t path_n;
};

struct reading {
    const struct provenance *p;
    const struct said **sorted;
    struct arena *scratch;
    said_leaf_f *each;
    void *arg;
    struct buf path;
    struct frame stack[JSON_DEPTH_MAX + 1];
    size_t depth;
};

static err_t tell_leaf(struct reading *r, const struct json *value) MUST_USE;
static err_t tell_removed(struct reading *r, const struct said *by,
                          const struct json *root) MUST_USE;
static err_t related(struct reading *r, str_t pointer, struct said_list *ret) MUST_USE;
static err_t split(struct reading *r, const struct said_list *all, struct said_leaf *leaf) MUST_USE;

/* Words of one pointer keep their order, which is that of their place in memory. */
static int by_pointer(const void *a, const void *b)
{
    const struct said *x = *(const struct said *const *)a;
    const struct said *y = *(const struct said *const *)b;
    int order = str_cmp(x->pointer, y->pointer);
    return order != 0 ? order : (x > y) - (x < y);
}

static int by_order(const void *a, const void *b)
{
    const struct said *x = *(const struct said *const *)a;
    const struct said *y = *(const struct said *const *)b;
    return (x > y) - (x < y);
}

static err_t reading_open(struct reading *r)
{
    const struct provenance *p = r->p;
    r->sorted = ARENA_ARRAY(p->arena, const struct said *, p->n + 1);
    if (r->sorted == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < p->n; i++)
        r->sorted[i] = &p->words[i];
    if (p->n > 0)
        /* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
        qsort(r->sorted, p->n, sizeof *r->sorted, by_pointer);
    buf_init(&r->path, PATH_MAX_BYTES);
    return E_OK;
}

static bool has_members(const struct json *v)
{
    return json_type(v) == JSON_OBJECT && json_count(v) > 0;
}

static err_t enter(struct reading *r, const struct json *object)
{
    struct json_pair *members = NULL;
    size_t n = 0;
    if (r->depth == ARRAY_LEN(r->stack))
        return E_CORRUPT;
    TRY(json_members(r->p->arena, object, &members, &n));
    r->stack[r->depth++] = (struct frame){ members, members + n, r->path.n };
    return E_OK;
}

static err_t walk(struct reading *r, const struct json *value)
{
    TRY(enter(r, value));
    while (r->depth > 0) {
        struct frame *f = &r->stack[r->depth - 1];
        r->path.n = f->path_n;
        if (f->member == f->end) {
            r->depth--;
            continue;
        }
        const struct json_pair *m = f->member++;
        json_pointer_add(&r->path, m->name);
        TRY(r->path.err);
        if (!pointers_related(r->p->only, buf_str(&r->path)))
            continue;
        TRY(has_members(m->value) ? enter(r, m->value) : tell_leaf(r, m->value));
    }
    return E_OK;
}

err_t provenance_leaves(struct provenance *p, const struct json *value, struct arena *scratch,
                        said_leaf_f *each, void *arg)
{
    struct reading r = { .p = p, .scratch = scratch, .each = each, .arg = arg };
    TRY(reading_open(&r));
    err_t e = walk(&r, value);
    buf_fini(&r.path);
    return e;
}

err_t provenance_removed(struct provenance *p, const struct json *value, struct arena *scratch,
                         said_leaf_f *each, void *arg)
{
    struct reading r = { .p = p, .scratch = scratch, .each = each, .arg = arg };
    TRY(reading_open(&r));
    err_t e = E_OK;
    for (size_t i = 0; e == E_OK && i < p->n; i++) {
        const struct said *last = r.sorted[i];
        for (; i + 1 < p->n && str_eq(r.sorted[i + 1]->pointer, last->pointer); i++)
            last = r.sorted[i + 1]->how == MERGE_REMOVED ? r.sorted[i + 1] : last;
        if (last->how == MERGE_REMOVED)
            e = tell_removed(&r, last, value);
    }
    buf_fini(&r.path);
    return e;
}

static bool stands(const struct said *s)
{
    return s->how == MERGE_WROTE || s->how == MERGE_EMPTIED;
}

/* The source is the last that wrote this very pointer. */
static err_t tell_leaf(struct reading *r, const struct json *value)
{
    struct said_leaf leaf = { .pointer = buf_str(&r->path), .value = value };
    struct said_list all;
    arena_reset(r->scratch);
    TRY(related(r, leaf.pointer, &all));
    for (size_t i = 0; i < all.n; i++) {
        if (stands(all.v[i]) && str_eq(all.v[i]->pointer, leaf.pointer))
            leaf.by = all.v[i];
    }
    if (leaf.by == NULL)
        return E_CORRUPT; /* the laws of the tests say that this cannot be */
    TRY(split(r, &all, &leaf));
    return r->each(r->arg, &leaf);
}

/* Is the pointer's last name missing in an object that is there? */
static err_t is_gone(struct reading *r, str_t pointer, const struct json *root, bool *ret)
{
    const struct json *at = root;
    bool object = true;
    for (str_t name; object; at = json_member(at, name)) {
        object = at != NULL && json_type(at) == JSON_OBJECT;
        TRY(pointer_next(r->scratch, &pointer, &name));
        if (object && pointer.n == 0) {
            *ret = json_member(at, name) == NULL;
            return E_OK;
        }
        if (!object)
            break;
    }
    *ret = false;
    return E_OK;
}

static err_t tell_removed(struct reading *r, const struct said *by, const struct json *root)
{
    struct said_leaf leaf = { .pointer = by->pointer, .by = by };
    struct said_list all;
    bool gone = false;
    arena_reset(r->scratch);
    TRY(is_gone(r, by->pointer, root, &gone));
    if (!gone)
        return E_OK;
    TRY(related(r, leaf.pointer, &all));
    TRY(split(r, &all, &leaf));
    return r->each(r->arg, &leaf);
}

/* The first word whose pointer is not before `key`. */
static size_t lower_bound(const struct reading *r, str_t key)
{
    size_t low = 0;
    size_t high = r->p->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_cmp(r->sorted[middle]->pointer, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The words from `key` on that are at it, or with `below` that begin with it. */
static size_t run_of(const struct reading *r, str_t key, bool below, size_t *ret_first)
{
    size_t first = lower_bound(r, key);
    size_t end = first;
    while (end < r->p->n && (below ? str_starts(r->sorted[end]->pointer, key)
                                   : str_eq(r->sorted[end]->pointer, key)))
        end++;
    *ret_first = first;
    return end - first;
}

/* At most one run for each part of the pointer, and the one below it. */
static err_t related(struct reading *r, str_t pointer, struct said_list *ret)
{
    size_t first[JSON_DEPTH_MAX + 2];
    size_t count[JSON_DEPTH_MAX + 2];
    size_t runs = 0;
    size_t n = 0;
    str_t below;
    TRY(str_format(r->scratch, &below, "%.*s/", STR_ARG(pointer)));
    for (size_t i = 1; i <= pointer.n && runs <= JSON_DEPTH_MAX; i++) {
        if (i < pointer.n && pointer.p[i] != '/')
            continue;
        count[runs] = run_of(r, str_sub(pointer, 0, i), false, &first[runs]);
        n += count[runs++];
    }
    count[runs] = run_of(r, below, true, &first[runs]);
    n += count[runs++];
    const struct said **list = ARENA_ARRAY(r->scratch, const struct said *, n + 1);
    if (list == NULL)
        return E_NO_MEMORY;
    n = 0;
    for (size_t i = 0; i < runs; i++) {
        for (size_t k = 0; k < count[i]; k++)
            list[n++] = r->sorted[first[i] + k];
    }
    if (n > 0)
        /* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
        qsort(list, n, sizeof *list, by_order);
    *ret = (struct said_list){ list, n };
    return E_OK;
}

/* What is no refusal and came before the source was overridden by it. */
static err_t split(struct reading *r, const struct said_list *all, struct said_leaf *leaf)
{
    const struct said **shadowed = ARENA_ARRAY(r->scratch, const struct said *, all->n + 1);
    const struct said **refused = ARENA_ARRAY(r->scratch, const struct said *, all->n + 1);
    if (shadowed == NULL || refused == NULL)
        return E_NO_MEMORY;
    leaf->shadowed.v = shadowed;
    leaf->refused.v = refused;
    for (size_t i = 0; i < all->n; i++) {
        if (all->v[i]->how == MERGE_REFUSED)
            refused[leaf->refused.n++] = all->v[i];
        else if (all->v[i]->source < leaf->by->source)
            shadowed[leaf->shadowed.n++] = all->v[i];
    }
    return E_OK;
}
