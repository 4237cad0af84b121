/* SPDX-License-Identifier: Apache-2.0 */
/* Inside app: what the threads of deliver.c share. */
#ifndef APP_DELIVER_IN_H
#define APP_DELIVER_IN_H

#include "app/deliver.h"
#include "app/held.h"

#include <pthread.h>

enum { DELIVER_HOOKS = 4, DELIVER_LOGOUTS = 2 };

struct deliver_thread {
    struct deliver *deliver;
    struct db *reader;
    struct arena *arena;
    pthread_t thread;
    bool started;
    dur_t next; /* CLOCK_MONOTONIC: it looks again then */
};

struct deliver {
    struct services *services;
    atomic_bool stop;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t wake;  /* it ends */
    struct held held;
    uint64_t looked; /* hook_watch.moved when everything due was taken */
    dur_t look_at;   /* look again then, whatever has moved */
    struct deliver_thread mail;
    struct deliver_thread logouts[DELIVER_LOGOUTS];
    struct deliver_thread hooks[DELIVER_HOOKS];
};

/* Wait, but not beyond the end. False: it has come. */
bool deliver_rest(struct deliver *d, dur_t most);
void deliver_give(struct deliver *d, oid_t receiver, bool ok); /* held_give, under the lock */
/* One step; true: there may be more to do at once. */
bool deliver_mail(struct deliver_thread *t);
bool deliver_hook(struct deliver_thread *t);
bool deliver_logout(struct deliver_thread *t);

#endif
