/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/os/child.h"

#include "plat/os/warden.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NUMBER_TEXT = 24, NUMBERS = 8, WORDS_MAX = 512 };

/* Of each pair: ours, and the warden's. */
struct ends {
    int in[2];
    int out[2];
    int err[2];
    int control[2];
};

static void end_close(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

static void ends_close(struct ends *e, size_t side)
{
    end_close(&e->in[side]);
    end_close(&e->out[side]);
    end_close(&e->err[side]);
    end_close(&e->control[side]);
}

/* pipe2 gives the reading end first; here ours comes first. */
static bool pipe_make(int ret[2], bool we_write)
{
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0)
        return false;
    ret[0] = fds[we_write ? 1 : 0];
    ret[1] = fds[we_write ? 0 : 1];
    return fcntl(ret[0], F_SETFL, O_NONBLOCK) == 0;
}

static bool ends_make(struct ends *e)
{
    *e = (struct ends){ { -1, -1 }, { -1, -1 }, { -1, -1 }, { -1, -1 } };
    if (!pipe_make(e->in, true) || !pipe_make(e->out, false) || !pipe_make(e->err, false))
        return false;
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, e->control) == 0 &&
           fcntl(e->control[0], F_SETFL, O_NONBLOCK) == 0;
}

/* The warden begins as every program does: no signal is blocked or ignored. */
static int attr_fill(posix_spawnattr_t *attr)
{
    sigset_t none;
    sigset_t all;
    (void)sigemptyset(&none);
    (void)sigfillset(&all);
    int rc = posix_spawnattr_setsigmask(attr, &none);
    if (rc == 0)
        rc = posix_spawnattr_setsigdefault(attr, &all);
    if (rc == 0)
        rc = posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                                POSIX_SPAWN_SETSID);
    return rc;
}

/* Descriptors 0 to 2 are open in every process of ours, so that none of the four is overwritten
 * before it has been taken. */
static int files_fill(posix_spawn_file_actions_t *files, const struct ends *e)
{
    const int from[] = { e->in[1], e->out[1], e->err[1], e->control[1] };
    for (int to = 0; to <= WARDEN_CONTROL; to++) {
        int rc = posix_spawn_file_actions_adddup2(files, from[to], to);
        if (rc != 0)
            return rc;
    }
    return 0;
}

static int warden_start(const char *path, const char *const *argv, const char *const *env,
                        const struct ends *e, pid_t *ret)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    int rc = posix_spawn_file_actions_init(&files);
    if (rc != 0)
        return rc;
    rc = posix_spawnattr_init(&attr);
    if (rc == 0) {
        rc = attr_fill(&attr);
        if (rc == 0)
            rc = files_fill(&files, e);
        if (rc == 0) /* it changes neither */
            rc = posix_spawn(ret, path, &files, &attr, (char *const *)(uintptr_t)argv,
                             (char *const *)(uintptr_t)env);
        (void)posix_spawnattr_destroy(&attr);
    }
    (void)posix_spawn_file_actions_destroy(&files);
    return rc;
}

/* The words of a warden's command line; false: too many. */
struct words {
    const char *p[WORDS_MAX + 1];
    size_t n;
    char numbers[NUMBERS][NUMBER_TEXT];
    char flags[4];
};

static bool words_add(struct words *w, const char *word)
{
    if (w->n == WORDS_MAX)
        return false;
    w->p[w->n++] = word;
    return true;
}

static size_t paths_count(const char *const *paths)
{
    size_t n = 0;
    while (paths != NULL && paths[n] != NULL)
        n++;
    return n;
}

static bool words_add_all(struct words *w, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!words_add(w, words[i]))
            return false;
    }
    return true;
}

static void flags_fill(struct words *w, const struct child_spec *s)
{
    static const char reach[] = { [CHILD_NOBODY] = WARDEN_FLAG_NONE,
                                  [CHILD_DOOR] = WARDEN_FLAG_DOOR,
                                  [CHILD_ANYWHERE] = WARDEN_FLAG_ANYWHERE };
    w->flags[0] = reach[s->reach];
    w->flags[1] = s->whole ? WARDEN_FLAG_WHOLE : WARDEN_FLAG_NONE;
}

static bool words_fill(struct words *w, const struct child_spec *s)
{
    static const char none[] = { WARDEN_FLAG_NONE, '\0' };
    size_t reads = paths_count(s->read);
    size_t writes = paths_count(s->write);
    const struct child_limits *l = &s->limits;
    const uint64_t values[NUMBERS] = { l->memory, l->file_size, l->files, l->processes,
                                       l->room,   l->inodes,    reads,    writes };
    for (size_t i = 0; i < NUMBERS; i++)
        (void)snprintf(w->numbers[i], NUMBER_TEXT, "%llu", (unsigned long long)values[i]);
    flags_fill(w, s);
    const char *const head[WARDEN_READ] = {
        [WARDEN_NAME] = CHILD_WARDEN,
        [WARDEN_FLAGS] = w->flags,
        [WARDEN_MEMORY] = w->numbers[0],
        [WARDEN_FILE_SIZE] = w->numbers[1],
        [WARDEN_FILES] = w->numbers[2],
        [WARDEN_PROCESSES] = w->numbers[3],
        [WARDEN_ROOM] = w->numbers[4],
        [WARDEN_INODES] = w->numbers[5],
        [WARDEN_TEMP] = s->temp,
        [WARDEN_SHA256] = s->sha256 != NULL ? s->sha256 : none,
        [WARDEN_READ_COUNT] = w->numbers[6],
        [WARDEN_WRITE_COUNT] = w->numbers[7],
    };
    if (!words_add_all(w, head, WARDEN_READ) || !words_add_all(w, s->read, reads) ||
        !words_add_all(w, s->write, writes) || !words_add_all(w, s->argv, paths_count(s->argv)))
        return false;
    w->p[w->n] = NULL;
    return true;
}

err_t child_spawn(const struct child_spec *spec, struct diag *why, struct child *ret)
{
    static const char *const empty[] = { NULL };
    struct ends e;
    pid_t warden = -1;
    if (spec->argv == NULL || spec->argv[0] == NULL || spec->argv[0][0] != '/')
        return FAIL(why, E_BAD_FIELD, "command: want the absolute path of a program");
    struct words *w = calloc(1, sizeof *w);
    if (w == NULL)
        return E_NO_MEMORY;
    int rc = E2BIG;
    bool made = ends_make(&e);
    if (!made)
        rc = errno;
    else if (words_fill(w, spec))
        rc = warden_start(spec->warden != NULL ? spec->warden : "/proc/self/exe", w->p,
                          spec->env != NULL ? spec->env : empty, &e, &warden);
    free(w);
    ends_close(&e, 1);
    if (rc != 0) {
        char text[DIAG_TEXT_MAX];
        ends_close(&e, 0);
        return FAIL(why, E_IO, "%s: cannot be started: %s", spec->argv[0],
                    strerror_r(rc, text, sizeof text));
    }
    *ret = (struct child){ .warden = warden,
                           .in = e.in[0],
                           .out = e.out[0],
                           .err = e.err[0],
                           .control = e.control[0],
                           .door = -1 };
    return E_OK;
}

/* A report, and the descriptor that came with it, or -1. */
static ssize_t report_take(int control, struct child_report *r, int *ret_fd)
{
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } with;
    struct iovec part = { .iov_base = r, .iov_len = sizeof *r };
    struct msghdr m = { .msg_iov = &part,
                        .msg_iovlen = 1,
                        .msg_control = with.room,
                        .msg_controllen = sizeof with.room };
    *ret_fd = -1;
    ssize_t n = recvmsg(control, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    const struct cmsghdr *head = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;
    if (head != NULL && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS &&
        head->cmsg_len == CMSG_LEN(sizeof(int)))
        memcpy(ret_fd, CMSG_DATA(head), sizeof *ret_fd);
    return n;
}

err_t child_read(struct child *c, struct child_report *ret)
{
    struct child_report r;
    int fd;
    if (c->control < 0)
        return E_CLOSED;
    ssize_t n = report_take(c->control, &r, &fd);
    /* It left without having read our last word: Linux tells that first, once. What it said itself
     * comes after it. */
    if (n < 0 && errno == ECONNRESET)
        n = report_take(c->control, &r, &fd);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return E_AGAIN;
    if (fd >= 0) {
        end_close(&c->door);
        c->door = fd;
    }
    if (n != (ssize_t)sizeof r)
        return E_CLOSED;
    r.text[CHILD_TEXT_MAX - 1] = '\0';
    *ret = r;
    return E_OK;
}

void child_stop(struct child *c)
{
    const char word = WARDEN_STOP;
    /* Where nobody hears it, the warden has gone and all of the program with it: what it said last
     * is still to be read, so the descriptors stay. */
    if (c->control >= 0)
        (void)send(c->control, &word, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void child_kill(struct child *c)
{
    end_close(&c->in);
    end_close(&c->out);
    end_close(&c->err);
    end_close(&c->control);
    end_close(&c->door);
}

bool child_reap(struct child *c)
{
    int status;
    if (c->warden <= 0)
        return true;
    pid_t got = waitpid(c->warden, &status, WNOHANG);
    if (got == 0 || (got < 0 && errno == EINTR))
        return false;
    c->warden = -1;
    return true;
}
