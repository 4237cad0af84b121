/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The warden of one child. Where the kernel lets it, the program lives in a PID namespace: its
 * process 1 is another copy of us that only waits, and when that ends the kernel ends all the
 * others. Elsewhere the warden is what orphans fall to (PR_SET_CHILD_SUBREAPER) and ends them one
 * by one. The end of a pipe is never taken for the end of a program: a grandchild may hold it open
 * for ever.
 */
#include "plat/os/warden.h"

#include "base/clock.h"
#include "base/num.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { GRACE_MS = 2000, STATUS_SIGNAL = 128, STATUS_LOST = 255 };

/* Bytes of data, where nobody says how many. The shadow of a sanitizer is terabytes of them, also
 * in the process that is about to become the program. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MEMORY_MAX (UINT64_C(1) << 60)
#else
#define MEMORY_MAX (UINT64_C(1) << 30)
#endif

struct warden {
    struct cage cage;
    char work[PATH_MAX];
    pid_t child; /* the program, or process 1 of its namespace */
    bool gone;
    int status;
    int signals;                /* SIGCHLD, as a descriptor */
    int told;                   /* what the program says until it is one; -1: it is */
    struct child_report report; /* the last of it */
    dur_t kill_at;              /* 0: nobody has asked it to go */
};

/* A server that is gone hears nothing. */
static void say(const struct child_report *r)
{
    (void)send(WARDEN_CONTROL, r, sizeof *r, MSG_NOSIGNAL);
}

static void say_news(enum child_news news, int status, const char *text)
{
    struct child_report r;
    memset(&r, 0, sizeof r); /* its gaps go over the socket too */
    r.news = news;
    r.status = status;
    (void)snprintf(r.text, sizeof r.text, "%s", text);
    say(&r);
}

static int status_of(int wait)
{
    return WIFEXITED(wait) ? WEXITSTATUS(wait) : STATUS_SIGNAL + WTERMSIG(wait);
}

static bool number_of(const char *text, uint64_t otherwise, uint64_t *ret)
{
    if (num_parse_u64(str_from_cz(text), ret) != E_OK)
        return false;
    if (*ret == 0)
        *ret = otherwise;
    return true;
}

/* The command line was made by child.c: what does not fit is a bug, or somebody plays. */
static bool words_read(int argc, char **argv, struct cage *c, const char **ret_temp)
{
    uint64_t reads;
    uint64_t writes;
    if (argc <= WARDEN_READ || !number_of(argv[WARDEN_READ_COUNT], 0, &reads) ||
        !number_of(argv[WARDEN_WRITE_COUNT], 0, &writes) || reads > (uint64_t)argc ||
        writes > (uint64_t)argc || reads + writes > (uint64_t)(argc - WARDEN_READ - 1))
        return false;
    const char *flags = argv[WARDEN_FLAGS];
    c->reach = strchr(flags, WARDEN_FLAG_ANYWHERE) != NULL ? CHILD_ANYWHERE
               : strchr(flags, WARDEN_FLAG_DOOR) != NULL   ? CHILD_DOOR
                                                           : CHILD_NOBODY;
    c->whole = strchr(flags, WARDEN_FLAG_WHOLE) != NULL;
    c->read = argv + WARDEN_READ;
    c->read_n = (size_t)reads;
    c->write = c->read + reads;
    c->write_n = (size_t)writes;
    c->argv = argv + WARDEN_READ + reads + writes;
    *ret_temp = argv[WARDEN_TEMP];
    return number_of(argv[WARDEN_MEMORY], MEMORY_MAX, &c->limits.memory) &&
           number_of(argv[WARDEN_FILE_SIZE], UINT64_C(1) << 28, &c->limits.file_size) &&
           number_of(argv[WARDEN_FILES], 1024, &c->limits.files) &&
           number_of(argv[WARDEN_PROCESSES], 256, &c->limits.processes) &&
           number_of(argv[WARDEN_ROOM], UINT64_C(1) << 28, &c->limits.room) &&
           number_of(argv[WARDEN_INODES], 16384, &c->limits.inodes);
}

/* The process that becomes the program. */
static void program_main(struct cage *c)
{
    cage_enter(c);
    _exit(STATUS_LOST);
}

/* Process 1 of a namespace: it holds nothing but the namespace. */
static void first_main(struct cage *c)
{
    int wait = 0;
    int status = STATUS_LOST;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    pid_t program = fork();
    if (program == 0)
        program_main(c);
    (void)close_range(0, ~0U, 0);
    for (;;) {
        pid_t pid = program < 0 ? -1 : waitpid(-1, &wait, 0);
        if (pid == program && program > 0)
            status = status_of(wait);
        if (pid == program || (pid < 0 && errno != EINTR))
            _exit(status);
    }
}

/* Signals as a program expects them. */
static void signals_reset(void)
{
    sigset_t none;
    (void)sigemptyset(&none);
    (void)pthread_sigmask(SIG_SETMASK, &none, NULL);
    (void)signal(SIGTERM, SIG_DFL);
    (void)signal(SIGHUP, SIG_DFL);
    (void)signal(SIGINT, SIG_DFL);
}

static bool program_start(struct warden *w)
{
    int told[2];
    if (pipe2(told, O_CLOEXEC) != 0)
        return false;
    w->told = told[0];
    w->cage.told = told[1];
    w->child = fork();
    if (w->child == 0) {
        signals_reset();
        if ((w->cage.held & CHILD_PROCESSES) != 0)
            first_main(&w->cage);
        program_main(&w->cage);
    }
    (void)close(told[1]);
    return w->child > 0;
}

/* What the program says of its cage; the end of it is its first instruction, or its last. */
static void hear(struct warden *w)
{
    struct child_report r;
    ssize_t n = read(w->told, &r, sizeof r);
    if (n == (ssize_t)sizeof r) {
        w->report = r;
        return;
    }
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    (void)close(w->told);
    w->told = -1;
    if (w->report.text[0] == '\0' && w->report.news == CHILD_REFUSED)
        (void)snprintf(w->report.text, sizeof w->report.text, "its process ended before it began");
    say(&w->report);
}

/* Everybody who has ended. The program's own end is what counts. */
static void reap(struct warden *w)
{
    int wait;
    pid_t pid;
    while ((pid = waitpid(-1, &wait, WNOHANG)) > 0) {
        if (pid == w->child) {
            w->gone = true;
            w->status = status_of(wait);
        }
    }
}

/* SIGTERM for the program's group. Process 1 of a namespace cannot be asked: it has no handler, so
 * that the kernel drops what does not kill; its one child is asked instead. */
static void ask_to_go(struct warden *w)
{
    char path[64];
    char text[32] = "";
    uint64_t pid;
    w->kill_at = (dur_t){ clock_mono().us + DUR_MS(GRACE_MS).us };
    if ((w->cage.held & CHILD_PROCESSES) == 0) {
        (void)kill(-w->child, SIGTERM);
        return;
    }
    (void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", w->child, w->child);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        (void)close(fd);
    str_t all = str_of(text, n > 0 ? (size_t)n : 0);
    if (num_parse_u64(str_sub(all, 0, str_find(all, ' ')), &pid) == E_OK && pid > 1 &&
        pid <= INT_MAX)
        (void)kill(-(pid_t)pid, SIGTERM);
}

/* One round; false: everything must go now. */
static bool watch(struct warden *w)
{
    struct pollfd fds[] = { { .fd = WARDEN_CONTROL, .events = POLLIN },
                            { .fd = w->signals, .events = POLLIN },
                            { .fd = w->told, .events = POLLIN } };
    char word[8];
    struct signalfd_siginfo info;
    int left_ms = -1;
    if (w->kill_at.us != 0) {
        int64_t left = (w->kill_at.us - clock_mono().us) / 1000;
        if (left <= 0)
            return false;
        left_ms = left < GRACE_MS ? (int)left + 1 : GRACE_MS;
    }
    if (poll(fds, ARRAY_LEN(fds), left_ms) < 0 && errno != EINTR)
        return false;
    if (fds[0].revents != 0) {
        ssize_t n = recv(WARDEN_CONTROL, word, sizeof word, MSG_DONTWAIT);
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
            return false; /* the server is gone, or wants it so */
        if (n > 0 && w->kill_at.us == 0)
            ask_to_go(w);
    }
    if (w->told >= 0 && fds[2].revents != 0)
        hear(w);
    while (read(w->signals, &info, sizeof info) > 0)
        continue;
    reap(w);
    return !w->gone;
}

static bool warden_prepare(struct warden *w, const char *temp)
{
    sigset_t ended;
    (void)sigemptyset(&ended);
    (void)sigaddset(&ended, SIGCHLD);
    /* A stop of the whole service asks every process of it: the server decides, not they. */
    (void)signal(SIGTERM, SIG_IGN);
    (void)signal(SIGHUP, SIG_IGN);
    (void)signal(SIGINT, SIG_IGN);
    (void)umask(0077);
    if (fcntl(WARDEN_CONTROL, F_SETFD, FD_CLOEXEC) != 0 ||
        close_range(WARDEN_CONTROL + 1, ~0U, 0) != 0 ||
        prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0 ||
        pthread_sigmask(SIG_BLOCK, &ended, NULL) != 0)
        return false;
    w->signals = signalfd(-1, &ended, SFD_CLOEXEC | SFD_NONBLOCK);
    return w->signals >= 0 && workdir_make(temp, w->work);
}

/* The server gets the socket, and keeps it: a socket stays in the namespace that it was made in. */
static bool door_give(int fd)
{
    struct child_report r;
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } with;
    struct iovec part = { .iov_base = &r, .iov_len = sizeof r };
    struct msghdr m = { .msg_iov = &part,
                        .msg_iovlen = 1,
                        .msg_control = with.room,
                        .msg_controllen = sizeof with.room };
    memset(&r, 0, sizeof r); /* its gaps go over the socket too */
    memset(&with, 0, sizeof with);
    r.news = CHILD_DOOR_MADE;
    with.head = (struct cmsghdr){ .cmsg_level = SOL_SOCKET,
                                  .cmsg_type = SCM_RIGHTS,
                                  .cmsg_len = CMSG_LEN(sizeof fd) };
    memcpy(CMSG_DATA(&with.head), &fd, sizeof fd);
    return sendmsg(WARDEN_CONTROL, &m, MSG_NOSIGNAL) == (ssize_t)sizeof r;
}

/* Without a namespace of its own its connections would be everybody's: then it does not start. */
static bool door_open(struct warden *w, char why[static CHILD_TEXT_MAX])
{
    if (w->cage.reach != CHILD_DOOR)
        return true;
    if ((w->cage.held & CHILD_NETWORK) == 0) {
        (void)snprintf(why, CHILD_TEXT_MAX,
                       "network:HOST wants a network namespace, and this process may make none: "
                       "allow it (user.max_user_namespaces, kernel.unprivileged_userns_clone, "
                       "RestrictNamespaces= of its unit)");
        return false;
    }
    int fd = space_door(&w->cage);
    bool good = fd >= 0 && door_give(fd);
    if (!good)
        (void)snprintf(why, CHILD_TEXT_MAX, "the address of its proxy cannot be made: %s",
                       strerrordesc_np(errno));
    if (fd >= 0)
        (void)close(fd);
    return good;
}

/* What it is to write in lies there already: a name that is wrong would be found too late. */
static bool writes_check(const struct cage *c, char why[static CHILD_TEXT_MAX])
{
    for (size_t i = 0; i < c->write_n; i++) {
        int fd = open(c->write[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0) {
            (void)snprintf(why, CHILD_TEXT_MAX, "write:%s: %s", c->write[i],
                           strerrordesc_np(errno));
            return false;
        }
        (void)close(fd);
    }
    return true;
}

/* All that can be wrong before there is a process of it. */
static bool warden_build(struct warden *w, const char *sha256, child_digest_f *digest,
                         char why[static CHILD_TEXT_MAX])
{
    if (strcmp(sha256, (const char[]){ WARDEN_FLAG_NONE, '\0' }) != 0 &&
        !pin_check(&w->cage, sha256, digest, why))
        return false;
    if (!writes_check(&w->cage, why))
        return false;
    space_enter(&w->cage);
    return door_open(w, why);
}

/* From the start of the program to its end. */
static void warden_run(struct warden *w)
{
    /* Threads are counted by user. In a namespace of users there is only the program; else all that
     * are there already, of the same user, count too. */
    if (geteuid() == 0 || (w->cage.held & CHILD_PROCESSES) == 0)
        w->cage.limits.processes += tree_threads_of(geteuid() == 0 ? CAGE_NOBODY : geteuid());
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* from now on /proc/self is root's: not before it */
    if (!program_start(w))
        say_news(CHILD_REFUSED, 0, "no process can be made");
    (void)close_range(0, WARDEN_CONTROL - 1, 0); /* the pipes are the program's alone */
    while (w->child > 0 && watch(w))
        continue;
    while (w->told >= 0 && w->gone)
        hear(w); /* why it never began */
    if (w->child > 0 && !w->gone)
        (void)kill(w->child, SIGKILL);
    tree_kill();
}

int child_warden_main(int argc, char **argv, child_digest_f *digest)
{
    struct warden w = { .cage.program = -1, .told = -1, .report = { .news = CHILD_REFUSED } };
    const char *temp = NULL;
    char text[CHILD_TEXT_MAX];
    if (!words_read(argc, argv, &w.cage, &temp))
        return STATUS_LOST;
    w.cage.work = w.work;
    if (!warden_prepare(&w, temp)) {
        (void)snprintf(text, sizeof text, "%s: %s", temp, strerrordesc_np(errno));
        say_news(CHILD_REFUSED, 0, text);
        return STATUS_LOST;
    }
    if (warden_build(&w, argv[WARDEN_SHA256], digest, text))
        warden_run(&w);
    else
        say_news(CHILD_REFUSED, 0, text);
    space_leave(&w.cage);
    (void)workdir_remove(w.work);
    say_news(CHILD_EXITED, w.gone ? w.status : STATUS_SIGNAL + SIGKILL, "");
    return 0;
}
