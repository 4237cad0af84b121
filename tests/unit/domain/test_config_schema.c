/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of namespaces: what of a configuration they see, what a change of them breaks. */
#include "base/fault.h"
#include "domain/policy/schema_apply.h"
#include "domain/policy/schema_compare.h"
#include "sql/identity.h"
#include "store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct json *parse(const char *text)
{
    struct json *v = NULL;
    if (json_parse(str_from_cz(text), NULL, &v) != E_OK)
        fail_msg("%s", text);
    return v;
}

static const struct {
    const char *from;
    const char *to;
    const char *want; /* "pointer keyword", and so on */
} changes[] = {
    { "{}", "{}", "" },
    { "{\"required\":[\"a\"]}", "{\"required\":[\"a\",\"b\",\"c\"]}", " required" },
    { "{\"required\":[\"a\",\"b\"]}", "{\"required\":[\"a\"]}", "" },
    { "{}", "{\"required\":[\"a\"]}", " required" },
    { "{\"type\":\"integer\"}", "{\"type\":\"number\"}", "" },
    { "{\"type\":\"number\"}", "{\"type\":\"integer\"}", " type" },
    { "{\"type\":[\"string\",\"null\"]}", "{\"type\":\"string\"}", " type" },
    { "{\"type\":\"string\"}", "{\"type\":[\"null\",\"string\"]}", "" },
    { "{}", "{\"type\":\"string\"}", " type" },
    { "{\"enum\":[1,2,3]}", "{\"enum\":[3,1]}", " enum" },
    { "{\"enum\":[1,2]}", "{\"enum\":[2,1,0]}", "" },
    { "{}", "{\"additionalProperties\":false}", " additionalProperties" },
    { "{\"additionalProperties\":{}}", "{\"additionalProperties\":false}",
      " additionalProperties" },
    { "{\"additionalProperties\":false}", "{\"additionalProperties\":true}", "" },
    { "{\"additionalProperties\":false}", "{\"additionalProperties\":{\"type\":\"null\"}}", "" },
    { "{\"maximum\":5}", "{\"maximum\":4}", " maximum" },
    { "{\"maximum\":5}", "{\"maximum\":6}", "" },
    { "{\"maximum\":5}", "{\"maximum\":6.5}", " maximum" },
    { "{\"minLength\":5}", "{\"minLength\":6}", " minLength" },
    { "{\"minLength\":5}", "{}", "" },
    { "{}", "{\"maxItems\":3}", " maxItems" },
    { "{\"pattern\":\"a\"}", "{\"pattern\":\"b\"}", " pattern" },
    { "{\"anyOf\":[{}]}", "{\"anyOf\":[{}]}", "" },
    { "{\"anyOf\":[{}]}", "{\"anyOf\":[{},{}]}", " anyOf" },
    { "{}", "{\"properties\":{\"a\":{\"type\":\"string\"}}}", "" },
    { "{\"properties\":{\"a/b\":{}}}", "{\"properties\":{\"a/b\":{\"type\":\"string\"}}}",
      "/properties/a~1b type" },
    { "{\"properties\":{\"a\":{}}}", "{\"properties\":{\"a\":false}}", "/properties/a schema" },
    { "{\"properties\":{\"a\":false}}", "{\"properties\":{\"a\":{\"type\":\"null\"}}}", "" },
    { "{\"items\":{\"maximum\":3}}", "{\"items\":{\"maximum\":2}}", "/items maximum" },
    { "{\"definitions\":{\"x\":{}}}", "{\"definitions\":{\"x\":{\"const\":1}}}",
      "/definitions/x const" },
    { "{\"title\":\"a\",\"default\":1}", "{\"title\":\"b\",\"default\":2}", "" },
};

static void test_what_is_stricter(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(MIB(1));
        CLEANUP(json_freep) struct json *from = parse(changes[i].from);
        CLEANUP(json_freep) struct json *to = parse(changes[i].to);
        struct schema_breaks *breaks = ARENA_NEW(a, struct schema_breaks);
        struct buf got;
        buf_init(&got, KIB(4));
        assert_int_equal(schema_compare(a, from, to, breaks), E_OK);
        for (size_t k = 0; k < breaks->n; k++)
            buf_addf(&got, "%s%.*s %.*s", k > 0 ? " " : "", STR_ARG(breaks->v[k].pointer),
                     STR_ARG(breaks->v[k].keyword));
        if (!str_eq(buf_str(&got), str_from_cz(changes[i].want)))
            fail_msg("%s to %s: %.*s", changes[i].from, changes[i].to, STR_ARG(buf_str(&got)));
        buf_fini(&got);
    }
}

#define NUMBERS "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"integer\"}}"
#define TEXTS   "{\"additionalProperties\":{\"type\":\"string\",\"minLength\":9}}"
#define LISTS   "{\"properties\":{\"l\":{\"items\":{\"type\":\"string\",\"minLength\":9}}}}"

static const struct {
    const char *schema;
    const char *namespace;
    const char *config;
    const char *want; /* pointers */
} layers[] = {
    { NUMBERS, "", "{\"a\":1,\"b\":\"x\"}", "/b" },
    { NUMBERS, "/a~1b/c", "{\"a/b\":{\"c\":{\"d\":true}},\"e\":\"x\"}", "/a~1b/c/d" },
    { NUMBERS, "/a/b", "{\"c\":\"x\"}", "" },
    { NUMBERS, "/a/b", "{\"a\":{\"c\":\"x\"}}", "" },
    { NUMBERS, "/a/b", "{\"a\":null}", "" },
    { NUMBERS, "/a/b", "{\"a\":[1]}", "/a" },
    { NUMBERS, "/a", "{\"a\":5}", "/a" },
    { NUMBERS, "", "{\"a\":null}", "" },
    { TEXTS, "", "{\"a\":{\"$secret\":\"owui-key\"}}", "" },
    { TEXTS, "", "{\"a\":{\"$secret\":\"vault:x\"},\"b\":\"short\"}", "/b" },
    { TEXTS, "", "{\"a\":{\"$secret\":\"Not A Name\"}}", "/a" },
    { LISTS, "", "{\"l\":[{\"$secret\":\"k\"},\"short\",null]}", "/l/1/l/2" },
};

static void test_what_a_namespace_sees(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(layers); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(MIB(1));
        CLEANUP(json_freep) struct json *doc = parse(layers[i].schema);
        CLEANUP(json_freep) struct json *config = parse(layers[i].config);
        CLEANUP(json_freep) struct json *before = json_clone(config);
        CLEANUP(schema_freep) struct schema *s = NULL;
        struct schema_faults faults = { .n = 0 };
        struct buf got;
        buf_init(&got, KIB(4));
        assert_int_equal(schema_compile(doc, SCHEMA_PART, NULL, &s), E_OK);
        assert_int_equal(schema_apply(a, s, str_from_cz(layers[i].namespace), config, &faults),
                         E_OK);
        for (size_t k = 0; k < faults.n; k++)
            buf_add(&got, faults.v[k].pointer);
        if (!str_eq(buf_str(&got), str_from_cz(layers[i].want)))
            fail_msg("%s of %s: %.*s", layers[i].namespace, layers[i].config,
                     STR_ARG(buf_str(&got)));
        assert_true(json_equal(before, config));
        buf_fini(&got);
    }
}

struct world {
    struct store store;
    struct act act;
};

static void world_open(struct world *w)
{
    store_open(&w->store);
    assert_int_equal(db_tx_begin(w->store.db), E_OK);
    w->act = (struct act){ .arena = w->store.a, .db = w->store.db, .now = clock_now() };
    effects_init(&w->act.effects);
    w->act.org = oid_make();
    assert_int_equal(
        sql_organisation_add(w->store.db, &(struct sql_organisation_add){ .id = w->act.org,
                                                                          .slug = STR("o"),
                                                                          .name = STR("o"),
                                                                          .status = 1,
                                                                          .now = w->act.now }),
        E_OK);
}

static void world_close(struct world *w)
{
    db_tx_rollback(w->store.db);
    store_close(&w->store);
}

static void create(struct world *w, const char *namespace, const char *content)
{
    struct row_config_schema row;
    struct config_schema_in in = { .namespace = str_from_cz(namespace),
                                   .content = str_from_cz(content) };
    assert_int_equal(config_schema_create(&w->act, &in, &row), E_OK);
    assert_int_equal(row.revision, 1);
}

/* A layer may lack what the whole must have; both schemas that reach a place are asked. */
static void test_layer_and_whole(void **state)
{
    (void)state;
    struct world w;
    struct schema_faults faults;
    world_open(&w);
    create(&w, "", "{\"properties\":{\"a\":{\"required\":[\"m\"]}}}");
    create(&w, "/a", "{\"properties\":{\"n\":{\"maximum\":5}}}");
    CLEANUP(json_freep) struct json *config = parse("{\"a\":{\"n\":9}}");
    assert_int_equal(content_obey_schemas(&w.act, config), E_BAD_FIELD);
    assert_int_equal(w.act.flaws_n, 1);
    assert_true(str_eq(w.act.flaws[0].field, STR("/content/a/n")));
    assert_true(str_eq(w.act.flaws[0].want, STR("want a number, at most 5")));
    assert_int_equal(schema_check_effective(&w.act, config, &faults), E_OK);
    assert_int_equal(faults.n, 2);
    assert_true(str_eq(faults.v[0].pointer, STR("/a")));
    assert_string_equal(faults.v[0].keyword, "required");
    assert_true(str_eq(faults.v[1].pointer, STR("/a/n")));
    world_close(&w);
}

static void test_each_failed_step(void **state)
{
    (void)state;
    struct world w;
    world_open(&w);
    create(&w, "/a", LISTS);
    CLEANUP(json_freep)
    struct json *config = parse("{\"a\":{\"l\":[{\"$secret\":\"k\"},\"short\"],\"x\":null}}");
    for (long n = 0;; n++) {
        act_clear_why(&w.act);
        fault_arm(n);
        err_t e = content_obey_schemas(&w.act, config);
        bool fired = fault_used();
        fault_disarm();
        if (fired ? (e == E_OK || e == E_BAD_FIELD) : e != E_BAD_FIELD)
            fail_msg("step %ld: %s", n, err_info(e)->slug);
        if (!fired)
            break;
    }
    world_close(&w);
}

static void test_each_failed_step_of_a_change(void **state)
{
    (void)state;
    CLEANUP(json_freep) struct json *from = parse("{\"properties\":{\"a\":{\"maximum\":5}}}");
    CLEANUP(json_freep) struct json *to = parse("{\"properties\":{\"a\":{\"maximum\":4}}}");
    for (long n = 0;; n++) {
        fault_arm(n);
        CLEANUP(arena_freep) struct arena *a = arena_new(MIB(1));
        struct schema_breaks *breaks = a != NULL ? ARENA_NEW(a, struct schema_breaks) : NULL;
        err_t e = breaks != NULL ? schema_compare(a, from, to, breaks) : E_NO_MEMORY;
        bool fired = fault_used();
        fault_disarm();
        if (fired ? e != E_NO_MEMORY : e != E_OK || breaks->n != 1)
            fail_msg("step %ld: %s", n, err_info(e)->slug);
        if (!fired)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_stricter),
        cmocka_unit_test(test_what_a_namespace_sees),
        cmocka_unit_test(test_layer_and_whole),
        cmocka_unit_test(test_each_failed_step),
        cmocka_unit_test(test_each_failed_step_of_a_change),
    };
    return cmocka_run_group_tests_name("domain/policy/config_schema", tests, NULL, NULL);
}
