/* SPDX-License-Identifier: Apache-2.0 */
#include "app/operation.h"

#include "app/sampler.h"
#include "base/log.h"
#include "base/ref.h"
#include "plat/os/logbook.h"

#define PRUNE_EVERY DUR_S(60)

struct operation {
    struct services *services;
    struct log_tap tap;
    dur_t prune_next; /* CLOCK_MONOTONIC */
    int64_t days;     /* `logs.days` as it was then */
};

/* An act that the writer runs twice counts twice: figures, not the record. */
err_t operation_event(void *services, struct db *db, struct arena *a, const struct audit_event *e)
{
    struct services *sv = services;
    bool opens =
        str_eq(e->action, STR("session.opened")) || str_eq(e->action, STR("session.passkey"));
    if (opens && e->result == AUDIT_OK)
        atomic_fetch_add_explicit(&sv->logins, 1, memory_order_relaxed);
    if (str_eq(e->action, STR("session.refused")) ||
        str_eq(e->action, STR("session.factor-refused")))
        atomic_fetch_add_explicit(&sv->logins_failed, 1, memory_order_relaxed);
    return hook_watch_event(&sv->hooks, db, a, e);
}

static void keep_line(void *book, str_t json)
{
    logbook_put(book, json);
}

err_t operation_new(struct services *services, struct operation **ret)
{
    struct diag why = { 0 };
    struct operation *o = ref_new(sizeof *o);
    if (o == NULL)
        return E_NO_MEMORY;
    o->services = services;
    if (logbook_open(services->dir, &why, &services->logbook) == E_OK) {
        o->tap = (struct log_tap){ keep_line, services->logbook };
        log_set_tap(&o->tap);
    } else {
        services->logbook = NULL;
        LOG(LOG_WARNING, "log-not-kept", LOG_F("why", str_from_cz(why.text)),
            LOG_F("hint", "lines go to standard error alone"));
    }
    err_t e = sampler_new(services, &services->sampler);
    if (e != E_OK) {
        operation_free(o);
        return e;
    }
    *ret = o;
    return E_OK;
}

/* By a clock that was set back nothing is forgotten. */
static void operation_prune(struct operation *o, dur_t now)
{
    struct services *sv = o->services;
    struct logbook_pruned done;
    int64_t days = services_settings(sv)->log_days;
    bool due = now.us >= o->prune_next.us || days != o->days;
    if (sv->logbook == NULL || !due || clock_guard_behind(&sv->clock))
        return;
    o->days = days;
    o->prune_next = (dur_t){ now.us + PRUNE_EVERY.us };
    ts_t before = { clock_now().us - days * DUR_DAYS(1).us };
    logbook_prune(sv->logbook, before, &done);
}

void operation_tick(struct operation *o)
{
    operation_prune(o, clock_mono());
    sampler_tick(o->services->sampler);
}

void operation_free(struct operation *o)
{
    if (o == NULL)
        return;
    log_set_tap(NULL);
    sampler_free(o->services->sampler);
    logbook_close(o->services->logbook);
    o->services->logbook = NULL;
    ref_drop(o);
}
