/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Refusals on the record, bounded (SAFETY rule 5): of a known principal once per hour, row and
 * reason; of nobody in particular as one summary a minute, row and address block. What would have
 * written has an event of its own, in a transaction; what would only have read is summed up with
 * those of nobody, so that nobody gets at the writer by being refused. Memory of this process; safe
 * between threads.
 */
#ifndef DOMAIN_AUDIT_REFUSALS_H
#define DOMAIN_AUDIT_REFUSALS_H

#include "base/clock.h"
#include "domain/authz/actor.h"

struct refusals;

err_t refusals_new(struct refusals **ret) MUST_USE;
void refusals_free(struct refusals *r); /* NULL is fine */

struct refusal {
    oid_t principal;
    const char *row; /* the route's path */
    err_t reason;
    oid_t request; /* that was refused: when its job runs again, it is due again */
};

/* Should this one be written? Then it is noted, for whoever asks next. A table that is full forgets
 * the oldest: one more event, never one less. */
bool refusal_is_due(struct refusals *r, const struct refusal *what, ts_t now);
/* It was not written after all. */
void refusal_forget(struct refusals *r, const struct refusal *what);

/* Count one without a principal. `ip`: 16 bytes as in struct http_peer. */
void refusal_count(struct refusals *r, const char *row, err_t reason, const uint8_t ip[static 16]);

/* Count one of `who`, whom what.principal names; `peer` is his address as text. */
void refusal_count_known(struct refusals *r, const struct refusal *what, const struct actor *who,
                         const char *peer, ts_t now);

enum { REFUSAL_PEER_MAX = 64 };
struct refusal_summary {
    const char *row;
    err_t reason;
    char peer[REFUSAL_PEER_MAX]; /* "203.0.113.0/24", "2001:db8:1:2::/64"; "other": of those that
                                  * found no place; of somebody known the address itself */
    int64_t n;
    struct refusal_who { /* kind ACTOR_NONE: nobody in particular */
        enum actor_kind kind;
        oid_t id;
        oid_t org;
        char name[ACTOR_NAME_MAX];
    } who;
};
/* Hand out what was counted, at most `max` (of REFUSALS_SLICE): the same again until it is told
 * that they are written. */
enum { REFUSALS_SLICE = 500 };
size_t refusals_take(struct refusals *r, struct refusal_summary *ret, size_t max);
void refusals_written(struct refusals *r);

#endif
