/* SPDX-License-Identifier: Apache-2.0 */
/* Who may call what: conditions, one by one, and what stands in the way whatever the rows say. */
#include "domain/gateway/decide.h"

#include "../../check.h"

static void arguments(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *condition;
        const char *arguments; /* NULL: the call has none */
        bool holds;
    } cases[] = {
        { "equal text", "[{'pointer':'/a','op':'eq','value':'x'}]", "{'a':'x'}", true },
        { "other text", "[{'pointer':'/a','op':'eq','value':'x'}]", "{'a':'X'}", false },
        { "equal integer", "[{'pointer':'/a','op':'eq','value':7}]", "{'a':7}", true },
        { "a real is no integer", "[{'pointer':'/a','op':'eq','value':7}]", "{'a':7.0}", false },
        { "a text is no integer", "[{'pointer':'/a','op':'eq','value':7}]", "{'a':'7'}", false },
        { "true", "[{'pointer':'/a','op':'eq','value':true}]", "{'a':true}", true },
        { "false is not true", "[{'pointer':'/a','op':'eq','value':true}]", "{'a':false}", false },
        { "null is there", "[{'pointer':'/a','op':'eq','value':null}]", "{'a':null}", true },
        { "nothing is not null", "[{'pointer':'/a','op':'eq','value':null}]", "{}", false },
        { "one of them", "[{'pointer':'/a','op':'in','value':['x','y']}]", "{'a':'y'}", true },
        { "none of them", "[{'pointer':'/a','op':'in','value':['x','y']}]", "{'a':'z'}", false },
        { "a list is none of them", "[{'pointer':'/a','op':'in','value':['x']}]", "{'a':['x']}",
          false },
        { "prefix", "[{'pointer':'/a','op':'prefix','value':'/pub/'}]", "{'a':'/pub/x'}", true },
        { "no prefix", "[{'pointer':'/a','op':'prefix','value':'/pub/'}]", "{'a':'/pubx'}", false },
        { "glob", "[{'pointer':'/a','op':'glob','value':'*.txt'}]", "{'a':'x.txt'}", true },
        { "no glob", "[{'pointer':'/a','op':'glob','value':'*.txt'}]", "{'a':'x.txt.sh'}", false },
        { "at most", "[{'pointer':'/a','op':'max','value':9}]", "{'a':9}", true },
        { "too much", "[{'pointer':'/a','op':'max','value':9}]", "{'a':10}", false },
        { "a real is not compared", "[{'pointer':'/a','op':'max','value':9}]", "{'a':1.5}", false },
        { "at least", "[{'pointer':'/a','op':'min','value':-1}]", "{'a':-1}", true },
        { "too little", "[{'pointer':'/a','op':'min','value':-1}]", "{'a':-2}", false },
        { "absent", "[{'pointer':'/a','op':'absent'}]", "{'b':1}", true },
        { "null is not absent", "[{'pointer':'/a','op':'absent'}]", "{'a':null}", false },
        { "absent of no arguments", "[{'pointer':'/a','op':'absent'}]", NULL, true },
        { "no arguments hold nothing else", "[{'pointer':'/a','op':'eq','value':1}]", NULL, false },
        { "deeper", "[{'pointer':'/a/b','op':'eq','value':1}]", "{'a':{'b':1}}", true },
        { "into a text", "[{'pointer':'/a/b','op':'eq','value':1}]", "{'a':'b'}", false },
        { "of a list", "[{'pointer':'/a/1','op':'eq','value':2}]", "{'a':[1,2]}", true },
        { "beyond a list", "[{'pointer':'/a/2','op':'eq','value':2}]", "{'a':[1,2]}", false },
        { "no index", "[{'pointer':'/a/01','op':'eq','value':2}]", "{'a':[1,2]}", false },
        { "escapes", "[{'pointer':'/a~1b~0','op':'eq','value':1}]", "{'a/b~':1}", true },
        { "all must hold",
          "[{'pointer':'/a','op':'eq','value':1},{'pointer':'/b','op':'eq','value':1}]",
          "{'a':1,'b':2}", false },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
        CLEANUP(json_freep) struct json *v = NULL;
        struct gate_conditions c;
        char text[2][256];
        for (int side = 0; side < 2; side++) {
            const char *from = side == 0 ? cases[i].condition : cases[i].arguments;
            (void)snprintf(text[side], sizeof text[side], "%s", from != NULL ? from : "");
            for (char *p = text[side]; *p != '\0'; p++)
                *p = *p == '\'' ? '"' : *p;
        }
        check(gate_conditions_read(a, str_from_cz(text[0]), STR_NONE, NULL, &c) == E_OK,
              cases[i].name);
        if (cases[i].arguments != NULL)
            check(json_parse(str_from_cz(text[1]), NULL, &v) == E_OK, cases[i].name);
        check(gate_arguments_hold(&c, v) == cases[i].holds, cases[i].name);
    }
}

static void refused_words(void **state)
{
    (void)state;
    static const struct {
        const char *arguments;
        const char *device;
    } cases[] = {
        { "{}", NULL },
        { "[1]", NULL },
        { "[{\"pointer\":\"/a\",\"op\":\"is\",\"value\":1}]", NULL },
        { "[{\"pointer\":\"a\",\"op\":\"eq\",\"value\":1}]", NULL },
        { "[{\"pointer\":\"\",\"op\":\"eq\",\"value\":1}]", NULL },
        { "[{\"pointer\":\"/a~2\",\"op\":\"eq\",\"value\":1}]", NULL },
        { "[{\"pointer\":\"/a\",\"op\":\"eq\"}]", NULL },
        { "[{\"pointer\":\"/a\",\"op\":\"eq\",\"value\":1.5}]", NULL },
        { "[{\"pointer\":\"/a\",\"op\":\"eq\",\"value\":[1]}]", NULL },
        { "[{\"pointer\":\"/a\",\"op\":\"eq\",\"value\":1,\"not\":true}]", NULL },
        { "[{\"pointer\":\"/a\",\"op\":\"in\",\"value\":[]}]", NULL },
        { "[{\"pointer\":\"/a\",\"op\":\"in\",\"value\":\"x\"}]", NULL },
        { "[{\"pointer\":\"/a\",\"op\":\"max\",\"value\":\"9\"}]", NULL },
        { "[{\"pointer\":\"/a\",\"op\":\"glob\",\"value\":9}]", NULL },
        { "[{\"pointer\":\"/a\",\"op\":\"absent\",\"value\":1}]", NULL },
        { NULL, "[]" },
        { NULL, "{\"enrolled\":1}" },
        { NULL, "{\"credential_level\":\"tpm\"}" },
        { NULL, "{\"labels\":{\"a\":1}}" },
        { NULL, "{\"owner\":\"x\"}" },
        { "[", NULL },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
        struct diag why = { 0 };
        struct gate_conditions c;
        const char *name = cases[i].arguments != NULL ? cases[i].arguments : cases[i].device;
        check(gate_conditions_read(a, str_from_cz(cases[i].arguments), str_from_cz(cases[i].device),
                                   &why, &c) == E_BAD_FIELD,
              name);
        check(strcmp(why.field, cases[i].arguments != NULL ? "arguments" : "device") == 0, name);
    }
}

static void devices(void **state)
{
    (void)state;
    static const struct gate_label red[] = { { { "room", 4 }, { "red", 3 } } };
    static const struct gate_device none = { .enrolled = false };
    static const struct gate_device plain = { .enrolled = true, .level = GATE_LEVEL_TOKEN };
    static const struct gate_device keyed = {
        .enrolled = true, .level = GATE_LEVEL_KEY, .labels = red, .labels_n = 1
    };
    static const struct gate_device out = {
        .enrolled = false, .level = GATE_LEVEL_KEY, .labels = red, .labels_n = 1
    };
    static const struct {
        const char *condition;
        bool none, plain, keyed, out;
    } cases[] = {
        { "{}", true, true, true, true },
        { "{\"enrolled\":false}", true, true, true, true },
        { "{\"enrolled\":true}", false, true, true, false },
        { "{\"credential_level\":\"token\"}", false, true, true, false },
        { "{\"credential_level\":\"software-key\"}", false, false, true, false },
        { "{\"labels\":{\"room\":\"red\"}}", false, false, true, false },
        { "{\"labels\":{\"room\":\"blue\"}}", false, false, false, false },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
        struct gate_conditions c;
        check(gate_conditions_read(a, STR_NONE, str_from_cz(cases[i].condition), NULL, &c) == E_OK,
              cases[i].condition);
        check(gate_device_holds(&c, &none) == cases[i].none, cases[i].condition);
        check(gate_device_holds(&c, &plain) == cases[i].plain, cases[i].condition);
        check(gate_device_holds(&c, &keyed) == cases[i].keyed, cases[i].condition);
        check(gate_device_holds(&c, &out) == cases[i].out, cases[i].condition);
    }
}

/* What no permission opens. */
static void shut(void **state)
{
    (void)state;
    static const oid_t ann = { .b = { 1 } };
    static const oid_t ben = { .b = { 2 } };
    static const struct gate_tool tools[] = {
        { .name = { "asleep", 6 }, .state = GATE_TOOL_QUARANTINED, .class = GATE_READ },
        { .name = { "awake", 5 }, .state = GATE_TOOL_ACTIVE, .class = GATE_READ, .approval = true },
        { .name = { "gone", 4 }, .state = GATE_TOOL_GONE, .class = GATE_READ },
    };
    const struct gate_rule all = { .tool = STR("*"),
                                   .source = "user",
                                   .can = { [GATE_READ] = { true, true },
                                            [GATE_WRITE] = { true, true },
                                            [GATE_EXECUTE] = { true, true } } };
    const struct gate_server plain = {
        .active = true, .pinning = GATE_PIN_NEW, .tools = tools, .tools_n = ARRAY_LEN(tools)
    };
    const struct gate_access one = { .person = ann, .rules = &all, .rules_n = 1 };
    struct gate_server off = plain;
    struct gate_server bens = plain;
    struct gate_server anns = plain;
    struct gate_server loose = plain;
    struct gate_server strict = plain;
    struct gate_server foreign = plain;
    struct gate_access out = one;
    off.active = false;
    bens.owner = ben;
    anns.owner = ann;
    loose.pinning = GATE_PIN_OFF;
    strict.pinning = GATE_PIN_STRICT;
    foreign.org = ben;
    out.shut = true;
    out.why_shut = "the device is not enrolled";
    const struct {
        const char *name;
        const struct gate_access *access;
        const struct gate_server *server;
        const char *tool;
        enum gate_class class;
        const char *source;
        bool allowed;
    } cases[] = {
        { "a tool of the organisation", &one, &plain, "awake", GATE_READ, "user", true },
        { "nobody's class", &one, &plain, "awake", GATE_CLASS_NONE, "server", false },
        { "no class at all", &one, &plain, "awake", GATE_CLASSES, "server", false },
        { "a quarantined tool", &one, &plain, "asleep", GATE_READ, "pin", false },
        { "a tool that is gone", &one, &plain, "gone", GATE_READ, "pin", false },
        { "where nothing is pinned", &one, &loose, "asleep", GATE_READ, "user", true },
        { "a tool that was never seen", &one, &plain, "new", GATE_READ, "user", true },
        { "and nobody has approved", &one, &strict, "new", GATE_READ, "pin", false },
        { "a disabled server", &one, &off, "awake", GATE_READ, "server", false },
        { "another person's own server", &one, &bens, "awake", GATE_READ, "owner", false },
        { "his own server", &one, &anns, "awake", GATE_READ, "user", true },
        { "another organisation's", &one, &foreign, "awake", GATE_READ, "server", false },
        { "somebody who may nothing", &out, &plain, "awake", GATE_READ, "principal", false },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct gate_decision d;
        gate_decide(&(struct gate_ask){ .access = cases[i].access,
                                        .server = cases[i].server,
                                        .tool = str_from_cz(cases[i].tool),
                                        .class = cases[i].class },
                    &d);
        check(d.allowed == cases[i].allowed, cases[i].name);
        check(d.listed == cases[i].allowed, cases[i].name);
        check(strcmp(d.source, cases[i].source) == 0, cases[i].name);
        check(d.needs_approval == (d.allowed && strcmp(cases[i].tool, "awake") == 0),
              cases[i].name);
    }
}

static void may_be_given(void **state)
{
    (void)state;
    static const oid_t ann = { .b = { 1 } };
    static const struct gate_tool tools[] = {
        { .name = { "held", 4 }, .state = GATE_TOOL_QUARANTINED, .class = GATE_WRITE },
        { .name = { "look", 4 }, .state = GATE_TOOL_ACTIVE, .class = GATE_READ },
        { .name = { "turn", 4 }, .state = GATE_TOOL_ACTIVE, .class = GATE_WRITE },
    };
    const struct gate_server plain = {
        .active = true, .pinning = GATE_PIN_NEW, .tools = tools, .tools_n = ARRAY_LEN(tools)
    };
    struct gate_server off = plain;
    struct gate_server own = plain;
    off.active = false;
    own.owner = ann;
    const struct gate_rule nothing = { .tool = STR("none"), .source = "user" };
    const struct gate_rule yes = { .tool = STR("*"),
                                   .source = "user",
                                   .can = { [GATE_WRITE] = { true, true } } };
    const struct gate_rule no = {
        .tool = STR("*"),
        .source = "user",
        .can = { [GATE_READ] = { true, false }, [GATE_WRITE] = { true, false } }
    };
    const struct gate_rule switched_off = { .tool = STR("*"),
                                            .source = "default",
                                            .enabled = { true, false } };
    struct gate_rule elsewhere = yes;
    elsewhere.when.enrolled = true;
    const struct {
        const char *name;
        const struct gate_rule *rule;
        const struct gate_server *server;
        const char *tool;
        enum gate_class class;
        bool may;
    } cases[] = {
        { "what nothing allows", &nothing, &plain, "turn", GATE_WRITE, true },
        { "what is allowed to all", &nothing, &plain, "look", GATE_READ, false },
        { "what is allowed to him", &yes, &plain, "turn", GATE_WRITE, false },
        { "what is denied", &no, &plain, "turn", GATE_WRITE, true },
        { "reading that is denied", &no, &plain, "look", GATE_READ, true },
        { "what is switched off", &switched_off, &plain, "turn", GATE_WRITE, false },
        { "what is given on other devices", &elsewhere, &plain, "turn", GATE_WRITE, false },
        { "what is held", &nothing, &plain, "held", GATE_WRITE, false },
        { "what nobody has seen", &nothing, &plain, "new", GATE_WRITE, false },
        { "of a disabled server", &nothing, &off, "turn", GATE_WRITE, false },
        { "of a server of his own", &nothing, &own, "turn", GATE_WRITE, false },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct gate_access access = { .person = ann, .rules = cases[i].rule, .rules_n = 1 };
        const struct gate_ask ask = { .access = &access,
                                      .server = cases[i].server,
                                      .tool = str_from_cz(cases[i].tool),
                                      .class = cases[i].class,
                                      .list = true };
        check(gate_may_be_given(&ask) == cases[i].may, cases[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments), cmocka_unit_test(refused_words), cmocka_unit_test(devices),
        cmocka_unit_test(shut),      cmocka_unit_test(may_be_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
