/* SPDX-License-Identifier: Apache-2.0 */
/* Counted blocks: shared between threads, freed by the last who lets go. What is inside must not
 * change once it is shared. */
#ifndef BASE_REF_H
#define BASE_REF_H

#include <stddef.h>

/* `size` zeroed bytes with one reference; NULL when memory is short. */
void *ref_new(size_t size);
/* The same for what owns more than its bytes: `fini` is called by the last who lets go. */
typedef void ref_fini_f(void *block);
void *ref_new_owner(size_t size, ref_fini_f *fini);
void *ref_take(void *block); /* one reference more; returns block */
void ref_drop(void *block);  /* one less; NULL is fine */
static inline void ref_dropp(void *block_pointer)
{
    ref_drop(*(void **)block_pointer);
}

#endif
