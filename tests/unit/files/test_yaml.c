/* SPDX-License-Identifier: Apache-2.0 */
#include "files/yaml.h"

#include "files/read.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char *const world_text =
    "{\"groups\":{\"admin\":{\"priority\":100,\"roles\":[\"administrator\"]},\"family\":{},"
    "\"no\":{},\"it's: odd #1\":{}},"
    "\"applications\":{\"Nextcloud\":{\"kind\":\"oidc\",\"redirect_uris\":[\"https://c.example/"
    "cb\"],"
    "\"description\":\"line\\nbreak \\\"quoted\\\" \\u0001 é\",\"admin\":false}},"
    "\"policies\":{\"base\":{\"content\":{\"a\":[[],[1,[2,{\"b\":{}}]],{\"c\":null,\"d\":[\"yes\","
    "\"1\","
    "\"1.5\",\"null\",\"\",\" x\",\"x \",\"-\",\"x: y\",\"x #y\",\"a "
    "b\"]}],\"n\":-1.5e10},\"enabled\":true}},"
    "\"assignments\":{\"base for group "
    "family\":{\"policy\":\"base\",\"scope\":\"group\",\"group\":\"family\","
    "\"priority\":-5},\"base for org\":{\"policy\":\"base\",\"scope\":\"org\"}}}";

static void what_is_written_reads_back_the_same(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(4));
    CLEANUP(json_freep) struct json *world = NULL;
    CLEANUP(json_freep) struct json *again = json_new_object();
    CLEANUP(buf_fini) struct buf b = { 0 };
    CLEANUP(buf_fini) struct buf twice = { 0 };
    struct diag why = { 0 };
    struct conf_file f;
    buf_init(&b, MIB(1));
    buf_init(&twice, MIB(1));
    assert_int_equal(json_parse(str_from_cz(world_text), &why, &world), E_OK);
    assert_int_equal(yaml_write(&b, a, world), E_OK);
    if (conf_parse(a, "export.yaml", buf_str(&b), &why, &f) != E_OK ||
        files_read(a, &f, again, &why) != E_OK)
        fail_msg("%s\n%.*s", why.text, STR_ARG(buf_str(&b)));
    if (!json_equal(world, again))
        fail_msg("%.*s", STR_ARG(buf_str(&b)));
    assert_int_equal(yaml_write(&twice, a, again), E_OK);
    assert_true(str_eq(buf_str(&b), buf_str(&twice)));
}

static void it_is_a_file_that_people_read(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(4));
    CLEANUP(json_freep) struct json *world = NULL;
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, MIB(1));
    assert_int_equal(
        json_parse(STR("{\"groups\":{\"b\":{\"priority\":1,\"roles\":[\"auditor\"]},\"a\":{}},"
                       "\"assignments\":{\"p for org\":{\"scope\":\"org\",\"policy\":\"p\"}}}"),
                   NULL, &world),
        E_OK);
    assert_int_equal(yaml_write(&b, a, world), E_OK);
    assert_true(str_eq(buf_str(&b), STR("groups:\n"
                                        "  a: {}\n"
                                        "  b:\n"
                                        "    priority: 1\n"
                                        "    roles:\n"
                                        "      - auditor\n"
                                        "assignments:\n"
                                        "  - policy: p\n"
                                        "    scope: org\n")));
}

static const struct {
    const char *text;
    bool plain;
} texts[] = {
    { "admin", true },
    { "family-app-cloud", true },
    { "https://a.example/x?y=z", true },
    { "two words", true },
    { "/path", true },
    { "true", false },
    { "Yes", false },
    { "null", false },
    { "12", false },
    { "-", false },
    { "", false },
    { "a: b", false },
    { "a #b", false },
    { "trailing ", false },
    { "trailing:", false },
    { "a\nb", false },
    { "\xC3\xA9", false },
    { "{x}", false },
    { "*x", false },
    { "&x", false },
    { "!x", false },
};

static void quotes_stand_where_they_must(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (yaml_is_plain(str_from_cz(texts[i].text)) != texts[i].plain)
            fail_msg("'%s'", texts[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_reads_back_the_same),
        cmocka_unit_test(it_is_a_file_that_people_read),
        cmocka_unit_test(quotes_stand_where_they_must),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
