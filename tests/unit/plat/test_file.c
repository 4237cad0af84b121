/* SPDX-License-Identifier: Apache-2.0 */
/* Old bytes or new ones, never half of them, whichever system call fails. */
#include "base/fault.h"
#include "plat/os/file.h"

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/seneschal-test-file-XXXXXX";
static char path[sizeof dir + 16];
static char other[sizeof dir + 16];
static char nowhere[sizeof dir + 16]; /* in a directory that is not there */

static int setup(void **state)
{
    (void)state;
    if (mkdtemp(dir) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/file", dir);
    snprintf(other, sizeof other, "%s/other", dir);
    snprintf(nowhere, sizeof nowhere, "%s/none/x", dir);
    return 0;
}

/* What is in the directory besides . and .. */
static size_t count_entries(bool remove)
{
    DIR *d = opendir(dir);
    assert_non_null(d);
    size_t n = 0;
    for (const struct dirent *e; (e = readdir(d)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        n++;
        if (remove)
            (void)unlinkat(dirfd(d), e->d_name, 0);
    }
    closedir(d);
    return n;
}

static int clear(void **state)
{
    (void)state;
    (void)count_entries(true);
    return 0;
}

static int teardown(void **state)
{
    (void)clear(state);
    return rmdir(dir);
}

static void assert_content(const char *file, str_t want)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    str_t got;
    assert_int_equal(file_read(a, file, KIB(4), NULL, &got), E_OK);
    assert_true(str_eq(got, want));
}

static void test_write_and_read(void **state)
{
    (void)state;
    mode_t mode;
    uid_t uid;
    assert_int_equal(file_write(path, 0600, STR("one\0two"), NULL), E_OK);
    assert_content(path, STR("one\0two"));
    assert_int_equal(file_write(path, 0640, STR(""), NULL), E_OK);
    assert_content(path, STR(""));
    assert_int_equal(file_owner(path, &mode, &uid), E_OK);
    assert_int_equal(mode, 0640);
    assert_int_equal(uid, getuid());
    assert_int_equal(count_entries(false), 1);
}

static void test_mode_is_exact_whatever_the_umask(void **state)
{
    (void)state;
    mode_t mode;
    uid_t uid;
    mode_t old = umask(0);
    assert_int_equal(file_write(path, 0400, STR("x"), NULL), E_OK);
    assert_int_equal(file_owner(path, &mode, &uid), E_OK);
    assert_int_equal(mode, 0400);
    (void)umask(0777);
    assert_int_equal(file_write(path, 0644, STR("x"), NULL), E_OK);
    (void)umask(old);
    assert_int_equal(file_owner(path, &mode, &uid), E_OK);
    assert_int_equal(mode, 0644);
}

static void test_create_never_replaces(void **state)
{
    (void)state;
    struct diag why = { 0 };
    assert_int_equal(file_create(path, 0400, STR("first"), &why), E_OK);
    assert_int_equal(file_create(path, 0400, STR("second"), &why), E_CONFLICT);
    assert_content(path, STR("first"));
    assert_int_equal(count_entries(false), 1);
    assert_non_null(strstr(why.text, path));
}

static void test_read_is_bounded(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(1));
    str_t got = STR("untouched");
    struct diag why = { 0 };
    assert_int_equal(file_write(path, 0600, STR("12345"), NULL), E_OK);
    assert_int_equal(file_read(a, path, 4, &why, &got), E_TOO_BIG);
    assert_int_equal(file_read(a, path, 5, NULL, &got), E_OK);
    assert_int_equal(got.n, 5);
    assert_int_equal(file_read(a, "/proc/self/status", KIB(64), NULL, &got), E_OK);
    assert_true(str_starts(got, STR("Name:"))); /* a file without a size */
    assert_int_equal(file_read(a, "/dev/zero", 100, NULL, &got), E_TOO_BIG);
    assert_int_equal(file_read(a, dir, 100, NULL, &got), E_IO);
    assert_int_equal(file_read(a, other, 100, NULL, &got), E_NOT_FOUND);
}

static void test_remove_and_rename(void **state)
{
    (void)state;
    assert_int_equal(file_remove(path, NULL), E_OK);
    assert_int_equal(file_remove(nowhere, NULL), E_OK);
    assert_int_equal(file_write(path, 0600, STR("a"), NULL), E_OK);
    assert_int_equal(file_rename(path, other, NULL), E_OK);
    assert_content(other, STR("a"));
    assert_int_equal(file_rename(path, other, NULL), E_NOT_FOUND);
    assert_int_equal(file_remove(other, NULL), E_OK);
    assert_int_equal(count_entries(false), 0);
}

static void test_directories(void **state)
{
    (void)state;
    mode_t mode;
    uid_t uid;
    struct diag why = { 0 };
    assert_int_equal(file_make_dir(other, 0700, NULL), E_OK);
    assert_int_equal(file_make_dir(other, 0700, NULL), E_OK);
    assert_int_equal(file_owner(other, &mode, &uid), E_OK);
    assert_int_equal(mode, 0700);
    assert_int_equal(rmdir(other), 0);
    assert_int_equal(file_write(other, 0600, STR("x"), NULL), E_OK);
    assert_int_equal(file_make_dir(other, 0700, &why), E_IO);
    assert_int_equal(file_make_dir(nowhere, 0700, NULL), E_NOT_FOUND);
    assert_int_equal(file_write(nowhere, 0600, STR("x"), NULL), E_NOT_FOUND);
}

/* A lock belongs to a process's open file: another open of the same file is refused. */
static void test_lock(void **state)
{
    (void)state;
    int fd = -1;
    int second = -1;
    struct diag why = { 0 };
    assert_int_equal(file_lock(path, NULL, &fd), E_OK);
    assert_int_equal(file_lock(path, &why, &second), E_CONFLICT);
    assert_int_equal(second, -1);
    file_unlock(fd);
    assert_int_equal(file_lock(path, NULL, &second), E_OK);
    file_unlock(second);
    file_unlock(-1);

    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) { /* killed while it holds the lock */
        if (file_lock(path, NULL, &fd) != E_OK)
            _exit(1);
        raise(SIGKILL);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(file_lock(path, NULL, &fd), E_OK);
    file_unlock(fd);
}

/* A line that a crash has cut stays alone: what is added begins a line of its own. */
static void test_append_ends_what_a_crash_has_cut(void **state)
{
    (void)state;
    size_t n = 0;
    assert_int_equal(file_append(path, 0600, STR("one\n"), NULL), E_OK);
    assert_int_equal(file_append(path, 0600, STR("two\n"), NULL), E_OK);
    assert_content(path, STR("one\ntwo\n"));
    assert_int_equal(truncate(path, 6), 0);
    assert_int_equal(file_append(path, 0600, STR("three\n"), NULL), E_OK);
    assert_content(path, STR("one\ntw\nthree\n"));
    assert_int_equal(file_size(path, &n, NULL), E_OK);
    assert_int_equal(n, 13);
    assert_int_equal(file_append(nowhere, 0600, STR("x\n"), NULL), E_NOT_FOUND);
    assert_int_equal(file_size(nowhere, &n, NULL), E_NOT_FOUND);
    assert_int_equal(symlink("other", other), 0); /* nobody leads us elsewhere */
    assert_int_not_equal(file_append(other, 0600, STR("x\n"), NULL), E_OK);
}

#ifdef SENESCHAL_FAULTS
static void test_faults_append(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        (void)count_entries(true);
        assert_int_equal(file_append(path, 0600, STR("old\n"), NULL), E_OK);
        fault_arm(n);
        err_t e = file_append(path, 0600, STR("new\n"), NULL);
        bool fired = fault_used();
        fault_disarm();
        assert_int_equal(e, fired ? E_IO : E_OK);
        assert_content(path, fired ? STR("old\n") : STR("old\nnew\n"));
        if (!fired) {
            assert_true(n >= 3);
            break;
        }
    }
}

static void test_faults_write(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        (void)count_entries(true);
        assert_int_equal(file_write(path, 0600, STR("old"), NULL), E_OK);
        fault_arm(n);
        err_t e = file_write(path, 0600, STR("new"), NULL);
        bool fired = fault_used();
        fault_disarm();
        assert_int_equal(e, fired ? E_IO : E_OK);
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(8));
        str_t got;
        assert_int_equal(file_read(a, path, KIB(1), NULL, &got), E_OK);
        assert_true(str_eq(got, STR("new")) || (fired && str_eq(got, STR("old"))));
        assert_int_equal(count_entries(false), 1); /* nothing is left lying about */
        if (!fired) {
            assert_true(n >= 6);
            break;
        }
    }
}

static void test_faults_create(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        (void)count_entries(true);
        fault_arm(n);
        err_t e = file_create(path, 0400, STR("key"), NULL);
        bool fired = fault_used();
        fault_disarm();
        assert_int_equal(e, fired ? E_IO : E_OK);
        assert_true(count_entries(false) <= 1);
        if (access(path, F_OK) == 0)
            assert_content(path, STR("key"));
        if (!fired)
            break;
    }
}

static void test_faults_read(void **state)
{
    (void)state;
    assert_int_equal(file_write(path, 0600, STR("x"), NULL), E_OK);
    for (long n = 0;; n++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(8));
        str_t got = STR_NONE;
        fault_arm(n);
        err_t e = file_read(a, path, KIB(1), NULL, &got);
        bool fired = fault_used();
        fault_disarm();
        assert_true(fired ? e == E_IO || e == E_NO_MEMORY : e == E_OK);
        assert_int_equal(got.p == NULL, fired);
        if (!fired)
            break;
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_write_and_read, clear),
        cmocka_unit_test_teardown(test_mode_is_exact_whatever_the_umask, clear),
        cmocka_unit_test_teardown(test_create_never_replaces, clear),
        cmocka_unit_test_teardown(test_read_is_bounded, clear),
        cmocka_unit_test_teardown(test_remove_and_rename, clear),
        cmocka_unit_test_teardown(test_directories, clear),
        cmocka_unit_test_teardown(test_lock, clear),
        cmocka_unit_test_teardown(test_append_ends_what_a_crash_has_cut, clear),
#ifdef SENESCHAL_FAULTS
        cmocka_unit_test_teardown(test_faults_append, clear),
        cmocka_unit_test_teardown(test_faults_write, clear),
        cmocka_unit_test_teardown(test_faults_create, clear),
        cmocka_unit_test_teardown(test_faults_read, clear),
#endif
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
