/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of tools on the record, in the writer's groups. */
#include "api/mcp_port.h"
#include "api/mcp_write.h"

static const char *const actions[MCP_EVENTS] = {
    [MCP_CALL_START] = "tool.start",
    [MCP_CALL_END] = "tool.call",
    [MCP_CALL_REFUSED] = "tool.refused",
    [MCP_SERVER_TESTED] = "server.tested",
    [MCP_NETWORK_REFUSED] = "server.network-refused",
};

static err_t record_run(struct mcp_write *w)
{
    const struct mcp_record *job = w->job;
    bool refused = job->event == MCP_CALL_REFUSED || job->event == MCP_NETWORK_REFUSED;
    const struct audit_event event = {
        .org = job->org,
        .action = str_from_cz(actions[job->event]),
        .result = refused ? AUDIT_REFUSED : AUDIT_OK,
        .actor_kind = job->actor.kind,
        .actor_id = job->actor.id,
        .actor_name = str_from_cz(job->actor.name),
        .target_kind = job->event == MCP_SERVER_TESTED ? STR("server") : STR("mcp-server"),
        .target_id = job->server,
        .target_name = job->target,
        .reason = job->reason,
        .request_id = job->request_id,
        .ip = job->ip,
        .details = job->details,
    };
    return audit_append(w->services->audit, w->act.db, w->act.arena, &event);
}

/* Where nobody waits for it, it ends on the writer, with its arena. */
void mcp_port_record(void *arg, struct mcp_record *job)
{
    bool awaited = job->owner != NULL;
    mcp_write_start(&(struct mcp_write){
        .services = arg,
        .act = { .arena = job->arena, .org = job->org, .actor = job->actor },
        .run = record_run,
        .job = job,
        .own = awaited ? NULL : job->arena,
        .ret = &job->e,
        .hub = job->hub,
        .told = awaited ? &job->msg : NULL,
    });
}
