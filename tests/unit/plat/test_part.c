/* SPDX-License-Identifier: Apache-2.0 */
/* A file that is being made has its name only once it is whole; what a dead process has left goes,
 * what a living one makes stays. */
#include "base/fault.h"
#include "check.h"
#include "plat/os/part.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[] = "/tmp/seneschal-test-part-XXXXXX";
static char to[sizeof dir + 16];
static char other[sizeof dir + 16];

static int setup(void **state)
{
    (void)state;
    if (mkdtemp(dir) == NULL)
        return -1;
    snprintf(to, sizeof to, "%s/copy", dir);
    snprintf(other, sizeof other, "%s/other", dir);
    return 0;
}

static int names(void)
{
    int n = 0;
    DIR *d = opendir(dir);
    check(d != NULL, "its directory");
    for (struct dirent *f = readdir(d); f != NULL; f = readdir(d))
        n += strcmp(f->d_name, ".") != 0 && strcmp(f->d_name, "..") != 0 ? 1 : 0;
    closedir(d);
    return n;
}

static int teardown(void **state)
{
    (void)state;
    fault_disarm();
    return rmdir(dir);
}

static void it_has_its_name_once_it_is_whole(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(65536);
    struct file_part part;
    struct diag why = { 0 };
    struct stat st;
    (void)state;
    check(file_part_open(a, to, NULL, &part) == E_OK, "made");
    check(write(part.fd, "bytes", 5) == 5, "written");
    check(access(to, F_OK) != 0, "not there yet");
    check(file_part_keep(&part, NULL) == E_OK && part.fd < 0, "kept");
    check(stat(to, &st) == 0 && st.st_size == 5 && (st.st_mode & 0777) == 0600, "there");
    check(names() == 1, "and nothing else");
    check(file_part_open(a, to, &why, &part) == E_CONFLICT, "nothing is replaced");
    check(strstr(why.text, "is there already") != NULL, "and that is said");
    check(names() == 1, "nothing is left of the try");
    check(unlink(to) == 0, "gone");
}

static void nothing_is_replaced_that_came_meanwhile(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(65536);
    struct file_part part;
    (void)state;
    check(file_part_open(a, to, NULL, &part) == E_OK, "made");
    int fd = open(to, O_WRONLY | O_CREAT | O_EXCL, 0600);
    check(fd >= 0 && close(fd) == 0, "somebody else was faster");
    check(file_part_keep(&part, NULL) == E_CONFLICT && part.fd < 0, "not kept");
    check(names() == 1 && unlink(to) == 0, "the other stays alone");
}

/* Another process begins to make a file, and says so. */
static pid_t other_begins(void)
{
    int told[2];
    char byte;
    check(pipe(told) == 0, "a pipe");
    pid_t child = fork();
    check(child >= 0, "a child");
    if (child == 0) {
        struct arena *a = arena_new(65536);
        struct file_part part;
        if (file_part_open(a, to, NULL, &part) != E_OK || write(told[1], "x", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    check(close(told[1]) == 0 && read(told[0], &byte, 1) == 1, "it has begun");
    check(close(told[0]) == 0, "closed");
    return child;
}

static void the_living_keep_theirs_the_dead_do_not(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(65536);
    struct file_part part;
    struct diag why = { 0 };
    (void)state;
    pid_t child = other_begins();
    check(file_part_open(a, to, &why, &part) == E_CONFLICT, "the same by two");
    check(strstr(why.text, "another process makes it now") != NULL, "and that is said");
    check(file_part_open(a, other, NULL, &part) == E_OK, "another file beside it");
    check(names() == 2, "what the living make stays");
    file_part_drop(&part);
    check(names() == 1, "dropped");
    check(kill(child, SIGKILL) == 0 && waitpid(child, NULL, 0) == child, "killed");
    check(names() == 1, "it has left its part");
    check(file_part_open(a, other, NULL, &part) == E_OK, "the next");
    check(names() == 1, "takes it away");
    file_part_drop(&part);
    check(names() == 0, "nothing is left");
    child = other_begins();
    check(kill(child, SIGKILL) == 0 && waitpid(child, NULL, 0) == child, "killed again");
    file_part_sweep(other);
    check(names() == 0, "swept by whoever only reads there");
}

static void what_is_no_part_of_ours_stays(void **state)
{
    char link[sizeof dir + 40];
    char plain[sizeof dir + 40];
    (void)state;
    snprintf(link, sizeof link, "%s/.x.seneschal-part", dir);
    snprintf(plain, sizeof plain, "%s/x.seneschal-part", dir);
    int fd = open(plain, O_WRONLY | O_CREAT | O_EXCL, 0600);
    check(fd >= 0 && close(fd) == 0 && symlink(plain, link) == 0,
          "a file of somebody's and a link");
    file_part_sweep(to);
    check(names() == 2, "both stay");
    check(unlink(link) == 0 && unlink(plain) == 0, "gone");
    file_part_sweep("/nonexistent/x"); /* and where nothing is, nothing happens */
}

static void whichever_step_fails(void **state)
{
    bool fired = true;
    (void)state;
    for (long n = 0; fired; n++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(65536);
        struct file_part part = { .fd = -1 };
        fault_arm(n);
        err_t e = file_part_open(a, to, NULL, &part);
        if (e == E_OK)
            e = file_part_keep(&part, NULL);
        fired = fault_used();
        fault_disarm();
        check(fired ? e != E_OK : e == E_OK, "a step that fails");
        check(part.fd < 0 && names() == (fired ? 0 : 1), "whole or not there");
    }
    check(unlink(to) == 0, "gone");
    CLEANUP(arena_freep) struct arena *a = arena_new(65536);
    struct file_part part;
    check(file_part_open(a, "/nonexistent/x", NULL, &part) == E_NOT_FOUND, "its directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_has_its_name_once_it_is_whole),
        cmocka_unit_test(nothing_is_replaced_that_came_meanwhile),
        cmocka_unit_test(the_living_keep_theirs_the_dead_do_not),
        cmocka_unit_test(what_is_no_part_of_ours_stays),
        cmocka_unit_test(whichever_step_fails),
    };
    return cmocka_run_group_tests_name("part", tests, setup, teardown);
}
