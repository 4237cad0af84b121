/* SPDX-License-Identifier: Apache-2.0 */
/* Directories that only root and we can change, files in them, and the thread that watches them. */
#include "plat/os/file.h"
#include "plat/os/owned.h"
#include "plat/os/watch.h"

#include "base/fault.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static char top[64];

static const char *in_top(struct arena *a, const char *name)
{
    str_t s;
    assert_int_equal(str_format(a, &s, "%s/%s", top, name), E_OK);
    return str_cz(a, s);
}

static int setup(void **state)
{
    (void)state;
    (void)snprintf(top, sizeof top, "/tmp/owned-XXXXXX");
    return mkdtemp(top) != NULL ? 0 : -1;
}

static int forget(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

static int teardown(void **state)
{
    (void)state;
    return nftw(top, forget, 8, FTW_DEPTH | FTW_PHYS);
}

static void make(struct arena *a, const char *dir, mode_t mode)
{
    assert_int_equal(mkdir(in_top(a, dir), 0700), 0);
    assert_int_equal(chmod(in_top(a, dir), mode), 0);
}

static void test_open(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    make(a, "good", 0755);
    make(a, "good/below", 0755);
    make(a, "open", 0777);
    make(a, "open/below", 0755);
    make(a, "group", 0775);
    make(a, "sticky", 01777);
    make(a, "sticky/below", 0755);
    assert_int_equal(symlink(in_top(a, "good"), in_top(a, "link")), 0);
    assert_int_equal(file_write(in_top(a, "file"), 0644, STR("x"), NULL), E_OK);
    static const struct {
        const char *path;
        bool make;
        err_t want;
        const char *why;
    } rows[] = {
        { "good/f", false, E_OK, "" },
        { "good/below/f", false, E_OK, "" },
        { "good/none/f", false, E_NOT_FOUND, "open" },
        { "good/new/f", true, E_OK, "" },
        { "good/none/deeper/f", true, E_NOT_FOUND, "open" },
        { "open/f", false, E_IO, "others can write" },
        { "open/below/f", false, E_IO, "others can write" },
        { "group/f", false, E_IO, "others can write" },
        { "sticky/f", false, E_IO, "others can write" },
        { "sticky/below/f", false, E_OK, "" },
        { "link/f", false, E_IO, "symbolic link" },
        { "link/below/f", false, E_IO, "symbolic link" },
        { "file/f", false, E_IO, "not a directory" },
        { "file/f", true, E_IO, "not a directory" },
        { "good/../good/f", false, E_BAD_FIELD, "absolute path" },
        { "good/./f", false, E_BAD_FIELD, "absolute path" },
        { "good//f", false, E_BAD_FIELD, "absolute path" },
        { "good/", false, E_BAD_FIELD, "absolute path" },
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct diag why = { 0 };
        CLEANUP(owned_closep) int dir = -1;
        print_message("# %s\n", rows[i].path);
        assert_int_equal(owned_open(in_top(a, rows[i].path), rows[i].make, &why, &dir),
                         rows[i].want);
        assert_non_null(strstr(why.text, rows[i].why));
        assert_int_equal(dir >= 0, rows[i].want == E_OK);
    }
    struct diag why = { 0 };
    int dir = -1;
    assert_int_equal(owned_open("relative/f", false, &why, &dir), E_BAD_FIELD);
    if (geteuid() == 0) {
        make(a, "foreign", 0755);
        assert_int_equal(chown(in_top(a, "foreign"), 12345, 0), 0);
        assert_int_equal(owned_open(in_top(a, "foreign/f"), false, &why, &dir), E_IO);
    }
}

static void test_files(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    CLEANUP(owned_closep) int dir = -1;
    struct diag why = { 0 };
    unsigned mode = 0;
    str_t text;
    make(a, "d", 0755);
    const char *path = in_top(a, "d/f");
    assert_int_equal(owned_open(path, false, &why, &dir), E_OK);
    assert_int_equal(file_read_at(a, dir, path, 100, &why, &text), E_NOT_FOUND);
    assert_int_equal(file_write_at(dir, path, 0644, STR("one"), &why), E_OK);
    assert_int_equal(owned_mode(dir, path, &mode, &why), E_OK);
    assert_int_equal(mode, 0644);
    assert_int_equal(owned_keep(dir, path, ".kept", &why), E_OK);
    assert_int_equal(file_write_at(dir, path, 0644, STR("two"), &why), E_OK);
    assert_int_equal(owned_keep(dir, path, ".kept", &why), E_CONFLICT);
    assert_int_equal(file_read_at(a, dir, path, 100, &why, &text), E_OK);
    assert_true(str_eq(text, STR("two")));
    assert_int_equal(file_read(a, in_top(a, "d/f.kept"), 100, &why, &text), E_OK);
    assert_true(str_eq(text, STR("one")));
    assert_int_equal(file_read_at(a, dir, path, 2, &why, &text), E_TOO_BIG);
    /* The name leads elsewhere, or is no file. */
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("f.kept", path), 0);
    diag_clear(&why);
    assert_int_equal(file_read_at(a, dir, path, 100, &why, &text), E_IO);
    assert_non_null(strstr(why.text, "symbolic link"));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    diag_clear(&why);
    assert_int_equal(file_read_at(a, dir, path, 100, &why, &text), E_IO);
    assert_non_null(strstr(why.text, "not a file"));
}

/* Whatever call fails, an error says so and no descriptor is given. */
static void test_faults(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    make(a, "faults", 0755);
    const char *path = in_top(a, "faults/f");
    for (long n = 0;; n++) {
        CLEANUP(owned_closep) int dir = -1;
        struct diag why = { 0 };
        fault_arm(n);
        err_t e = owned_open(path, false, &why, &dir);
        bool fired = fault_used();
        fault_disarm();
        assert_true(fired ? (e != E_OK && dir < 0 && why.text[0] != '\0')
                          : (e == E_OK && dir >= 0));
        if (!fired)
            break;
    }
}

static void on_moved(void *arg)
{
    atomic_fetch_add((atomic_int *)arg, 1);
}

static void test_watch(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    atomic_int moved;
    struct watch *w = NULL;
    struct diag why = { 0 };
    const struct timespec slice = { .tv_nsec = 10000000 };
    atomic_init(&moved, 0);
    make(a, "watched", 0755);
    const char *path = in_top(a, "watched/f");
    assert_int_equal(watch_open(on_moved, &moved, &why, &w), E_OK);
    assert_int_equal(watch_add(w, in_top(a, "nowhere/f")), E_NOT_FOUND);
    assert_int_equal(watch_add(w, path), E_OK);
    assert_int_equal(watch_add(w, path), E_OK);
    assert_int_equal(atomic_load(&moved), 0);
    assert_int_equal(file_write(path, 0644, STR("x"), NULL), E_OK);
    for (int i = 0; i < 3000 && atomic_load(&moved) == 0; i++)
        (void)nanosleep(&slice, NULL);
    assert_true(atomic_load(&moved) > 0);
    watch_close(w);
    watch_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_watch),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
