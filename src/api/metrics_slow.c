/* SPDX-License-Identifier: Apache-2.0 */
/* Figures that only the store or /proc knows; asking costs with a large fleet, so they are kept a
 * while.
 */
#include "api/metrics.h"

#include "api/request.h"
#include "domain/fleet/device_state.h"
#include "plat/os/proc.h"
#include "sql/audit.h"
#include "sql/fleet.h"
#include "sql/rollout.h"

#define KEEP DUR_S(10)

static err_t ask(struct request *rq, struct metrics_slow *slow)
{
    struct db *db = rq->act.db;
    struct arena *a = rq->act.arena;
    struct sql_device_sums_row *rows = NULL;
    struct sql_audit_sums_row sums;
    struct sql_rollout_open_count_row rollouts;
    int64_t devices[DEVICE_STATUSES] = { 0 };
    size_t n = 0;
    TRY(sql_device_sums(db, a, &rows, &n));
    TRY(sql_audit_sums(db, a, &sums));
    TRY(sql_rollout_open_count(db, a, &rollouts));
    for (size_t i = 0; i < n; i++) {
        if (rows[i].status >= 0 && rows[i].status < DEVICE_STATUSES)
            devices[rows[i].status] = rows[i].n;
    }
    for (size_t i = 0; i < DEVICE_STATUSES; i++)
        atomic_store_explicit(&slow->devices[i], devices[i], memory_order_relaxed);
    atomic_store_explicit(&slow->chains, sums.chains, memory_order_relaxed);
    atomic_store_explicit(&slow->events, sums.events, memory_order_relaxed);
    atomic_store_explicit(&slow->rollouts, rollouts.n, memory_order_relaxed);
    struct proc_figures f;
    proc_figures(&f);
    atomic_store_explicit(&slow->resident_bytes, (int64_t)f.resident_bytes, memory_order_relaxed);
    atomic_store_explicit(&slow->virtual_bytes, (int64_t)f.virtual_bytes, memory_order_relaxed);
    atomic_store_explicit(&slow->files, (int64_t)f.files, memory_order_relaxed);
    atomic_store_explicit(&slow->files_max, (int64_t)f.files_max, memory_order_relaxed);
    return E_OK;
}

bool metrics_slow_old(const struct metrics_slow *slow)
{
    int64_t taken = atomic_load_explicit(&slow->taken_us, memory_order_relaxed);
    return taken == 0 || clock_mono().us - taken >= KEEP.us;
}

err_t metrics_slow_ask(struct request *rq, struct metrics_slow *slow)
{
    if (!metrics_slow_old(slow))
        return E_OK;
    TRY(ask(rq, slow));
    atomic_store_explicit(&slow->taken_us, clock_mono().us, memory_order_relaxed);
    return E_OK;
}

static int64_t value(const _Atomic int64_t *v)
{
    return atomic_load_explicit(v, memory_order_relaxed);
}

void metrics_slow(struct buf *b, const struct metrics_slow *slow)
{
    metric_head(b, M_DEVICES);
    for (int s = DEVICE_PENDING; s < DEVICE_STATUS_COUNT; s++)
        metric_put_label(b, M_DEVICES, "status", device_status_name((enum device_status)s),
                         value(&slow->devices[s]));
    metric_put(b, M_ROLLOUTS, value(&slow->rollouts));
    metric_put(b, M_AUDIT_CHAINS, value(&slow->chains));
    metric_put(b, M_AUDIT_EVENTS, value(&slow->events));
    metric_put_seconds(b, M_CPU, proc_cpu().us);
    metric_put(b, M_RESIDENT, value(&slow->resident_bytes));
    metric_put(b, M_VIRTUAL, value(&slow->virtual_bytes));
    metric_put(b, M_OPEN_FDS, value(&slow->files));
    metric_put(b, M_MAX_FDS, value(&slow->files_max));
}
