/* SPDX-License-Identifier: Apache-2.0 */
/* What stands on the record of a call: who, what, by which rule, what became of it. Arguments are
 * there as their digest alone. */
#include "mcp/call_in.h"
#include "mcp/hub_in.h"
#include "plat/json/out.h"

enum { RECORD_ARENA_MAX = 64 * 1024, DETAILS_MAX = 8 * 1024 };

static void put_rule(struct json_out *o, const struct gate_decision *d)
{
    JSON_OUT(o, "source", str, str_from_cz(d->source));
    if (oid_is_set(d->rule))
        JSON_OUT(o, "rule", id, d->rule);
}

static void put_arguments(struct json_out *o, str_t arguments)
{
    char hex[2 * SHA256_SIZE];
    static const char digits[] = "0123456789abcdef";
    if (arguments.p == NULL)
        return;
    digest_t d = sha256_of(arguments);
    for (size_t i = 0; i < SHA256_SIZE; i++) {
        hex[2 * i] = digits[d.b[i] >> 4];
        hex[2 * i + 1] = digits[d.b[i] & 15];
    }
    JSON_OUT(o, "arguments_sha256", str, str_of(hex, sizeof hex));
}

static err_t put_details(const struct call *c, enum mcp_event event, str_t outcome, struct buf *b)
{
    struct json_out o = json_out_to(b);
    char hex[2 * MCP_TRACE_ID];
    str_t trace = trace_id(c, hex);
    json_out_open(&o, '{');
    JSON_OUT(&o, "method", str, c->method->name);
    JSON_OUT(&o, "server", str, c->server->name);
    JSON_OUT(&o, "tool", str, str_sub(c->target, 0, 256));
    JSON_OUT(&o, "class", str, str_from_cz(gate_class_name(c->class)));
    put_rule(&o, &c->decision);
    if (oid_is_set(c->in->who.actor.client))
        JSON_OUT(&o, "client", id, c->in->who.actor.client);
    put_arguments(&o, c->peek.arguments);
    if (oid_is_set(c->approval.id))
        JSON_OUT(&o, "approval", id, c->approval.id);
    if (trace.n > 0)
        JSON_OUT(&o, "trace", str, trace);
    if (event == MCP_CALL_END) {
        JSON_OUT(&o, "ms", i64, (clock_mono().us - c->since.us) / 1000);
        JSON_OUT(&o, "outcome", str, outcome.p == NULL ? STR("done") : outcome);
        if (c->cache.hit)
            JSON_OUT(&o, "cached", bool, true);
    }
    json_out_close(&o, '}');
    return b->err;
}

static void recorded(struct loop_msg *msg)
{
    struct mcp_record *job = CONTAINER_OF(msg, struct mcp_record, msg);
    struct call *c = job->owner;
    err_t e = job->e;
    arena_free(job->arena);
    if (c == NULL)
        return;
    c->record = NULL;
    call_recorded(c, e);
}

static err_t record_make(const struct call *c, enum mcp_event event, str_t outcome,
                         struct mcp_record *job)
{
    struct arena *a = job->arena;
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, DETAILS_MAX);
    TRY(put_details(c, event, outcome, &b));
    TRY(str_copy(a, buf_str(&b), &job->details));
    TRY(str_format(a, &job->target, "%.*s/%.*s", STR_ARG(c->server->name),
                   STR_ARG(str_sub(c->target, 0, 256))));
    if (outcome.p != NULL)
        TRY(str_copy(a, outcome, &job->reason));
    return str_copy(a, c->in->ip, &job->ip);
}

/* NULL: memory is short. */
static struct mcp_record *record_new(const struct call *c, enum mcp_event event, str_t outcome)
{
    struct arena *a = arena_new(RECORD_ARENA_MAX);
    struct mcp_record *job = a == NULL ? NULL : ARENA_NEW(a, struct mcp_record);
    if (job != NULL)
        *job = (struct mcp_record){ .msg.run = recorded,
                                    .hub = c->hub->loop,
                                    .arena = a,
                                    .event = event,
                                    .actor = c->in->who.actor,
                                    .org = c->catalogue->org,
                                    .request_id = c->in->request_id,
                                    .server = c->server->id };
    if (job != NULL && record_make(c, event, outcome, job) == E_OK)
        return job;
    arena_free(a);
    return NULL;
}

err_t call_record_start(struct call *c)
{
    struct mcp_record *job = record_new(c, MCP_CALL_START, STR_NONE);
    if (job == NULL)
        return E_NO_MEMORY;
    c->state = CALL_RECORDING;
    c->record = job;
    job->owner = c;
    c->hub->ports.record(c->hub->ports.arg, job);
    return E_OK;
}

/* What was decided, and only that: lists and unknown names are nobody's act. */
void call_record_end(struct call *c, str_t outcome)
{
    if (c->server == NULL || !c->decision.allowed || c->state < CALL_RUNNING)
        return;
    struct mcp_record *job = record_new(c, MCP_CALL_END, outcome);
    if (job == NULL)
        return;
    job->failed = outcome.p != NULL;
    c->hub->ports.record(c->hub->ports.arg, job);
}

void call_record_refused(struct call *c)
{
    struct mcp_record *job = record_new(c, MCP_CALL_REFUSED, str_from_cz(c->decision.reason));
    if (job == NULL)
        return;
    job->failed = true;
    c->hub->ports.record(c->hub->ports.arg, job);
}
