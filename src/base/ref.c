/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ref.h"
#include "base/attr.h"
#include "base/fault.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdint.h>

struct ref_head {
    _Alignas(16) _Atomic int64_t count;
    ref_fini_f *fini; /* NULL: nothing to do */
};

static struct ref_head *ref_head_of(void *block)
{
    return (struct ref_head *)block - 1;
}

void *ref_new(size_t size)
{
    return ref_new_owner(size, NULL);
}

void *ref_new_owner(size_t size, ref_fini_f *fini)
{
    if (fault_here() || size > SIZE_MAX - sizeof(struct ref_head))
        return NULL;
    struct ref_head *h = calloc(1, sizeof *h + size);
    if (h == NULL)
        return NULL;
    atomic_init(&h->count, 1);
    h->fini = fini;
    return h + 1;
}

void *ref_take(void *block)
{
    int64_t before = atomic_fetch_add_explicit(&ref_head_of(block)->count, 1, memory_order_relaxed);
    assert(before > 0);
    return block;
}

void ref_drop(void *block)
{
    if (block == NULL)
        return;
    struct ref_head *h = ref_head_of(block);
    int64_t before = atomic_fetch_sub_explicit(&h->count, 1, memory_order_acq_rel);
    assert(before > 0);
    if (before > 1)
        return;
    if (h->fini != NULL)
        h->fini(block);
    free(h);
}
