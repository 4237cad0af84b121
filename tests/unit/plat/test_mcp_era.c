/* SPDX-License-Identifier: Apache-2.0 */
/* Which era a POST speaks, and how it is refused. */
#include "check.h"
#include "plat/json/json.h"
#include "plat/mcp/mcp_era.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define RPC  "{\"jsonrpc\":\"2.0\",\"id\":1,"
#define NOTE "{\"jsonrpc\":\"2.0\","
#define META(version)                                                                              \
    "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"" version                            \
    "\",\"io.modelcontextprotocol/clientCapabilities\":{}}"
#define NOW "2026-07-28"

static const struct {
    const char *name;
    const char *head[3]; /* version, method, name */
    const char *body;
    enum mcp_era era;
    enum mcp_err err;
    const char *data; /* what the refusal's data holds, NULL: not asked */
} rows[] = {
    { "legacy without a header",
      { 0 },
      RPC "\"method\":\"tools/list\"}",
      MCP_LEGACY,
      MCP_OK,
      NULL },
    { "legacy with one",
      { "2025-06-18" },
      RPC "\"method\":\"tools/list\"}",
      MCP_LEGACY,
      MCP_OK,
      NULL },
    { "a header with blanks",
      { " 2025-06-18\t" },
      RPC "\"method\":\"tools/list\"}",
      MCP_LEGACY,
      MCP_OK,
      NULL },
    { "legacy of a version nobody knows",
      { "1999-01-01" },
      RPC "\"method\":\"ping\"}",
      MCP_LEGACY,
      MCP_E_VERSION,
      NULL },
    { "initialize",
      { 0 },
      RPC "\"method\":\"initialize\",\"params\":{}}",
      MCP_LEGACY,
      MCP_OK,
      NULL },
    { "initialize that names any old version",
      { "x" },
      RPC "\"method\":\"initialize\"}",
      MCP_LEGACY,
      MCP_OK,
      NULL },
    { "initialize with a modern header",
      { NOW },
      RPC "\"method\":\"initialize\"}",
      MCP_LEGACY,
      MCP_E_HEADER_MISMATCH,
      NULL },
    { "initialize with a claim is a modern method, and none",
      { NOW, "initialize" },
      RPC "\"method\":\"initialize\",\"params\":{" META(NOW) "}}",
      MCP_MODERN,
      MCP_E_METHOD_NOT_FOUND,
      NULL },
    { "an answer", { "2025-11-25" }, RPC "\"result\":{}}", MCP_LEGACY, MCP_OK, NULL },
    { "a batch of 2025-03-26", { 0 }, "[" NOTE "\"method\":\"x\"}]", MCP_LEGACY, MCP_OK, NULL },
    { "a batch later",
      { "2025-06-18" },
      "[" NOTE "\"method\":\"x\"}]",
      MCP_LEGACY,
      MCP_E_BATCH,
      NULL },
    { "a batch with a claim",
      { 0 },
      "[" NOTE "\"method\":\"x\",\"params\":{" META(NOW) "}}]",
      MCP_LEGACY,
      MCP_E_BATCH,
      NULL },

    { "modern",
      { NOW, "tools/list" },
      RPC "\"method\":\"tools/list\",\"params\":{" META(NOW) "}}",
      MCP_MODERN,
      MCP_OK,
      NULL },
    { "modern call",
      { NOW, "tools/call", "echo" },
      RPC "\"method\":\"tools/call\",\"params\":{\"name\":\"echo\"," META(NOW) "}}",
      MCP_MODERN,
      MCP_OK,
      NULL },
    { "its name encoded",
      { NOW, "tools/call", "=?base64?ZWNobw==?=" },
      RPC "\"method\":\"tools/call\",\"params\":{\"name\":\"echo\"," META(NOW) "}}",
      MCP_MODERN,
      MCP_OK,
      NULL },
    { "encoded badly",
      { NOW, "tools/call", "=?base64?ZWNobw?=" },
      RPC "\"method\":\"tools/call\",\"params\":{\"name\":\"echo\"," META(NOW) "}}",
      MCP_MODERN,
      MCP_E_HEADER_MISMATCH,
      NULL },
    { "a call of nobody",
      { NOW, "tools/call" },
      RPC "\"method\":\"tools/call\",\"params\":{" META(NOW) "}}",
      MCP_MODERN,
      MCP_OK,
      NULL },
    { "read names its uri",
      { NOW, "resources/read", "a://b" },
      RPC "\"method\":\"resources/read\",\"params\":{\"uri\":\"a://b\"," META(NOW) "}}",
      MCP_MODERN,
      MCP_OK,
      NULL },
    { "another name",
      { NOW, "tools/call", "wrong" },
      RPC "\"method\":\"tools/call\",\"params\":{\"name\":\"echo\"," META(NOW) "}}",
      MCP_MODERN,
      MCP_E_HEADER_MISMATCH,
      "{\"mismatch\":{\"header\":\"wrong\",\"body\":\"echo\"}}" },
    { "no name",
      { NOW, "tools/call" },
      RPC "\"method\":\"tools/call\",\"params\":{\"name\":\"echo\"," META(NOW) "}}",
      MCP_MODERN,
      MCP_E_HEADER_MISMATCH,
      "{\"mismatch\":{\"header\":null,\"body\":\"echo\"}}" },
    { "another method",
      { NOW, "tools/list" },
      RPC "\"method\":\"tools/call\",\"params\":{" META(NOW) "}}",
      MCP_MODERN,
      MCP_E_HEADER_MISMATCH,
      NULL },
    { "no method",
      { NOW },
      RPC "\"method\":\"tools/list\",\"params\":{" META(NOW) "}}",
      MCP_MODERN,
      MCP_E_HEADER_MISMATCH,
      NULL },
    { "no version",
      { NULL, "tools/list" },
      RPC "\"method\":\"tools/list\",\"params\":{" META(NOW) "}}",
      MCP_MODERN,
      MCP_E_HEADER_MISMATCH,
      NULL },
    { "another version",
      { "2025-11-25", "tools/list" },
      RPC "\"method\":\"tools/list\",\"params\":{" META(NOW) "}}",
      MCP_MODERN,
      MCP_E_HEADER_MISMATCH,
      NULL },
    { "a version to come",
      { "2027-01-01", "tools/list" },
      RPC "\"method\":\"tools/list\",\"params\":{" META("2027-01-01") "}}",
      MCP_MODERN,
      MCP_E_VERSION,
      "{\"supported\":[\"2026-07-28\"],\"requested\":\"2027-01-01\"}" },
    { "a claim of an old version",
      { "2025-11-25", "tools/list" },
      RPC "\"method\":\"tools/list\",\"params\":{" META("2025-11-25") "}}",
      MCP_MODERN,
      MCP_E_VERSION,
      NULL },
    { "a method that is gone",
      { NOW, "ping" },
      RPC "\"method\":\"ping\",\"params\":{" META(NOW) "}}",
      MCP_MODERN,
      MCP_E_METHOD_NOT_FOUND,
      NULL },
    { "a method that never was",
      { NOW, "x/y" },
      RPC "\"method\":\"x/y\",\"params\":{" META(NOW) "}}",
      MCP_MODERN,
      MCP_E_METHOD_NOT_FOUND,
      NULL },
    { "a header and no claim",
      { NOW },
      RPC "\"method\":\"tools/list\"}",
      MCP_MODERN,
      MCP_E_ENVELOPE,
      "{\"envelope\":{\"missing\":[\"_meta\"]}}" },
    { "a claim without capabilities",
      { NOW, "tools/list" },
      RPC "\"method\":\"tools/list\",\"params\":{\"_meta\":{\"io.modelcontextprotocol/"
          "protocolVersion\":\"" NOW "\"}}}",
      MCP_MODERN,
      MCP_E_ENVELOPE,
      "{\"envelope\":{\"missing\":[\"io.modelcontextprotocol/clientCapabilities\"]}}" },
    { "a claim that is a number",
      { NOW, "tools/list" },
      RPC "\"method\":\"tools/list\",\"params\":{\"_meta\":{\"io.modelcontextprotocol/"
          "protocolVersion\":1}}}",
      MCP_MODERN,
      MCP_E_ENVELOPE,
      NULL },
    { "a modern notification needs no header",
      { 0 },
      NOTE "\"method\":\"notifications/cancelled\",\"params\":{" META(NOW) "}}",
      MCP_MODERN,
      MCP_OK,
      NULL },
    { "nor a claim where the header is",
      { NOW },
      NOTE "\"method\":\"notifications/cancelled\"}",
      MCP_MODERN,
      MCP_OK,
      NULL },
    { "but may not lie",
      { NOW, "x" },
      NOTE "\"method\":\"notifications/cancelled\"}",
      MCP_MODERN,
      MCP_E_HEADER_MISMATCH,
      NULL },
};

static struct arena *arena;

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct mcp_peek p;
        struct mcp_route r;
        const struct mcp_head h = { str_from_cz(rows[i].head[0]), str_from_cz(rows[i].head[1]),
                                    str_from_cz(rows[i].head[2]) };
        assert_int_equal(mcp_peek(arena, str_from_cz(rows[i].body), &p), E_OK);
        assert_int_equal(mcp_route(arena, &h, &p, &r), E_OK);
        check(r.era == rows[i].era && r.refusal.err == rows[i].err, rows[i].name);
        if (rows[i].data != NULL)
            check(str_eq(r.refusal.data, str_from_cz(rows[i].data)), rows[i].name);
    }
}

static void test_versions(void **state)
{
    (void)state;
    check(mcp_version_find(STR("2025-06-18"))->id == MCP_V_2025_06_18, "found");
    check(mcp_version_find(STR("2025-06-19")) == NULL, "not found");
    check(mcp_version_offer(STR("2024-11-05"))->id == MCP_V_2024_11_05, "what is asked for");
    check(mcp_version_offer(STR("2030-01-01"))->id == MCP_V_2025_11_25, "the newest of the era");
    check(mcp_version_offer(STR("2026-07-28"))->id == MCP_V_2025_11_25, "no handshake in this one");
    check(mcp_version_newest(MCP_MODERN)->id == MCP_V_2026_07_28, "the newest of all");
    for (size_t i = 0; i < MCP_V_COUNT; i++)
        check(mcp_version_of(i)->id == i && mcp_version_of(i)->text.n == 10, "the table's order");
    struct json *v = NULL;
    assert_int_equal(json_parse(mcp_versions_modern(), NULL, &v), E_OK);
    size_t modern = 0;
    for (size_t i = 0; i < MCP_V_COUNT; i++)
        modern += mcp_version_of(i)->era == MCP_MODERN;
    assert_int_equal(json_count(v), modern);
    json_free(v);
}

static void test_errors(void **state)
{
    (void)state;
    for (enum mcp_err e = MCP_OK + 1; e < MCP_E_COUNT; e++) {
        for (enum mcp_era era = MCP_LEGACY; era <= MCP_MODERN; era++) {
            int code = mcp_err_code(e, era);
            int status = mcp_err_status(e, era);
            check(status == 200 || (status >= 400 && status < 500),
                  "never a 5xx: a client would give up");
            check(code < 0 && strlen(mcp_err_text(e)) > 5, "a code and a text");
            check(!(era == MCP_MODERN && (code == -32002 || code == -32042)),
                  "codes that are gone");
        }
    }
    struct buf b;
    const struct mcp_refusal r = { .err = MCP_E_VERSION, .data = STR("{\"x\":1}") };
    const struct mcp_refusal named = { .err = MCP_E_UNKNOWN_TOOL,
                                       .message = STR("Unknown tool: \"x\"") };
    buf_init(&b, KIB(1));
    mcp_err_put(&b, &r, MCP_MODERN, STR("7"));
    check(str_eq(buf_str(&b),
                 STR("{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"code\":-32022,\"message\":"
                     "\"Unsupported protocol version\",\"data\":{\"x\":1}}}")),
          "with data");
    buf_clear(&b);
    mcp_err_put(&b, &named, MCP_LEGACY, STR_NONE);
    check(str_eq(buf_str(&b),
                 STR("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32602,\"message\":"
                     "\"Unknown tool: \\\"x\\\"\"}}")),
          "of nothing");
    buf_fini(&b);
}

static void test_methods(void **state)
{
    (void)state;
    for (enum mcp_method_id id = MCP_M_NONE + 1; id < MCP_M_COUNT; id++) {
        const struct mcp_method *m = mcp_method_of(id);
        bool note = str_starts(m->name, STR("notifications/"));
        check(mcp_method_find(m->name) == m && (m->in[0] || m->in[1]), "found by its name");
        check(note == ((m->flags & MCP_METHOD_NOTE) != 0), "notifications are called so");
    }
    check(mcp_method_find(STR("tools/Call")) == NULL && mcp_method_find(STR("")) == NULL,
          "exactly");
}

static int setup(void **state)
{
    (void)state;
    arena = arena_new(MIB(1));
    return arena != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_methods),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
