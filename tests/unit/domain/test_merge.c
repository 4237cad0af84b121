/* SPDX-License-Identifier: Apache-2.0 */
/* The merge patch: the vectors of RFC 7386, and each sentence of the rule about locks. */
#include "base/fault.h"
#include "domain/policy/merge.h"
#include "domain/policy/pointer.h"
#include "domain/policy/provenance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct json *parse(const char *text)
{
    struct json *v = NULL;
    if (json_parse(str_from_cz(text), NULL, &v) != E_OK)
        fail_msg("not JSON: %s", text);
    return v;
}

/* RFC 7386 appendix A, all of it. Each document stands under a member's name, because a
 * configuration is an object; a patch of null then deletes that member. */
static const struct {
    const char *original;
    const char *patch;
    const char *result;
} rfc7386[] = {
    { "{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}" },
    { "{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}" },
    { "{\"a\":\"b\"}", "{\"a\":null}", "{}" },
    { "{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}" },
    { "{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}" },
    { "{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}" },
    { "{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}", "{\"a\":{\"b\":\"d\"}}" },
    { "{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}" },
    { "[\"a\",\"b\"]", "[\"c\",\"d\"]", "[\"c\",\"d\"]" },
    { "{\"a\":\"b\"}", "[\"c\"]", "[\"c\"]" },
    { "{\"a\":\"foo\"}", "\"bar\"", "\"bar\"" },
    { "{\"a\":\"foo\"}", "null", NULL },
    { "{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}" },
    { "[1,2]", "{\"a\":\"b\",\"c\":null}", "{\"a\":\"b\"}" },
    { "{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}" },
};

static struct json *wrap(const char *text)
{
    struct json *outer = json_new_object();
    if (text != NULL)
        assert_int_equal(json_set(outer, STR("m"), parse(text)), E_OK);
    return outer;
}

static void test_rfc7386(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rfc7386); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
        CLEANUP(json_freep) struct json *patch = wrap(rfc7386[i].patch);
        CLEANUP(json_freep) struct json *want = wrap(rfc7386[i].result);
        struct merge m;
        assert_int_equal(merge_init(&m, a), E_OK);
        json_free(m.value);
        m.value = wrap(rfc7386[i].original);
        assert_int_equal(merge_apply(&m, patch, 0), E_OK);
        if (!json_equal(m.value, want))
            fail_msg("row %zu", i);
        merge_fini(&m);
    }
}

/* A level is its content and its locks; `refused` names the pointers that are reported, in order.
 */
struct level {
    const char *content;
    const char *locks[3];
};

static const struct {
    const char *name;
    struct level levels[4];
    const char *want;
    const char *refused[3];
} locks[] = {
    { "both objects: go inside",
      { { "{\"a\":{\"x\":1}}", { "/a/x" } }, { "{\"a\":{\"y\":2}}", { 0 } } },
      "{\"a\":{\"x\":1,\"y\":2}}",
      { 0 } },
    { "at a locked path: refused",
      { { "{\"a\":1}", { "/a" } }, { "{\"a\":2}", { 0 } } },
      "{\"a\":1}",
      { "/a" } },
    { "inside a locked path: refused, each member for itself",
      { { "{\"a\":{\"x\":1}}", { "/a" } }, { "{\"a\":{\"x\":2,\"y\":3},\"b\":4}", { 0 } } },
      "{\"a\":{\"x\":1},\"b\":4}",
      { "/a/x", "/a/y" } },
    { "above a locked path: replacing it by a scalar is refused whole",
      { { "{\"a\":{\"x\":1,\"y\":2}}", { "/a/x" } }, { "{\"a\":5}", { 0 } } },
      "{\"a\":{\"x\":1,\"y\":2}}",
      { "/a" } },
    { "above a locked path: deleting it is refused whole",
      { { "{\"a\":{\"x\":1,\"y\":2}}", { "/a/x" } }, { "{\"a\":null}", { 0 } } },
      "{\"a\":{\"x\":1,\"y\":2}}",
      { "/a" } },
    { "above a locked path: replacing it by an array is refused whole",
      { { "{\"a\":{\"x\":1}}", { "/a/x" } }, { "{\"a\":[{\"x\":2}]}", { 0 } } },
      "{\"a\":{\"x\":1}}",
      { "/a" } },
    { "a path that does not exist may be locked: it is not created",
      { { "{}", { "/a" } }, { "{\"a\":1,\"b\":2}", { 0 } } },
      "{\"b\":2}",
      { "/a" } },
    { "and then no ancestor can be created",
      { { "{}", { "/a/b/c" } }, { "{\"a\":{\"other\":1}}", { 0 } } },
      "{}",
      { "/a" } },
    { "nor replaced",
      { { "{\"a\":1}", { "/a/b" } }, { "{\"a\":{\"b\":2}}", { 0 } } },
      "{\"a\":1}",
      { "/a" } },
    { "a lock freezes its subtree as resolved so far, its own level included",
      { { "{\"a\":{\"x\":1}}", { 0 } },
        { "{\"a\":{\"y\":2}}", { "/a" } },
        { "{\"a\":{\"x\":9,\"z\":9}}", { 0 } } },
      "{\"a\":{\"x\":1,\"y\":2}}",
      { "/a/x", "/a/z" } },
    { "the locks of a level count after its own content",
      { { "{\"a\":1}", { 0 } }, { "{\"a\":2}", { "/a" } } },
      "{\"a\":2}",
      { 0 } },
    { "a lock inside a locked subtree adds nothing",
      { { "{\"a\":{\"x\":1}}", { "/a" } },
        { "{}", { "/a/x", "/a/y" } },
        { "{\"a\":{\"y\":1}}", { 0 } } },
      "{\"a\":{\"x\":1}}",
      { "/a/y" } },
    { "a lock above an older one takes it in",
      { { "{\"a\":{\"x\":1}}", { "/a/x" } },
        { "{\"a\":{\"y\":2}}", { "/a" } },
        { "{\"a\":{\"y\":3,\"z\":4}}", { 0 } } },
      "{\"a\":{\"x\":1,\"y\":2}}",
      { "/a/y", "/a/z" } },
    { "the highest lock wins: a lower level cannot lock another value in",
      { { "{\"a\":1}", { "/a" } }, { "{\"a\":2}", { "/a" } }, { "{\"a\":3}", { 0 } } },
      "{\"a\":1}",
      { "/a", "/a" } },
    { "writing the value that is there is not reported",
      { { "{\"a\":{\"x\":[1,{\"k\":null}]}}", { "/a" } },
        { "{\"a\":{\"x\":[1,{\"k\":null}],\"y\":null}}", { 0 } } },
      "{\"a\":{\"x\":[1,{\"k\":null}]}}",
      { 0 } },
    { "an integer is not the real of the same size",
      { { "{\"a\":1}", { "/a" } }, { "{\"a\":1.0}", { 0 } } },
      "{\"a\":1}",
      { "/a" } },
    { "the whole may be locked",
      { { "{\"a\":{\"x\":1}}", { "" } }, { "{\"a\":{\"x\":1,\"y\":2},\"b\":3}", { 0 } } },
      "{\"a\":{\"x\":1}}",
      { "/a/y", "/b" } },
    { "names with / and ~ are told apart",
      { { "{\"a/b\":1,\"a\":{\"b\":1},\"~\":1}", { "/a~1b", "/~0" } },
        { "{\"a/b\":2,\"a\":{\"b\":2},\"~\":2}", { 0 } } },
      "{\"a/b\":1,\"a\":{\"b\":2},\"~\":1}",
      { "/a~1b", "/~0" } },
    { "the empty name is a name",
      { { "{\"\":1}", { "/" } }, { "{\"\":2,\"a\":1}", { 0 } } },
      "{\"\":1,\"a\":1}",
      { "/" } },
    { "a lock at a name does not cover a longer name",
      { { "{\"ab\":1,\"a\":1}", { "/a" } }, { "{\"ab\":2}", { 0 } } },
      "{\"ab\":2,\"a\":1}",
      { 0 } },
    { "null members inside a newly created object vanish",
      { { "{\"a\":{\"x\":null,\"y\":{\"z\":null}}}", { 0 } } },
      "{\"a\":{\"y\":{}}}",
      { 0 } },
    { "an array is taken as it is, nulls included",
      { { "{\"a\":[{\"x\":null}]}", { 0 } } },
      "{\"a\":[{\"x\":null}]}",
      { 0 } },
};

static void run_levels(struct merge *m, const struct level *levels)
{
    for (size_t i = 0; i < 4 && levels[i].content != NULL; i++) {
        CLEANUP(json_freep) struct json *content = parse(levels[i].content);
        assert_int_equal(merge_apply(m, content, i), E_OK);
        for (size_t k = 0; k < 3 && levels[i].locks[k] != NULL; k++)
            assert_int_equal(merge_lock(m, str_from_cz(levels[i].locks[k])), E_OK);
    }
}

static void test_locks(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(locks); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
        CLEANUP(json_freep) struct json *want = parse(locks[i].want);
        struct merge m;
        struct provenance said;
        provenance_init(&said, a, STR(""));
        assert_int_equal(merge_init(&m, a), E_OK);
        m.note = provenance_note;
        m.note_arg = &said;
        run_levels(&m, locks[i].levels);
        if (!json_equal(m.value, want))
            fail_msg("%s: another value", locks[i].name);
        size_t n = 0;
        for (size_t k = 0; k < said.n; k++) {
            const char *p = n < 3 ? locks[i].refused[n] : NULL;
            if (said.words[k].how != MERGE_REFUSED)
                continue;
            if (p == NULL || !str_eq(said.words[k].pointer, str_from_cz(p)))
                fail_msg("%s: reported %.*s", locks[i].name, STR_ARG(said.words[k].pointer));
            n++;
        }
        if (n < 3 && locks[i].refused[n] != NULL)
            fail_msg("%s: %s is not reported", locks[i].name, locks[i].refused[n]);
        merge_fini(&m);
    }
}

static void test_patch_must_be_an_object(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    CLEANUP(json_freep) struct json *patch = parse("[1]");
    struct merge m;
    assert_int_equal(merge_init(&m, a), E_OK);
    assert_int_equal(merge_apply(&m, patch, 0), E_BAD_FIELD);
    merge_fini(&m);
}

static struct json *nested(size_t depth)
{
    struct buf b;
    buf_init(&b, KIB(4));
    for (size_t i = 0; i < depth; i++)
        BUF_ADD(&b, "{\"a\":");
    BUF_ADD(&b, "1");
    for (size_t i = 0; i < depth; i++)
        BUF_ADD(&b, "}");
    struct json *v = NULL;
    assert_int_equal(json_parse(buf_str(&b), NULL, &v), E_OK);
    buf_fini(&b);
    return v;
}

static void test_deepest_document_merges(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    CLEANUP(json_freep) struct json *deep = nested(JSON_DEPTH_MAX);
    struct merge m;
    assert_int_equal(merge_init(&m, a), E_OK);
    assert_int_equal(merge_apply(&m, deep, 0), E_OK);
    assert_int_equal(merge_apply(&m, deep, 1), E_OK);
    assert_true(json_equal(m.value, deep));
    merge_fini(&m);
}

static err_t all_of_it(struct arena *a, const struct json *first, const struct json *second)
{
    struct merge m = { 0 };
    struct provenance said;
    provenance_init(&said, a, STR(""));
    err_t e = merge_init(&m, a);
    m.note = provenance_note;
    m.note_arg = &said;
    if (e == E_OK)
        e = merge_apply(&m, first, 0);
    if (e == E_OK)
        e = merge_lock(&m, STR("/a~1b/c"));
    if (e == E_OK)
        e = merge_apply(&m, second, 1);
    if (e == E_OK)
        assert_int_equal(said.n, 4); /* three written or emptied, one refused */
    merge_fini(&m);
    return e;
}

static void test_failed_allocations(void **state)
{
    (void)state;
    CLEANUP(json_freep) struct json *first = parse("{\"a/b\":{\"c\":1},\"d\":[1,2]}");
    CLEANUP(json_freep) struct json *second = parse("{\"a/b\":{\"c\":2},\"e\":{\"f\":{}}}");
    for (long n = 0;; n++) {
        fault_arm(n);
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
        err_t e = a == NULL ? E_NO_MEMORY : all_of_it(a, first, second);
        bool fired = fault_used();
        fault_disarm();
        assert_int_equal(e, fired ? E_NO_MEMORY : E_OK);
        if (!fired)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc7386),
        cmocka_unit_test(test_locks),
        cmocka_unit_test(test_patch_must_be_an_object),
        cmocka_unit_test(test_deepest_document_merges),
        cmocka_unit_test(test_failed_allocations),
    };
    return cmocka_run_group_tests_name("domain/policy/merge", tests, NULL, NULL);
}
