/* SPDX-License-Identifier: Apache-2.0 */
#include "files/read.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct {
    const char *name;
    const char *text;
    const char *world; /* canonical JSON; NULL: refused */
    const char *why;   /* of a refusal: a part of it */
} cases[] = {
    { "a group that says nothing", "groups: {a: }\n", "{\"groups\":{\"a\":{}}}", NULL },
    { "values by the core schema",
      "groups:\n  a: {priority: 10, roles: [auditor, \"on\"]}\n  b: {priority: \"10\"}\n",
      "{\"groups\":{\"a\":{\"priority\":10,\"roles\":[\"auditor\",\"on\"]},\"b\":{\"priority\":"
      "\"10\"}}}",
      NULL },
    { "a content as deep as it likes",
      "policies:\n  p:\n    enabled: true\n    content:\n      a: [1, 2.5, {b: null}]\n      v: "
      "1.2.3\n",
      "{\"policies\":{\"p\":{\"content\":{\"a\":[1,2.5,{\"b\":null}],\"v\":\"1.2.3\"},\"enabled\":"
      "true}}}",
      NULL },
    { "a row of a list has a name of its own",
      "assignments:\n- {policy: p, scope: group, group: g, priority: -5}\n- {policy: p, scope: "
      "org}\n",
      "{\"assignments\":{\"p for group "
      "g\":{\"group\":\"g\",\"policy\":\"p\",\"priority\":-5,\"scope\":"
      "\"group\"},\"p for org\":{\"policy\":\"p\",\"scope\":\"org\"}}}",
      NULL },
    { "an empty section", "groups:\n", "{}", NULL },
    { "people", "users: {a: }\n", NULL, "f.yaml:1:1: there is no section 'users'" },
    { "an unknown member", "groups:\n  a: {prioritty: 1}\n", NULL,
      "f.yaml:2:7: group has no member 'prioritty'" },
    { "a secret", "applications:\n  a: {client_secret: x}\n", NULL,
      "has no member 'client_secret'" },
    { "a list of groups", "groups: [a, b]\n", NULL, "f.yaml:1:9: groups: want a mapping of names" },
    { "a group that is a text", "groups: {a: x}\n", NULL, "group: want its members" },
    { "a row without its name", "assignments: [{policy: p}]\n", NULL, "want policy and scope" },
    { "the same row twice", "assignments: [{policy: p, scope: org}, {policy: p, scope: org}]\n",
      NULL, "twice" },
};

static void files_become_a_world_or_are_refused_by_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(MIB(1));
        CLEANUP(json_freep) struct json *world = json_new_object();
        CLEANUP(buf_fini) struct buf b = { 0 };
        struct conf_file f;
        struct diag why = { 0 };
        buf_init(&b, KIB(16));
        assert_int_equal(conf_parse(a, "f.yaml", str_from_cz(cases[i].text), &why, &f), E_OK);
        err_t e = files_read(a, &f, world, &why);
        if (cases[i].world == NULL) {
            if (e != E_BAD_FIELD || strstr(why.text, cases[i].why) == NULL)
                fail_msg("%s: %s %s", cases[i].name, err_info(e)->slug, why.text);
            continue;
        }
        if (e != E_OK)
            fail_msg("%s: %s", cases[i].name, why.text);
        json_write(&b, world);
        if (!str_eq(buf_str(&b), str_from_cz(cases[i].world)))
            fail_msg("%s: %.*s", cases[i].name, STR_ARG(buf_str(&b)));
    }
}

static void a_name_stands_in_one_file(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(1));
    CLEANUP(json_freep) struct json *world = json_new_object();
    struct conf_file f;
    struct diag why = { 0 };
    assert_int_equal(conf_parse(a, "one.yaml", STR("groups: {a: }\n"), &why, &f), E_OK);
    assert_int_equal(files_read(a, &f, world, &why), E_OK);
    assert_int_equal(conf_parse(a, "two.yaml", STR("groups: {b: , a: }\n"), &why, &f), E_OK);
    assert_int_equal(files_read(a, &f, world, &why), E_BAD_FIELD);
    assert_non_null(strstr(why.text, "two.yaml:1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_become_a_world_or_are_refused_by_line),
        cmocka_unit_test(a_name_stands_in_one_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
