/* SPDX-License-Identifier: Apache-2.0 */
/* What the store keeps for a time, and forgets: by a job of the server, and when an administrator
 * asks for it (h_cleanup.c). */
#ifndef API_RETENTION_H
#define API_RETENTION_H

#include "api/services.h"
#include "domain/live/act.h"

enum retained {
    RETAINED_IDEMPOTENCY, /* answers to keys, a day */
    RETAINED_DELIVERIES,  /* of webhooks, thirty days */
    RETAINED_SESSIONS,    /* that ended, and links, failures and browsers of signing in */
    RETAINED_GRANTS,      /* codes, refresh tokens and what they were of */
    RETAINED_HISTORY,     /* behind `explain ?at=`, `history.days` */
    RETAINED_ONCE,        /* what is good once, or for ten minutes */
    RETAINED_SERIES,      /* figures over time */
    RETAINED_TOKENS,      /* of devices, retired long ago */
    RETAINED_COUNT
};

extern const char *const retained_names[RETAINED_COUNT];

/* On the writer: forget at most about `limit` rows; *ret_more: there are more. By a clock that was
 * set back nothing is forgotten. */
err_t retention_run(const struct services *sv, struct act *act, enum retained what, int64_t limit,
                    bool *ret_more) MUST_USE;

#endif
