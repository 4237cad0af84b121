/* SPDX-License-Identifier: Apache-2.0 */
#include "app/deliver_in.h"

#include "base/log.h"
#include "base/ref.h"

#include <signal.h>

enum { DELIVER_ARENA_MAX = 8 * 1024 * 1024 };
/* Between two looks where nothing is said to have moved. */
#define DELIVER_REST DUR_MS(200)

bool deliver_rest(struct deliver *d, dur_t most)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_REALTIME, &at);
    int64_t ns = at.tv_nsec + most.us % 1000000 * 1000;
    at.tv_sec += most.us / 1000000 + ns / 1000000000;
    at.tv_nsec = ns % 1000000000;
    (void)pthread_mutex_lock(&d->lock);
    if (!atomic_load(&d->stop))
        (void)pthread_cond_timedwait(&d->wake, &d->lock, &at); /* it may wake early */
    (void)pthread_mutex_unlock(&d->lock);
    return !atomic_load(&d->stop);
}

void deliver_give(struct deliver *d, oid_t receiver, bool ok)
{
    (void)pthread_mutex_lock(&d->lock);
    held_give(&d->held, receiver, ok);
    (void)pthread_mutex_unlock(&d->lock);
}

static void run(struct deliver_thread *t, bool (*step)(struct deliver_thread *t))
{
    while (!atomic_load(&t->deliver->stop)) {
        bool more = step(t);
        arena_wipe(t->arena); /* texts of mail, tokens */
        arena_reset(t->arena);
        if (!more)
            (void)deliver_rest(t->deliver, DELIVER_REST);
    }
}

static void *mail_main(void *arg)
{
    run(arg, deliver_mail);
    return NULL;
}

static void *logout_main(void *arg)
{
    run(arg, deliver_logout);
    return NULL;
}

static void *hooks_main(void *arg)
{
    run(arg, deliver_hook);
    return NULL;
}

static err_t start(struct deliver *d, struct deliver_thread *t, const char *name,
                   void *(*main)(void *), struct diag *why)
{
    sigset_t all;
    sigset_t before;
    t->deliver = d;
    t->arena = arena_new(DELIVER_ARENA_MAX);
    if (t->arena == NULL)
        return E_NO_MEMORY;
    TRY(db_open(d->services->dir, DB_READER, why, &t->reader));
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before); /* these cannot fail with valid arguments */
    t->started = pthread_create(&t->thread, NULL, main, t) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!t->started)
        return FAIL(why, E_IO, "cannot start a thread");
    (void)pthread_setname_np(t->thread, name); /* only for those who look */
    return E_OK;
}

static err_t start_all(struct deliver *d, struct diag *why)
{
    TRY(start(d, &d->mail, "mail", mail_main, why));
    for (size_t i = 0; i < DELIVER_LOGOUTS; i++)
        TRY(start(d, &d->logouts[i], "logout", logout_main, why));
    for (size_t i = 0; i < DELIVER_HOOKS; i++)
        TRY(start(d, &d->hooks[i], "webhooks", hooks_main, why));
    return E_OK;
}

err_t deliver_new(struct services *services, struct diag *why, struct deliver **ret)
{
    struct deliver *d = ref_new(sizeof *d);
    if (d == NULL)
        return E_NO_MEMORY;
    d->services = services;
    (void)pthread_mutex_init(&d->lock, NULL); /* a default mutex and condition cannot fail here */
    (void)pthread_cond_init(&d->wake, NULL);
    err_t e = start_all(d, why);
    if (e != E_OK) {
        deliver_free(d);
        return e;
    }
    *ret = d;
    return E_OK;
}

static void end(struct deliver_thread *t)
{
    if (t->started)
        (void)pthread_join(t->thread, NULL);
    db_close(t->reader);
    arena_free(t->arena);
}

void deliver_free(struct deliver *d)
{
    if (d == NULL)
        return;
    (void)pthread_mutex_lock(&d->lock);
    atomic_store(&d->stop, true);
    (void)pthread_cond_broadcast(&d->wake);
    (void)pthread_mutex_unlock(&d->lock);
    end(&d->mail);
    for (size_t i = 0; i < DELIVER_LOGOUTS; i++)
        end(&d->logouts[i]);
    for (size_t i = 0; i < DELIVER_HOOKS; i++)
        end(&d->hooks[i]);
    (void)pthread_mutex_destroy(&d->lock);
    (void)pthread_cond_destroy(&d->wake);
    ref_drop(d);
}
