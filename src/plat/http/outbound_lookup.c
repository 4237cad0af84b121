/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/http/outbound_lookup.h"

#include "base/fault.h"
#include "base/ref.h"

#include <pthread.h>
#include <signal.h>

enum { LOOKUP_HOST_MAX = 256 };

/* Shared by who asks and who looks; the last one frees it. */
struct lookup {
    pthread_mutex_t lock;
    pthread_cond_t done_cond;
    char host[LOOKUP_HOST_MAX];
    bool done;
    bool left; /* nobody waits any more */
    int rc;    /* EAI_... */
    struct addrinfo *list;
};

static int lookup_name(const char *host, int flags, struct addrinfo **ret)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = flags };
    return getaddrinfo(host, NULL, &hints, ret);
}

static void *lookup_main(void *arg)
{
    struct lookup *l = arg;
    struct addrinfo *list = NULL;
    int rc = lookup_name(l->host, 0, &list);
    (void)pthread_mutex_lock(&l->lock);
    l->rc = rc;
    l->done = true;
    bool left = l->left;
    if (!left && rc == 0)
        l->list = list;
    (void)pthread_cond_signal(&l->done_cond);
    (void)pthread_mutex_unlock(&l->lock);
    if (left && rc == 0)
        freeaddrinfo(list);
    ref_drop(l);
    return NULL;
}

static err_t lookup_start(struct lookup *l)
{
    sigset_t all;
    sigset_t before;
    pthread_t thread;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before); /* these cannot fail with valid arguments */
    struct lookup *mine = ref_take(l);
    int failed = fault_here() ? 1 : pthread_create(&thread, NULL, lookup_main, mine);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed != 0) {
        ref_drop(mine);
        return E_NO_MEMORY;
    }
    (void)pthread_detach(thread);
    return E_OK;
}

/* The real clock: frozen time must not stop a thread. */
static struct timespec lookup_end(dur_t within)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    int64_t ns = at.tv_nsec + within.us % 1000000 * 1000;
    at.tv_sec += within.us / 1000000 + ns / 1000000000;
    at.tv_nsec = ns % 1000000000;
    return at;
}

static void lookup_wait(struct lookup *l, dur_t within)
{
    struct timespec end = lookup_end(within);
    int rc = 0;
    (void)pthread_mutex_lock(&l->lock);
    while (!l->done && rc == 0)
        rc = pthread_cond_timedwait(&l->done_cond, &l->lock, &end);
    l->left = !l->done;
    (void)pthread_mutex_unlock(&l->lock);
}

static err_t lookup_take(struct lookup *l, struct diag *why, struct addrinfo **ret)
{
    if (l->left)
        return FAIL(why, E_TIMEOUT, "%s: the look-up of its address takes too long", l->host);
    if (l->rc != 0)
        return FAIL(why, E_IO, "%s: %s", l->host, gai_strerror(l->rc));
    *ret = l->list;
    return E_OK;
}

static void lookup_init(struct lookup *l, const char *host, size_t n)
{
    pthread_condattr_t attr;
    (void)pthread_condattr_init(&attr); /* none of these can fail on Linux */
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&l->done_cond, &attr);
    (void)pthread_condattr_destroy(&attr);
    (void)pthread_mutex_init(&l->lock, NULL);
    memcpy(l->host, host, n);
}

err_t outbound_lookup(const char *host, dur_t within, struct diag *why, struct addrinfo **ret)
{
    size_t n = strlen(host);
    if (n == 0 || n >= LOOKUP_HOST_MAX)
        return FAIL(why, E_BAD_FIELD, "want a host name of 1 to %d bytes", LOOKUP_HOST_MAX - 1);
    if (lookup_name(host, AI_NUMERICHOST, ret) == 0)
        return E_OK; /* an address needs nobody's answer */
    struct lookup *l = ref_new(sizeof *l);
    if (l == NULL)
        return E_NO_MEMORY;
    lookup_init(l, host, n);
    err_t e = lookup_start(l);
    if (e == E_OK) {
        lookup_wait(l, within);
        e = lookup_take(l, why, ret);
    }
    ref_drop(l); /* a default mutex and condition of Linux hold nothing */
    return e;
}
