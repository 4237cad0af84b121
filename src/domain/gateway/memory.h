/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Snapshots in memory: who may what (gate_access), and what there is (gate_catalogue). Thread
 * safe. The store is the truth: after COMMIT and before the replies of its group the writer tells
 * what changed (gate_memory_apply), and what was read before that is not found any more. Who fills
 * takes a stamp before his read transaction.
 */
#ifndef DOMAIN_GATEWAY_MEMORY_H
#define DOMAIN_GATEWAY_MEMORY_H

#include "domain/gateway/access.h"
#include "domain/gateway/catalogue.h"

struct gate_memory;

/* Of what somebody filled here something is no longer true: `id` is a principal, or an
 * organisation with everything in it. Called by the writer. */
typedef void gate_gone_f(void *arg, oid_t id);

struct gate_memory_cfg {
    size_t accesses_max;
    size_t catalogues_max;
};

err_t gate_memory_new(const struct gate_memory_cfg *cfg, struct gate_memory **ret) MUST_USE;
void gate_memory_free(struct gate_memory *m);
/* Before the first effect, and never while others use it. */
void gate_memory_listen(struct gate_memory *m, gate_gone_f *gone, void *arg);

uint64_t gate_memory_stamp(struct gate_memory *m);

/* One reference, or NULL: load it. */
struct gate_access *gate_access_find(struct gate_memory *m, const struct gate_who *who);
struct gate_catalogue *gate_catalogue_find(struct gate_memory *m, oid_t org);
/* Takes a reference of its own. E_AGAIN: something changed since the stamp: what was read may be
 * used no longer. E_NO_MEMORY: it may, but is not remembered. */
err_t gate_access_fill(struct gate_memory *m, uint64_t stamp, const struct gate_who *who,
                       struct gate_access *a) MUST_USE;
err_t gate_catalogue_fill(struct gate_memory *m, uint64_t stamp, struct gate_catalogue *c) MUST_USE;

/* The writer, after COMMIT; beside live_apply. */
void gate_memory_apply(struct gate_memory *m, const struct effects *effects);

#endif
