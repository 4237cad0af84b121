/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that wait for a person's yes, in the writer's groups: the row, the record, the notice. */
#include "api/mcp_port.h"
#include "api/mcp_write.h"
#include "domain/gateway/approval.h"

enum { NOTICES_HOUR_MAX = 30 };

static err_t record(struct mcp_write *r, const char *action, str_t details)
{
    const struct mcp_approve *job = r->job;
    struct audit_event event = { .org = job->org,
                                 .action = str_from_cz(action),
                                 .result = AUDIT_OK,
                                 .actor_kind = job->actor.kind,
                                 .actor_id = job->actor.id,
                                 .actor_name = str_from_cz(job->actor.name),
                                 .target_kind = STR("approval"),
                                 .target_id = r->id,
                                 .reason = job->reason,
                                 .request_id = job->request_id,
                                 .ip = job->ip,
                                 .details = details };
    TRY(str_format(r->act.arena, &event.target_name, "%.*s/%.*s", STR_ARG(job->server_name),
                   STR_ARG(job->tool)));
    return audit_append(r->services->audit, r->act.db, r->act.arena, &event);
}

static err_t tell(struct mcp_write *r)
{
    const struct mcp_approve *job = r->job;
    const struct settings *s = services_settings(r->services);
    str_t until = STR_NONE;
    TRY(str_format(r->act.arena, &until, "%lld",
                   (long long)(s->gateway.approval_ttl.us / 60000000)));
    char id[OID_TEXT];
    oid_format(r->id, id);
    const struct notice_field fields[] = {
        { "caller", str_from_cz(job->actor.name), false },
        { "upstream", job->server_name, false },
        { "tool", job->tool, false },
        { "minutes", until, false },
        { "id", str_of(id, sizeof id), false },
    };
    const struct notice_in notice = { .kind = NOTICE_ADMIN_APPROVAL,
                                      .cfg = &s->notices,
                                      .fields = fields,
                                      .fields_n = ARRAY_LEN(fields),
                                      .hour_max = NOTICES_HOUR_MAX };
    return notice_tell_admins(&r->act, &notice);
}

static err_t ask(struct mcp_write *r)
{
    const struct mcp_approve *job = r->job;
    const struct approval_in in = { .server = job->server,
                                    .tool = job->tool,
                                    .arguments = job->arguments,
                                    .life = services_settings(r->services)->gateway.approval_ttl };
    TRY(approval_ask(&r->act, &in, &r->id));
    TRY(record(r, "approval.asked", STR("{}")));
    return tell(r);
}

static err_t end(struct mcp_write *r)
{
    const struct mcp_approve *job = r->job;
    r->id = job->id;
    err_t e = approval_end(&r->act, r->id, job->reason);
    if (e == E_NOT_FOUND)
        return E_OK; /* somebody was faster */
    TRY(e);
    return record(r, "approval.expired", STR("{}"));
}

static err_t approve_run(struct mcp_write *w)
{
    const struct mcp_approve *job = w->job;
    return oid_is_set(job->id) ? end(w) : ask(w);
}

void mcp_port_approve(void *arg, struct mcp_approve *job)
{
    mcp_write_start(&(struct mcp_write){
        .services = arg,
        .act = { .arena = job->arena, .org = job->org, .actor = job->actor },
        .run = approve_run,
        .job = job,
        .ret_id = &job->id,
        .ret = &job->e,
        .hub = job->hub,
        .told = &job->msg,
    });
}
