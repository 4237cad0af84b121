/* SPDX-License-Identifier: Apache-2.0 */
/* What changes between two plans of one device. */
#include "domain/policy/preview.h"

#include "domain/policy/changes.h"
#include "domain/policy/resolve.h"

enum { SIDE_ARENA_MAX = 8 * 1024 * 1024, DIFF_TEXT_MAX = 16 * 1024 * 1024 };

struct diffing {
    struct act *act;
    struct buf all; /* everything that changes, for the digest */
    struct preview_result *to;
};

/* Where it is switched off there is nothing in it. */
static err_t side_value(struct resolve *r, struct json **empty, const struct json **ret)
{
    *empty = json_new_object();
    if (*empty == NULL)
        return E_NO_MEMORY;
    *ret = resolve_enabled(r) ? r->merge.value : *empty;
    return E_OK;
}

/* Where the text begins; the buffer may move until all of a change is written. */
static size_t write_side(struct buf *b, const struct json *v)
{
    size_t start = b->n;
    if (v != NULL)
        json_write(b, v);
    return start;
}

static str_t side_text(const struct diffing *d, const struct json *v, size_t from, size_t to)
{
    return v != NULL ? str_of(d->all.p + from, to - from) : STR_NONE;
}

static err_t note_change(void *arg, const struct change *c)
{
    struct diffing *d = arg;
    struct preview_change *at = &d->to->changes[d->to->changes_n];
    buf_add(&d->all, c->pointer);
    buf_add_byte(&d->all, '\0');
    size_t from = write_side(&d->all, c->from);
    buf_add_byte(&d->all, '\0');
    size_t to = write_side(&d->all, c->to);
    buf_add_byte(&d->all, '\0');
    TRY(d->all.err);
    d->to->changes_all++;
    if (d->to->changes_n == PREVIEW_CHANGES_MAX)
        return E_OK;
    TRY(str_copy(d->act->arena, c->pointer, &at->pointer));
    TRY(str_copy(d->act->arena, side_text(d, c->from, from, to - 1), &at->from));
    TRY(str_copy(d->act->arena, side_text(d, c->to, to, d->all.n - 1), &at->to));
    d->to->changes_n++;
    return E_OK;
}

static err_t diff_values(struct diffing *d, const struct json *from, const struct json *to)
{
    CLEANUP(arena_freep) struct arena *walk = arena_new(SIDE_ARENA_MAX);
    if (walk == NULL)
        return E_NO_MEMORY;
    buf_add_byte(&d->all, d->to->enabled_from ? 'e' : 'd');
    buf_add_byte(&d->all, d->to->enabled_to ? 'e' : 'd');
    TRY(changes_tell(walk, from, to, note_change, d));
    d->to->digest = sha256_of(buf_str(&d->all));
    return d->all.err;
}

err_t preview_diff(struct act *act, const struct config_plan *now, const struct config_plan *then,
                   struct preview_result *ret)
{
    CLEANUP(arena_freep) struct arena *kept = arena_new((size_t)2 * SIDE_ARENA_MAX);
    CLEANUP(resolve_finip) struct resolve from = { 0 };
    CLEANUP(resolve_finip) struct resolve to = { 0 };
    CLEANUP(json_freep) struct json *no_from = NULL;
    CLEANUP(json_freep) struct json *no_to = NULL;
    const struct json *from_value = NULL;
    const struct json *to_value = NULL;
    if (kept == NULL)
        return E_NO_MEMORY;
    TRY(config_resolve(act, now, kept, &from));
    TRY(config_resolve(act, then, kept, &to));
    TRY(side_value(&from, &no_from, &from_value));
    TRY(side_value(&to, &no_to, &to_value));
    struct preview_result result = { .enabled_from = resolve_enabled(&from),
                                     .enabled_to = resolve_enabled(&to) };
    struct diffing d = { .act = act, .to = &result };
    result.changes = ARENA_ARRAY(act->arena, struct preview_change, PREVIEW_CHANGES_MAX + 1);
    if (result.changes == NULL)
        return E_NO_MEMORY;
    buf_init(&d.all, DIFF_TEXT_MAX);
    err_t e = diff_values(&d, from_value, to_value);
    buf_fini(&d.all);
    if (e == E_OK)
        *ret = result;
    return e;
}
