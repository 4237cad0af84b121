/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Single calls that wait for a person's yes: a row says who calls which tool, and holds the
 * arguments sealed while it waits. What was decided holds for the bytes that were shown: their
 * SHA-256 is in the row, and the engine runs nothing else by it.
 *
 *   waiting -> approved | denied      one answer, by whoever comes first
 *           -> over                   nobody answered, or nobody waits any more
 */
#ifndef DOMAIN_GATEWAY_APPROVAL_H
#define DOMAIN_GATEWAY_APPROVAL_H

#include "domain/live/act.h"
#include "plat/crypto/crypto.h"
#include "sql/gateway.h"

enum approval_state { APPROVAL_WAITING = 1, APPROVAL_APPROVED, APPROVAL_DENIED, APPROVAL_OVER };
enum {
    APPROVAL_STATES = APPROVAL_OVER + 1,
    APPROVALS_WAITING_MAX = 20, /* of one principal */
    APPROVAL_REASON_MAX = 500,  /* bytes */
};

const char *approval_state_name(enum approval_state s);

struct approval_in {
    oid_t server;
    str_t tool;
    str_t arguments; /* raw, as they will run; absent: none */
    dur_t life;
};
/* For act->actor, on the writer. E_OVERLOADED: too many of his wait already. */
err_t approval_ask(struct act *act, const struct approval_in *in, oid_t *ret) MUST_USE;

err_t approval_get(struct act *act, oid_t id, struct row_approval *ret) MUST_USE;
struct approval_list {
    int64_t state; /* 0: any */
    oid_t after;   /* id of the last row of the page before; zero: from the start */
    int64_t limit;
    bool newest; /* these first */
};
/* Those of everybody for who holds approval:read; else those of act->actor and of his devices. */
err_t approval_page(struct act *act, const struct approval_list *list, struct row_approval **ret,
                    size_t *ret_n) MUST_USE;
/* In act->arena; absent: it waits no more, and they are gone. E_CORRUPT. */
err_t approval_arguments(struct act *act, const struct row_approval *row, str_t *ret) MUST_USE;

struct approval_answer {
    oid_t id;
    bool yes;
    str_t reason;           /* absent: none */
    bool own_is_fine;       /* he may decide about calls of his own */
    ts_t since;             /* what is older belongs to a server that runs no more */
    const digest_t *digest; /* of what he was shown; NULL: he does not say */
};
/* By act->actor, on the writer. E_NOT_FOUND. E_FORBIDDEN: it is his own. E_CONFLICT: it was
 * decided, or waits no more. E_STALE: he was shown something else. */
err_t approval_decide(struct act *act, const struct approval_answer *in, digest_t *ret) MUST_USE;
/* Nobody waits for it any more. E_NOT_FOUND: it does not wait. */
err_t approval_end(struct act *act, oid_t id, str_t reason) MUST_USE;

#endif
