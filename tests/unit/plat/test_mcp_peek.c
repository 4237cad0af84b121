/* SPDX-License-Identifier: Apache-2.0 */
/* The envelope of a message: what it is, what is in it, and what is no message at all. */
#include "base/fault.h"
#include "check.h"
#include "plat/json/json.h"
#include "plat/mcp/mcp_peek.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define TEXT(lit)                                                                                  \
    {                                                                                              \
        "" lit, sizeof(lit) - 1                                                                    \
    }
#define RPC "\"jsonrpc\":\"2.0\""

static const struct {
    const char *name;
    str_t text;
    err_t want;
    enum mcp_kind kind;
} rows[] = {
    { "request", TEXT("{" RPC ",\"id\":1,\"method\":\"ping\"}"), E_OK, MCP_REQUEST },
    { "its members in any order", TEXT("{\"method\":\"ping\",\"id\":\"a\"," RPC "}"), E_OK,
      MCP_REQUEST },
    { "blanks everywhere", TEXT(" \r\n{ " RPC " , \"id\" : -1 ,\t\"method\" : \"x\" } \n"), E_OK,
      MCP_REQUEST },
    { "names that are escaped", TEXT("{" RPC ",\"i\\u0064\":1,\"\\u006dethod\":\"x\"}"), E_OK,
      MCP_REQUEST },
    { "members nobody knows", TEXT("{" RPC ",\"id\":1,\"method\":\"x\",\"y\":[{}]}"), E_OK,
      MCP_REQUEST },
    { "notification", TEXT("{" RPC ",\"method\":\"notifications/initialized\"}"), E_OK,
      MCP_NOTIFICATION },
    { "result", TEXT("{" RPC ",\"id\":1,\"result\":{}}"), E_OK, MCP_ANSWER },
    { "error", TEXT("{" RPC ",\"id\":1,\"error\":{\"code\":-32601,\"message\":\"x\"}}"), E_OK,
      MCP_ANSWER },
    { "error of nothing",
      TEXT("{" RPC ",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"x\"}}"), E_OK,
      MCP_ANSWER },
    { "error without an id", TEXT("{" RPC ",\"error\":{\"code\":-32700}}"), E_OK, MCP_ANSWER },
    { "batch", TEXT("[{" RPC ",\"method\":\"a\"}, {" RPC ",\"id\":1,\"method\":\"b\"} ]"), E_OK,
      MCP_BATCH },
    { "numbers of any size pass",
      TEXT("{" RPC ",\"id\":99999999999999999999,\"method\":\"x\",\"params\":{\"a\":1e999}}"), E_OK,
      MCP_REQUEST },
    { "U+0000 passes where nobody reads",
      TEXT("{" RPC ",\"method\":\"x\",\"params\":{\"arguments\":\"\\u0000\"}}"), E_OK,
      MCP_NOTIFICATION },

    { "nothing", TEXT(""), E_BAD_JSON, 0 },
    { "half", TEXT("{" RPC ",\"id\":1"), E_BAD_JSON, 0 },
    { "something behind", TEXT("{" RPC ",\"method\":\"x\"}{"), E_BAD_JSON, 0 },
    { "byte order mark", TEXT("\xef\xbb\xbf{" RPC ",\"method\":\"x\"}"), E_BAD_JSON, 0 },
    { "method twice", TEXT("{" RPC ",\"method\":\"x\",\"method\":\"x\"}"), E_BAD_JSON, 0 },
    { "method twice, once escaped", TEXT("{" RPC ",\"method\":\"x\",\"\\u006dethod\":\"y\"}"),
      E_BAD_JSON, 0 },
    { "a stranger twice", TEXT("{" RPC ",\"method\":\"x\",\"q\":1,\"q\":1}"), E_BAD_JSON, 0 },
    { "name twice in params",
      TEXT("{" RPC ",\"method\":\"x\",\"params\":{\"name\":\"a\",\"name\":\"b\"}}"), E_BAD_JSON,
      0 },
    { "a claim twice",
      TEXT("{" RPC
           ",\"method\":\"x\",\"params\":{\"_meta\":{\"traceparent\":1,\"traceparent\":1}}}"),
      E_BAD_JSON, 0 },
    { "lone surrogate in arguments",
      TEXT("{" RPC ",\"method\":\"x\",\"params\":{\"arguments\":{\"a\":\"\\udc00\"}}}"), E_BAD_JSON,
      0 },
    { "noncharacter", TEXT("{" RPC ",\"method\":\"x\",\"params\":{\"a\":\"\xef\xbf\xbf\"}}"),
      E_BAD_JSON, 0 },
    { "overlong UTF-8", TEXT("{" RPC ",\"method\":\"x\",\"params\":{\"a\":\"\xc0\xaf\"}}"),
      E_BAD_JSON, 0 },
    { "control in a string", TEXT("{" RPC ",\"method\":\"x\ny\"}"), E_BAD_JSON, 0 },
    { "leading zero", TEXT("{" RPC ",\"id\":01,\"method\":\"x\"}"), E_BAD_JSON, 0 },
    { "no message and no JSON", TEXT("[1,]"), E_BAD_JSON, 0 },

    { "no jsonrpc", TEXT("{\"id\":1,\"method\":\"x\"}"), E_BAD_FIELD, 0 },
    { "another jsonrpc", TEXT("{\"jsonrpc\":\"1.0\",\"method\":\"x\"}"), E_BAD_FIELD, 0 },
    { "jsonrpc as a number", TEXT("{\"jsonrpc\":2.0,\"method\":\"x\"}"), E_BAD_FIELD, 0 },
    { "no method", TEXT("{" RPC ",\"id\":1}"), E_BAD_FIELD, 0 },
    { "empty method", TEXT("{" RPC ",\"method\":\"\"}"), E_BAD_FIELD, 0 },
    { "method as a number", TEXT("{" RPC ",\"id\":1,\"method\":7}"), E_BAD_FIELD, 0 },
    { "id null", TEXT("{" RPC ",\"id\":null,\"method\":\"x\"}"), E_BAD_FIELD, 0 },
    { "id a fraction", TEXT("{" RPC ",\"id\":1.5,\"method\":\"x\"}"), E_BAD_FIELD, 0 },
    { "id an object", TEXT("{" RPC ",\"id\":{},\"method\":\"x\"}"), E_BAD_FIELD, 0 },
    { "params a list", TEXT("{" RPC ",\"id\":1,\"method\":\"x\",\"params\":[1]}"), E_BAD_FIELD, 0 },
    { "params null", TEXT("{" RPC ",\"id\":1,\"method\":\"x\",\"params\":null}"), E_BAD_FIELD, 0 },
    { "_meta a text", TEXT("{" RPC ",\"method\":\"x\",\"params\":{\"_meta\":\"\"}}"), E_BAD_FIELD,
      0 },
    { "result and error", TEXT("{" RPC ",\"id\":1,\"result\":{},\"error\":{}}"), E_BAD_FIELD, 0 },
    { "method and result", TEXT("{" RPC ",\"id\":1,\"method\":\"x\",\"result\":{}}"), E_BAD_FIELD,
      0 },
    { "result of nothing", TEXT("{" RPC ",\"id\":null,\"result\":{}}"), E_BAD_FIELD, 0 },
    { "result a list", TEXT("{" RPC ",\"id\":1,\"result\":[]}"), E_BAD_FIELD, 0 },
    { "empty batch", TEXT("[]"), E_BAD_FIELD, 0 },
    { "batch in a batch", TEXT("[[{" RPC ",\"method\":\"x\"}]]"), E_BAD_FIELD, 0 },
    { "batch with a number", TEXT("[{" RPC ",\"method\":\"x\"},1]"), E_BAD_FIELD, 0 },
    { "a text", TEXT("\"x\""), E_BAD_FIELD, 0 },
    { "U+0000 in a text that is read", TEXT("{" RPC ",\"method\":\"x\\u0000\"}"), E_BAD_FIELD, 0 },
};

static struct arena *arena;

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct mcp_peek p = { .batch = 77 };
        arena_reset(arena);
        check(mcp_peek(arena, rows[i].text, &p) == rows[i].want, rows[i].name);
        if (rows[i].want == E_OK)
            check(p.kind == rows[i].kind, rows[i].name);
        else
            check(p.batch == 77, "nothing is written where it fails");
    }
}

static struct mcp_peek peeked(str_t text)
{
    struct mcp_peek p = { 0 };
    assert_int_equal(mcp_peek(arena, text, &p), E_OK);
    return p;
}

static void is(str_t got, const char *want)
{
    check(want == NULL ? got.p == NULL : got.p != NULL && str_eq(got, str_from_cz(want)),
          want != NULL ? want : "(absent)");
}

static void test_modern_call(void **state)
{
    (void)state;
    struct mcp_peek p = peeked(STR(
        "{\"method\":\"tools/"
        "call\",\"params\":{\"name\":\"e\\u0063ho\",\"arguments\":{\"text\":\"hi\"},"
        "\"inputResponses\":{\"k\":1},\"requestState\":\"s\\/"
        "1\",\"clientInfo\":5,\"progressToken\":8,"
        "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
        "\"io.modelcontextprotocol/clientInfo\":{\"name\":\"d\"},\"progressToken\":\"p1\","
        "\"io.modelcontextprotocol/clientCapabilities\":{},\"traceparent\":\"00-1-2-01\","
        "\"io.modelcontextprotocol/logLevel\":\"info\"}},\"jsonrpc\":\"2.0\",\"id\":\"a\\nb\"}"));
    is(p.id, "\"a\\nb\"");
    is(p.method, "tools/call");
    is(p.name, "echo");
    is(p.arguments, "{\"text\":\"hi\"}");
    is(p.input_responses, "{\"k\":1}");
    is(p.request_state, "s/1");
    is(p.protocol, "2026-07-28");
    is(p.client_info, "{\"name\":\"d\"}");
    is(p.client_capabilities, "{}");
    is(p.progress_token, "\"p1\"");
    is(p.progress_of, "8");
    is(p.traceparent, "00-1-2-01");
    is(p.log_level, "info");
    is(p.init_info, "5");
    is(p.uri, NULL);
    is(p.result, NULL);
    check(p.has_claim && p.params.p[0] == '{' && p.params.p[p.params.n - 1] == '}', "whole params");
}

static void test_others(void **state)
{
    (void)state;
    struct mcp_peek p = peeked(STR("{" RPC ",\"id\":0,\"method\":\"initialize\",\"params\":{"
                                   "\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},"
                                   "\"clientInfo\":{\"name\":\"x\",\"version\":\"1\"}}}"));
    is(p.init_version, "2025-11-25");
    is(p.init_capabilities, "{}");
    check(!p.has_claim && p.client_info.p == NULL, "no claim");
    p = peeked(STR("{" RPC ",\"method\":\"x\",\"params\":{\"_meta\":{"
                   "\"io.modelcontextprotocol/protocolVersion\":7,\"progressToken\":null}}}"));
    check(p.has_claim && p.protocol.p == NULL && p.progress_token.p == NULL, "a claim of a number");
    p = peeked(
        STR("{" RPC ",\"id\":1,\"error\":{\"message\":\"no\",\"code\":-32042,\"data\":[1]}}"));
    assert_int_equal(p.error_code, -32042);
    is(p.error, "{\"message\":\"no\",\"code\":-32042,\"data\":[1]}");
    p = peeked(
        STR("{" RPC ",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":4}}"));
    is(p.request_id, "4");
    p = peeked(STR("{" RPC ",\"id\":1,\"method\":\"x\",\"params\":{\"name\":5,\"uri\":[]}}"));
    check(p.name.p == NULL && p.uri.p == NULL, "texts that are none are absent");
}

static void test_batch(void **state)
{
    (void)state;
    str_t rest = STR(" [ {" RPC ",\"method\":\"a\"} ,{" RPC ",\"id\":1,\"method\":\"b\",\"params\":"
                     "{\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"x\"}}}]");
    str_t one;
    struct mcp_peek p = peeked(rest);
    check(p.kind == MCP_BATCH && p.batch == 2 && p.has_claim, "two, one of them modern");
    check(mcp_array_next(&rest, &one), "the first");
    is(peeked(one).method, "a");
    check(mcp_array_next(&rest, &one), "the second");
    is(peeked(one).method, "b");
    check(!mcp_array_next(&rest, &one) && !mcp_array_next(&rest, &one), "no more");
    str_t empty = STR("[ ]");
    str_t other = STR("{}");
    check(!mcp_array_next(&empty, &one) && !mcp_array_next(&other, &one), "none");
}

static err_t peek_many(const char *head, const char *each, size_t n, const char *tail)
{
    struct buf b;
    struct mcp_peek p;
    buf_init(&b, MIB(4));
    buf_add(&b, str_from_cz(head));
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && each[0] == '"')
            buf_add_byte(&b, ',');
        if (each[0] == '"')
            buf_addf(&b, "\"m%zu\":1", i);
        else
            buf_add(&b, str_from_cz(each));
    }
    buf_add(&b, str_from_cz(tail));
    assert_int_equal(b.err, E_OK);
    err_t e = mcp_peek(arena, buf_str(&b), &p);
    buf_fini(&b);
    return e;
}

static void test_limits(void **state)
{
    (void)state;
    static const char deep[] = "{" RPC ",\"method\":\"x\",\"params\":{\"a\":";
    assert_int_equal(peek_many(deep, "[", JSON_DEPTH_MAX - 2, ""), E_BAD_JSON); /* never closed */
    char closed[JSON_DEPTH_MAX + 8];
    for (size_t extra = 0; extra < 2; extra++) {
        size_t n = JSON_DEPTH_MAX - 2 + extra;
        memset(closed, ']', n);
        memcpy(closed + n, "}}", 3);
        assert_int_equal(peek_many(deep, "[", n, closed), extra == 0 ? E_OK : E_BAD_JSON);
    }
    assert_int_equal(peek_many(deep, "[", 1000000, ""), E_BAD_JSON);
    static const char many[] = "{" RPC ",\"method\":\"x\",\"params\":{";
    assert_int_equal(peek_many(many, "\"", 64, "}}"), E_OK);
    assert_int_equal(peek_many(many, "\"", 65, "}}"), E_BAD_FIELD);
    static const char one[] = "{" RPC ",\"method\":\"x\"},";
    assert_int_equal(peek_many("[", one, MCP_BATCH_MAX - 1, "{" RPC ",\"method\":\"x\"}]"), E_OK);
    assert_int_equal(peek_many("[", one, MCP_BATCH_MAX, "{" RPC ",\"method\":\"x\"}]"),
                     E_BAD_FIELD);
}

static void test_result(void **state)
{
    (void)state;
    struct mcp_result r = { 0 };
    assert_int_equal(
        mcp_peek_result(arena,
                        STR("{\"resultType\":\"input_required\",\"inputRequests\":{\"k\":{}},"
                            "\"requestState\":\"a\\tb\",\"ttlMs\":5,\"cacheScope\":\"private\"}"),
                        &r),
        E_OK);
    is(r.type, "input_required");
    is(r.input_requests, "{\"k\":{}}");
    is(r.request_state, "a\tb");
    is(r.ttl_ms, "5");
    is(r.cache_scope, "private");
    is(r.meta, NULL);
    assert_int_equal(mcp_peek_result(arena, STR("[]"), &r), E_BAD_FIELD);
    assert_int_equal(mcp_peek_result(arena, STR("{\"a\":1} x"), &r), E_BAD_JSON);
    assert_int_equal(mcp_peek_result(arena, STR("{\"tools\":1,\"tools\":2}"), &r), E_BAD_JSON);
}

#ifdef SENESCHAL_FAULTS
static void test_faults(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        fault_arm(n);
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(4));
        struct mcp_peek p;
        err_t e =
            a == NULL ? E_NO_MEMORY : mcp_peek(a, STR("{" RPC ",\"method\":\"\\u0078\"}"), &p);
        bool fired = fault_used();
        check(e == (fired ? E_NO_MEMORY : E_OK), "failed allocation");
        if (!fired)
            break;
    }
    fault_disarm();
}
#endif

static int setup(void **state)
{
    (void)state;
    arena = arena_new(KIB(64));
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
        cmocka_unit_test(test_rows),   cmocka_unit_test(test_modern_call),
        cmocka_unit_test(test_others), cmocka_unit_test(test_batch),
        cmocka_unit_test(test_limits), cmocka_unit_test(test_result),
#ifdef SENESCHAL_FAULTS
        cmocka_unit_test(test_faults),
#endif
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
