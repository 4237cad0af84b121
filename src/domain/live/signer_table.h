/* SPDX-License-Identifier: Apache-2.0 */
/* Inside domain/live: the table behind signer.h, with a lock of its own that is taken alone. */
#ifndef DOMAIN_LIVE_SIGNER_TABLE_H
#define DOMAIN_LIVE_SIGNER_TABLE_H

#include "base/id.h"
#include "base/map.h"
#include "base/slab.h"

#include <pthread.h>
#include <stdatomic.h>

struct signer_table {
    pthread_rwlock_t lock;
    _Atomic uint64_t changes; /* effects ever applied: what guards compare */
    struct map by_org;
    struct slab rows;
    uint32_t hand;
};

err_t signer_table_init(struct signer_table *t, size_t max) MUST_USE;
void signer_table_fini(struct signer_table *t);
void signer_forget(struct signer_table *t, oid_t org);

#endif
