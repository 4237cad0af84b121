/* SPDX-License-Identifier: Apache-2.0 */
/* References found in the bytes are those that a walk through the parsed value finds. */
#include "plat/json/json.h"
#include "plat/json/secret_ref.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* `names`: joined by blanks, in the order of the canonical text. */
static const struct {
    const char *name;
    const char *json;
    const char *names;
} cases[] = {
    { "a reference", "{\"a\":{\"$secret\":\"owui-key\"}}", "owui-key" },
    { "the whole value", "{\"$secret\":\"k\"}", "k" },
    { "in a list, twice", "[{\"$secret\":\"b\"},{\"$secret\":\"a\"},{\"$secret\":\"b\"}]",
      "b a b" },
    { "every byte of a name", "{\"$secret\":\"az09-_.\"}", "az09-_." },
    { "64 bytes",
      "{\"$secret\":\"0123456789012345678901234567890123456789012345678901234567890123\"}",
      "0123456789012345678901234567890123456789012345678901234567890123" },
    { "65 bytes",
      "{\"$secret\":\"01234567890123456789012345678901234567890123456789012345678901234\"}", "" },
    { "left to the client", "{\"$secret\":\"vault:a/b\"}", "" },
    { "no name", "{\"$secret\":\"\"}", "" },
    { "capitals", "{\"$secret\":\"Key\"}", "" },
    { "another member beside it", "{\"$secret\":\"k\",\"x\":1}", "" },
    { "another member before it", "{\"!\":1,\"$secret\":\"k\"}", "" },
    { "not a text", "{\"$secret\":1}", "" },
    { "an object inside", "{\"$secret\":{\"$secret\":\"k\"}}", "k" },
    { "the spelling inside a string", "{\"a\":\"{\\\"$secret\\\":\\\"k\\\"}\"}", "" },
    { "a string that ends in a backslash", "{\"a\":\"{\\\\\",\"b\":{\"$secret\":\"k\"}}", "k" },
    { "spelt with escapes", "{\"\\u0024secret\":\"\\u006b\"}", "k" },
    { "a false start before a true one",
      "[{\"$secret\":\"NO\"},{\"$secret\":\"{\"},{\"$secret\":\"yes\"}]", "yes" },
};

static void test_names_are_found_in_canonical_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(json_freep) struct json *v = NULL;
        CLEANUP(buf_fini) struct buf canonical = { 0 };
        CLEANUP(buf_fini) struct buf names = { 0 };
        buf_init(&canonical, KIB(4));
        buf_init(&names, KIB(4));
        assert_int_equal(json_parse(str_from_cz(cases[i].json), NULL, &v), E_OK);
        json_write(&canonical, v);
        str_t rest = buf_str(&canonical);
        str_t name;
        while (secret_ref_next(&rest, &name)) {
            if (names.n > 0)
                buf_add_byte(&names, ' ');
            buf_add(&names, name);
            assert_true(secret_ref_holds(buf_str(&canonical), name));
        }
        if (!str_eq(buf_str(&names), str_from_cz(cases[i].names)))
            fail_msg("%s: got `%.*s`", cases[i].name, STR_ARG(buf_str(&names)));
        assert_false(secret_ref_holds(buf_str(&canonical), STR("other")));
    }
}

static void test_any_cut_of_the_bytes_is_read_to_its_end(void **state)
{
    (void)state;
    str_t whole = STR("{\"a\":{\"$secret\":\"k\"},\"b\":{\"$secret\":\"l\"}}");
    for (size_t n = 0; n <= whole.n; n++) {
        char copy[64]; /* of the exact length, so that a sanitizer sees a step too far */
        memcpy(copy, whole.p, n);
        str_t rest = str_of(copy, n);
        str_t name;
        size_t found = 0;
        while (secret_ref_next(&rest, &name))
            found++;
        assert_int_equal(found, n >= whole.n - 1 ? 2 : n >= 20 ? 1 : 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_are_found_in_canonical_bytes),
        cmocka_unit_test(test_any_cut_of_the_bytes_is_read_to_its_end),
    };
    return cmocka_run_group_tests_name("secret_ref", tests, NULL, NULL);
}
