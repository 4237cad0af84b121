/* SPDX-License-Identifier: Apache-2.0 */
/* What a run shall come to: "applied=190,blocked>=2". */
#ifndef FLEET_SIM_EXPECT_H
#define FLEET_SIM_EXPECT_H

#include "base/str.h"

enum { EXPECT_MAX = 16 };

/* What can be counted; EXPECT_NAMES in expect.c has the words. */
enum tally {
    TALLY_UNENROLLED,
    TALLY_PENDING,
    TALLY_ENROLLED,
    TALLY_TURNED_AWAY,
    TALLY_BLOCKED,
    TALLY_REVOKED,
    TALLY_VANISHED,
    TALLY_APPLIED, /* devices whose last acknowledgement said so */
    TALLY_FAILED,
    TALLY_ROTATED,
    TALLY_SERVED,  /* devices that were answered since the last outage, or the start */
    TALLY_OUTAGES, /* that are over: all were served again */
    TALLY_POLLS,
    TALLY_UNCHANGED, /* polls answered 304 */
    TALLY_TURNED,    /* requests answered 429 or 503 */
    TALLY_STREAMS,   /* open now */
    TALLY_NUDGES,    /* events that told of a configuration */
    TALLIES
};

enum relation { RELATION_IS, RELATION_LEAST, RELATION_MOST };

struct expect {
    enum tally tally;
    enum relation relation;
    uint64_t n;
};

const char *tally_name(enum tally t);
/* E_BAD_FIELD with the reason; E_TOO_BIG: more than EXPECT_MAX. */
err_t expect_parse(const char *text, struct diag *why, struct expect ret[static EXPECT_MAX],
                   size_t *ret_n) MUST_USE;
bool expect_met(const struct expect *e, uint64_t have);

#endif
