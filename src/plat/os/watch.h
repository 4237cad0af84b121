/* SPDX-License-Identifier: Apache-2.0 */
/* Directories that are looked at by a thread of their own (inotify). */
#ifndef PLAT_OS_WATCH_H
#define PLAT_OS_WATCH_H

#include "base/str.h"

struct watch;

/*
 * `moved` is called on the thread, soon after something has happened in a directory that was added,
 * and then not again for a second. E_IO: the system gives no more of them; `why` says what to
 * raise. E_NO_MEMORY.
 */
err_t watch_open(void (*moved)(void *arg), void *arg, struct diag *why,
                 struct watch **ret) MUST_USE;
void watch_close(struct watch *w); /* waits for the thread; NULL is fine */

/* The directory of this file; one that is added already stays. E_NOT_FOUND, E_IO. */
err_t watch_add(struct watch *w, const char *path) MUST_USE;

#endif
