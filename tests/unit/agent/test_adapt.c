/* SPDX-License-Identifier: Apache-2.0 */
/* The adapters on a disk: what fails leaves whole files, what others changed is told once. */
#include "agent/adapt.h"
#include "base/fault.h"
#include "plat/crypto/crypto.h"
#include "plat/os/file.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define ON(model)                                                                                  \
    "{\"config\":{\"assistants\":{\"claude-code\":{\"model\":\"" model                             \
    "\"},\"codex\":{\"x\":\"" model "\"}}},\"enabled\":true}"
#define OFF_DOC "{\"config\":{},\"enabled\":false,\"reason\":\"device-revoked\"}"

static char top[64];
static char claude[96];
static char codex[96];
static char spec[256];
static size_t told;

static void tell(void *arg, const char *event, const char *reason)
{
    (void)arg;
    (void)event;
    (void)reason;
    told++;
}

static void wake(void *arg)
{
    (void)arg;
}

static int forget(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

static int setup(void **state)
{
    (void)state;
    (void)snprintf(top, sizeof top, "/tmp/adapt-XXXXXX");
    if (crypto_init() != E_OK || mkdtemp(top) == NULL)
        return -1;
    (void)snprintf(claude, sizeof claude, "%s/c/managed-settings.json", top);
    (void)snprintf(codex, sizeof codex, "%s/x/requirements.toml", top);
    (void)snprintf(spec, sizeof spec, "claude-code=%s\n  codex=%s\n", claude, codex);
    told = 0;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fault_disarm();
    return nftw(top, forget, 8, FTW_DEPTH | FTW_PHYS);
}

static err_t open_adapters(struct diag *why, struct adapt **ret)
{
    const struct adapt_caller c = { .dir = top, .spec = spec, .tell = tell, .wake = wake };
    return adapt_open(&c, why, ret);
}

static str_t read_file(struct arena *a, const char *path)
{
    str_t text = STR("(none)");
    err_ignore(file_read(a, path, KIB(64), NULL, &text)); /* then there is none */
    return text;
}

static void assert_holds(const char *path, const char *want)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(256));
    assert_string_equal(str_cz(a, read_file(a, path)), want);
}

#define CLAUDE(model) "{\"model\":\"" model "\"}\n"
#define CODEX(model)                                                                               \
    "# Written by the Seneschal agent, which undoes every other change: seneschal-agent(1).\nx = " \
    "\"" model "\"\n"

static void test_in_force(void **state)
{
    (void)state;
    struct adapt *x = NULL;
    struct adapt_report r;
    struct diag why = { 0 };
    assert_int_equal(open_adapters(&why, &x), E_OK);
    assert_int_equal(adapt_force(x, STR(ON("one")), &why), E_OK);
    assert_holds(claude, CLAUDE("one"));
    assert_holds(codex, CODEX("one"));
    adapt_check(x);
    adapt_report(x, true, &r);
    assert_null(r.failure.p);
    assert_null(r.drift.p);
    assert_false(adapt_owes(x));
    adapt_close(x);

    /* The next process finds its own files. */
    x = NULL;
    assert_int_equal(open_adapters(&why, &x), E_OK);
    assert_int_equal(adapt_force(x, STR(ON("two")), &why), E_OK);
    assert_holds(claude, CLAUDE("two"));
    adapt_report(x, true, &r);
    assert_null(r.drift.p);
    assert_int_equal(adapt_force(x, STR(OFF_DOC), &why), E_OK);
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(256));
    str_t off = read_file(a, claude);
    assert_non_null(memmem(off.p, off.n, "\"allowedProviders\":[]", 21));
    assert_int_equal(told, 0);
    adapt_close(x);
    adapt_close(NULL);
    assert_false(adapt_owes(NULL));
}

/* Told once a minute, and kept over a restart until the server has heard it. */
static void test_drift(void **state)
{
    (void)state;
    struct adapt *x = NULL;
    struct adapt_report r;
    struct diag why = { 0 };
    assert_int_equal(open_adapters(&why, &x), E_OK);
    assert_int_equal(adapt_force(x, STR(ON("one")), &why), E_OK);
    assert_int_equal(file_write(claude, 0644, STR("{\"model\":\"mine\"}"), NULL), E_OK);
    assert_int_equal(file_remove(codex, NULL), E_OK);
    adapt_check(x);
    assert_holds(claude, CLAUDE("one"));
    assert_holds(codex, CODEX("one"));
    assert_true(adapt_owes(x));
    adapt_report(x, false, &r); /* of a configuration that is still to be acknowledged */
    assert_null(r.drift.p);
    adapt_reported(x);
    adapt_close(x);

    x = NULL;
    assert_int_equal(open_adapters(&why, &x), E_OK);
    assert_int_equal(adapt_force(x, STR(ON("one")), &why), E_OK);
    assert_true(adapt_owes(x));
    adapt_report(x, true, &r);
    assert_true(str_eq(r.drift, STR("[\"claude-code:/model\",\"codex:(removed)\"]")));
    assert_int_equal(r.drift_n, 2);
    assert_true(ts_is_set(r.drifted_at));
    adapt_reported(x);
    assert_false(adapt_owes(x));
    /* A change by hand and one by the policy at the same time: only the first is drift. */
    assert_int_equal(file_write(claude, 0644, STR("{\"env\":{},\"model\":\"one\"}"), NULL), E_OK);
    assert_int_equal(adapt_force(x, STR(ON("two")), &why), E_OK);
    assert_holds(claude, CLAUDE("two"));
    adapt_report(x, true, &r);
    assert_true(str_eq(r.drift, STR("[\"claude-code:/env\"]")));
    adapt_reported(x);
    assert_int_equal(chmod(claude, 0666), 0);
    adapt_check(x);
    assert_false(adapt_owes(x)); /* not again within a minute */
    adapt_report(x, true, &r);
    assert_true(str_eq(r.drift, STR("[\"claude-code:(form)\"]")));
    struct stat st;
    assert_int_equal(stat(claude, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0644);
    adapt_close(x);
}

/* A file that cannot be restored is reported once, and again when it is right. */
static void test_failure(void **state)
{
    (void)state;
    struct adapt *x = NULL;
    struct adapt_report r;
    struct diag why = { 0 };
    char dir[80];
    (void)snprintf(dir, sizeof dir, "%s/c", top);
    assert_int_equal(open_adapters(&why, &x), E_OK);
    assert_int_equal(adapt_force(x, STR(ON("one")), &why), E_OK);
    assert_int_equal(chmod(dir, 0777), 0);
    assert_int_equal(adapt_force(x, STR(ON("two")), &why), E_IO);
    assert_non_null(strstr(why.text, "adapter claude-code: "));
    assert_holds(claude, CLAUDE("one"));
    assert_holds(codex, CODEX("two")); /* the others go on */
    assert_true(adapt_owes(x));
    adapt_report(x, true, &r);
    assert_non_null(memmem(r.failure.p, r.failure.n, "others can write", 16));
    adapt_reported(x);
    adapt_check(x);
    assert_false(adapt_owes(x));
    assert_int_equal(chmod(dir, 0755), 0);
    adapt_check(x);
    assert_holds(claude, CLAUDE("two"));
    assert_true(adapt_owes(x));
    adapt_report(x, true, &r);
    assert_null(r.failure.p);
    adapt_close(x);
}

static void test_damaged_store(void **state)
{
    (void)state;
    struct adapt *x = NULL;
    struct diag why = { 0 };
    char path[96];
    (void)snprintf(path, sizeof path, "%s/adapters.json", top);
    static const char *const rows[] = {
        "", "{", "[]", "{\"files\":{}}", "{\"files\":[1,{}]}", "{\"files\":[{\"path\":7}]}"
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        x = NULL;
        assert_int_equal(file_write(path, 0600, str_from_cz(rows[i]), NULL), E_OK);
        assert_int_equal(open_adapters(&why, &x), E_OK);
        assert_int_equal(adapt_force(x, STR(ON("one")), &why), E_OK);
        assert_holds(claude, CLAUDE("one"));
        adapt_close(x);
    }
}

/* Whatever fails: an error is said, each file is the old one or the new one, and the next call
 * makes it right without taking our own bytes for somebody's change. */
static void test_faults(void **state)
{
    (void)state;
    struct diag why = { 0 };
    for (long n = 0;; n++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(256));
        struct adapt *x = NULL;
        struct adapt_report r;
        assert_int_equal(open_adapters(&why, &x), E_OK);
        assert_int_equal(adapt_force(x, STR(ON("old")), &why), E_OK);
        fault_arm(n);
        diag_clear(&why);
        err_t e = adapt_force(x, STR(ON("new")), &why);
        bool fired = fault_used();
        fault_disarm();
        str_t one = read_file(a, claude);
        str_t two = read_file(a, codex);
        assert_true(str_eq(one, STR(CLAUDE("old"))) || str_eq(one, STR(CLAUDE("new"))));
        assert_true(str_eq(two, STR(CODEX("old"))) || str_eq(two, STR(CODEX("new"))));
        if (!fired)
            assert_int_equal(e, E_OK);
        assert_int_equal(adapt_force(x, STR(ON("new")), &why), E_OK);
        assert_holds(claude, CLAUDE("new"));
        assert_holds(codex, CODEX("new"));
        adapt_report(x, true, &r);
        if (r.drift.p != NULL)
            print_message("# step %ld: %.*s\n", n, STR_ARG(r.drift));
        assert_null(r.drift.p);
        adapt_close(x);
        if (!fired)
            break;
    }
}

static void test_options(void **state)
{
    (void)state;
    static const struct {
        const char *spec;
        err_t want;
    } rows[] = {
        { "", E_OK },
        { "\n \n", E_OK },
        { "claude-code", E_OK },
        { "nonsense", E_USAGE },
        { "claude-code=", E_USAGE },
        { "codex=relative", E_USAGE },
        { "json", E_USAGE },
        { "json=/a#b", E_USAGE },
        { "json=/a#/b~2", E_USAGE },
        { "json=/a#/b~1c", E_OK },
        { "json=/a\njson=/b\njson=/c#/d", E_OK },
        { "json=/a\njson=/a#/b", E_USAGE },
        { "json=/1\njson=/2\njson=/3\njson=/4\njson=/5\njson=/6\njson=/7\njson=/8\njson=/9",
          E_USAGE },
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct adapt *x = NULL;
        struct diag why = { 0 };
        const struct adapt_caller c = {
            .dir = top, .spec = rows[i].spec, .tell = tell, .wake = wake
        };
        print_message("# row %zu\n", i);
        assert_int_equal(adapt_open(&c, &why, &x), rows[i].want);
        assert_int_equal(why.text[0] != '\0', rows[i].want != E_OK);
        adapt_close(x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_in_force, setup, teardown),
        cmocka_unit_test_setup_teardown(test_drift, setup, teardown),
        cmocka_unit_test_setup_teardown(test_failure, setup, teardown),
        cmocka_unit_test_setup_teardown(test_damaged_store, setup, teardown),
        cmocka_unit_test_setup_teardown(test_faults, setup, teardown),
        cmocka_unit_test_setup_teardown(test_options, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
