/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/changes.h"

#include <assert.h>

enum { POINTER_MAX_BYTES = 1024 * 1024 };

struct side { /* what is left of an object's members */
    const struct json_pair *member;
    const struct json_pair *end;
};

struct pair_frame {
    struct side from;
    struct side to;
    size_t path_n;
};

struct walk {
    struct arena *a;
    struct buf path;
    struct pair_frame stack[JSON_DEPTH_MAX + 1];
    size_t depth;
    change_f *each;
    void *arg;
};

static bool is_object(const struct json *v)
{
    return v != NULL && json_type(v) == JSON_OBJECT;
}

static err_t side_open(struct arena *a, const struct json *object, struct side *ret)
{
    struct json_pair *members = NULL;
    size_t n = 0;
    TRY(json_members(a, object, &members, &n));
    *ret = (struct side){ members, members + n };
    return E_OK;
}

static err_t enter(struct walk *w, const struct json *from, const struct json *to)
{
    if (w->depth == ARRAY_LEN(w->stack))
        return E_CORRUPT; /* nothing that was parsed is deeper */
    struct pair_frame *f = &w->stack[w->depth];
    f->path_n = w->path.n;
    TRY(side_open(w->a, from, &f->from));
    TRY(side_open(w->a, to, &f->to));
    w->depth++;
    return E_OK;
}

/* Negative: only the old side has the next name; positive: only the new one; 0: both. */
static int next_side(const struct pair_frame *f)
{
    if (f->to.member == f->to.end)
        return -1;
    return f->from.member == f->from.end ? 1 : str_cmp(f->from.member->name, f->to.member->name);
}

static err_t step(struct walk *w)
{
    struct pair_frame *f = &w->stack[w->depth - 1];
    w->path.n = f->path_n;
    if (f->from.member == f->from.end && f->to.member == f->to.end) {
        w->depth--;
        return E_OK;
    }
    int order = next_side(f);
    const struct json_pair *from = order <= 0 ? f->from.member++ : NULL;
    const struct json_pair *to = order >= 0 ? f->to.member++ : NULL;
    const struct json_pair *named = from != NULL ? from : to;
    assert(named != NULL);
    json_pointer_add(&w->path, named->name);
    TRY(w->path.err);
    struct change change = { .pointer = buf_str(&w->path) };
    change.from = from != NULL ? from->value : NULL;
    change.to = to != NULL ? to->value : NULL;
    if (is_object(change.from) && is_object(change.to))
        return enter(w, change.from, change.to);
    if (from != NULL && to != NULL && json_equal(change.from, change.to))
        return E_OK;
    return w->each(w->arg, &change);
}

err_t changes_tell(struct arena *a, const struct json *from, const struct json *to, change_f *each,
                   void *arg)
{
    struct walk w = { .a = a, .each = each, .arg = arg };
    buf_init(&w.path, POINTER_MAX_BYTES);
    err_t e = enter(&w, from, to);
    while (e == E_OK && w.depth > 0)
        e = step(&w);
    buf_fini(&w.path);
    return e;
}
