/* SPDX-License-Identifier: Apache-2.0 */
#include "files/reach.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct {
    const char *name;
    const char *wanted;
    const char *had;
    const char *owned;
    bool prune;
    const char *steps; /* "+group a,~group b,"; NULL: refused */
} cases[] = {
    { "nothing", "{}", "{}", "{}", false, "" },
    { "something new", "{\"groups\":{\"a\":{}}}", "{}", "{}", false, "+group a," },
    { "there already", "{\"groups\":{\"a\":{\"priority\":1}}}",
      "{\"groups\":{\"a\":{\"priority\":1}}}", "{}", false, "" },
    { "what the file does not say stays", "{\"groups\":{\"a\":{}}}",
      "{\"groups\":{\"a\":{\"priority\":1}}}", "{}", false, "" },
    { "another value", "{\"groups\":{\"a\":{\"priority\":2}}}",
      "{\"groups\":{\"a\":{\"priority\":1}}}", "{}", false, "~group a," },
    { "the order of a set says nothing", "{\"groups\":{\"a\":{\"roles\":[\"x\",\"y\"]}}}",
      "{\"groups\":{\"a\":{\"roles\":[\"y\",\"x\"]}}}", "{}", false, "" },
    { "an empty list is as good as none", "{\"groups\":{\"a\":{\"roles\":[]}}}",
      "{\"groups\":{\"a\":{}}}", "{}", false, "" },
    { "a list that is emptied", "{\"groups\":{\"a\":{\"roles\":[]}}}",
      "{\"groups\":{\"a\":{\"roles\":[\"x\"]}}}", "{}", false, "~group a," },
    { "null is as good as none", "{\"policies\":{\"a\":{\"description\":null}}}",
      "{\"policies\":{\"a\":{}}}", "{}", false, "" },
    { "groups before what names them",
      "{\"applications\":{\"x\":{\"kind\":\"oidc\",\"groups\":[\"a\"]}},\"groups\":{\"a\":{}}}",
      "{}", "{}", false, "+group a,+application x," },
    { "a name that stands for nothing", "{\"applications\":{\"x\":{\"groups\":[\"a\"]}}}", "{}",
      "{}", false, NULL },
    { "a name that is no text", "{\"applications\":{\"x\":{\"groups\":[1]}}}", "{}", "{}", false,
      NULL },
    { "a group of the server will do", "{\"applications\":{\"x\":{\"groups\":[\"a\"]}}}",
      "{\"groups\":{\"a\":{}}}", "{}", false, "+application x," },
    { "but not one that goes", "{\"applications\":{\"x\":{\"groups\":[\"a\"]}}}",
      "{\"groups\":{\"a\":{}}}", "{\"groups\":{\"a\":{}}}", true, NULL },
    { "what cannot be changed", "{\"applications\":{\"x\":{\"kind\":\"oidc\"}}}",
      "{\"applications\":{\"x\":{\"kind\":\"forward_auth\"}}}", "{}", false, NULL },
    { "what others made stays", "{}", "{\"groups\":{\"a\":{}}}", "{}", true, "" },
    { "what files made stays without a word", "{}", "{\"groups\":{\"a\":{}}}",
      "{\"groups\":{\"a\":{}}}", false, "" },
    { "a secret is sent with the making", "{\"webhooks\":{\"w\":{\"token\":{\"env\":\"X\"}}}}",
      "{}", "{}", false, "+webhook w," },
    { "and not again by itself", "{\"webhooks\":{\"w\":{\"token\":{\"env\":\"X\"}}}}",
      "{\"webhooks\":{\"w\":{}}}", "{}", false, "" },
    { "a permission of a server that there is",
      "{\"permissions\":{\"s/t for group a\":{\"tool\":\"s/t\",\"group\":\"a\"}},"
      "\"upstreams\":{\"s\":{}}}",
      "{\"groups\":{\"a\":{}}}", "{}", false, "+upstream s,+permission s/t for group a," },
    { "of a server that there is not",
      "{\"permissions\":{\"s/t for everybody\":{\"tool\":\"s/t\",\"everybody\":true}}}", "{}", "{}",
      false, NULL },
    { "of every server", "{\"permissions\":{\"x\":{\"tool\":\"*\",\"everybody\":true}}}", "{}",
      "{}", false, "+permission x," },
    { "of a group that there is not", "{\"permissions\":{\"x\":{\"tool\":\"*\",\"group\":\"a\"}}}",
      "{}", "{}", false, NULL },
    { "no condition of a device is an empty one",
      "{\"permissions\":{\"x\":{\"tool\":\"*\",\"device\":{}}}}",
      "{\"permissions\":{\"x\":{\"tool\":\"*\"}}}", "{}", false, "" },
    { "and goes when told, the last first", "{}", "{\"groups\":{\"a\":{}},\"policies\":{\"p\":{}}}",
      "{\"groups\":{\"a\":{}},\"policies\":{\"p\":{}}}", true, "-policy p,-group a," },
};

static struct json *parsed(const char *text)
{
    struct json *v = NULL;
    assert_int_equal(json_parse(str_from_cz(text), NULL, &v), E_OK);
    return v;
}

static void plans_hold_what_is_needed_and_no_more(void **state)
{
    (void)state;
    static const char signs[] = { [STEP_CREATE] = '+', [STEP_CHANGE] = '~', [STEP_DELETE] = '-' };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(MIB(1));
        CLEANUP(json_freep) struct json *wanted = parsed(cases[i].wanted);
        CLEANUP(json_freep) struct json *had = parsed(cases[i].had);
        CLEANUP(json_freep) struct json *owned = parsed(cases[i].owned);
        CLEANUP(buf_fini) struct buf b = { 0 };
        struct plan plan = { 0 };
        struct diag why = { 0 };
        buf_init(&b, KIB(4));
        const struct plan_in in = { wanted, had, owned, cases[i].prune, false };
        err_t e = plan_make(a, &in, &why, &plan);
        if ((e == E_BAD_FIELD) != (cases[i].steps == NULL))
            fail_msg("%s: %s %s", cases[i].name, err_info(e)->slug, why.text);
        for (size_t s = 0; s < plan.n; s++)
            buf_addf(&b, "%c%s %.*s,", signs[plan.steps[s].verb], plan.steps[s].kind->noun,
                     STR_ARG(plan.steps[s].name));
        if (e == E_OK && !str_eq(buf_str(&b), str_from_cz(cases[i].steps)))
            fail_msg("%s: %.*s", cases[i].name, STR_ARG(buf_str(&b)));
    }
}

static const struct {
    const char *name;
    const char *wanted;
    const char *had;
    const char *members;
    bool prune; /* everything that the server has was made by files */
    const char *reach;
} reaches[] = {
    { "an application is bound to a group", "{\"applications\":{\"x\":{\"groups\":[\"g\"]}}}",
      "{\"applications\":{\"x\":{}},\"groups\":{\"g\":{}}}", "{\"g\":[\"ann\",\"ben\"]}", false,
      "+ann x,+ben x," },
    { "one group takes the place of another", "{\"applications\":{\"x\":{\"groups\":[\"h\"]}}}",
      "{\"applications\":{\"x\":{\"groups\":[\"g\"]}},\"groups\":{\"g\":{},\"h\":{}}}",
      "{\"g\":[\"ann\",\"ben\"],\"h\":[\"ben\",\"cy\"]}", false, "-ann x,+cy x," },
    { "a new application", "{\"applications\":{\"x\":{\"groups\":[\"g\"]}}}",
      "{\"groups\":{\"g\":{}}}", "{\"g\":[\"ann\"]}", false, "+ann x," },
    { "an application goes", "{\"groups\":{\"g\":{}}}",
      "{\"applications\":{\"x\":{\"groups\":[\"g\"]}},\"groups\":{\"g\":{}}}", "{\"g\":[\"ann\"]}",
      true, "-ann x," },
    { "a service account joins a group", "{\"service_accounts\":{\"ci\":{\"groups\":[\"g\"]}}}",
      "{\"applications\":{\"x\":{\"groups\":[\"g\"]}},\"groups\":{\"g\":{}},\"service_accounts\":{"
      "\"ci\":{}}}",
      "{\"g\":[]}", false, "+ci x," },
    { "and is bound by itself", "{\"applications\":{\"x\":{\"service_accounts\":[\"ci\"]}}}",
      "{\"applications\":{\"x\":{}},\"service_accounts\":{\"ci\":{}}}", "{}", false, "+ci x," },
    { "a description changes", "{\"applications\":{\"x\":{\"description\":\"d\"}}}",
      "{\"applications\":{\"x\":{\"groups\":[\"g\"]}},\"groups\":{\"g\":{}}}", "{\"g\":[\"ann\"]}",
      false, "" },
};

static void a_plan_says_who_gains_and_who_loses(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(reaches); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(MIB(1));
        CLEANUP(json_freep) struct json *wanted = parsed(reaches[i].wanted);
        CLEANUP(json_freep) struct json *had = parsed(reaches[i].had);
        CLEANUP(json_freep) struct json *members = parsed(reaches[i].members);
        CLEANUP(buf_fini) struct buf b = { 0 };
        struct plan plan = { 0 };
        struct reach reach = { 0 };
        struct diag why = { 0 };
        buf_init(&b, KIB(4));
        const struct plan_in in = { wanted, had, had, reaches[i].prune, false };
        assert_int_equal(plan_make(a, &in, &why, &plan), E_OK);
        const struct reach_in about = { &plan, wanted, had, members };
        assert_int_equal(reach_make(a, &about, &reach), E_OK);
        for (size_t r = 0; r < reach.n; r++)
            buf_addf(&b, "%c%.*s %.*s,", reach.v[r].gains ? '+' : '-', STR_ARG(reach.v[r].who),
                     STR_ARG(reach.v[r].application));
        if (!str_eq(buf_str(&b), str_from_cz(reaches[i].reach)))
            fail_msg("%s: %.*s", reaches[i].name, STR_ARG(buf_str(&b)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_hold_what_is_needed_and_no_more),
        cmocka_unit_test(a_plan_says_who_gains_and_who_loses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
