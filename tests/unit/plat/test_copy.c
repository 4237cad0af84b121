/* SPDX-License-Identifier: Apache-2.0 */
/* A file is copied whole or not at all, whichever system call fails, and nothing is replaced. */
#include "base/fault.h"
#include "check.h"
#include "plat/os/copy.h"
#include "plat/os/file.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BYTES = 9 * 1024 * 1024 + 17 };

static char dir[] = "/tmp/seneschal-test-copy-XXXXXX";
static char from[sizeof dir + 16];
static char to[sizeof dir + 16];

static int setup(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(BYTES + 4096);
    char *text = a == NULL ? NULL : arena_alloc(a, BYTES);
    (void)state;
    if (text == NULL || mkdtemp(dir) == NULL)
        return -1;
    for (size_t i = 0; i < BYTES; i++)
        text[i] = (char)(i * 31 % 251);
    snprintf(from, sizeof from, "%s/from", dir);
    snprintf(to, sizeof to, "%s/to", dir);
    return file_write(from, 0644, str_of(text, BYTES), NULL) == E_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    fault_disarm();
    (void)unlink(from);
    (void)unlink(to);
    return rmdir(dir);
}

struct seen {
    int64_t done;
    int64_t total;
    int times;
    bool shrank;
};

static void see(void *arg, int64_t done, int64_t total)
{
    struct seen *s = arg;
    s->shrank = s->shrank || done < s->done || done > total;
    s->done = done;
    s->total = total;
    s->times++;
}

static void the_same_bytes_and_who_looks_on_is_told(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(2 * BYTES + 65536);
    struct seen seen = { 0 };
    const struct watch watch = { .see = see, .arg = &seen };
    str_t x;
    str_t y;
    struct stat st;
    (void)state;
    assert_non_null(a);
    assert_int_equal(file_copy(from, to, 0600, &watch, NULL), E_OK);
    assert_int_equal(file_read(a, from, BYTES, NULL, &x), E_OK);
    assert_int_equal(file_read(a, to, BYTES, NULL, &y), E_OK);
    check(str_eq(x, y) && x.n == BYTES, "the same bytes");
    check(stat(to, &st) == 0 && (st.st_mode & 0777) == 0600, "its own mode");
    check(seen.times > 1 && !seen.shrank, "told as it goes");
    check(seen.done == BYTES && seen.total == BYTES, "to its end");
    check(file_copy(from, to, 0600, NULL, NULL) == E_CONFLICT, "nothing is replaced");
    check(file_copy(from, from, 0600, NULL, NULL) == E_CONFLICT, "not itself either");
    (void)unlink(to);
    check(symlink(from, to) == 0, "a link");
    check(file_copy(from, to, 0600, NULL, NULL) == E_CONFLICT, "is no place to write to");
    (void)unlink(to);
}

static void what_cannot_be_copied(void **state)
{
    char none[sizeof dir + 16];
    struct diag why = { 0 };
    (void)state;
    snprintf(none, sizeof none, "%s/none/x", dir);
    check(file_copy(none, to, 0600, NULL, &why) == E_NOT_FOUND, "is not there");
    check(strstr(why.text, none) != NULL, "the path is named");
    check(file_copy(from, none, 0600, NULL, NULL) == E_NOT_FOUND, "its directory is not there");
    check(file_copy(dir, to, 0600, NULL, NULL) == E_IO, "a directory");
    check(file_copy("/dev/zero", to, 0600, NULL, NULL) == E_IO, "a device has no end");
    check(access(to, F_OK) != 0, "and nothing is left");
}

static void each_step_may_fail(void **state)
{
    bool fired = true;
    (void)state;
    for (long n = 0; fired; n++) {
        fault_arm(n);
        err_t e = file_copy(from, to, 0600, NULL, NULL);
        fired = fault_used();
        fault_disarm();
        check(fired ? e == E_IO : e == E_OK, "fails as what it is");
        check((access(to, F_OK) == 0) == !fired, "whole or not there");
    }
    (void)unlink(to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_bytes_and_who_looks_on_is_told),
        cmocka_unit_test(what_cannot_be_copied),
        cmocka_unit_test(each_step_may_fail),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
