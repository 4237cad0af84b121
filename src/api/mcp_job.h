/* SPDX-License-Identifier: Apache-2.0 */
/* Inside api: a job of the hub that reads the store, on a worker. */
#ifndef API_MCP_JOB_H
#define API_MCP_JOB_H

#include "api/mcp_edge.h"
#include "api/services.h"
#include "plat/loop/workers.h"

struct mcp_task;
/* In a read transaction; act->arena dies with it. E_AGAIN: what it read has changed meanwhile; it
 * is run again in a transaction of its own, TASK_TIMES in all. */
typedef err_t mcp_task_f(struct services *sv, struct act *act, const struct mcp_gates *gates,
                         void *job);
/* Wherever: what came of it. */
typedef void mcp_task_done_f(void *job, err_t e);

/* Runs `read`, then `done`, the latter once, whatever comes of it. `wipes`: what it had in memory
 * was secret.
 */
struct mcp_task_kind {
    mcp_task_f *read;
    mcp_task_done_f *done;
    bool wipes;
};
void mcp_task_start(struct services *sv, const struct mcp_task_kind *kind, void *job);

#endif
