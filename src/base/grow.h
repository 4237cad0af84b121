/* SPDX-License-Identifier: Apache-2.0 */
/* Lists that grow inside an arena: they double, and what they leave behind there is at most as much
 * again. */
#ifndef BASE_GROW_H
#define BASE_GROW_H

#include "base/arena.h"

/* The list `v` of `n` entries of `size` bytes with room for one more: itself, or a copy. *room: how
 * many it has room for, 0 at first. NULL: no memory, and nothing has changed. */
void *grow_list(struct arena *a, void *v, size_t n, size_t size, size_t *room);

#endif
