/* SPDX-License-Identifier: Apache-2.0 */
/* What is counted: by question and status, latencies, devices by state, and the outages. */
#ifndef FLEET_SIM_COUNT_H
#define FLEET_SIM_COUNT_H

#include "rules.h"

#include "../hist.h"

enum {
    COUNT_STATUSES = 600,
    COUNT_STREAM = AGENT_FETCH + 1,
    COUNT_ASKS,
    OUTAGES_MAX = 64,
    CHANGES_MAX = 64
};

/* From the first connection that was lost (or the start) until every device was answered. */
struct outage {
    int64_t began_us;
    int64_t back_us;                        /* the server took a connection again */
    int64_t served_us;                      /* 0: not yet */
    uint64_t devices;                       /* that were cut off */
    uint64_t answers, told_to_wait, others; /* good ones; 429 and 503; the rest */
};

/* A configuration that devices were told of over their streams. */
struct change {
    uint8_t etag[32];
    uint64_t devices;
    int64_t first_us, last_us; /* wall clock: when the first and the last of them was told */
};

struct counts {
    int64_t since_us;
    int64_t cpu_us; /* of the server, at since_us */
    uint64_t status[COUNT_ASKS][COUNT_STATUSES];
    uint64_t requests, retries;
    uint64_t refused;        /* connections that were not taken */
    uint64_t lost;           /* connections that ended with a question under way */
    uint64_t reopened;       /* kept connections that had ended meanwhile */
    uint64_t strange;        /* answers that are not what the contract says */
    uint64_t retry_missing;  /* 429 or 503 that do not say when to come back */
    uint64_t recent_n;       /* answers since the last line of progress */
    struct hist all, recent; /* recent: since that line; without long polls */
    uint64_t nudges, status_events, stream_ends;
    struct change changes[CHANGES_MAX]; /* the newest take the place of the oldest */
    size_t changes_n;                   /* ever */
    /* Of devices: they stay when the counting begins anew. */
    uint64_t states[SIM_STATES];
    uint64_t applied, failed, rotated;
    uint64_t owed;                      /* devices that wait to be served */
    struct outage outages[OUTAGES_MAX]; /* the first is the start */
    size_t outages_n;
};

static inline struct outage *counts_outage(struct counts *c)
{
    return &c->outages[c->outages_n - 1];
}

uint64_t counts_of_status(const struct counts *c, int status);

#endif
