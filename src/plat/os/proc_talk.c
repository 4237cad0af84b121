/* SPDX-License-Identifier: Apache-2.0 */
/* Another program that is given bytes, and whose answer is wanted. */
#include "base/buf.h"
#include "plat/os/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

struct talk {
    str_t input;     /* what is left of it */
    struct buf *out; /* NULL: its standard output is ours */
    int to;          /* -1: all was written */
    int from;        /* -1: it says no more */
    pid_t pid;
};

static void talk_close(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

/* A program that ends before it has read all is no signal to us, and one to itself as ever. */
static err_t talk_spawn(const char *file, char *const argv[], const int in[2], const int out[2],
                        pid_t *ret)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none;
    sigset_t usual;
    (void)sigemptyset(&none);
    (void)sigemptyset(&usual);
    (void)sigaddset(&usual, SIGPIPE);
    if (posix_spawn_file_actions_init(&files) != 0)
        return E_NO_MEMORY;
    if (posix_spawnattr_init(&attr) != 0) {
        (void)posix_spawn_file_actions_destroy(&files);
        return E_NO_MEMORY;
    }
    int rc = posix_spawn_file_actions_adddup2(&files, in[0], 0);
    if (rc == 0 && out[1] >= 0)
        rc = posix_spawn_file_actions_adddup2(&files, out[1], 1);
    if (rc == 0)
        rc = posix_spawnattr_setsigmask(&attr, &none);
    if (rc == 0)
        rc = posix_spawnattr_setsigdefault(&attr, &usual);
    if (rc == 0)
        rc = posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (rc == 0)
        rc = posix_spawnp(ret, file, &files, &attr, argv, environ);
    (void)posix_spawnattr_destroy(&attr);
    (void)posix_spawn_file_actions_destroy(&files);
    errno = rc;
    return rc == 0 ? E_OK : E_IO;
}

static void talk_give(struct talk *t)
{
    ssize_t n = write(t->to, t->input.p, t->input.n);
    if (n > 0)
        t->input = str_sub(t->input, (size_t)n, t->input.n);
    if ((n < 0 && errno != EAGAIN && errno != EINTR) || t->input.n == 0)
        talk_close(&t->to); /* it reads no more: its status says whether that is right */
}

static void talk_take(struct talk *t)
{
    char piece[4096];
    ssize_t n = read(t->from, piece, sizeof piece);
    if (n > 0)
        buf_add(t->out, str_of(piece, (size_t)n));
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        talk_close(&t->from);
    explicit_bzero(piece, sizeof piece);
}

/* Until it has closed its output and has all of its input, or the time is over. */
static void talk_pass(struct talk *t, dur_t until)
{
    while (t->to >= 0 || t->from >= 0) {
        struct pollfd fds[] = { { .fd = t->to, .events = POLLOUT },
                                { .fd = t->from, .events = POLLIN } };
        int64_t left_ms = (until.us - clock_mono().us) / 1000;
        if (left_ms <= 0 || (poll(fds, ARRAY_LEN(fds), (int)left_ms) < 0 && errno != EINTR))
            break;
        if (t->to >= 0 && fds[0].revents != 0)
            talk_give(t);
        if (t->from >= 0 && fds[1].revents != 0)
            talk_take(t);
    }
}

static err_t talk_end(struct talk *t, const char *file, dur_t until, struct diag *why)
{
    enum { LOOK_MS = 5 };
    int status = 0;
    while (waitpid(t->pid, &status, WNOHANG) == 0) {
        if (clock_mono().us >= until.us) {
            (void)kill(t->pid, SIGKILL);
            (void)waitpid(t->pid, &status, 0);
            return FAIL(why, E_TIMEOUT, "%s: has not ended in time", file);
        }
        (void)poll(NULL, 0, LOOK_MS);
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return t->out != NULL ? t->out->err : E_OK;
    return FAIL(why, E_IO, "%s: ends with %s %d", file, WIFEXITED(status) ? "status" : "signal",
                WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

err_t proc_talk(const char *file, char *const argv[], const struct proc_talk *what,
                struct diag *why)
{
    int in[2] = { -1, -1 };
    int out[2] = { -1, -1 };
    struct sigaction ignore = { .sa_handler = SIG_IGN };
    struct talk t = { .input = what->input, .out = what->out, .to = -1, .from = -1, .pid = -1 };
    dur_t until = { clock_mono().us + what->in.us };
    if (sigaction(SIGPIPE, &ignore, NULL) != 0 || pipe2(in, O_CLOEXEC) != 0 ||
        (t.out != NULL && pipe2(out, O_CLOEXEC) != 0)) {
        talk_close(&in[0]);
        talk_close(&in[1]);
        return FAIL(why, E_IO, "%s: %s", file, strerrordesc_np(errno));
    }
    err_t e = talk_spawn(file, argv, in, out, &t.pid);
    if (e != E_OK)
        e = FAIL(why, E_IO, "%s: %s", file, strerrordesc_np(errno));
    t.to = in[1];
    t.from = out[0];
    talk_close(&in[0]);
    talk_close(&out[1]);
    if (e == E_OK) {
        (void)fcntl(t.to, F_SETFL, O_NONBLOCK); /* else it is only slower */
        talk_pass(&t, until);
    }
    talk_close(&t.to);
    talk_close(&t.from);
    return e == E_OK ? talk_end(&t, file, until, why) : e;
}
