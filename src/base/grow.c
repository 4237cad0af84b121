/* SPDX-License-Identifier: Apache-2.0 */
#include "base/grow.h"

enum { ROOM_FIRST = 64 };

void *grow_list(struct arena *a, void *v, size_t n, size_t size, size_t *room)
{
    if (n < *room)
        return v;
    size_t more = *room == 0 ? ROOM_FIRST : 2 * *room;
    void *list = arena_array(a, more, size);
    if (list == NULL)
        return NULL;
    if (n > 0)
        memcpy(list, v, n * size);
    *room = more;
    return list;
}
