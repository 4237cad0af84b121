/* SPDX-License-Identifier: Apache-2.0 */
/* traceparent, as W3C Trace Context section 3.2 has it. */
#include "check.h"
#include "plat/mcp/mcp_trace.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define ID   "4bf92f3577b34da6a3ce929d0e0e4736"
#define SPAN "00f067aa0ba902b7"

static const struct {
    const char *name;
    const char *in;
    err_t want;
    uint8_t flags;
} cases[] = {
    { "sampled", "00-" ID "-" SPAN "-01", E_OK, 1 },
    { "not sampled", "00-" ID "-" SPAN "-00", E_OK, 0 },
    { "flags that are not known", "00-" ID "-" SPAN "-ff", E_OK, 3 },
    { "a later version", "01-" ID "-" SPAN "-01", E_OK, 1 },
    { "a later version with more", "cc-" ID "-" SPAN "-01-what-else", E_OK, 1 },
    { "a later version with something glued on", "cc-" ID "-" SPAN "-01x", E_BAD_FIELD, 0 },
    { "version 00 with more", "00-" ID "-" SPAN "-01-x", E_BAD_FIELD, 0 },
    { "version ff", "ff-" ID "-" SPAN "-01", E_BAD_FIELD, 0 },
    { "no trace", "00-00000000000000000000000000000000-" SPAN "-01", E_BAD_FIELD, 0 },
    { "no parent", "00-" ID "-0000000000000000-01", E_BAD_FIELD, 0 },
    { "upper case", "00-4BF92F3577B34DA6A3CE929D0E0E4736-" SPAN "-01", E_BAD_FIELD, 0 },
    { "no hex", "00-" ID "-00f067aa0ba902bg-01", E_BAD_FIELD, 0 },
    { "no hex in the version", "0x-" ID "-" SPAN "-01", E_BAD_FIELD, 0 },
    { "no hex in the flags", "00-" ID "-" SPAN "-0 ", E_BAD_FIELD, 0 },
    { "another separator", "00_" ID "-" SPAN "-01", E_BAD_FIELD, 0 },
    { "too short", "00-" ID "-" SPAN "-0", E_BAD_FIELD, 0 },
    { "a line break behind", "00-" ID "-" SPAN "-01\r\nX: y", E_BAD_FIELD, 0 },
    { "nothing", "", E_BAD_FIELD, 0 },
};

static void test_parse(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct mcp_trace t = { .flags = 77 };
        err_t e = mcp_trace_parse(str_from_cz(cases[i].in), &t);
        check(e == cases[i].want, cases[i].name);
        check(t.flags == (e == E_OK ? cases[i].flags : 77), cases[i].name);
    }
    struct mcp_trace none;
    check(mcp_trace_parse(STR_NONE, &none) == E_BAD_FIELD, "absent");
}

static void test_write(void **state)
{
    (void)state;
    struct mcp_trace t;
    char text[MCP_TRACEPARENT];
    str_t in = STR("00-" ID "-" SPAN "-03");
    assert_int_equal(mcp_trace_parse(in, &t), E_OK);
    mcp_trace_write(&t, text);
    check(str_eq(str_of(text, sizeof text), in), "there and back");
}

static void test_state(void **state)
{
    (void)state;
    char big[MCP_TRACESTATE_MAX + 1];
    memset(big, 'a', sizeof big);
    check(mcp_tracestate_is(STR("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE")), "a state");
    check(!mcp_tracestate_is(STR("a=b\r\nX: y")) && !mcp_tracestate_is(STR("a=\xc3\xa9")),
          "what is no field");
    check(!mcp_tracestate_is(STR("")) && !mcp_tracestate_is(STR_NONE), "nothing");
    check(mcp_tracestate_is(str_of(big, sizeof big - 1)) &&
              !mcp_tracestate_is(str_of(big, sizeof big)),
          "at most so much");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_write),
        cmocka_unit_test(test_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
