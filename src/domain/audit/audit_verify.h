/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is the record what was written? Reads the store in slices, in flat memory, also beside a running
 * server; needs a DB_READER that is in no read transaction.
 */
#ifndef DOMAIN_AUDIT_AUDIT_VERIFY_H
#define DOMAIN_AUDIT_AUDIT_VERIFY_H

#include "base/id.h"
#include "plat/db/db.h"

struct audit_finding {
    bool fault;       /* false: worth saying, nothing wrong */
    const char *what; /* "gap" "changed" "details-changed" "chain-changed" "stray-details"
                         "checkpoint-changed" "checkpoint-erased" "checkpoint-key" "head-differs"
                         "head-missing" "unsigned-tail" */
    oid_t chain;
    int64_t seq;
    int64_t n; /* of an unsigned tail: how many events */
};

struct audit_report {
    void (*say)(void *arg, const struct audit_finding *f);
    void *arg;
    /* Totals; start as zero. */
    int64_t chains;
    int64_t events;
    int64_t checkpoints;
    int64_t erased;
    int64_t unsigned_n;
    int64_t faults;
};

/* E_OK whatever is found: `faults` counts. Another error: the store could not be read to its end.
 */
err_t audit_verify(struct db *db, struct audit_report *report) MUST_USE;
/* One line of a file that was kept elsewhere: a checkpoint, or a line of the log that carries one.
 * Finds a cut tail and an old copy. Lines that hold no checkpoint are passed over. */
err_t audit_verify_against(struct db *db, str_t line, struct audit_report *report) MUST_USE;

#endif
