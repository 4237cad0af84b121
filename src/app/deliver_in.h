/* SPDX-License-Identifier: Apache-2.0 */
/* Inside app: what the threads of deliver.c share. */
#ifndef APP_DELIVER_IN_H
#define APP_DELIVER_IN_H

#include "app/deliver.h"

#include <pthread.h>

enum { DELIVER_HOOKS = 4, DELIVER_HELD_MAX = 256 };

/* A webhook that is being called, or whose last call failed: nobody else calls it meanwhile, so
 * that one which is slow or dead takes one thread and no more. */
struct deliver_held {
    oid_t webhook;
    bool busy;
    int64_t failures; /* in a row */
    dur_t until;      /* CLOCK_MONOTONIC */
};

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
    struct deliver_held held[DELIVER_HELD_MAX];
    size_t held_n;
    uint64_t looked; /* hook_watch.moved when everything due was taken */
    dur_t look_at;   /* look again then, whatever has moved */
    struct deliver_thread mail;
    struct deliver_thread logout;
    struct deliver_thread hooks[DELIVER_HOOKS];
};

/* Wait, but not beyond the end. False: it has come. */
bool deliver_rest(struct deliver *d, dur_t most);
/* One step; true: there may be more to do at once. */
bool deliver_mail(struct deliver_thread *t);
bool deliver_hook(struct deliver_thread *t);
bool deliver_logout(struct deliver_thread *t);

#endif
