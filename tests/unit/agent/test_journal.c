/* SPDX-License-Identifier: Apache-2.0 */
/* The record on disk: recorded once, whole after any crash, bounded, without a secret. */
#include "agent/journal.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/fault.h"
#include "plat/crypto/crypto.h"
#include "plat/json/json.h"
#include "plat/os/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define OFF        "{\"config\":{},\"enabled\":false,\"reason\":\"device-blocked\",\"version\":null}"
#define ON(config) "{\"config\":" config ",\"enabled\":true,\"version\":\"2026-01-01.1\"}"

static char dir[] = "/tmp/seneschal-test-journal-XXXXXX";
static char path[sizeof dir + 16];

static int setup(void **state)
{
    (void)state;
    if (mkdtemp(dir) == NULL || crypto_init() != E_OK)
        return -1;
    snprintf(path, sizeof path, "%s/journal.ndjson", dir);
    clock_freeze((ts_t){ INT64_C(1700000000000000) }, DUR_S(1));
    return 0;
}

static int clear(void **state)
{
    (void)state;
    char name[sizeof path + 16];
    (void)unlink(path);
    for (int i = 1; i <= JOURNAL_FILES; i++) {
        snprintf(name, sizeof name, "%s.%d", path, i);
        (void)unlink(name);
    }
    return 0;
}

static int teardown(void **state)
{
    (void)clear(state);
    clock_release();
    return rmdir(dir);
}

static err_t change(const char *before, const char *after, bool again)
{
    const struct journal_entry e = { .event = "configured",
                                     .etag = STR("\"e\""),
                                     .version = STR("2026-01-01.1"),
                                     .before = str_from_cz(before),
                                     .after = str_from_cz(after) };
    return journal_append(dir, &e, again, NULL);
}

static err_t count_line(void *arg, str_t line)
{
    size_t *n = arg;
    CLEANUP(json_freep) struct json *v = NULL;
    if (json_parse(line, NULL, &v) == E_OK)
        ++*n;
    return E_OK;
}

static size_t lines(void)
{
    size_t n = 0;
    assert_int_equal(journal_read(dir, count_line, &n, NULL), E_OK);
    return n;
}

static void test_a_line(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    struct stat st;
    str_t text;
    assert_int_equal(lines(), 0);
    assert_int_equal(change("", ON("{\"model\":\"one\",\"token\":\"hunter2\"}"), true), E_OK);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(file_read(a, path, KIB(8), NULL, &text), E_OK);
    print_message("# %.*s", STR_ARG(text));
    assert_true(str_starts(
        text, STR("{\"at\":\"2023-11-14T22:13:20.000Z\",\"event\":\"configured\",\"enabled\":true,"
                  "\"etag\":\"\\\"e\\\"\",\"version\":\"2026-01-01.1\",\"from\":\"e3b0c442")));
    assert_true(
        str_ends(text, STR("\"changes\":[{\"pointer\":\"/model\",\"new\":\"one\"},"
                           "{\"pointer\":\"/token\",\"hidden\":true,\"new\":\"***\"}]}\n")));
    assert_null(memmem(text.p, text.n, "hunter2", 7));
}

static void test_what_is_recorded_and_what_is_not(void **state)
{
    (void)state;
    assert_int_equal(change("", ON("{}"), false), E_OK);
    assert_int_equal(lines(), 1); /* the first configuration, though it holds nothing */
    assert_int_equal(change(ON("{}"), ON("{}"), false), E_OK);
    assert_int_equal(lines(), 1);
    assert_int_equal(change(ON("{}"), OFF, false), E_OK);
    assert_int_equal(lines(), 2); /* nothing differs but `enabled` */
    assert_int_equal(change("{\"torn", ON("{\"a\":1}"), false), E_OK);
    assert_int_equal(lines(), 3); /* what could not be read counts as nothing */
}

/* Recorded, then killed before the file was written: the change is made later, and stands once. */
static void test_recorded_once(void **state)
{
    (void)state;
    assert_int_equal(change(ON("{\"a\":1}"), ON("{\"a\":2}"), false), E_OK);
    assert_int_equal(change(ON("{\"a\":1}"), ON("{\"a\":2}"), true), E_OK);
    assert_int_equal(lines(), 1);
    assert_int_equal(change(ON("{\"a\":2}"), ON("{\"a\":1}"), true), E_OK);
    assert_int_equal(change(ON("{\"a\":1}"), ON("{\"a\":2}"), false), E_OK);
    assert_int_equal(lines(), 3); /* forth and back are changes */
}

/* Cut here and there: the whole lines before it are read, and the next one is not spoilt. */
static void test_a_torn_line(void **state)
{
    (void)state;
    struct stat st;
    assert_int_equal(change(ON("{\"a\":1}"), ON("{\"a\":2}"), false), E_OK);
    assert_int_equal(stat(path, &st), 0);
    off_t whole = st.st_size;
    for (off_t cut = 1; cut < whole; cut += cut + 40 < whole ? 37 : 1) {
        (void)clear(NULL);
        assert_int_equal(change(ON("{\"a\":1}"), ON("{\"a\":2}"), false), E_OK);
        assert_int_equal(change(ON("{\"a\":2}"), ON("{\"a\":3}"), false), E_OK);
        assert_int_equal(truncate(path, whole + cut), 0);
        assert_int_equal(lines(), cut == whole - 1 ? 2 : 1); /* but for its end it is whole */
        assert_int_equal(change(ON("{\"a\":2}"), ON("{\"a\":3}"), true), E_OK);
        assert_int_equal(lines(), 2);
    }
}

/* However much changes, a line and the files are bounded, and the newest lines are kept. */
static void test_bounds(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(4));
    char name[sizeof path + 16];
    struct buf big;
    struct stat st;
    buf_init(&big, MIB(2));
    BUF_ADD(&big, "{\"config\":{");
    for (int i = 0; i < 4000; i++)
        buf_addf(&big, "\"member-%d\":\"some text that is not very short\",", i);
    BUF_ADD(&big, "\"z\":1},\"enabled\":true,\"version\":\"v\"}");
    str_t text;
    assert_int_equal(str_copy(a, buf_str(&big), &text), E_OK);
    buf_add_byte(&big, '\0');
    for (int i = 0; i < 18; i++)
        assert_int_equal(i % 2 == 0 ? change(OFF, big.p, false) : change(big.p, OFF, false), E_OK);
    for (int i = 0; i <= JOURNAL_FILES; i++) {
        if (i == 0)
            snprintf(name, sizeof name, "%s", path);
        else
            snprintf(name, sizeof name, "%s.%d", path, i);
        assert_int_equal(stat(name, &st) == 0, i < JOURNAL_FILES);
        assert_true(i == JOURNAL_FILES || st.st_size <= JOURNAL_FILE_MAX);
    }
    assert_true(lines() >= JOURNAL_FILES - 1);
    assert_int_equal(file_read(a, path, JOURNAL_FILE_MAX, NULL, &text), E_OK);
    assert_non_null(memmem(text.p, text.n, "\"more\":", 7));
    buf_fini(&big);
}

#ifdef SENESCHAL_FAULTS
/* Whatever step fails: no error without a reason, and afterwards the change can be recorded. */
static void test_faults(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        (void)clear(NULL);
        assert_int_equal(change(OFF, ON("{\"a\":1}"), false), E_OK);
        fault_arm(n);
        err_t e = change(ON("{\"a\":1}"), ON("{\"a\":2}"), true);
        bool fired = fault_used();
        fault_disarm();
        assert_int_equal(lines(), e == E_OK ? 2 : 1);
        assert_int_equal(change(ON("{\"a\":1}"), ON("{\"a\":2}"), true), E_OK);
        assert_int_equal(lines(), 2);
        if (!fired)
            break;
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_a_line, clear),
        cmocka_unit_test_teardown(test_what_is_recorded_and_what_is_not, clear),
        cmocka_unit_test_teardown(test_recorded_once, clear),
        cmocka_unit_test_teardown(test_a_torn_line, clear),
        cmocka_unit_test_teardown(test_bounds, clear),
#ifdef SENESCHAL_FAULTS
        cmocka_unit_test_teardown(test_faults, clear),
#endif
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
