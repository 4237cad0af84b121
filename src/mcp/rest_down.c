/* SPDX-License-Identifier: Apache-2.0 */
/* What clients without MCP are told about their calls. Nobody can ask them anything: a call whose
 * server does so ends there, and says what can. */
#include "base/num.h"
#include "mcp/hub_in.h"
#include "mcp/legacy_in.h"
#include "mcp/raw.h"
#include "mcp/rest_in.h"
#include "plat/json/out.h"
#include "plat/mcp/mcp_err.h"

enum { PROBLEM_MAX = 64 * 1024, MESSAGE_SHOWN_MAX = 256 };

static const char ask_mcp[] = N_("the tool asks something in the middle of the call: call it with "
                                 "an MCP client, at /mcp");

static const struct {
    enum mcp_err err;
    err_t e;
    const char *field; /* NULL: none */
    const char *text;  /* NULL: what the call says, or its table */
} refusals[] = {
    { MCP_E_UNKNOWN_TOOL, E_NOT_FOUND, "name",
      N_("you have no such tool: POST /mcp/tools/list names yours") },
    { MCP_E_INVALID_PARAMS, E_BAD_FIELD, "arguments", NULL },
    { MCP_E_CAPABILITY, E_NEEDS_MCP, NULL, ask_mcp },
    { MCP_E_URL_ELICITATION, E_NEEDS_MCP, NULL, ask_mcp },
    { MCP_E_BUSY, E_OVERLOADED, NULL, NULL },
    { MCP_E_UPSTREAM_DOWN, E_UPSTREAM_DOWN, NULL, NULL },
    { MCP_E_BREAKER_OPEN, E_UPSTREAM_DOWN, NULL, NULL },
    { MCP_E_UPSTREAM_TIMEOUT, E_UPSTREAM_TIMEOUT, NULL, NULL },
    { MCP_E_UPSTREAM_BROKE, E_UPSTREAM_BROKE, NULL, NULL },
    { MCP_E_UPSTREAM_TOO_LARGE, E_UPSTREAM_BROKE, NULL, NULL },
    { MCP_E_NOT_APPROVED, E_NOT_APPROVED, NULL, NULL },
    { MCP_E_CREDENTIAL_WANTED, E_CREDENTIAL_WANTED, NULL, NULL },
    { MCP_E_STOPPING, E_STOPPING, NULL, NULL },
    { MCP_E_RECORD, E_OVERLOADED, NULL, NULL },
};

void rest_refuse(struct talk *t, err_t e, const char *field, const char *text)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    struct diag why = { .messages = t->in->rest->messages };
    buf_init(&b, PROBLEM_MAX);
    if (text != NULL && field != NULL)
        err_ignore(diag_set_field(&why, e, field, "%s", text));
    else if (text != NULL)
        err_ignore(diag_set(&why, e, "%s", text));
    t->in->rest->problem(&b, e, &why, t->in->request_id);
    if (err_info(e)->retry)
        t->head = STR("Retry-After: 5\r\n");
    talk_reply(t, err_info(e)->status, STR("application/problem+json"), buf_str(&b));
}

static void down_refuse(struct call *c, const struct mcp_refusal *r)
{
    const char *said = r->message.p != NULL ? str_cz(c->arena, r->message) : mcp_err_text(r->err);
    for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
        if (refusals[i].err != r->err)
            continue;
        rest_refuse(c->talk, refusals[i].e, refusals[i].field,
                    refusals[i].text != NULL ? refusals[i].text : said);
        return;
    }
    rest_refuse(c->talk, E_INTERNAL, NULL, NULL);
}

/* What its server says, in its own words; some of them mean that it wanted to ask. */
static void down_error(struct call *c, str_t error)
{
    static const enum mcp_err asks[] = { MCP_E_CAPABILITY, MCP_E_URL_ELICITATION };
    str_t code = raw_member(c->arena, error, STR("code"));
    str_t message = str_sub(raw_text(c->arena, error, STR("message")), 0, MESSAGE_SHOWN_MAX);
    str_t text = STR_NONE;
    int64_t n = 0;
    for (size_t i = 0; num_parse_i64(code, &n) == E_OK && i < ARRAY_LEN(asks); i++) {
        bool modern = n == mcp_err_code(asks[i], MCP_MODERN) && asks[i] == MCP_E_CAPABILITY;
        bool legacy = n == mcp_err_code(asks[i], MCP_LEGACY) && asks[i] != MCP_E_CAPABILITY;
        if (modern || legacy) {
            rest_refuse(c->talk, E_NEEDS_MCP, NULL, ask_mcp);
            return;
        }
    }
    err_ignore(str_format(c->arena, &text, "the server answers with the error %.*s: %.*s",
                          STR_ARG(str_sub(code, 0, 24)), STR_ARG(message))); /* or its code alone */
    rest_refuse(c->talk, E_UPSTREAM_ERROR, NULL, text.p != NULL ? str_cz(c->arena, text) : NULL);
}

/* ---- results ---- */

static void put_begun(const struct call *c, str_t greeting, struct buf *b)
{
    struct json_out o = json_out_to(b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "session_id", str, str_of(c->talk->session->id, SESSION_ID));
    JSON_OUT(&o, "instructions", raw, raw_member(c->arena, greeting, STR("instructions")));
    json_out_close(&o, '}');
}

static err_t put_result(const struct call *c, str_t result, struct buf *b)
{
    switch ((int)c->method->id) {
    case MCP_M_INITIALIZE:
        put_begun(c, result, b);
        return b->err;
    case MCP_M_TOOLS_LIST:
        buf_add(b, result);
        return b->err;
    default:
        BUF_ADD(b, "{\"result\":");
        TRY(legacy_put_plain(c, result, b));
        BUF_ADD(b, "}");
        return b->err;
    }
}

static void down_result(struct call *c, str_t result, const struct call_hint *hint)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    (void)hint;
    buf_init(&b, 4 * hub_settings(c->hub)->message_max + KIB(8));
    if (put_result(c, result, &b) == E_OK)
        talk_reply(c->talk, 200, STR("application/json"), buf_str(&b));
    else
        rest_refuse(c->talk, E_UPSTREAM_BROKE, NULL, mcp_err_text(MCP_E_UPSTREAM_TOO_LARGE));
}

/* There is no stream to say it on. */
static void down_note(struct call *c, str_t notification)
{
    (void)c;
    (void)notification;
}

static void down_ask(struct call *c)
{
    call_refuse_as(c, MCP_E_CAPABILITY);
}

const struct call_down rest_down = {
    .mute = true,
    .note = down_note,
    .ask = down_ask,
    .result = down_result,
    .error = down_error,
    .refuse = down_refuse,
};
