/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that wait for a person's yes, where nobody waits any more: their time is over, or they
 * belonged to a server that was killed. What was decided is forgotten after a while; the record
 * keeps it. */
#include "app/job_kinds.h"

#include "domain/gateway/approval.h"

enum { APPROVALS_SLICE = 200 };
#define APPROVAL_KEPT DUR_DAYS(30)

static err_t end_one(struct job_task *task, const struct sql_approval_late_row *row)
{
    bool lost = row->created_at.us < task->services->started_at.us;
    struct audit_event e = { .org = row->org,
                             .action = STR("approval.expired"),
                             .result = AUDIT_OK,
                             .target_kind = STR("approval"),
                             .target_id = row->id,
                             .target_name = row->tool,
                             .reason = lost ? STR("the server was started anew")
                                            : STR("nobody answered in time") };
    task->act.org = row->org;
    TRY(approval_end(&task->act, row->id, e.reason));
    return audit_append(task->services->audit, task->act.db, task->act.arena, &e);
}

err_t job_approvals(struct job_task *task)
{
    struct act *act = &task->act;
    struct sql_approval_late_row *rows = NULL;
    size_t n = 0;
    TRY(sql_approval_late(act->db, act->arena,
                          &(struct sql_approval_late){ .now = act->now,
                                                       .since = task->services->started_at,
                                                       .limit = APPROVALS_SLICE },
                          &rows, &n));
    for (size_t i = 0; i < n; i++)
        TRY(end_one(task, &rows[i]));
    task->more = n == APPROVALS_SLICE;
    ts_t before = { act->now.us - APPROVAL_KEPT.us };
    return sql_approval_drop_old(
        act->db, &(struct sql_approval_drop_old){ .before = before, .limit = APPROVALS_SLICE });
}
