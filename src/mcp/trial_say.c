/* SPDX-License-Identifier: Apache-2.0 */
/* What a trial says: to whoever asked for it, and on the record. */
#include "mcp/hub_in.h"
#include "mcp/rest_in.h"
#include "mcp/trial.h"
#include "plat/json/out.h"

enum { SAID_MAX = 64 * 1024, RECORD_ARENA = 64 * 1024, DETAILS_MAX = 1024 };

struct words {
    const char *name;
    const char *well; /* NULL: made of what was seen */
    const char *hint; /* what to do where it fails */
};

static const struct words over_http[TRIAL_STEPS] = {
    { "address", "it may be called from here", "look at its URL, and at the settings outbound.*" },
    { "connect", "it answers", "is it running, and can this server reach it?" },
    { "credential", NULL,
      "give it another one: `server set NAME --headers FILE`, or `server credential` of one's "
      "own" },
    { "protocol", NULL, "is this the whole URL of its MCP endpoint, and the right transport?" },
    { "tools", NULL, "its own log may say more" },
};

static const struct words of_program[TRIAL_STEPS] = {
    { "program", "gateway.commands has it", "an entry of gateway.commands has to fix it" },
    { "start", "it starts and stays", "the log of this server has its last words" },
    { "credential", NULL, "look at the variables that it is given" },
    { "protocol", NULL, "does it speak MCP on its standard input and output?" },
    { "tools", NULL, "its own log may say more" },
};

static const struct words *words_of(const struct trial *tr)
{
    return tr->node.server->transport == GATE_STDIO ? of_program : over_http;
}

static int64_t ms_between(dur_t from, dur_t to)
{
    return (to.us - from.us) / 1000;
}

static err_t well_text(const struct trial *tr, enum trial_step step, str_t *ret)
{
    struct arena *a = tr->talk->in->arena;
    const struct gate_server *s = tr->node.server;
    const struct words *w = &words_of(tr)[step];
    switch (step) {
    case TRIAL_CREDENTIAL:
        return str_format(a, ret, "%s",
                          s->sealed || s->per_user ? "it takes what it is shown"
                                                   : "it is shown none, and wants none");
    case TRIAL_PROTOCOL:
        return str_format(a, ret, "it speaks MCP %.*s", STR_ARG(tr->version));
    case TRIAL_TOOLS:
        return str_format(a, ret, "%zu tools", tr->tools);
    case TRIAL_ADDRESS:
    case TRIAL_CONNECT:
    case TRIAL_STEPS:
        return str_format(a, ret, "%s", w->well);
    }
    return E_INTERNAL;
}

static err_t text_of(const struct trial *tr, enum trial_step step, str_t *ret)
{
    if (step != tr->failed)
        return well_text(tr, step, ret);
    return str_format(tr->talk->in->arena, ret, "%s: %s", tr->why, words_of(tr)[step].hint);
}

static err_t put_steps(const struct trial *tr, struct json_out *o)
{
    bool built_in = tr->node.server->transport == GATE_DEMO;
    json_out_name(o, STR("steps"));
    json_out_open(o, '[');
    for (int i = built_in ? TRIAL_PROTOCOL : TRIAL_ADDRESS; i < TRIAL_STEPS; i++) {
        enum trial_step step = (enum trial_step)i;
        str_t text = STR_NONE;
        if (step > tr->failed)
            break;
        TRY(text_of(tr, step, &text));
        json_out_open(o, '{');
        JSON_OUT(o, "step", str, str_from_cz(words_of(tr)[step].name));
        JSON_OUT(o, "ok", bool, step != tr->failed);
        JSON_OUT(o, "message", str, text);
        if (step == TRIAL_PROTOCOL && tr->ready.us > 0)
            JSON_OUT(o, "ms", i64, ms_between(tr->since, tr->ready));
        if (step == TRIAL_TOOLS)
            JSON_OUT(o, "ms", i64, ms_between(tr->ready, tr->ended));
        json_out_close(o, '}');
    }
    json_out_close(o, ']');
    return o->b->err;
}

static err_t put_all(const struct trial *tr, struct buf *b)
{
    struct json_out o = json_out_to(b);
    bool ok = tr->failed == TRIAL_STEPS;
    str_t text = STR_NONE;
    if (!ok)
        TRY(text_of(tr, tr->failed, &text));
    json_out_open(&o, '{');
    JSON_OUT(&o, "ok", bool, ok);
    JSON_OUT(&o, "step", str, ok ? STR_NONE : str_from_cz(words_of(tr)[tr->failed].name));
    JSON_OUT(&o, "message", str, text);
    JSON_OUT(&o, "version", str, tr->version);
    json_out_name(&o, STR("tools"));
    if (ok)
        json_out_i64(&o, (int64_t)tr->tools);
    else
        json_out_null(&o);
    JSON_OUT(&o, "ms", i64, ms_between(tr->since, tr->ended));
    TRY(put_steps(tr, &o));
    json_out_close(&o, '}');
    return b->err;
}

void trial_say(struct trial *tr)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, SAID_MAX);
    err_t e = put_all(tr, &b);
    if (e == E_OK)
        talk_reply(tr->talk, 200, STR("application/json"), buf_str(&b));
    else
        rest_refuse(tr->talk, e, NULL, NULL);
}

/* ---- the record ---- */

struct noting {
    struct mcp_record record;
    struct trial *trial;
    void (*told)(struct trial *tr, err_t e);
};

static void noted(struct loop_msg *msg)
{
    struct noting *n = CONTAINER_OF(msg, struct noting, record.msg);
    struct trial *tr = n->trial;
    struct talk *t = tr->talk;
    n->told(tr, n->record.e);
    arena_free(n->record.arena); /* it lies in there itself */
    talk_drop(t);
}

static err_t noting_fill(const struct trial *tr, struct noting *n)
{
    struct mcp_record *job = &n->record;
    CLEANUP(buf_fini) struct buf b = { 0 };
    const char *step = tr->failed == TRIAL_STEPS ? NULL : words_of(tr)[tr->failed].name;
    buf_init(&b, DETAILS_MAX);
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "ok", bool, step == NULL);
    JSON_OUT(&o, "step", str, str_from_cz(step));
    json_out_close(&o, '}');
    TRY(b.err);
    TRY(str_copy(job->arena, buf_str(&b), &job->details));
    TRY(str_copy(job->arena, tr->node.server->name, &job->target));
    return str_copy(job->arena, tr->talk->in->ip, &job->ip);
}

err_t trial_record(struct trial *tr, void (*told)(struct trial *tr, err_t e))
{
    const struct mcp_in *in = tr->talk->in;
    struct mcp_hub *h = tr->talk->hub;
    struct arena *a = arena_new(RECORD_ARENA);
    struct noting *n = a == NULL ? NULL : ARENA_NEW(a, struct noting);
    if (n != NULL)
        *n = (struct noting){ .record = { .msg.run = noted,
                                          .hub = h->loop,
                                          .arena = a,
                                          .owner = tr,
                                          .event = MCP_SERVER_TESTED,
                                          .actor = in->who.actor,
                                          .org = tr->node.org,
                                          .request_id = in->request_id,
                                          .server = tr->node.id },
                              .trial = tr,
                              .told = told };
    if (n == NULL || noting_fill(tr, n) != E_OK) {
        arena_free(a);
        return E_NO_MEMORY;
    }
    talk_hold(tr->talk);
    h->ports.record(h->ports.arg, &n->record);
    return E_OK;
}
