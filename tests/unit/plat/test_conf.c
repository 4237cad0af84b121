/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/fault.h"
#include "plat/conf/conf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char sample[] = "# what an operator writes\n"
                             "listen:\n"
                             "  - 127.0.0.1:8080\n"
                             "  - \"[::1]:0\"\n"
                             "data: /var/lib/seneschal   # a comment\n"
                             "metrics: {open: true, port: '9'}\n"
                             "empty:\n"
                             "none: null\n"
                             "text: \"null\"\n"
                             "block: |\n"
                             "  two\n"
                             "  lines\n";

static const struct {
    const char *path, *name, *text;
    enum conf_kind kind;
    bool quoted;
    int line, column;
    size_t count;
} want[] = {
    { "", "", "", CONF_MAP, false, 2, 1, 7 },
    { "listen", "listen", "", CONF_LIST, false, 3, 3, 2 },
    { "listen[0]", "", "127.0.0.1:8080", CONF_SCALAR, false, 3, 5, 0 },
    { "listen[1]", "", "[::1]:0", CONF_SCALAR, true, 4, 5, 0 },
    { "data", "data", "/var/lib/seneschal", CONF_SCALAR, false, 5, 7, 0 },
    { "metrics", "metrics", "", CONF_MAP, false, 6, 10, 2 },
    { "metrics.open", "open", "true", CONF_SCALAR, false, 6, 17, 0 },
    { "metrics.port", "port", "9", CONF_SCALAR, true, 6, 29, 0 },
    { "empty", "empty", "", CONF_NULL, false, 7, 1, 0 },
    { "none", "none", "", CONF_NULL, false, 8, 7, 0 },
    { "text", "text", "null", CONF_SCALAR, true, 9, 7, 0 },
    { "block", "block", "two\nlines\n", CONF_SCALAR, true, 11, 1, 0 },
};

static void test_nodes(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(2));
    struct conf_file f;
    struct diag why = { 0 };
    assert_int_equal(conf_parse(a, "s.yaml", str_from_cz(sample), &why, &f), E_OK);
    assert_string_equal(f.name, "s.yaml");
    assert_int_equal(f.n, ARRAY_LEN(want));
    for (size_t i = 0; i < f.n; i++) {
        const struct conf_node *n = &f.nodes[i];
        print_message("# %s at %d:%d\n", want[i].path, n->at.line, n->at.column);
        assert_true(str_eq(n->path, str_from_cz(want[i].path)));
        assert_true(str_eq(n->name, str_from_cz(want[i].name)));
        assert_true(str_eq(n->text, str_from_cz(want[i].text)));
        assert_int_equal(n->kind, want[i].kind);
        assert_int_equal(n->quoted, want[i].quoted);
        assert_int_equal(n->at.line, want[i].line);
        assert_int_equal(n->at.column, want[i].column);
        assert_int_equal(n->count, want[i].count);
        assert_ptr_equal(conf_find(&f, n->path), n);
        assert_true(i == 0 || n->parent < i);
    }
    assert_int_equal(conf_find(&f, STR("metrics.port"))->name_at.column, 23);
    assert_null(conf_find(&f, STR("metrics.closed")));
}

static const struct {
    const char *name, *text;
    const char *why; /* NULL: accepted */
} rows[] = {
    { "empty file", "", NULL },
    { "comments only", "# nothing\n", NULL },
    { "a document mark", "---\na: 1\n", NULL },
    { "JSON", "{\"a\":[1,{\"b\":null}],\"c\":\"\\u00e9\"}", NULL },
    { "JSON over lines with tabs", "{\n\t\"a\": 1\n}\n", NULL },
    { "Windows line ends", "a: 1\r\nb: 2\r\n", NULL },
    { "duplicate name", "a: 1\nb: 2\na: 3\n", "x.yaml:3:1: a: stands already in line 1" },
    { "duplicate name, other spelling", "a: 1\n\"a\": 3\n",
      "x.yaml:2:1: a: stands already in line 1" },
    { "duplicate name in JSON", "{\"a\":1,\"a\":2}", "x.yaml:1:8: a: stands already in line 1" },
    { "duplicate name, deep", "a:\n  b: 1\n  c: {d: 1}\n  b: 2\n",
      "x.yaml:4:3: b: stands already in line 2" },
    { "same name in two mappings", "a: {x: 1}\nb: {x: 1}\n", NULL },
    { "same name at two depths", "a: {a: 1}\n", NULL },
    { "a list at the top", "- 1\n", "x.yaml:1:1: want a mapping at the top" },
    { "a text at the top", "hello\n", "x.yaml:1:1: want a mapping at the top" },
    { "two documents", "a: 1\n---\na: 2\n", "x.yaml:2:1: a second document" },
    { "an anchor", "a: &x 1\n", "x.yaml:1:7: anchors and aliases are not taken" },
    { "an anchor on a list", "a: &x [1]\n", "x.yaml:1:7: anchors and aliases are not taken" },
    { "a tag", "a: !!str 1\n", "x.yaml:1:10: tags are not taken" },
    { "a list as a name", "? [1]\n: 2\n", "x.yaml:1:3: the name of a setting must be text" },
    { "an empty name", "\"\": 2\n", "x.yaml:1:1: a setting without a name" },
    { "not UTF-8", "a: \xff\n", "x.yaml:1:1: want UTF-8 text" },
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(MIB(2));
        struct conf_file f = { 0 };
        struct diag why = { 0 };
        err_t e = conf_parse(a, "x.yaml", str_from_cz(rows[i].text), &why, &f);
        print_message("# %s: %s\n", rows[i].name, why.text);
        assert_int_equal(e, rows[i].why == NULL ? E_OK : E_BAD_FIELD);
        assert_string_equal(why.text, rows[i].why == NULL ? "" : rows[i].why);
        assert_int_equal(f.nodes != NULL, rows[i].why == NULL);
        assert_true(f.nodes == NULL || f.nodes[0].kind == CONF_MAP);
    }
}

/* libfyaml's own words may change; the place may not. */
static void test_syntax_errors_say_where(void **state)
{
    (void)state;
    static const struct {
        const char *text, *place;
    } broken[] = {
        { "a: 1\nb: [1, 2\nc: 3\n", "x.yaml:4:" },
        { "a: 1\n  b: 2\n", "x.yaml:1:" },
        { "a: \"open\n", "x.yaml:1:" },
        { "{\"a\":1", "x.yaml:2:1:" },
        { "a:\n\t- 1\n", "x.yaml:" },
    };
    for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(MIB(2));
        struct conf_file f = { 0 };
        struct diag why = { 0 };
        assert_int_equal(conf_parse(a, "x.yaml", str_from_cz(broken[i].text), &why, &f),
                         E_BAD_FIELD);
        print_message("# %s\n", why.text);
        assert_memory_equal(why.text, broken[i].place, strlen(broken[i].place));
        assert_null(f.nodes);
    }
}

static err_t parse_repeated(const char *unit, size_t times)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(8));
    struct buf b;
    struct conf_file f;
    buf_init(&b, MIB(2));
    BUF_ADD(&b, "a: ");
    for (size_t i = 0; i < times; i++)
        buf_add(&b, str_from_cz(unit));
    for (size_t i = 0; i < times && unit[0] == '['; i++)
        buf_add_byte(&b, ']');
    assert_int_equal(b.err, E_OK);
    err_t e = conf_parse(a, "x.yaml", buf_str(&b), NULL, &f);
    buf_fini(&b);
    return e;
}

static void test_limits(void **state)
{
    (void)state;
    assert_int_equal(parse_repeated("[", CONF_DEPTH_MAX - 1), E_OK);
    assert_int_equal(parse_repeated("[", CONF_DEPTH_MAX), E_BAD_FIELD);
    assert_int_equal(parse_repeated("[", 10000), E_BAD_FIELD);
    assert_int_equal(parse_repeated("\n- 1", CONF_NODES_MAX - 2), E_OK);
    assert_int_equal(parse_repeated("\n- 1", CONF_NODES_MAX - 1), E_BAD_FIELD);
}

static void test_reading(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(2));
    struct conf_file f;
    struct diag why = { 0 };
    assert_int_equal(conf_read(a, "/proc/nothing/seneschal.yaml", &why, &f), E_NOT_FOUND);
    assert_non_null(strstr(why.text, "/proc/nothing/seneschal.yaml"));
    struct conf_at at = { 3, 14 };
    f.name = "seneschal.yaml";
    diag_clear(&why);
    assert_int_equal(conf_refuse(&f, at, &why, "want %d", 7), E_BAD_FIELD);
    assert_string_equal(why.text, "seneschal.yaml:3:14: want 7");
}

#ifdef SENESCHAL_FAULTS
static void test_faults(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        fault_arm(n);
        CLEANUP(arena_freep) struct arena *a = arena_new(MIB(2));
        struct conf_file f = { 0 };
        err_t e = a == NULL ? E_NO_MEMORY : conf_parse(a, "x", str_from_cz(sample), NULL, &f);
        bool fired = fault_used();
        fault_disarm();
        assert_int_equal(e, fired ? E_NO_MEMORY : E_OK);
        assert_true((f.nodes == NULL) == fired);
        if (!fired)
            break;
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nodes),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_syntax_errors_say_where),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_reading),
#ifdef SENESCHAL_FAULTS
        cmocka_unit_test(test_faults),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
