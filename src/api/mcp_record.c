/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of tools on the record, in the writer's groups. */
#include "api/mcp_port.h"
#include "base/ref.h"

struct record_job {
    struct write_job write;
    struct services *services;
    struct mcp_record *job;
};

static const char *const actions[MCP_EVENTS] = {
    [MCP_CALL_START] = "tool.start",
    [MCP_CALL_END] = "tool.call",
    [MCP_CALL_REFUSED] = "tool.refused",
};

static err_t record_run(struct write_job *write, struct db *db)
{
    struct record_job *r = CONTAINER_OF(write, struct record_job, write);
    const struct mcp_record *job = r->job;
    const struct audit_event event = {
        .org = job->org,
        .action = str_from_cz(actions[job->event]),
        .result = job->event == MCP_CALL_REFUSED ? AUDIT_REFUSED : AUDIT_OK,
        .actor_kind = job->actor.kind,
        .actor_id = job->actor.id,
        .actor_name = str_from_cz(job->actor.name),
        .target_kind = STR("mcp-server"),
        .target_id = job->server,
        .target_name = job->target,
        .reason = job->reason,
        .request_id = job->request_id,
        .ip = job->ip,
        .details = job->details,
    };
    return audit_append(r->services->audit, db, job->arena, &event);
}

static void record_done(struct write_job *write, err_t e)
{
    struct record_job *r = CONTAINER_OF(write, struct record_job, write);
    struct mcp_record *job = r->job;
    job->e = e;
    ref_drop(r);
    loop_post(job->hub, &job->msg);
}

void mcp_port_record(void *arg, struct mcp_record *job)
{
    struct services *sv = arg;
    struct record_job *r = ref_new(sizeof *r);
    if (r == NULL) {
        job->e = E_NO_MEMORY;
        loop_post(job->hub, &job->msg);
        return;
    }
    *r = (struct record_job){
        .write = { .class = WRITE_NORMAL,
                   .load = LOAD_ADMIN,
                   .run = record_run,
                   .done = record_done },
        .services = sv,
        .job = job,
    };
    err_t e = writer_submit(sv->writer, &r->write);
    if (e != E_OK)
        record_done(&r->write, e);
}
