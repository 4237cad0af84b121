/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/merge.h"
#include "domain/policy/pointer.h"

#include <assert.h>

/* Lists of members while walking: a patch of 256 KiB has fewer than 64 Ki of them. */
enum { MERGE_POINTER_MAX = 1024 * 1024, MERGE_SCRATCH_MAX = 8 * 1024 * 1024 };

/* One object that is being walked; the stack of them takes the place of recursion. */
struct merge_frame {
    struct json *target;            /* borrowed from the value */
    const struct json *lock;        /* at this path: `true`, a tree of paths below, or NULL */
    const struct json_pair *member; /* what is left of the patch's members */
    const struct json_pair *end;
    size_t path_n;  /* length of the pointer of this object */
    bool was_empty; /* before the patch came */
    bool refused;   /* some member of the patch was */
};

struct merge_walk {
    struct merge *m;
    size_t source;
    struct arena *scratch; /* the lists of members */
    struct buf path;       /* pointer of the member at hand */
    struct merge_frame stack[JSON_DEPTH_MAX + 1];
    size_t depth;
};

static err_t walk_push(struct merge_walk *w, struct json *target, const struct json *lock,
                       const struct json *patch) MUST_USE;
static err_t walk_member(struct merge_walk *w, struct merge_frame *f,
                         const struct json_pair *p) MUST_USE;
static err_t walk_pop(struct merge_walk *w) MUST_USE;

err_t merge_init(struct merge *m, struct arena *a)
{
    *m = (struct merge){ .arena = a };
    m->value = json_new_object();
    return m->value != NULL ? E_OK : E_NO_MEMORY;
}

void merge_fini(struct merge *m)
{
    json_free(m->value);
    json_free(m->locks);
    m->value = NULL;
    m->locks = NULL;
}

static err_t walk_run(struct merge_walk *w)
{
    while (w->depth > 0) {
        struct merge_frame *f = &w->stack[w->depth - 1];
        w->path.n = f->path_n;
        TRY(f->member == f->end ? walk_pop(w) : walk_member(w, f, f->member++));
    }
    return E_OK;
}

err_t merge_apply(struct merge *m, const struct json *patch, size_t source)
{
    if (json_type(patch) != JSON_OBJECT)
        return E_BAD_FIELD;
    CLEANUP(arena_freep) struct arena *scratch = arena_new(MERGE_SCRATCH_MAX);
    if (scratch == NULL)
        return E_NO_MEMORY;
    struct merge_walk w = { .m = m, .source = source, .scratch = scratch };
    buf_init(&w.path, MERGE_POINTER_MAX);
    err_t e = walk_push(&w, m->value, m->locks, patch);
    if (e == E_OK)
        e = walk_run(&w);
    buf_fini(&w.path);
    return e;
}

static bool is_object(const struct json *v)
{
    return v != NULL && json_type(v) == JSON_OBJECT;
}

static err_t walk_push(struct merge_walk *w, struct json *target, const struct json *lock,
                       const struct json *patch)
{
    /* Parsed text is never deeper (plat/json); a value that was built may not be either. */
    if (w->depth == ARRAY_LEN(w->stack))
        return E_CORRUPT;
    struct json_pair *members = NULL;
    size_t n = 0;
    TRY(json_members(w->scratch, patch, &members, &n));
    w->stack[w->depth++] = (struct merge_frame){
        .target = target,
        .lock = lock,
        .member = members,
        .end = members + n,
        .path_n = w->path.n,
        .was_empty = json_count(target) == 0,
    };
    return E_OK;
}

/* What the tree of locks says of a member; NULL: it lies neither at, inside nor above a lock. */
static const struct json *lock_below(const struct json *lock, str_t name)
{
    return is_object(lock) ? json_member(lock, name) : lock;
}

static bool changes_nothing(const struct json *now, const struct json *wanted)
{
    if (now == NULL)
        return json_type(wanted) == JSON_NULL;
    return json_equal(now, wanted);
}

static err_t note(struct merge_walk *w, enum merge_how how, const struct json *value)
{
    if (w->m->note == NULL)
        return E_OK;
    struct merge_word word = { how, buf_str(&w->path), value, w->source };
    return w->m->note(w->m->note_arg, &word);
}

static bool is_lock(const struct json *v)
{
    return v != NULL && json_type(v) == JSON_BOOL;
}

/* An object that the patch leaves empty is a value of its own: this patch says it, unless it is
 * frozen, or the patch meant to put something in and was refused. The root is not anybody's. */
static err_t walk_pop(struct merge_walk *w)
{
    const struct merge_frame *f = &w->stack[--w->depth];
    bool empty = json_count(f->target) == 0 && w->depth > 0;
    bool meant = !f->was_empty || !f->refused;
    return empty && meant && !is_lock(f->lock) ? note(w, MERGE_EMPTIED, NULL) : E_OK;
}

static err_t refuse(struct merge_walk *w, struct merge_frame *f, const struct json *value)
{
    f->refused = true;
    return note(w, MERGE_REFUSED, value);
}

static err_t remove_member(struct merge_walk *w, struct merge_frame *f, const struct json_pair *p,
                           bool there)
{
    if (there)
        json_remove(f->target, p->name);
    return note(w, there ? MERGE_REMOVED : MERGE_NOTHING, p->value);
}

static err_t set_member(struct merge_walk *w, struct merge_frame *f, const struct json_pair *p)
{
    struct json *copy = json_clone(p->value);
    if (copy == NULL)
        return E_NO_MEMORY;
    TRY(json_set(f->target, p->name, copy));
    return note(w, MERGE_WROTE, p->value);
}

/* FLEET "Resolution" 2, in its order: two objects, then locks, then RFC 7386. */
static err_t walk_member(struct merge_walk *w, struct merge_frame *f, const struct json_pair *p)
{
    const struct json *lock = lock_below(f->lock, p->name);
    struct json *now = json_member_mut(f->target, p->name);
    json_pointer_add(&w->path, p->name);
    TRY(w->path.err);
    if (is_object(p->value) && is_object(now))
        return walk_push(w, now, lock, p->value);
    if (lock != NULL)
        return changes_nothing(now, p->value) ? E_OK : refuse(w, f, p->value);
    if (json_type(p->value) == JSON_NULL)
        return remove_member(w, f, p, now != NULL);
    if (!is_object(p->value))
        return set_member(w, f, p);
    /* A new object is patched into an empty one, so that its null members vanish. */
    struct json *fresh = json_new_object();
    if (fresh == NULL)
        return E_NO_MEMORY;
    TRY(json_set(f->target, p->name, fresh));
    return walk_push(w, fresh, NULL, p->value);
}

/* Put `value` where the tree has `name`, or at its root when `at` is absent. */
static err_t lock_put(struct merge *m, struct json *at, str_t name, struct json *value)
{
    if (value == NULL)
        return E_NO_MEMORY;
    if (at != NULL)
        return json_set(at, name, value);
    json_free(m->locks);
    m->locks = value;
    return E_OK;
}

err_t merge_lock(struct merge *m, str_t pointer)
{
    struct json *parent = NULL;
    str_t name = STR_NONE;
    struct json *at = m->locks;
    for (str_t next;;) {
        if (is_lock(at))
            return E_OK; /* inside a locked subtree: adds nothing */
        TRY(pointer_next(m->arena, &pointer, &next));
        if (next.p == NULL)
            return lock_put(m, parent, name, json_new_bool(true));
        if (at == NULL) {
            at = json_new_object();
            TRY(lock_put(m, parent, name, at));
        }
        parent = at;
        name = next;
        at = json_member_mut(parent, name);
    }
}
