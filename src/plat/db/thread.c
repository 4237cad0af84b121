/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/db/thread.h"
#include "base/fault.h"

#include <signal.h>
#include <time.h>

err_t thread_start(const char *name, void *(*run)(void *), void *arg, pthread_t *ret)
{
    sigset_t all;
    sigset_t before;
    pthread_t thread;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before); /* these cannot fail with valid arguments */
    int failed = fault_here() ? 1 : pthread_create(&thread, NULL, run, arg);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed != 0)
        return E_NO_MEMORY;
    (void)pthread_setname_np(thread, name); /* only for those who look */
    *ret = thread;
    return E_OK;
}

void thread_cond_init(pthread_cond_t *c)
{
    pthread_condattr_t attr;
    (void)pthread_condattr_init(&attr); /* none of these can fail on Linux */
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    (void)pthread_cond_init(c, &attr);
    (void)pthread_condattr_destroy(&attr);
}

/* The real clock, not base/clock.h: frozen time must not stop a thread. */
void thread_cond_wait(pthread_cond_t *c, pthread_mutex_t *lock, dur_t most)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    int64_t ns = at.tv_nsec + most.us % 1000000 * 1000;
    at.tv_sec += most.us / 1000000 + ns / 1000000000;
    at.tv_nsec = ns % 1000000000;
    (void)pthread_cond_timedwait(c, lock, &at); /* ETIMEDOUT is an answer like any other */
}
