/* SPDX-License-Identifier: Apache-2.0 */
/* The difference of two configurations: put into the old one it gives the new one, and nothing in
 * it is idle. */
#include "base/fault.h"
#include "domain/policy/changes.h"
#include "merge_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { CASES = 10000 };

static const struct {
    const char *name;
    const char *from;
    const char *to;
    const char *want; /* "pointer from>to" each; `-`: nothing */
} cases[] = {
    { "equal", "{\"a\":{\"b\":[1]}}", "{\"a\":{\"b\":[1]}}", "" },
    { "a value", "{\"a\":{\"b\":1,\"c\":2}}", "{\"a\":{\"b\":3,\"c\":2}}", "/a/b 1>3;" },
    { "an array as a whole", "{\"a\":[1,2]}", "{\"a\":[1]}", "/a [1,2]>[1];" },
    { "a new object as a whole", "{}", "{\"a\":{\"b\":{\"c\":1}}}", "/a ->{\"b\":{\"c\":1}};" },
    { "an object for a value", "{\"a\":{\"b\":1}}", "{\"a\":5}", "/a {\"b\":1}>5;" },
    { "a member goes", "{\"a\":{\"b\":1}}", "{\"a\":{}}", "/a/b 1>-;" },
    { "an integer is not its real", "{\"a\":1}", "{\"a\":1.0}", "/a 1>1.0;" },
    { "names are escaped, and sorted by bytes", "{\"b\":1,\"a/b\":1,\"~\":1}",
      "{\"b\":2,\"a/b\":2,\"~\":2}", "/a~1b 1>2;/b 1>2;/~0 1>2;" },
};

static void write_side(struct buf *b, const struct json *v)
{
    if (v == NULL)
        BUF_ADD(b, "-");
    else
        json_write(b, v);
}

static err_t write_change(void *arg, const struct change *c)
{
    struct buf *b = arg;
    buf_addf(b, "%.*s ", STR_ARG(c->pointer));
    write_side(b, c->from);
    BUF_ADD(b, ">");
    write_side(b, c->to);
    BUF_ADD(b, ";");
    return b->err;
}

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
        CLEANUP(json_freep) struct json *from = NULL;
        CLEANUP(json_freep) struct json *to = NULL;
        struct buf b;
        buf_init(&b, KIB(4));
        assert_int_equal(json_parse(str_from_cz(cases[i].from), NULL, &from), E_OK);
        assert_int_equal(json_parse(str_from_cz(cases[i].to), NULL, &to), E_OK);
        assert_int_equal(changes_tell(a, from, to, write_change, &b), E_OK);
        if (!str_eq(buf_str(&b), str_from_cz(cases[i].want)))
            fail_msg("%s: %.*s", cases[i].name, STR_ARG(buf_str(&b)));
        buf_fini(&b);
    }
}

struct apply {
    struct arena *a;
    struct json *value;
    uint64_t seed;
    size_t n;
};

static err_t apply_change(void *arg, const struct change *c)
{
    struct apply *w = arg;
    struct json *at = w->value;
    str_t rest = c->pointer;
    str_t name;
    assert_int_equal(pointer_next(w->a, &rest, &name), E_OK);
    while (rest.n > 0) {
        at = json_member_mut(at, name);
        assert_non_null(at);
        assert_int_equal(pointer_next(w->a, &rest, &name), E_OK);
    }
    const struct json *now = json_member(at, name);
    bool as_told = c->from == NULL ? now == NULL : now != NULL && json_equal(now, c->from);
    if (!as_told || (c->from == NULL && c->to == NULL))
        fail_msg("seed %llu: %.*s was something else", (unsigned long long)w->seed,
                 STR_ARG(c->pointer));
    if (c->to == NULL)
        json_remove(at, name);
    else
        assert_int_equal(json_set(at, name, json_clone(c->to)), E_OK);
    w->n++;
    return E_OK;
}

/* Half of the cases are far apart, half are what one patch makes of the other. */
static void test_put_in_it_gives_the_new_one(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= CASES; seed++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(MIB(4));
        rng_seed_for_test(seed);
        CLEANUP(json_freep) struct json *from = any_object(0);
        CLEANUP(json_freep) struct json *patch = any_object(0);
        CLEANUP(json_freep) struct json *near = model_patch(from, patch, a);
        const struct json *to = seed % 2 == 0 ? patch : near;
        struct apply w = { .a = a, .value = json_clone(from), .seed = seed };
        assert_int_equal(changes_tell(a, from, to, apply_change, &w), E_OK);
        if (!json_equal(w.value, to))
            fail_msg("seed %llu: not the new one", (unsigned long long)seed);
        if (w.n == 0 && !json_equal(from, to))
            fail_msg("seed %llu: nothing was told", (unsigned long long)seed);
        json_free(w.value);
    }
    rng_seed_for_test(0);
}

static void test_failed_allocations(void **state)
{
    (void)state;
    CLEANUP(json_freep) struct json *from = NULL;
    CLEANUP(json_freep) struct json *to = NULL;
    assert_int_equal(json_parse(STR("{\"a\":{\"b\":{\"c\":1}},\"d\":1}"), NULL, &from), E_OK);
    assert_int_equal(json_parse(STR("{\"a\":{\"b\":{\"c\":2}},\"e\":1}"), NULL, &to), E_OK);
    for (long n = 0;; n++) {
        fault_arm(n);
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
        struct buf b;
        buf_init(&b, KIB(4));
        err_t e = a == NULL ? E_NO_MEMORY : changes_tell(a, from, to, write_change, &b);
        bool fired = fault_used();
        fault_disarm();
        buf_fini(&b);
        assert_int_equal(e, fired ? E_NO_MEMORY : E_OK);
        if (!fired)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_put_in_it_gives_the_new_one),
        cmocka_unit_test(test_failed_allocations),
    };
    return cmocka_run_group_tests_name("domain/policy/changes", tests, NULL, NULL);
}
