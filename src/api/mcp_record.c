/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of tools on the record, in the writer's groups. */
#include "api/mcp_port.h"
#include "api/mcp_write.h"
#include "base/ref.h"

static const char *const actions[MCP_EVENTS] = {
    [MCP_CALL_START] = "tool.start",
    [MCP_CALL_END] = "tool.call",
    [MCP_CALL_REFUSED] = "tool.refused",
    [MCP_SERVER_TESTED] = "server.tested",
    [MCP_NETWORK_REFUSED] = "server.network-refused",
};

enum { SCRATCH_MAX = 64 * 1024 }; /* to write one event */

static err_t record_run(struct mcp_write *w)
{
    const struct mcp_record *job = w->job;
    CLEANUP(arena_freep) struct arena *a = arena_new(SCRATCH_MAX);
    if (a == NULL)
        return E_NO_MEMORY;
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
    return audit_append(w->services->audit, w->act.db, a, &event);
}

static str_t put_text(char **at, str_t text)
{
    if (text.p == NULL || text.n == 0)
        return text;
    str_t copy = str_of(*at, text.n);
    memcpy(*at, text.p, text.n);
    *at += text.n;
    return copy;
}

/* What waits for company waits in as few bytes as it has: hundreds of them may, and the least arena
 * is a page. NULL: no memory. */
static struct mcp_record *record_pack(const struct mcp_record *job)
{
    size_t n = job->target.n + job->reason.n + job->ip.n + job->details.n;
    struct mcp_record *packed = ref_new(sizeof *packed + n);
    char *at = packed == NULL ? NULL : (char *)(packed + 1);
    if (packed == NULL)
        return NULL;
    *packed = *job;
    packed->arena = NULL;
    packed->target = put_text(&at, job->target);
    packed->reason = put_text(&at, job->reason);
    packed->ip = put_text(&at, job->ip);
    packed->details = put_text(&at, job->details);
    return packed;
}

void mcp_port_record(void *arg, struct mcp_record *job)
{
    bool awaited = job->owner != NULL;
    struct mcp_record *packed = awaited ? job : record_pack(job);
    if (packed == NULL) {
        arena_free(job->arena); /* as where there was no memory to make it */
        return;
    }
    if (!awaited)
        arena_free(job->arena);
    mcp_write_start(&(struct mcp_write){
        .services = arg,
        .act = { .arena = packed->arena, .org = packed->org, .actor = packed->actor },
        .run = record_run,
        .job = packed,
        .packed = awaited ? NULL : packed,
        .ret = &packed->e,
        .hub = packed->hub,
        .told = awaited ? &packed->msg : NULL,
    });
}
