/* SPDX-License-Identifier: Apache-2.0 */
/* The tools that a server has shown, written down by the writer: what is new, changed, back or gone
 * is on the record too. */
#include "api/mcp_port.h"
#include "base/enc.h"
#include "base/ref.h"
#include "domain/gateway/tool.h"

enum { SIGHT_ARENA_MAX = 64 * 1024 * 1024 };

struct sight_job {
    struct write_job write;
    struct services *services;
    struct mcp_sight *job;
    struct act act;
};

static const char *const actions[] = {
    [GATE_SIGHT_NEW] = "tool.seen",          [GATE_SIGHT_QUARANTINED] = "tool.quarantined",
    [GATE_SIGHT_CHANGED] = "tool.redefined", [GATE_SIGHT_BACK] = "tool.back",
    [GATE_SIGHT_GONE] = "tool.gone",
};

static err_t record(struct sight_job *s, const struct gate_sighted *one)
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

static err_t sight_run(struct write_job *write, struct db *db)
{
    struct sight_job *s = CONTAINER_OF(write, struct sight_job, write);
    const struct mcp_sight *job = s->job;
    struct act *act = &s->act;
    struct gate_sight seen;
    arena_reset(act->arena);
    effects_init(&act->effects);
    act_clear_why(act);
    act->db = db;
    act->now = clock_now();
    TRY(gate_tools_seen(act, job->server, job->tools, &seen));
    for (size_t i = 0; i < seen.n; i++)
        TRY(record(s, &seen.v[i]));
    return server_answered(act, job->server, job->version,
                           job->modern ? STR("modern") : STR("legacy"));
}

static void sight_applied(struct write_job *write)
{
    struct sight_job *s = CONTAINER_OF(write, struct sight_job, write);
    services_apply(s->services, &s->act.effects);
}

static void sight_done(struct write_job *write, err_t e)
{
    struct sight_job *s = CONTAINER_OF(write, struct sight_job, write);
    struct mcp_sight *job = s->job;
    job->e = e;
    arena_free(s->act.arena);
    ref_drop(s);
    loop_post(job->hub, &job->msg);
}

void mcp_port_sight(void *arg, struct mcp_sight *job)
{
    struct services *sv = arg;
    struct sight_job *s = ref_new(sizeof *s);
    if (s == NULL) {
        job->e = E_NO_MEMORY;
        loop_post(job->hub, &job->msg);
        return;
    }
    *s = (struct sight_job){
        .write = { .class = WRITE_NORMAL,
                   .load = LOAD_ADMIN,
                   .run = sight_run,
                   .applied = sight_applied,
                   .done = sight_done },
        .services = sv,
        .job = job,
        .act = { .arena = arena_new(SIGHT_ARENA_MAX),
                 .actor = { .kind = ACTOR_SYSTEM },
                 .org = job->org,
                 .keys = &sv->keys },
    };
    err_t e = s->act.arena == NULL ? E_NO_MEMORY : writer_submit(sv->writer, &s->write);
    if (e != E_OK)
        sight_done(&s->write, e);
}
