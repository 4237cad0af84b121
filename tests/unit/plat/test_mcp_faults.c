/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that runs out, at each step of everything that plat/mcp makes. */
#include "base/fault.h"
#include "check.h"
#include "plat/mcp/mcp_edit.h"
#include "plat/mcp/mcp_era.h"
#include "plat/mcp/mcp_headers.h"
#include "plat/mcp/mcp_name.h"
#include "plat/mcp/mcp_pin.h"
#include "plat/mcp/mcp_sse.h"
#include "plat/mcp/mcp_state.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct json *tool;
static struct json *other;

static err_t do_peek_and_route(struct arena *a)
{
    struct mcp_peek p;
    struct mcp_route r;
    const struct mcp_head h = { .version = STR("2027-01-01"), .method = STR("x") };
    TRY(mcp_peek(a,
                 STR("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\\u0078\",\"params\":{\"_meta\":{"
                     "\"io.modelcontextprotocol/protocolVersion\":\"2027-01-01\","
                     "\"io.modelcontextprotocol/clientCapabilities\":{}}}}"),
                 &p));
    TRY(mcp_route(a, &h, &p, &r));
    check(r.refusal.err == MCP_E_VERSION && r.refusal.data.p != NULL, "refused as ever");
    return E_OK;
}

static err_t do_edit(struct arena *a)
{
    const struct mcp_edit edit = { .at = MCP_AT_META, .name = STR("k"), .value = STR("1") };
    struct buf b;
    str_t raw;
    buf_init(&b, KIB(1));
    err_t e = mcp_edit(a, STR("{\"\\u0061\":1}"), &edit, 1, &b);
    if (e == E_OK)
        e = mcp_raw_text(a, STR("text"), &raw);
    buf_fini(&b);
    return e;
}

static err_t do_headers(struct arena *a)
{
    struct mcp_params params;
    struct mcp_field *fields;
    size_t n;
    str_t text;
    TRY(mcp_header_encode(a, STR(" x"), &text));
    TRY(mcp_header_decode(a, text, &text));
    TRY(mcp_params_read(a, json_member(tool, STR("inputSchema")), NULL, &params));
    TRY(mcp_params_fill(a, &params, other, &fields, &n));
    check(n == 2, "both of them");
    return E_OK;
}

static err_t do_pin(struct arena *a)
{
    struct mcp_pin p;
    struct mcp_changes c;
    TRY(mcp_pin_make(a, tool, NULL, &p));
    return mcp_diff(a, tool, other, &c);
}

static err_t do_names(struct arena *a)
{
    struct mcp_named rows[] = {
        { .prefix = STR("a"), .name = STR("b__c") },
        { .prefix = STR("a__b"), .name = STR("c") },
        { .prefix = STR("a"), .name = STR("not plain") },
    };
    return mcp_names_join(a, rows, ARRAY_LEN(rows));
}

static err_t do_state(struct arena *a)
{
    const secret_t key = { .n = 32, .b = { 1 } };
    const struct mcp_bind bind = { .method = STR("m"), .name = STR("n"), .arguments = other };
    str_t text;
    TRY(mcp_state_seal(a, &key, &bind, (ts_t){ 2 }, STR("payload"), &text));
    return mcp_state_open(a, &key, &bind, (ts_t){ 1 }, text, &text);
}

static err_t do_sse(struct arena *a)
{
    struct mcp_sse s;
    (void)a;
    mcp_sse_init(&s, KIB(1), &(struct mcp_sse_sink){ .arg = NULL });
    err_t e = mcp_sse_feed(&s, STR("id: 1\nevent: x\ndata: y\n\nhalf"));
    mcp_sse_fini(&s);
    return e;
}

static err_t (*const makers[])(struct arena *a) = {
    do_peek_and_route, do_edit, do_headers, do_pin, do_names, do_state, do_sse,
};

static void test_faults(void **state)
{
    (void)state;
#ifdef SENESCHAL_FAULTS
    for (size_t i = 0; i < ARRAY_LEN(makers); i++) {
        for (long n = 0;; n++) {
            fault_arm(n);
            CLEANUP(arena_freep) struct arena *a = arena_new(KIB(256));
            err_t e = a == NULL ? E_NO_MEMORY : makers[i](a);
            bool fired = fault_used();
            fault_disarm();
            if (e != (fired ? E_NO_MEMORY : E_OK))
                fail_msg("maker %zu, step %ld: %d", i, n, e);
            if (!fired)
                break;
        }
    }
#endif
    for (size_t i = 0; i < ARRAY_LEN(makers); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(256));
        assert_int_equal(makers[i](a), E_OK);
    }
}

static int setup(void **state)
{
    (void)state;
    bool ok =
        crypto_init() == E_OK &&
        json_parse(
            STR("{\"name\":\"t\",\"description\":\"\\u001b[0m\",\"inputSchema\":{\"properties\":{"
                "\"a\":{\"type\":\"string\",\"x-mcp-header\":\"A\"},"
                "\"b\":{\"type\":\"integer\",\"x-mcp-header\":\"B\"}}}}"),
            NULL, &tool) == E_OK &&
        json_parse(STR("{\"a\":\" x\",\"b\":7}"), NULL, &other) == E_OK;
    return ok ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    json_free(tool);
    json_free(other);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_faults) };
    return cmocka_run_group_tests(tests, setup, teardown);
}
