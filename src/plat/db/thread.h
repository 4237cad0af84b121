/* SPDX-License-Identifier: Apache-2.0 */
/* Inside plat/db: a thread that no signal is delivered to, and conditions on the monotonic clock.
 */
#ifndef PLAT_DB_THREAD_H
#define PLAT_DB_THREAD_H

#include "base/clock.h"

#include <pthread.h>

err_t thread_start(const char *name, void *(*run)(void *), void *arg, pthread_t *ret) MUST_USE;
void thread_cond_init(pthread_cond_t *c);
/* Until signalled or `most` has passed; may wake early, as any condition. */
void thread_cond_wait(pthread_cond_t *c, pthread_mutex_t *lock, dur_t most);

#endif
