/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/http/outbound_lookup.h"

#include "base/fault.h"
#include "base/ref.h"
#include "plat/http/outbound.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

enum { LOOKUP_HOST_MAX = 256 };

/* How many threads may be inside the resolver; counted, for one that hangs outlives whoever asked.
 */
struct outbound_lookups {
    unsigned max;
    atomic_uint under_way;
};

/* Shared by who asks and who looks; the last one frees it. */
struct lookup {
    struct loop_msg msg; /* to the loop of who asked, if he sits on one */
    pthread_mutex_t lock;
    pthread_cond_t done_cond;
    char host[LOOKUP_HOST_MAX];
    bool done;
    bool left; /* nobody waits any more */
    int rc;    /* EAI_... */
    struct addrinfo *list;
    struct outbound_lookups *room; /* counted */
    struct loop *loop;             /* borrowed while nobody has left */
    lookup_told_f *told;
    void *arg;
};

struct outbound_lookups *outbound_lookups_new(unsigned max)
{
    struct outbound_lookups *room = ref_new(sizeof *room);
    if (room != NULL)
        room->max = max;
    return room;
}

void outbound_lookups_free(struct outbound_lookups *room)
{
    ref_drop(room);
}

static int lookup_name(const char *host, int flags, struct addrinfo **ret)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = flags };
    return getaddrinfo(host, NULL, &hints, ret);
}

static void lookup_give_room(struct outbound_lookups *room)
{
    if (room != NULL)
        atomic_fetch_sub(&room->under_way, 1);
    ref_drop(room);
}

static void *lookup_main(void *arg)
{
    struct lookup *l = arg;
    struct addrinfo *list = NULL;
    int rc = lookup_name(l->host, 0, &list);
    lookup_give_room(l->room);
    (void)pthread_mutex_lock(&l->lock);
    l->rc = rc;
    l->done = true;
    bool left = l->left;
    if (!left && rc == 0)
        l->list = list;
    if (!left && l->loop != NULL) /* the loop lives: who leaves it takes the lock first */
        loop_post(l->loop, &((struct lookup *)ref_take(l))->msg);
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

static err_t lookup_check(const char *host, struct diag *why)
{
    size_t n = strlen(host);
    if (n == 0 || n >= LOOKUP_HOST_MAX)
        return FAIL(why, E_BAD_FIELD, "want a host name of 1 to %d bytes", LOOKUP_HOST_MAX - 1);
    return E_OK;
}

/* With one reference, the asker's. NULL: no memory. */
static struct lookup *lookup_new(const char *host)
{
    pthread_condattr_t attr;
    struct lookup *l = ref_new(sizeof *l);
    if (l == NULL)
        return NULL;
    (void)pthread_condattr_init(&attr); /* none of these can fail on Linux */
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&l->done_cond, &attr);
    (void)pthread_condattr_destroy(&attr);
    (void)pthread_mutex_init(&l->lock, NULL); /* of Linux: neither holds anything */
    memcpy(l->host, host, strlen(host));
    return l;
}

err_t outbound_lookup(const char *host, dur_t within, struct diag *why, struct addrinfo **ret)
{
    TRY(lookup_check(host, why));
    if (lookup_name(host, AI_NUMERICHOST, ret) == 0)
        return E_OK; /* an address needs nobody's answer */
    struct lookup *l = lookup_new(host);
    if (l == NULL)
        return E_NO_MEMORY;
    err_t e = lookup_start(l);
    if (e == E_OK) {
        lookup_wait(l, within);
        e = lookup_take(l, why, ret);
    }
    ref_drop(l);
    return e;
}

static void lookup_on_told(struct loop_msg *msg)
{
    struct lookup *l = CONTAINER_OF(msg, struct lookup, msg);
    struct diag why = { 0 };
    struct addrinfo *list = NULL;
    if (!l->left) {                              /* only this thread sets it */
        err_ignore(lookup_take(l, &why, &list)); /* `why` has it */
        l->told(l->arg, list, &why);
        ref_drop(l); /* the asker's */
    }
    if (l->list != NULL)
        freeaddrinfo(l->list);
    ref_drop(l); /* the message's */
}

err_t outbound_lookup_start(const struct lookup_order *order, struct diag *why, struct lookup **ret)
{
    TRY(lookup_check(order->host, why));
    struct lookup *l = lookup_new(order->host);
    if (l == NULL)
        return E_NO_MEMORY;
    l->loop = order->loop;
    l->told = order->told;
    l->arg = order->arg;
    l->msg.run = lookup_on_told;
    err_t e = E_OK;
    if (atomic_fetch_add(&order->room->under_way, 1) >= order->room->max)
        e = FAIL(why, E_OVERLOADED, "too many look-ups of addresses hang");
    l->room = ref_take(order->room);
    if (e == E_OK)
        e = lookup_start(l);
    if (e != E_OK) {
        lookup_give_room(l->room);
        ref_drop(l);
        return e;
    }
    *ret = l;
    return E_OK;
}

void outbound_lookup_leave(struct lookup *l)
{
    (void)pthread_mutex_lock(&l->lock);
    l->left = true;
    (void)pthread_mutex_unlock(&l->lock);
    ref_drop(l);
}
