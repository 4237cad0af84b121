/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/live/effect.h"

void effects_init(struct effects *e)
{
    e->first = NULL;
    e->last = &e->first;
}

err_t effect_add(struct arena *a, struct effects *e, struct effect what)
{
    struct effect *copy = ARENA_NEW(a, struct effect);
    if (copy == NULL)
        return E_NO_MEMORY;
    *copy = what;
    copy->next = NULL;
    *e->last = copy;
    e->last = &copy->next;
    return E_OK;
}
