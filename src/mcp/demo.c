/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/demo.h"

#include "base/num.h"
#include "base/ref.h"
#include "mcp/raw.h"
#include "mcp/rpc.h"
#include "plat/json/json.h"
#include "plat/json/out.h"
#include "plat/mcp/mcp_era.h"

#include <inttypes.h>

enum { DEMO_ARENA_MAX = 32 * 1024 * 1024, DEMO_MESSAGE_MAX = 16 * 1024 * 1024 };

#define READS "\"annotations\":{\"readOnlyHint\":true,\"openWorldHint\":false}"

struct turn {
    struct demo *d;
    void *tag;
    struct arena *a;
    struct mcp_peek p;
    enum mcp_era era;
};

typedef void tool_f(struct turn *t, const struct json *arguments);

static void say(struct turn *t, const struct buf *b, bool last)
{
    if (b->err == E_OK)
        t->d->say(t->d->arg, t->tag, buf_str(b), last);
}

/* `more`: members that results of 2026-07-28 have besides, with a comma behind each. */
static void answer_as(struct turn *t, str_t id, const char *more, str_t result)
{
    CLEANUP(buf_fini) struct buf whole = { 0 };
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&whole, DEMO_MESSAGE_MAX);
    buf_init(&b, DEMO_MESSAGE_MAX);
    buf_addf(&whole, "{%s", t->era == MCP_MODERN ? more : "");
    buf_add(&whole, str_sub(result, 1, result.n));
    rpc_put_result(&b, id, buf_str(&whole));
    if (whole.err == E_OK)
        say(t, &b, true);
}

static void answer(struct turn *t, str_t id, str_t result)
{
    answer_as(t, id, "\"resultType\":\"complete\",", result);
}

static void refuse_with(struct turn *t, const struct mcp_refusal *r)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, KIB(4));
    mcp_err_put(&b, r, t->era, t->p.id);
    say(t, &b, true);
}

static void refuse(struct turn *t, enum mcp_err e)
{
    refuse_with(t, &(struct mcp_refusal){ .err = e });
}

static void answer_text(struct turn *t, str_t id, str_t text, bool is_error)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, DEMO_MESSAGE_MAX);
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    json_out_name(&o, STR("content"));
    json_out_open(&o, '[');
    json_out_open(&o, '{');
    JSON_OUT(&o, "type", str, STR("text"));
    JSON_OUT(&o, "text", str, text);
    json_out_close(&o, '}');
    json_out_close(&o, ']');
    if (is_error)
        JSON_OUT(&o, "isError", bool, true);
    json_out_close(&o, '}');
    if (b.err == E_OK)
        answer(t, id, buf_str(&b));
}

/* ---- tools ---- */

static const struct json *argument(const struct json *arguments, const char *name,
                                   enum json_type type)
{
    const struct json *v = arguments == NULL || json_type(arguments) != JSON_OBJECT
                               ? NULL
                               : json_member(arguments, str_from_cz(name));
    return v != NULL && json_type(v) == type ? v : NULL;
}

static void tool_echo(struct turn *t, const struct json *arguments)
{
    const struct json *text = argument(arguments, "text", JSON_STRING);
    if (text == NULL)
        answer_text(t, t->p.id, STR("text: want a string"), true);
    else
        answer_text(t, t->p.id, json_string(text), false);
}

static void tool_add(struct turn *t, const struct json *arguments)
{
    const struct json *a = argument(arguments, "a", JSON_INT);
    const struct json *b = argument(arguments, "b", JSON_INT);
    char text[32];
    int64_t sum;
    if (a == NULL || b == NULL || __builtin_add_overflow(json_int(a), json_int(b), &sum)) {
        answer_text(t, t->p.id,
                    STR("a, b: want two whole numbers, and a sum that fits into 64 bits"), true);
        return;
    }
    int n = snprintf(text, sizeof text, "%" PRId64, sum);
    answer_text(t, t->p.id, str_of(text, (size_t)n), false);
}

static void tool_time(struct turn *t, const struct json *arguments)
{
    char text[TS_TEXT];
    (void)arguments;
    ts_format(clock_now(), text);
    answer_text(t, t->p.id, str_of(text, sizeof text), false);
}

static struct demo_ask *ask_free(struct demo *d)
{
    for (size_t i = 0; i < DEMO_ASKS_MAX; i++) {
        if (d->asks[i].id == 0)
            return &d->asks[i];
    }
    return NULL;
}

#define ASK                                                                                        \
    "{\"mode\":\"form\",\"message\":\"What is your name?\",\"requestedSchema\":"                   \
    "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"}},\"required\":[\"name\"]" \
    "}}"

static void greet(struct turn *t, str_t call_id, str_t said);

/* Of 2026-07-28: the client comes back with the answer, and nothing is kept until then. */
static void ask_modern(struct turn *t)
{
    str_t said = raw_member(t->a, t->p.input_responses, STR("name"));
    if (said.p != NULL)
        greet(t, t->p.id, said);
    else if (raw_member(t->a, t->p.client_capabilities, STR("elicitation")).p == NULL)
        refuse_with(t, &(struct mcp_refusal){
                           .err = MCP_E_CAPABILITY,
                           .data = STR("{\"requiredCapabilities\":{\"elicitation\":{}}}") });
    else
        answer_as(t, t->p.id, "\"resultType\":\"input_required\",",
                  STR("{\"inputRequests\":{\"name\":{\"method\":\"elicitation/create\","
                      "\"params\":" ASK "}}}"));
}

/* A person is asked for a name, and greeted by it. */
static void tool_ask(struct turn *t, const struct json *arguments)
{
    struct demo_ask *ask = ask_free(t->d);
    char *call = ref_new(t->p.id.n + 1);
    CLEANUP(buf_fini) struct buf b = { 0 };
    char id[24];
    (void)arguments;
    if (t->era == MCP_MODERN || ask == NULL || call == NULL) {
        ref_drop(call);
        if (t->era == MCP_MODERN)
            ask_modern(t);
        else
            refuse(t, MCP_E_BUSY);
        return;
    }
    memcpy(call, t->p.id.p, t->p.id.n);
    *ask = (struct demo_ask){
        .id = ++t->d->asks_last, .tag = t->tag, .call = call, .call_n = t->p.id.n
    };
    int n = snprintf(id, sizeof id, "%" PRIu64, ask->id);
    buf_init(&b, KIB(4));
    rpc_put_request(&b, str_of(id, (size_t)n), STR("elicitation/create"), STR(ASK));
    say(t, &b, false);
}

/* clang-format off */
static const struct {
    const char *name;
    tool_f *run;
    const char *definition;
} tools[] = {
    { "echo", tool_echo,
      "{\"name\":\"echo\",\"description\":\"Says what it is told.\",\"inputSchema\":{\"type\":\"object\","
      "\"properties\":{\"text\":{\"type\":\"string\"}},\"required\":[\"text\"]}," READS "}" },
    { "add",  tool_add,
      "{\"name\":\"add\",\"description\":\"Adds two integers.\",\"inputSchema\":{\"type\":\"object\","
      "\"properties\":{\"a\":{\"type\":\"integer\"},\"b\":{\"type\":\"integer\"}},"
      "\"required\":[\"a\",\"b\"]}," READS "}" },
    { "time", tool_time,
      "{\"name\":\"time\",\"description\":\"Says what time it is, UTC.\","
      "\"inputSchema\":{\"type\":\"object\",\"properties\":{}}," READS "}" },
    { "ask",  tool_ask,
      "{\"name\":\"ask\",\"description\":\"Asks for a name, and greets by it.\","
      "\"inputSchema\":{\"type\":\"object\",\"properties\":{}}," READS "}" },
};
/* clang-format on */

/* The program has no other tools while it runs, and nobody has any of his own. */
#define FOR_EVER "\"resultType\":\"complete\",\"ttlMs\":600000,\"cacheScope\":\"public\","

static void list(struct turn *t)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, KIB(16));
    BUF_ADD(&b, "{\"tools\":[");
    for (size_t i = 0; i < ARRAY_LEN(tools); i++)
        buf_addf(&b, "%s%s", i == 0 ? "" : ",", tools[i].definition);
    BUF_ADD(&b, "]}");
    answer_as(t, t->p.id, FOR_EVER, buf_str(&b));
}

static void call(struct turn *t)
{
    CLEANUP(json_freep) struct json *arguments = NULL;
    if (t->p.arguments.n > 0 && json_parse(t->p.arguments, NULL, &arguments) != E_OK) {
        refuse(t, MCP_E_INVALID_PARAMS);
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(tools); i++) {
        if (str_eq(t->p.name, str_from_cz(tools[i].name))) {
            tools[i].run(t, arguments);
            return;
        }
    }
    refuse(t, MCP_E_UNKNOWN_TOOL);
}

#define WHO "{\"name\":\"demo\",\"title\":\"Demo\",\"version\":\"" SENESCHAL_VERSION "\"}"
#define WHAT                                                                                       \
    "\"capabilities\":{\"tools\":{}},"                                                             \
    "\"instructions\":\"Harmless tools, to try the gateway with.\""

static void initialize(struct turn *t)
{
    const struct mcp_version *v = mcp_version_offer(t->p.init_version);
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, KIB(4));
    buf_addf(&b, "{\"protocolVersion\":\"%.*s\",\"serverInfo\":" WHO "," WHAT "}",
             STR_ARG(v->text));
    answer(t, t->p.id, buf_str(&b));
}

static void discover(struct turn *t)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, KIB(4));
    buf_addf(&b,
             "{\"supportedVersions\":%.*s," WHAT
             ",\"_meta\":{\"io.modelcontextprotocol/serverInfo\":" WHO "}}",
             STR_ARG(mcp_versions_modern()));
    answer_as(t, t->p.id, FOR_EVER, buf_str(&b));
}

/* ---- messages ---- */

/* What 2026-07-28 wants of every request (its base protocol, "Per-request metadata"). */
static bool envelope_is_fine(struct turn *t)
{
    const struct mcp_version *v = mcp_version_find(t->p.protocol);
    struct mcp_refusal r = { .err = MCP_E_VERSION };
    if (v != NULL && v->era == MCP_MODERN && t->p.client_capabilities.p != NULL)
        return true;
    if (v != NULL && v->era == MCP_MODERN)
        r.err = MCP_E_ENVELOPE;
    else if (str_format(t->a, &r.data, "{\"supported\":%.*s}", STR_ARG(mcp_versions_modern())) !=
             E_OK)
        return false;
    refuse_with(t, &r);
    return false;
}

static void request(struct turn *t)
{
    const struct mcp_method *m = mcp_method_find(t->p.method);
    t->era = t->d->modern && t->p.has_claim ? MCP_MODERN : MCP_LEGACY;
    enum mcp_method_id id = m == NULL || !m->in[t->era] ? MCP_M_NONE : m->id;
    if (t->era == MCP_MODERN && !envelope_is_fine(t))
        return;
    if (id == MCP_M_INITIALIZE)
        initialize(t);
    else if (id == MCP_M_DISCOVER)
        discover(t);
    else if (id == MCP_M_PING)
        answer(t, t->p.id, STR("{}"));
    else if (id == MCP_M_TOOLS_LIST)
        list(t);
    else if (id == MCP_M_TOOLS_CALL)
        call(t);
    else
        refuse(t, MCP_E_METHOD_NOT_FOUND);
}

static void greet(struct turn *t, str_t call_id, str_t said)
{
    str_t action = raw_text(t->a, said, STR("action"));
    str_t name = raw_text(t->a, raw_member(t->a, said, STR("content")), STR("name"));
    str_t text = STR("Nobody said who is there.");
    if (str_eq(action, STR("accept")) && name.n > 0 &&
        str_format(t->a, &text, "Hello, %.*s.", STR_ARG(name)) != E_OK)
        return;
    answer_text(t, call_id, text, false);
}

/* Of a person. */
static void answered(struct turn *t)
{
    uint64_t id;
    if (num_parse_u64(t->p.id, &id) != E_OK)
        return;
    for (size_t i = 0; i < DEMO_ASKS_MAX; i++) {
        struct demo_ask ask = t->d->asks[i];
        if (ask.id != id || id == 0)
            continue;
        t->d->asks[i] = (struct demo_ask){ 0 };
        t->tag = ask.tag;
        greet(t, str_of(ask.call, ask.call_n), t->p.result);
        ref_drop(ask.call);
        return;
    }
}

static void cancelled(struct turn *t)
{
    for (size_t i = 0; i < DEMO_ASKS_MAX; i++) {
        struct demo_ask *ask = &t->d->asks[i];
        if (ask->id == 0 || !str_eq(str_of(ask->call, ask->call_n), t->p.request_id))
            continue;
        ref_drop(ask->call);
        *ask = (struct demo_ask){ 0 };
    }
}

void demo_take(struct demo *d, void *tag, str_t message)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(DEMO_ARENA_MAX);
    struct turn t = { .d = d, .tag = tag, .a = a };
    if (a == NULL || mcp_peek(a, message, &t.p) != E_OK)
        return;
    if (t.p.kind == MCP_REQUEST)
        request(&t);
    else if (t.p.kind == MCP_ANSWER)
        answered(&t);
    else if (t.p.kind == MCP_NOTIFICATION && t.p.request_id.p != NULL)
        cancelled(&t);
}

void demo_fini(struct demo *d)
{
    for (size_t i = 0; i < DEMO_ASKS_MAX; i++)
        ref_drop(d->asks[i].call);
}
