/* SPDX-License-Identifier: Apache-2.0 */
/* What an entry of a program can ask for: one way out, a directory that stays, the file that was
 * meant; and how much room it has. */
#include "base/enc.h"
#include "check.h"
#include "child_rig.h"
#include "plat/os/warden.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { SWAPS = 24 };

static bool spaceless;
static char pinned[2 * CHILD_DIGEST + 1]; /* of the program */

static void run_refused(struct run *r, const char *want)
{
    while (!r->exited && r->last.news != CHILD_REFUSED)
        run_step(r, false);
    if (r->ready || strstr(r->last.text, want) == NULL)
        fail_msg("want '%s', got '%s'", want, r->last.text);
    while (!r->exited)
        run_step(r, false);
    run_gone(r);
}

static int door_accept(const struct run *r)
{
    struct pollfd door = { .fd = r->c.door, .events = POLLIN };
    check(poll(&door, 1, WAIT_S * 1000) == 1, "somebody comes by the door");
    return accept4(r->c.door, NULL, NULL, SOCK_CLOEXEC);
}

static bool ended(int fd)
{
    char c;
    struct pollfd p = { .fd = fd, .events = POLLIN };
    return poll(&p, 1, WAIT_S * 1000) == 1 && read(fd, &c, 1) <= 0;
}

static void test_door(void **state)
{
    (void)state;
    struct run r;
    char line[16];
    run_start(&r, "door", (struct child_spec){ .reach = CHILD_DOOR });
    if (spaceless) {
        run_refused(&r, "network:HOST wants a network namespace");
        return;
    }
    run_ready(&r);
    check(r.c.door >= 0 && (fcntl(r.c.door, F_GETFL) & O_NONBLOCK) != 0, "its door is there");
    check((fcntl(r.c.door, F_GETFD) & FD_CLOEXEC) != 0, "and nobody inherits it");
    int fd = door_accept(&r);
    assert_int_equal(read(fd, line, sizeof line), 6);
    assert_int_equal(write(fd, "well met", 8), 8);
    run_until(&r, "it says well met\n");
    close(fd);
    assert_int_equal(run_end(&r), 0);
    run_gone(&r);
}

/* Its connections end with it, and nobody can make others. */
static void test_door_killed(void **state)
{
    (void)state;
    struct run r;
    char line[16];
    if (spaceless)
        return;
    run_start(&r, "door", (struct child_spec){ .reach = CHILD_DOOR });
    run_ready(&r);
    int door = r.c.door;
    r.c.door = -1;
    int fd = door_accept(&(struct run){ .c.door = door });
    assert_int_equal(read(fd, line, sizeof line), 6);
    run_gone(&r);
    check(ended(fd), "the connection ends");
    close(fd);
    close(door);
}

static void test_room(void **state)
{
    (void)state;
    struct run r;
    run_start(&r, "room", (struct child_spec){ 0 });
    run_ready(&r);
    unsigned held = r.held;
    assert_int_equal(run_end(&r), 0);
    bool small = memmem(r.out.p, r.out.n, "268435456 bytes, 16384 files\n", 29) != NULL;
    check(small == ((held & CHILD_ROOM) != 0), "what is promised is so");
    check(!spaceless || !small, "or it is not promised");
    run_gone(&r);
}

static void test_write(void **state)
{
    (void)state;
    static char keep[128];
    static char keep_env[160];
    char kept[160];
    const char *const env[] = { keep_env, NULL };
    const char *const dirs[] = { keep, NULL };
    const char *const none[] = { "/nowhere/at/all", NULL };
    struct run r;
    snprintf(keep, sizeof keep, "%s/keep", temp);
    snprintf(keep_env, sizeof keep_env, "KEEP=%s", keep);
    snprintf(kept, sizeof kept, "%s/kept", keep);
    assert_int_equal(mkdir(keep, 0700), 0);
    assert_int_equal(chmod(keep, 0777), 0);
    run_start(&r, "keep", (struct child_spec){ .env = env });
    run_ready(&r);
    unsigned held = r.held;
    assert_int_equal(run_end(&r), (held & CHILD_FILES) != 0 ? 2 : 0);
    run_gone(&r);

    run_start(&r, "keep", (struct child_spec){ .env = env, .write = dirs });
    run_ready(&r);
    assert_int_equal(run_end(&r), 0);
    check((held & CHILD_FILES) == 0 || memmem(r.out.p, r.out.n, "not run", 7) != NULL,
          "what it writes there it does not run either");
    run_gone(&r);
    assert_int_equal(access(kept, F_OK), 0);

    run_start(&r, "keep", (struct child_spec){ .env = env, .write = none });
    run_refused(&r, "write:/nowhere/at/all: No such file");
}

static void test_pinned(void **state)
{
    (void)state;
    static char upper[sizeof pinned];
    static char other[sizeof pinned];
    struct run r;
    memcpy(upper, pinned, sizeof upper);
    for (char *p = upper; *p != '\0'; p++)
        *p = *p >= 'a' && *p <= 'f' ? (char)(*p - 'a' + 'A') : *p;
    memcpy(other, pinned, sizeof other);
    other[0] = other[0] == '0' ? '1' : '0';
    run_start(&r, "seven", (struct child_spec){ .sha256 = pinned });
    run_ready(&r);
    assert_int_equal(run_end(&r), 7);
    run_gone(&r);
    run_start(&r, "seven", (struct child_spec){ .sha256 = upper });
    run_ready(&r);
    run_gone(&r);
    run_start(&r, "seven", (struct child_spec){ .sha256 = other });
    run_refused(&r, pinned);
}

/* What cannot be pinned is not started. */
static void test_no_pin(void **state)
{
    (void)state;
    static char script[128];
    const char *const was = probe_path;
    static const struct {
        const char *path;
        const char *want;
    } rows[] = {
        { "/nowhere/program", "No such file" },
        { "/usr", "is not a file" },
        { "/dev/zero", "is not a file" },
        { script, "this is a script" },
    };
    snprintf(script, sizeof script, "%s/script", temp);
    int fd = open(script, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
    assert_int_equal(write(fd, "#!/bin/sh\n", 10), 10);
    close(fd);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct run r;
        probe_path = rows[i].path;
        run_start(&r, "seven", (struct child_spec){ .sha256 = pinned });
        probe_path = was;
        run_refused(&r, rows[i].want);
    }
}

/* Somebody puts another program in its place, again and again: the other one is never run. */
static void test_swapped(void **state)
{
    (void)state;
    static char path[128];
    static char good[128];
    static char bad[128];
    const char *const was = probe_path;
    size_t started = 0;
    snprintf(path, sizeof path, "%s/swapped", temp);
    snprintf(good, sizeof good, "%s/good", temp);
    snprintf(bad, sizeof bad, "%s/bad", temp);
    check(probe_copy(was, path) && probe_copy("/bin/true", bad), "two programs");
    pid_t pid = fork();
    while (pid == 0) { /* the one, and the other */
        (void)renameat2(AT_FDCWD, path, AT_FDCWD, bad, RENAME_EXCHANGE);
        usleep(10000);
    }
    for (int i = 0; i < SWAPS; i++) {
        struct run r;
        probe_path = path;
        run_start(&r, "seven", (struct child_spec){ .sha256 = pinned });
        probe_path = was;
        while (!r.exited)
            run_step(&r, false);
        check(!r.ready || r.last.status == 7, "the one that was meant, or none");
        started += r.ready;
        run_gone(&r);
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    print_message("# %zu of %d were started\n", started, SWAPS);
}

static int setup(void **state)
{
    (void)state;
    static char copy[128];
    uint8_t digest[CHILD_DIGEST];
    if (mkdtemp(temp) == NULL || chmod(temp, 0755) != 0)
        return -1;
    snprintf(copy, sizeof copy, "%s/probe", temp);
    int fd = open(probe_path, O_RDONLY | O_CLOEXEC);
    if (!probe_copy(probe_path, copy) || !rig_digest(fd, digest))
        return -1;
    close(fd);
    hex_encode(digest, sizeof digest, pinned);
    probe_path = copy;
    return !spaceless || cage_calls(CHILD_ANYWHERE) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    return workdir_remove(temp) ? 0 : -1;
}

int main(int argc, char **argv)
{
    static char real[PATH_MAX];
    if (argc > 0 && strcmp(argv[0], CHILD_WARDEN) == 0)
        return child_warden_main(argc, argv, rig_digest);
    if (argc < 2 || realpath(argv[1], real) == NULL)
        return 2;
    probe_path = real;
    spaceless = argc == 3 && strcmp(argv[2], "spaceless") == 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_door),    cmocka_unit_test(test_door_killed),
        cmocka_unit_test(test_room),    cmocka_unit_test(test_write),
        cmocka_unit_test(test_pinned),  cmocka_unit_test(test_no_pin),
        cmocka_unit_test(test_swapped),
    };
    return _cmocka_run_group_tests("child-parts", tests, ARRAY_LEN(tests), setup, teardown);
}
