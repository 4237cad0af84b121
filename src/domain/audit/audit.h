/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record: a chain of hashes per organisation, appended in the transaction of the act (SAFETY
 * rule 5; docs/adr/0003-audit-format.md). Its format is for ever.
 */
#ifndef DOMAIN_AUDIT_AUDIT_H
#define DOMAIN_AUDIT_AUDIT_H

#include "base/clock.h"
#include "base/secret.h"
#include "domain/authz/actor.h"
#include "plat/db/writer.h"

enum audit_result { AUDIT_OK, AUDIT_REFUSED };

struct audit_event {
    oid_t org;    /* zero: the chain `system` */
    str_t action; /* "device.enrolled": a name of domain/events/event.def */
    enum audit_result result;
    enum actor_kind actor_kind;
    oid_t actor_id;
    str_t actor_name;  /* erasable */
    str_t target_kind; /* "device", "policy" ...; absent: none */
    oid_t target_id;
    str_t target_name; /* erasable */
    str_t reason;      /* absent, or a slug or the administrator's word */
    oid_t request_id;
    str_t ip;      /* erasable */
    str_t details; /* erasable; a JSON object as text, absent: {} */
};

struct topics;
struct audit; /* the heads of all chains, in the writer's memory */

/* Who else is told of each event, in its transaction; what he answers but E_OK fails the act. */
struct audit_tap {
    err_t (*event)(void *arg, struct db *db, struct arena *a, const struct audit_event *e);
    void *arg;
};

err_t audit_new(struct audit **ret) MUST_USE;
void audit_free(struct audit *log);                          /* NULL is fine */
void audit_set_tap(struct audit *log, struct audit_tap tap); /* before the first event */
static inline void audit_freep(struct audit **log)
{
    audit_free(*log);
}
/* What changed, for those who look (topic.h). */
struct topics *audit_topics(struct audit *log);
/* The writer calls these: a group that is lost takes its heads with it. */
struct write_follower audit_follower(struct audit *log);
/* In the writer's transaction; `a` for scratch. Any failure must fail the act (fail closed). */
err_t audit_append(struct audit *log, struct db *db, struct arena *a,
                   const struct audit_event *e) MUST_USE;

/* Durable events that no checkpoint covers yet; from any thread. One at start: the last run may
 * have left a tail. */
int64_t audit_unsigned(const struct audit *log);
/* Rises with each group that made an event durable; from any thread. */
uint64_t audit_moved(const struct audit *log);
/* In the writer's transaction: sign the heads of all chains with KEY_AUDIT, append that as an event
 * of the chain `system`, and give the line for the log, to be written after COMMIT; absent where
 * nothing is unsigned. */
err_t audit_checkpoint(struct audit *log, struct db *db, struct arena *a, const secret_t *seed,
                       str_t *ret_line) MUST_USE;

#endif
