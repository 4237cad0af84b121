/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside domain/audit: where each chain ends, in the writer's memory, and how that follows the fate
 * of a transaction. A head has three states: as it is now, as it was before this job, as it was at
 * the last commit.
 */
#ifndef DOMAIN_AUDIT_AUDIT_HEADS_H
#define DOMAIN_AUDIT_AUDIT_HEADS_H

#include "base/buf.h"
#include "base/map.h"
#include "domain/audit/audit.h"
#include "plat/crypto/crypto.h"

#include <stdatomic.h>

enum { HEADS_CHUNK = 256, HEADS_CHUNKS_MAX = 4096 };

struct head_state {
    bool known; /* false: ask the store */
    oid_t chain;
    int64_t seq;
    digest_t hash;
};

struct head {
    oid_t org;
    struct head_state now;
    struct head_state before_job;
    struct head_state durable;
    bool in_job;   /* on the list of heads that this job moved */
    bool in_group; /* ... that this group moved */
    struct head *job_next;
    struct head *group_next;
};

struct audit {
    struct arena *arena; /* owns everything here, this struct too */
    struct map by_org;
    struct head *chunks[HEADS_CHUNKS_MAX];
    uint32_t heads_n;
    struct head *job;
    struct head *group;
    int64_t unsigned_now; /* events since the last checkpoint, in the same three states */
    int64_t unsigned_before_job;
    _Atomic int64_t unsigned_durable;
    _Atomic uint64_t moved;
    struct buf body; /* scratch, kept so that an append allocates nothing */
    struct buf private;
    struct audit_tap tap;
    struct topics *topics;
};

/* The head of an organisation's chain, read from the store at its first use; a chain that does not
 * exist yet has seq 0 and no `chain`. */
err_t head_of(struct audit *log, struct db *db, struct arena *a, oid_t org,
              struct head **ret) MUST_USE;
/* Note that this job moves it; before any change of head->now. */
void head_touch(struct audit *log, struct head *h);

#endif
