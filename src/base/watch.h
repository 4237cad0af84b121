/* SPDX-License-Identifier: Apache-2.0 */
/* Who looks on while something long is done. */
#ifndef BASE_WATCH_H
#define BASE_WATCH_H

#include <stddef.h>
#include <stdint.h>

struct watch {
    void (*see)(void *arg, int64_t done, int64_t total); /* bytes; both only grow */
    void *arg;
};

/* NULL: nobody looks on. */
static inline void watch_tell(const struct watch *w, int64_t done, int64_t total)
{
    if (w != NULL)
        w->see(w->arg, done, total);
}

#endif
