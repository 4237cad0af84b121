/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is let in when there is more to do than can be done (SAFETY rule 13). A request that cannot
 * be answered on its loop is refused there, before it costs anything, when the room that its class
 * may take at the workers or at the writer is taken; later only if it waited too long. Health is
 * answered on the loop and never asked.
 */
#ifndef API_ADMISSION_H
#define API_ADMISSION_H

#include "api/route.h"
#include "base/buf.h"
#include "base/load.h"
#include "base/pressure.h"

#include <pthread.h>
#include <stdatomic.h>

struct services;

/* Why one was refused. */
enum shed {
    SHED_ROW,     /* by its own row: a full lobby, too many parked polls */
    SHED_WORKERS, /* no room before the workers */
    SHED_WRITER,  /* no room before the writer */
    SHED_WAITED,  /* it stood in the queue for too long */
    SHED_CONNS,   /* over `connections`: only what is urgent is answered */
    SHED_REASONS
};

struct admission {
    _Atomic uint64_t admitted[LOAD_CLASSES];
    _Atomic uint64_t shed[LOAD_CLASSES][SHED_REASONS];
    pthread_mutex_t lock; /* of the pressure */
    struct pressure pressure;
    /* The main thread's: what the log was told last. */
    bool sheds;
    dur_t since;
    dur_t last;
    uint64_t shed_seen;
    uint64_t shed_at_start;
};

void admission_init(struct admission *a);
void admission_fini(struct admission *a);

/* May a request of this row go to the workers? E_OVERLOADED, with the reason. */
err_t admission_ask(struct admission *a, const struct services *sv, const struct route *route,
                    bool known, enum shed *ret_why) MUST_USE;
void admission_shed(struct admission *a, enum load_class class, enum shed why);
void admission_served(struct admission *a);
/* "Retry-After: N\r\n", N by the pressure and by chance. */
void admission_add_retry(struct admission *a, struct buf *head);
/* Once a second, on the main thread: say in the log when shedding begins and when it is over. */
void admission_tick(struct admission *a);
/* Lines of GET /metrics. */
void admission_metrics(const struct admission *a, struct services *sv, struct buf *b);

/* Do requests stand before the workers? */
bool admission_waits(const struct services *sv);

#endif
