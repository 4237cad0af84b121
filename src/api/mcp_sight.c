/* SPDX-License-Identifier: Apache-2.0 */
/* The tools that a server has shown, written down by the writer: what is new, changed, back or gone
 * is on the record too. */
#include "api/mcp_port.h"
#include "api/mcp_write.h"
#include "base/enc.h"
#include "base/log.h"
#include "domain/gateway/tool.h"

enum { SIGHT_ARENA_MAX = 64 * 1024 * 1024 };

static const char *const actions[] = {
    [GATE_SIGHT_NEW] = "tool.seen",          [GATE_SIGHT_QUARANTINED] = "tool.quarantined",
    [GATE_SIGHT_CHANGED] = "tool.redefined", [GATE_SIGHT_BACK] = "tool.back",
    [GATE_SIGHT_GONE] = "tool.gone",
};

static err_t record(struct mcp_write *s, const struct gate_sighted *one)
{
    struct act *act = &s->act;
    struct buf b;
    char room[128];
    b = (struct buf){ .p = room, .room = sizeof room, .max = sizeof room };
    BUF_ADD(&b, "{\"digest\":\"");
    buf_add_hex(&b, one->digest.b, SHA256_SIZE);
    BUF_ADD(&b, "\"}");
    const struct audit_event event = {
        .org = act->org,
        .action = str_from_cz(actions[one->kind]),
        .actor_kind = ACTOR_SYSTEM,
        .target_kind = STR("tool"),
        .target_id = one->id,
        .target_name = one->name,
        .request_id = oid_make(),
        .details = one->kind == GATE_SIGHT_GONE ? STR_NONE : buf_str(&b),
    };
    return audit_append(s->services->audit, act->db, act->arena, &event);
}

static err_t sight_run(struct mcp_write *s)
{
    const struct mcp_sight *job = s->job;
    struct act *act = &s->act;
    struct gate_sight seen;
    arena_reset(act->arena);
    if (job->failed.p != NULL)
        return server_failed(act, job->server, job->failed);
    TRY(gate_tools_seen(act, job->server, job->tools, &seen));
    for (size_t i = 0; i < seen.n; i++)
        TRY(record(s, &seen.v[i]));
    return server_answered(act, job->server, job->version,
                           job->modern ? STR("modern") : STR("legacy"));
}

void mcp_port_sight(void *arg, struct mcp_sight *job)
{
    if (job->failed.p != NULL)
        LOG(LOG_WARNING, "mcp-server-failed", LOG_F("server", job->name),
            LOG_F("why", job->failed));
    struct arena *own = arena_new(SIGHT_ARENA_MAX);
    mcp_write_start(&(struct mcp_write){
        .services = arg,
        .act = { .arena = own, .org = job->org, .actor = { .kind = ACTOR_SYSTEM } },
        .run = sight_run,
        .job = job,
        .own = own,
        .ret = &job->e,
        .hub = job->hub,
        .told = &job->msg,
    });
}
