/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/json/json.h"
#include "plat/json/out.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void assert_text(const struct buf *b, const char *want)
{
    assert_int_equal(b->err, E_OK);
    print_message("# %.*s\n", STR_ARG(buf_str(b)));
    assert_true(str_eq(buf_str(b), str_from_cz(want)));
}

static void test_commas_and_nesting(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, KIB(4));
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "n", i64, -5);
    json_out_name(&o, STR("list"));
    json_out_open(&o, '[');
    json_out_open(&o, '{');
    json_out_close(&o, '}');
    json_out_open(&o, '[');
    json_out_close(&o, ']');
    json_out_null(&o);
    json_out_close(&o, ']');
    JSON_OUT(&o, "yes", bool, true);
    JSON_OUT(&o, "no", bool, false);
    JSON_OUT(&o, "raw", raw, STR("{\"a\":1}"));
    JSON_OUT(&o, "text", str, STR("a\"b"));
    json_out_close(&o, '}');
    assert_text(&b, "{\"n\":-5,\"list\":[{},[],null],\"yes\":true,\"no\":false,\"raw\":{\"a\":1},"
                    "\"text\":\"a\\\"b\"}");
    buf_fini(&b);
}

static void test_absent_is_null(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, KIB(4));
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '[');
    json_out_str(&o, STR_NONE);
    json_out_str(&o, STR(""));
    json_out_ts(&o, (ts_t){ 0 });
    json_out_ts(&o, (ts_t){ 1700000000123456 });
    json_out_id(&o, (oid_t){ { 0 } });
    json_out_id(&o, (oid_t){ { 1, 0x8f, 2 } });
    json_out_raw(&o, STR_NONE);
    json_out_close(&o, ']');
    assert_text(&b, "[null,\"\",null,\"2023-11-14T22:13:20.123Z\",null,"
                    "\"018f0200-0000-0000-0000-000000000000\",null]");
    buf_fini(&b);
}

/* Each byte that is not part of a UTF-8 character becomes U+FFFD; the rest stays. */
static void test_text(void **state)
{
    (void)state;
#define FFFD "\xef\xbf\xbd"
    static const struct {
        const char *text, *want;
    } rows[] = {
        { "plain", "\"plain\"" },
        { "\n\t\x01\x1f", "\"\\n\\t\\u0001\\u001f\"" },
        { "\xc3\xa9", "\"\xc3\xa9\"" },
        { "a\xff\"b", "\"a" FFFD "\\\"b\"" },
        { "\xe2\x82", "\"" FFFD FFFD "\"" },
        { "\xed\xa0\x80", "\"" FFFD FFFD FFFD "\"" },
        { "\xc0\xaf", "\"" FFFD FFFD "\"" },
        { "\x80\xf0\x9f\x98\x80\x80", "\"" FFFD "\xf0\x9f\x98\x80" FFFD "\"" },
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf b;
        buf_init(&b, KIB(1));
        struct json_out o = json_out_to(&b);
        json_out_str(&o, str_from_cz(rows[i].text));
        assert_text(&b, rows[i].want);
        struct json *v = NULL;
        assert_int_equal(json_parse(buf_str(&b), NULL, &v), E_OK);
        json_free(v);
        buf_fini(&b);
    }
}

/* What one byte of a text becomes. */
static void add_wanted(struct buf *b, unsigned char c)
{
    static const char letters[] = "btn?fr"; /* from U+0008 on */
    if (c >= 0x80)
        BUF_ADD(b, FFFD);
    else if (c == '"' || c == '\\')
        buf_addf(b, "\\%c", c);
    else if (c >= '\b' && c <= '\r' && c != '\v')
        buf_addf(b, "\\%c", letters[c - '\b']);
    else if (c < 0x20)
        buf_addf(b, "\\u%04x", c);
    else
        buf_add_byte(b, (char)c);
}

/* Text is looked at by words of eight bytes: each byte, at each place of texts of each length
 * around two of them. */
static void test_each_byte_at_each_place(void **state)
{
    (void)state;
    enum { LONGEST = 18 };
    for (size_t i = 0; i < 256 * LONGEST * LONGEST; i++) {
        char text[LONGEST];
        unsigned char c = (unsigned char)(i % 256);
        size_t at = i / 256 % LONGEST;
        size_t n = i / 256 / LONGEST;
        struct buf want;
        struct buf got;
        if (at >= n)
            continue;
        memset(text, '~', sizeof text);
        text[at] = (char)c;
        buf_init(&want, KIB(1));
        buf_init(&got, KIB(1));
        buf_add_byte(&want, '"');
        for (size_t k = 0; k < n; k++)
            add_wanted(&want, (unsigned char)text[k]);
        buf_add_byte(&want, '"');
        struct json_out o = json_out_to(&got);
        json_out_str(&o, str_of(text, n));
        assert_int_equal(got.err, E_OK);
        assert_true(str_eq(buf_str(&got), buf_str(&want)));
        buf_fini(&want);
        buf_fini(&got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commas_and_nesting),
        cmocka_unit_test(test_absent_is_null),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_each_byte_at_each_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
