/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the record to the outbox: every event of an organisation that has webhooks leaves a row
 * there, in the transaction of the event. Which organisations those are is kept in memory and only
 * ever grows: one that has no webhook any more costs rows that nobody wants, nothing else. But for
 * `moved`, touched by the writer alone.
 */
#ifndef DOMAIN_HOOKS_HOOK_WATCH_H
#define DOMAIN_HOOKS_HOOK_WATCH_H

#include "domain/audit/audit.h"
#include "domain/live/act.h"

#include <stdatomic.h>

enum { HOOK_WATCH_MAX = 256 };

struct hook_watch {
    oid_t orgs[HOOK_WATCH_MAX];
    size_t n;
    bool all;               /* more than the table holds: every event is written down */
    _Atomic uint64_t moved; /* counts what may have something to be delivered */
};

/* At start, before the writer. */
err_t hook_watch_load(struct hook_watch *w, struct db *db, struct arena *a) MUST_USE;
/* On the writer: this organisation has a webhook. */
void hook_watch_org(struct hook_watch *w, oid_t org);
/* For audit_tap. */
err_t hook_watch_event(void *watch, struct db *db, struct arena *a,
                       const struct audit_event *e) MUST_USE;

#endif
