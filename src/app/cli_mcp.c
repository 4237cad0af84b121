/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cli_mcp.h"

#include "app/cli_print.h"
#include "app/cli_say.h"
#include "plat/json/out.h"
#include "plat/mcp/mcp_era.h"

enum { MESSAGE_MAX = 16 * 1024 * 1024 };

err_t cli_mcp_open(struct cli *cli, const struct cli_options *o, const char *server,
                   struct cli_mcp *ret)
{
    struct cli_mcp m = { .cli = cli, .path = STR("/mcp") };
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, KIB(4));
    if (server != NULL) {
        BUF_ADD(&b, "/s/");
        cli_escape(&b, str_from_cz(server));
        BUF_ADD(&b, "/mcp");
        TRY(b.err);
        TRY(str_copy(cli->arena, buf_str(&b), &m.path));
    }
    TRY(cli_client_open(cli, o, &m.client));
    *ret = m;
    return E_OK;
}

void cli_mcp_close(struct cli_mcp *m)
{
    cli_client_close(&m->client);
}

/* ---- what is sent ---- */

/* A client that can be asked nothing: there may be no person in front of it. */
static err_t add_meta(struct json *params)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    struct json *meta = NULL;
    buf_init(&b, KIB(1));
    buf_addf(&b,
             "{\"io.modelcontextprotocol/protocolVersion\":\"%.*s\","
             "\"io.modelcontextprotocol/clientInfo\":{\"name\":\"seneschal\",\"version\":"
             "\"" SENESCHAL_VERSION "\"},\"io.modelcontextprotocol/clientCapabilities\":{}}",
             STR_ARG(mcp_version_newest(MCP_MODERN)->text));
    TRY(b.err);
    TRY(json_parse(buf_str(&b), NULL, &meta));
    return json_set(params, STR("_meta"), meta);
}

static err_t put_message(struct cli_mcp *m, const char *method, const struct json *params,
                         str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, MESSAGE_MAX);
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "jsonrpc", str, STR("2.0"));
    JSON_OUT(&o, "id", i64, ++m->id);
    JSON_OUT(&o, "method", str, str_from_cz(method));
    json_out_name(&o, STR("params"));
    json_write(&b, params);
    json_out_close(&o, '}');
    TRY(b.err);
    return str_copy(m->cli->arena, buf_str(&b), ret);
}

/* The fields of the head that repeat what the body says (MCP 2026-07-28, Streamable HTTP). */
static err_t add_headers(struct cli_mcp *m, const char *method, str_t name)
{
    struct cli_client *c = &m->client;
    str_t field;
    c->headers_n = m->headers_n;
    TRY(cli_client_header(m->cli, c, "Accept", STR("application/json")));
    TRY(cli_client_header(m->cli, c, "MCP-Protocol-Version", mcp_version_newest(MCP_MODERN)->text));
    TRY(cli_client_header(m->cli, c, "Mcp-Method", str_from_cz(method)));
    if (name.n == 0)
        return E_OK;
    if (mcp_header_encode(m->cli->arena, name, &field) != E_OK)
        return FAIL(&m->cli->why, E_USAGE, "this name is too long for a tool");
    TRY(cli_client_header(m->cli, c, "Mcp-Name", field));
    for (size_t i = 0; i < m->fields_n; i++) {
        const char *field_name = str_cz(m->cli->arena, m->fields[i].name);
        if (field_name == NULL)
            return E_NO_MEMORY;
        TRY(cli_client_header(m->cli, c, field_name, m->fields[i].value));
    }
    return E_OK;
}

/* ---- what came back ---- */

static const struct {
    enum mcp_err code;
    err_t e;
    const char *hint;
} refusals[] = {
    { MCP_E_UNKNOWN_TOOL, E_NOT_FOUND, "`seneschal tool list` shows the tools that you may call" },
    { MCP_E_NOT_APPROVED, E_FORBIDDEN, "ask an administrator why, or call it again" },
    { MCP_E_BUSY, E_OVERLOADED, "the same may succeed later" },
    { MCP_E_BREAKER_OPEN, E_OVERLOADED, "the same may succeed later" },
    { MCP_E_STOPPING, E_OVERLOADED, "the same may succeed later" },
    { MCP_E_RECORD, E_OVERLOADED, "the server has no room for its record: look at its disk" },
    { MCP_E_UPSTREAM_TIMEOUT, E_TIMEOUT, "the tool may have run: look before you call it again" },
    { MCP_E_UPSTREAM_BROKE, E_IO, "the tool may have run: look before you call it again" },
    { MCP_E_UPSTREAM_DOWN, E_IO, "an administrator can try it: `seneschal server test NAME`" },
    { MCP_E_CREDENTIAL_WANTED, E_FORBIDDEN,
      "it wants a credential of yours: `seneschal server credential NAME bearer < FILE`" },
    { MCP_E_CAPABILITY, E_CONFLICT,
      "the tool asks questions, which only an MCP client in front of a person answers" },
};

/* A refusal of JSON-RPC; false: it is none. */
static bool is_refusal(const struct json *answer)
{
    const struct json *error = answer == NULL || json_type(answer) != JSON_OBJECT
                                   ? NULL
                                   : json_member(answer, STR("error"));
    return error != NULL && json_type(error) == JSON_OBJECT;
}

static err_t refused(struct cli *cli, const struct json *answer)
{
    const struct json *error = json_member(answer, STR("error"));
    int64_t code = say_int(error, "code");
    str_t words = say_member(error, "message");
    err_t e = E_IO;
    cli->hint = NULL;
    diag_clear(&cli->why);
    for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
        if (mcp_err_code(refusals[i].code, MCP_MODERN) != code)
            continue;
        e = refusals[i].e;
        cli->hint = refusals[i].hint;
    }
    /* What is no such tool and what is wrong with its arguments share a code. */
    if (e == E_NOT_FOUND && !str_starts(words, str_from_cz(mcp_err_text(MCP_E_UNKNOWN_TOOL)))) {
        e = E_BAD_FIELD;
        cli->hint = NULL;
    }
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, KIB(16));
    cli_shown(&b, str_sub(words, 0, KIB(8)));
    return FAIL(&cli->why, e, "%.*s", STR_ARG(buf_str(&b)));
}

static err_t result_of(struct cli *cli, struct json *answer, struct json **ret)
{
    const struct json *result =
        json_type(answer) == JSON_OBJECT ? json_member(answer, STR("result")) : NULL;
    if (result == NULL || json_type(result) != JSON_OBJECT)
        return FAIL(&cli->why, E_IO, "the answer is no result of MCP: is this a Seneschal server?");
    struct json *copy = json_clone(result);
    if (copy == NULL)
        return E_NO_MEMORY;
    *ret = copy;
    return E_OK;
}

static err_t send_it(struct cli_mcp *m, str_t body, struct json **ret)
{
    struct cli *cli = m->cli;
    struct http_answer http = { 0 };
    CLEANUP(json_freep) struct json *answer = NULL;
    const struct cli_send send = { .method = "POST", .path = m->path, .body = body };
    err_t e = cli_client_send(cli, &m->client, &send, &http);
    bool json = http.body.n > 0 && json_parse(http.body, NULL, &answer) == E_OK;
    if (json && is_refusal(answer) && e != E_UNAUTHENTICATED)
        return refused(cli, answer);
    TRY(e);
    if (!json)
        return FAIL(&cli->why, E_IO, "the answer is not JSON: is this a Seneschal server?");
    return result_of(cli, answer, ret);
}

err_t cli_mcp_ask(struct cli_mcp *m, const char *method, str_t name, struct json *params,
                  struct json **ret)
{
    CLEANUP(json_freep) struct json *owned = params;
    str_t body;
    if (m->headers_n == 0)
        m->headers_n = m->client.headers_n;
    TRY(params == NULL ? E_NO_MEMORY : add_meta(params));
    TRY(put_message(m, method, owned, &body));
    TRY(add_headers(m, method, name));
    return send_it(m, body, ret);
}
