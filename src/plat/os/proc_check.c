/* SPDX-License-Identifier: Apache-2.0 */
/* Another program, run to its end for its verdict. */
#include "plat/os/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

static err_t proc_spawn(const char *path, char *const argv[], int output, pid_t *ret)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none;
    (void)sigemptyset(&none);
    if (posix_spawn_file_actions_init(&files) != 0)
        return E_NO_MEMORY;
    if (posix_spawnattr_init(&attr) != 0) {
        (void)posix_spawn_file_actions_destroy(&files);
        return E_NO_MEMORY;
    }
    int rc = posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    if (rc == 0)
        rc = posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    if (rc == 0)
        rc = posix_spawn_file_actions_adddup2(&files, output, 2);
    if (rc == 0)
        rc = posix_spawnattr_setsigmask(&attr, &none); /* ours holds signals back */
    if (rc == 0)
        rc = posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
    if (rc == 0)
        rc = posix_spawn(ret, path, &files, &attr, argv, environ);
    (void)posix_spawnattr_destroy(&attr);
    (void)posix_spawn_file_actions_destroy(&files);
    errno = rc;
    return rc == 0 ? E_OK : E_IO;
}

/* The end of what it says, until it says no more or the time is over. */
static void proc_hear(int fd, dur_t until, char *text, size_t room, size_t *ret_n)
{
    struct pollfd in = { .fd = fd, .events = POLLIN };
    size_t n = 0;
    for (;;) {
        int64_t left_ms = (until.us - clock_mono().us) / 1000;
        int rc = left_ms <= 0 ? 0 : poll(&in, 1, (int)left_ms);
        if (rc < 0 && errno == EINTR)
            continue;
        if (rc <= 0)
            break;
        if (n == room) { /* the last half is enough */
            memmove(text, text + room / 2, room - room / 2);
            n = room - room / 2;
        }
        ssize_t got = read(fd, text + n, room - n);
        if (got <= 0)
            break;
        n += (size_t)got;
    }
    *ret_n = n;
}

/* It may have closed its standard error and go on. */
static bool proc_ends(pid_t pid, dur_t until, int *ret_status)
{
    enum { LOOK_MS = 5 };
    while (waitpid(pid, ret_status, WNOHANG) == 0) {
        if (clock_mono().us >= until.us)
            return false;
        (void)poll(NULL, 0, LOOK_MS);
    }
    return true;
}

static str_t last_line(str_t text)
{
    while (str_ends(text, STR("\n")))
        text.n--;
    size_t at = text.n;
    while (at > 0 && text.p[at - 1] != '\n')
        at--;
    return str_sub(text, at, text.n);
}

static err_t proc_await(pid_t pid, int fd, dur_t in, const char *path, struct diag *why)
{
    char text[1024];
    size_t n = 0;
    int status = 0;
    dur_t until = { clock_mono().us + in.us };
    (void)proc_hear(fd, until, text, sizeof text, &n);
    bool ended = proc_ends(pid, until, &status);
    if (!ended) {
        (void)kill(pid, SIGKILL);
        (void)waitpid(pid, &status, 0);
        return FAIL(why, E_IO, "%s: has not ended within %lld s", path,
                    (long long)(in.us / 1000000));
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return E_OK;
    str_t line = last_line(str_of(text, n));
    if (line.n == 0)
        return FAIL(why, E_IO, "%s: ends with status %d", path,
                    WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
    return FAIL(why, E_IO, "%.*s", STR_ARG(line));
}

err_t proc_check(const char *path, char *const argv[], dur_t in, struct diag *why)
{
    int ends[2];
    pid_t pid = -1;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return FAIL(why, E_IO, "%s: %s", path, strerrordesc_np(errno));
    err_t e = proc_spawn(path, argv, ends[1], &pid);
    if (e != E_OK)
        e = FAIL(why, E_IO, "%s: %s", path, strerrordesc_np(errno));
    (void)close(ends[1]);
    if (e == E_OK)
        e = proc_await(pid, ends[0], in, path, why);
    (void)close(ends[0]);
    return e;
}
