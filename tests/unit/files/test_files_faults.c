/* SPDX-License-Identifier: Apache-2.0 */
/* A set-up as files while memory fails (STYLE 30): a file is read, compared and written whole, or
 * it is said that there was no memory; nothing goes missing in between. */
#include "base/fault.h"
#include "files/reach.h"
#include "files/read.h"
#include "files/yaml.h"

#include "check.h"

static const char sample[] =
    "groups:\n  family: {priority: 5}\n  admin: {roles: [administrator]}\n"
    "applications:\n  Cloud: {kind: oidc, groups: [family], redirect_uris: [\"https://c/cb\"]}\n"
    "policies:\n  base: {enabled: true, content: {a: [1, 2.5, {b: null}], text: \"x: y\"}}\n"
    "assignments:\n- {policy: base, scope: group, group: family, priority: -5}\n"
    "upstreams:\n  pots: {transport: demo}\n"
    "permissions:\n- {group: family, tool: pots/*, can_write: true}\n- {everybody: true, tool: "
    "'*'}\n";
static const char before[] =
    "{\"groups\":{\"family\":{\"priority\":1},\"old\":{}},"
    "\"applications\":{\"Cloud\":{\"kind\":\"oidc\",\"groups\":[\"old\"]}}}";
static const char people[] = "{\"family\":[\"ann\",\"bob\"],\"old\":[\"bob\",\"eve\"]}";

struct setting {
    struct conf_file file;
    struct json *wanted;
    struct json *had;
    struct json *members;
};

/* Each writes what it finds as text, so that two runs can be compared. */
static err_t read_file(struct arena *a, const struct setting *s, struct buf *out)
{
    CLEANUP(json_freep) struct json *world = json_new_object();
    struct conf_file f;
    if (world == NULL)
        return E_NO_MEMORY;
    TRY(conf_parse(a, "f.yaml", str_from_cz(sample), NULL, &f));
    TRY(files_read(a, &f, world, NULL));
    json_write(out, world);
    (void)s;
    return out->err;
}

static err_t planned(struct arena *a, const struct setting *s, struct plan *ret)
{
    const struct plan_in in = { s->wanted, s->had, s->had, true, false };
    return plan_make(a, &in, NULL, ret);
}

static err_t plan_it(struct arena *a, const struct setting *s, struct buf *out)
{
    struct plan plan = { .n = 77 };
    err_t e = planned(a, s, &plan);
    check(e == E_OK || plan.n == 77, "a plan that fails writes nothing");
    TRY(e);
    for (size_t i = 0; i < plan.n; i++)
        buf_addf(out, "%d %s %.*s\n", (int)plan.steps[i].verb, plan.steps[i].kind->section,
                 STR_ARG(plan.steps[i].name));
    return out->err;
}

static err_t reach_it(struct arena *a, const struct setting *s, struct buf *out)
{
    struct plan plan;
    struct reach reach = { .n = 77 };
    TRY(planned(a, s, &plan));
    const struct reach_in in = { &plan, s->wanted, s->had, s->members };
    err_t e = reach_make(a, &in, &reach);
    check(e == E_OK || reach.n == 77, "who gains and loses is said whole");
    TRY(e);
    for (size_t i = 0; i < reach.n; i++)
        buf_addf(out, "%c%.*s %.*s\n", reach.v[i].gains ? '+' : '-', STR_ARG(reach.v[i].who),
                 STR_ARG(reach.v[i].application));
    return out->err;
}

static err_t write_file(struct arena *a, const struct setting *s, struct buf *out)
{
    return yaml_write(out, a, s->wanted);
}

static const struct {
    const char *name;
    err_t (*run)(struct arena *a, const struct setting *s, struct buf *out);
} cases[] = {
    { "reading", read_file },
    { "planning", plan_it },
    { "who gains and who loses", reach_it },
    { "writing", write_file },
};

static void each_step_may_fail(void **state)
{
    CLEANUP(arena_freep) struct arena *long_lived = arena_new(MIB(1));
    CLEANUP(json_freep) struct json *wanted = json_new_object();
    CLEANUP(json_freep) struct json *had = NULL;
    CLEANUP(json_freep) struct json *members = NULL;
    struct setting s;
    (void)state;
    assert_int_equal(conf_parse(long_lived, "f.yaml", str_from_cz(sample), NULL, &s.file), E_OK);
    assert_int_equal(files_read(long_lived, &s.file, wanted, NULL), E_OK);
    assert_int_equal(json_parse(str_from_cz(before), NULL, &had), E_OK);
    assert_int_equal(json_parse(str_from_cz(people), NULL, &members), E_OK);
    s.wanted = wanted;
    s.had = had;
    s.members = members;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(buf_fini) struct buf whole = { 0 };
        CLEANUP(arena_freep) struct arena *once = arena_new(MIB(1));
        buf_init(&whole, KIB(16));
        check(cases[i].run(once, &s, &whole) == E_OK && whole.n > 0, cases[i].name);
        bool fired = true;
        for (long n = 0; fired; n++) {
            CLEANUP(buf_fini) struct buf out = { 0 };
            buf_init(&out, KIB(16));
            fault_arm(n);
            CLEANUP(arena_freep) struct arena *a = arena_new(MIB(1));
            err_t e = a == NULL ? E_NO_MEMORY : cases[i].run(a, &s, &out);
            fired = fault_used();
            fault_disarm();
            if (e != (fired ? E_NO_MEMORY : E_OK))
                fail_msg("%s: step %ld: %s", cases[i].name, n, err_info(e)->slug);
            check(fired || str_eq(buf_str(&out), buf_str(&whole)), cases[i].name);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_step_may_fail),
    };
    return cmocka_run_group_tests_name("files_faults", tests, NULL, NULL);
}
