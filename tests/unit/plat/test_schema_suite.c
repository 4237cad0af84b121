/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public JSON-Schema-Test-Suite (Debian package json-schema-test-suite), draft 7 with its
 * optional part. json_schema_suite.txt, beside this file, lists each case that does not end as the
 * suite wants, and how it ends: any difference, better or worse, is a failure. With
 * SENESCHAL_SCHEMA_SUITE_WRITE=FILE the list is written instead.
 */
#include "plat/json/schema.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { FILE_MAX = 1 << 20, LIST_MAX = 256 * 1024, FILES_MAX = 100, CASES_MIN = 550 };

static const char suite[] = "/usr/share/json-schema-test-suite/tests/";
static const char *list_path; /* argv[1] */

struct tally {
    struct buf list;
    size_t cases;
};

static void read_all(const char *path, struct buf *ret)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        fail_msg("no %s: apt-get install json-schema-test-suite", path);
    buf_init(ret, FILE_MAX);
    char *room = buf_reserve(ret, FILE_MAX);
    assert_non_null(room);
    ret->n = fread(room, 1, FILE_MAX, f);
    (void)fclose(f);
}

static str_t text_of(const struct json *o, const char *name)
{
    const struct json *v = json_member(o, str_from_cz(name));
    assert_non_null(v);
    return json_string(v);
}

/* The suite says by its directory which draft it means; a schema of ours says it itself. */
static void with_draft(struct json *schema)
{
    if (json_type(schema) != JSON_OBJECT || json_member(schema, STR("$schema")) != NULL)
        return;
    struct json *uri = json_new_string(STR("http://json-schema.org/draft-07/schema#"));
    assert_int_equal(json_set(schema, STR("$schema"), uri), E_OK);
}

static void run_case(struct tally *t, const char *file, str_t group, const struct schema *s,
                     const struct json *c)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(256));
    struct schema_faults faults = { .n = 0 };
    bool want = json_bool(json_member(c, STR("valid")));
    err_t e = schema_validate(a, s, json_member(c, STR("data")), &faults);
    t->cases++;
    if (e == E_OK && (faults.n == 0) == want)
        return;
    buf_addf(&t->list, "%s: %.*s: %.*s: %s\n", file, STR_ARG(group),
             STR_ARG(text_of(c, "description")),
             e != E_OK       ? "not decided"
             : faults.n == 0 ? "taken"
                             : "refused");
}

static void run_group(struct tally *t, const char *file, const struct json *group)
{
    struct diag why = { 0 };
    str_t name = text_of(group, "description");
    const struct json *cases = json_member(group, STR("tests"));
    CLEANUP(schema_freep) struct schema *s = NULL;
    CLEANUP(json_freep) struct json *doc = json_clone(json_member(group, STR("schema")));
    with_draft(doc);
    err_t e = schema_compile(doc, SCHEMA_WHOLE, &why, &s);
    if (e != E_OK) {
        assert_int_equal(e, E_BAD_FIELD);
        t->cases += json_count(cases);
        buf_addf(&t->list, "%s: %.*s: schema not taken at \"%s\": %s\n", file, STR_ARG(name),
                 why.field, why.text);
        return;
    }
    for (size_t i = 0; i < json_count(cases); i++)
        run_case(t, file, name, s, json_at(cases, i));
}

static void run_file(struct tally *t, const char *file)
{
    char path[256];
    struct buf text;
    struct json *groups = NULL;
    (void)snprintf(path, sizeof path, "%s%s", suite, file);
    read_all(path, &text);
    if (json_parse(buf_str(&text), NULL, &groups) != E_OK) {
        buf_addf(&t->list, "%s: numbers of more than 64 bits\n", file);
    } else {
        for (size_t i = 0; i < json_count(groups); i++)
            run_group(t, file, json_at(groups, i));
    }
    json_free(groups);
    buf_fini(&text);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void run_directory(struct tally *t, const char *dir)
{
    char path[256];
    char *names[FILES_MAX];
    size_t n = 0;
    (void)snprintf(path, sizeof path, "%s%s", suite, dir);
    DIR *d = opendir(path);
    if (d == NULL)
        fail_msg("no %s: apt-get install json-schema-test-suite", path);
    for (struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
        if (strstr(e->d_name, ".json") == NULL)
            continue;
        assert_true(n < FILES_MAX);
        assert_true(asprintf(&names[n++], "%s/%s", dir, e->d_name) > 0);
    }
    (void)closedir(d);
    qsort(names, n, sizeof names[0], by_name);
    for (size_t i = 0; i < n; i++) {
        run_file(t, names[i]);
        free(names[i]);
    }
}

static void test_draft7(void **state)
{
    (void)state;
    const char *write_to = getenv("SENESCHAL_SCHEMA_SUITE_WRITE");
    struct tally t = { .cases = 0 };
    struct buf want;
    buf_init(&t.list, LIST_MAX);
    run_directory(&t, "draft7");
    run_directory(&t, "draft7/optional");
    run_directory(&t, "draft7/optional/format");
    assert_int_equal(t.list.err, E_OK);
    print_message("# %zu cases\n", t.cases);
    if (write_to != NULL) {
        FILE *f = fopen(write_to, "wb");
        assert_non_null(f);
        assert_int_equal(fwrite(t.list.p, 1, t.list.n, f), t.list.n);
        (void)fclose(f);
    }
    assert_true(t.cases >= CASES_MIN);
    read_all(list_path, &want);
    if (!str_eq(buf_str(&want), buf_str(&t.list)))
        fail_msg("differs from %s:\n%.*s", list_path, STR_ARG(buf_str(&t.list)));
    buf_fini(&want);
    buf_fini(&t.list);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    list_path = argv[1];
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_draft7) };
    return cmocka_run_group_tests_name("plat/json/schema suite", tests, NULL, NULL);
}
