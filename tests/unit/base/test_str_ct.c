/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bytes_eq_ct costs the same wherever the first wrong byte is (IDENTITY 36). Not by a clock, which
 * lies on a busy machine: a child does it one instruction at a time, and they are counted.
 */
#include "base/str.h"
#include "check.h"

#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZE = 256, NO_TRACING = 125 };

typedef bool equal_f(const void *a, const void *b, size_t n);

/* How such a function must not be: it ends where they begin to differ. */
static bool equal_till(const void *a, const void *b, size_t n)
{
    const volatile unsigned char *x = a;
    const volatile unsigned char *y = b;
    for (size_t i = 0; i < n; i++) {
        if (x[i] != y[i])
            return false;
    }
    return true;
}

static void child(equal_f *equal, const unsigned char *a, const unsigned char *b)
{
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
        _exit(NO_TRACING);
    (void)raise(SIGSTOP);
    _exit(equal(a, b, SIZE));
}

/* Instructions from the stop to the end, those of the call and of _exit among them; -1: tracing is
 * not allowed here. */
static long instructions(equal_f *equal, const unsigned char *a, const unsigned char *b)
{
    int status = 0;
    long n = 0;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        child(equal, a, b);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFEXITED(status) && WEXITSTATUS(status) == NO_TRACING)
        return -1;
    while (WIFSTOPPED(status)) {
        assert_int_equal(ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL), 0);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        n++;
    }
    assert_true(WIFEXITED(status));
    return n;
}

/* The least and the most, over wrong bytes at these places. */
static bool measured(equal_f *equal, long *least, long *most)
{
    static const size_t places[] = { 0, 1, 7, 8, 31, 32, 100, SIZE - 1 };
    unsigned char a[SIZE] = { 0 };
    unsigned char b[SIZE] = { 0 };
    *least = *most = instructions(equal, a, b); /* none is wrong */
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        memset(b, 0, sizeof b);
        b[places[i]] = 1;
        long n = instructions(equal, a, b);
        *least = n < *least ? n : *least;
        *most = n > *most ? n : *most;
    }
    return *least > 0;
}

static void test_identity_36_the_place_costs_nothing(void **state)
{
    long least;
    long most;
    (void)state;
    if (!measured(bytes_eq_ct, &least, &most))
        skip();
    assert_int_equal(least, most);
}

static void test_the_count_would_show_an_early_end(void **state)
{
    long least;
    long most;
    (void)state;
    if (!measured(equal_till, &least, &most))
        skip();
    assert_true(most - least > SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_identity_36_the_place_costs_nothing),
        cmocka_unit_test(test_the_count_would_show_an_early_end),
    };
    return cmocka_run_group_tests_name("str-ct", tests, NULL, NULL);
}
