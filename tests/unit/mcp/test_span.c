/* SPDX-License-Identifier: Apache-2.0 */
/* A span as OTLP has it in JSON. */
#include "check.h"
#include "mcp/span.h"
#include "plat/json/json.h"

#include <stdlib.h>

static const struct span_text texts[] = {
    { "mcp.method.name", { "tools/call", 10 } },
    { "left.out", { NULL, 0 } },
    { "odd", { "a\"\n\xff", 4 } },
};

static struct span plain(void)
{
    struct span s = { .method = STR("tools/call"),
                      .kind = SPAN_SERVER,
                      .begin = { 1700000000000001 },
                      .end = { 1700000000000002 },
                      .trace.flags = 1 };
    memset(s.trace.id, 0xab, sizeof s.trace.id);
    memset(s.trace.span, 0x01, sizeof s.trace.span);
    return s;
}

static void test_least(void **state)
{
    (void)state;
    struct buf b;
    struct span s = plain();
    buf_init(&b, SPAN_MAX);
    span_put(&b, &s);
    check(str_eq(buf_str(&b),
                 STR("{\"traceId\":\"abababababababababababababababab\","
                     "\"spanId\":\"0101010101010101\",\"flags\":257,\"name\":\"tools/call\","
                     "\"kind\":2,\"startTimeUnixNano\":\"1700000000000001000\","
                     "\"endTimeUnixNano\":\"1700000000000002000\",\"attributes\":[],"
                     "\"status\":{}}")),
          "the least");
    buf_fini(&b);
}

static void test_all(void **state)
{
    (void)state;
    struct buf b;
    struct span s = plain();
    memset(s.parent, 0x22, sizeof s.parent);
    s.remote = true;
    s.state = STR("a=1");
    s.target = STR("echo");
    s.kind = SPAN_CLIENT;
    s.texts = texts;
    s.texts_n = ARRAY_LEN(texts);
    s.port = 443;
    s.error = STR("timeout");
    s.message = STR("too late");
    buf_init(&b, SPAN_MAX);
    span_put(&b, &s);
    check(str_eq(buf_str(&b),
                 STR("{\"traceId\":\"abababababababababababababababab\","
                     "\"spanId\":\"0101010101010101\",\"parentSpanId\":\"2222222222222222\","
                     "\"traceState\":\"a=1\",\"flags\":769,\"name\":\"tools/call echo\","
                     "\"kind\":3,\"startTimeUnixNano\":\"1700000000000001000\","
                     "\"endTimeUnixNano\":\"1700000000000002000\",\"attributes\":["
                     "{\"key\":\"mcp.method.name\",\"value\":{\"stringValue\":\"tools/call\"}},"
                     "{\"key\":\"odd\",\"value\":{\"stringValue\":\"a\\\"\\n\xef\xbf\xbd\"}},"
                     "{\"key\":\"server.port\",\"value\":{\"intValue\":\"443\"}},"
                     "{\"key\":\"error.type\",\"value\":{\"stringValue\":\"timeout\"}}],"
                     "\"status\":{\"code\":2,\"message\":\"too late\"}}")),
          "everything");
    buf_fini(&b);
}

/* A text of any length is cut between characters, and what comes of it is JSON. */
static void test_long(void **state)
{
    (void)state;
    static char text[4096];
    for (size_t i = 0; i + 1 < sizeof text; i += 2)
        memcpy(text + i, "\xc3\xa9", 2);
    for (size_t n = SPAN_TEXT_MAX - 3; n < SPAN_TEXT_MAX + 4; n++) {
        struct buf b;
        struct json *root = NULL;
        struct span s = plain();
        const struct span_text one = { "k", { text + 1, n } };
        s.target = str_of(text, n - n % 2);
        s.texts = &one;
        s.texts_n = 1;
        buf_init(&b, SPAN_MAX);
        span_put(&b, &s);
        check(b.err == E_OK && json_parse(buf_str(&b), NULL, &root) == E_OK, "JSON");
        str_t name = json_string(json_member(root, STR("name")));
        check(name.n <= sizeof "tools/call " + SPAN_TEXT_MAX, "within its bound");
        check(memmem(name.p, name.n, "\xef\xbf\xbd", 3) == NULL, "no half character");
        json_free(root);
        buf_fini(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_least),
        cmocka_unit_test(test_all),
        cmocka_unit_test(test_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
