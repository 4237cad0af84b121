/* SPDX-License-Identifier: Apache-2.0 */
/* Noting. The words are read in provenance_leaves.c. */
#include "domain/policy/provenance.h"

#include "base/grow.h"

#include <assert.h>

void provenance_init(struct provenance *p, struct arena *a, str_t only)
{
    *p = (struct provenance){ .arena = a, .only = only };
    p->locks_last = &p->locks;
    p->enabled_last = &p->enabled;
}

/* Is `inner` the pointer `outer`, or one below it? */
static bool at_or_inside(str_t inner, str_t outer)
{
    return str_starts(inner, outer) && (inner.n == outer.n || inner.p[outer.n] == '/');
}

bool pointers_related(str_t a, str_t b)
{
    return at_or_inside(a, b) || at_or_inside(b, a);
}

err_t provenance_note(void *arg, const struct merge_word *word)
{
    struct provenance *p = arg;
    if (!pointers_related(p->only, word->pointer))
        return E_OK;
    struct said said = { .how = word->how, .value = word->value, .source = word->source };
    struct said *words = grow_list(p->arena, p->words, p->n, sizeof *words, &p->room);
    if (words == NULL)
        return E_NO_MEMORY;
    p->words = words;
    TRY(str_copy(p->arena, word->pointer, &said.pointer));
    p->words[p->n++] = said;
    return E_OK;
}

err_t provenance_lock(struct provenance *p, str_t pointer, size_t source)
{
    if (!pointers_related(p->only, pointer))
        return E_OK;
    struct said_lock *lock = ARENA_NEW(p->arena, struct said_lock);
    if (lock == NULL)
        return E_NO_MEMORY;
    *lock = (struct said_lock){ .pointer = pointer, .source = source };
    *p->locks_last = lock;
    p->locks_last = &lock->next;
    return E_OK;
}

err_t provenance_enabled(struct provenance *p, bool value, size_t source, bool refused)
{
    struct said_enabled *said = ARENA_NEW(p->arena, struct said_enabled);
    if (said == NULL)
        return E_NO_MEMORY;
    *said = (struct said_enabled){ .value = value, .refused = refused, .source = source };
    *p->enabled_last = said;
    p->enabled_last = &said->next;
    return E_OK;
}

void provenance_enabled_lock(struct provenance *p, size_t source)
{
    if (!p->enabled_lock.set)
        p->enabled_lock = (opt_i64_t){ .set = true, .v = (int64_t)source };
}

const struct said_lock *provenance_lock_at(const struct provenance *p, str_t pointer)
{
    for (const struct said_lock *k = p->locks; k != NULL; k = k->next) {
        if (at_or_inside(pointer, k->pointer))
            return k;
    }
    return provenance_refuser(p, pointer);
}

const struct said_lock *provenance_refuser(const struct provenance *p, str_t pointer)
{
    for (const struct said_lock *k = p->locks; k != NULL; k = k->next) {
        if (pointers_related(pointer, k->pointer))
            return k;
    }
    return NULL;
}
