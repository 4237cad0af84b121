/* SPDX-License-Identifier: Apache-2.0 */
/* Every process that descends from this one. */
#include "plat/os/warden.h"

#include "base/clock.h"
#include "base/num.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TREE_WAIT_MS = 5000, TREE_STEP_MS = 2, PROCESSES_MAX = 4096 };

struct tree {
    pid_t pid[PROCESSES_MAX];
    pid_t parent[PROCESSES_MAX];
    bool ours[PROCESSES_MAX];
    size_t n;
};

/* The fourth field of /proc/PID/stat; the second, a name, may hold blanks and brackets. */
static pid_t parent_of(const char *pid)
{
    char path[64];
    char text[512];
    uint64_t parent;
    (void)snprintf(path, sizeof path, "/proc/%s/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? 0 : read(fd, text, sizeof text);
    ssize_t n = got < 0 ? 0 : got;
    if (fd >= 0)
        (void)close(fd);
    while (n > 0 && text[n - 1] != ')')
        n--;
    /* ") S 123 ..." */
    str_t rest = str_sub(str_of(text, got > 0 ? (size_t)got : 0), (size_t)n + 3, sizeof text);
    if (num_parse_u64(str_sub(rest, 0, str_find(rest, ' ')), &parent) != E_OK || parent > INT_MAX)
        return 0;
    return (pid_t)parent;
}

/* The number behind the first "NAME:" of a text. */
static uint64_t field_of(str_t text, const char *name)
{
    uint64_t v = 0;
    const char *at = memmem(text.p, text.n, name, strlen(name));
    if (at == NULL)
        return 0;
    size_t from = (size_t)(at - text.p) + strlen(name);
    while (from < text.n && (text.p[from] == ' ' || text.p[from] == '\t'))
        from++;
    while (from < text.n && text.p[from] >= '0' && text.p[from] <= '9')
        v = v * 10 + (uint64_t)(text.p[from++] - '0');
    return v;
}

uint64_t tree_threads_of(uid_t uid)
{
    DIR *proc = opendir("/proc");
    struct dirent *e;
    uint64_t n = 0;
    uint64_t pid;
    while (proc != NULL &&
           (e = readdir(proc)) != NULL) { /* NOLINT(concurrency-mt-unsafe): its own */
        char path[64];
        char text[4096];
        if (num_parse_u64(str_from_cz(e->d_name), &pid) != E_OK)
            continue;
        (void)snprintf(path, sizeof path, "/proc/%llu/status", (unsigned long long)pid);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t got = fd < 0 ? 0 : read(fd, text, sizeof text);
        str_t status = str_of(text, got > 0 ? (size_t)got : 0);
        if (got > 0 && field_of(status, "\nUid:") == uid)
            n += field_of(status, "\nThreads:");
        if (fd >= 0)
            (void)close(fd);
    }
    if (proc != NULL)
        (void)closedir(proc);
    return n;
}

static void tree_read(struct tree *t)
{
    DIR *proc = opendir("/proc");
    struct dirent *e;
    uint64_t pid;
    t->n = 0;
    while (proc != NULL && t->n < PROCESSES_MAX &&
           (e = readdir(proc)) != NULL) { /* NOLINT(concurrency-mt-unsafe): its own */
        if (num_parse_u64(str_from_cz(e->d_name), &pid) != E_OK || pid > INT_MAX)
            continue;
        t->pid[t->n] = (pid_t)pid;
        t->parent[t->n] = parent_of(e->d_name);
        t->ours[t->n] = t->parent[t->n] == getpid();
        t->n++;
    }
    if (proc != NULL)
        (void)closedir(proc);
}

static bool is_ours(const struct tree *t, pid_t pid)
{
    for (size_t i = 0; i < t->n; i++) {
        if (t->pid[i] == pid)
            return t->ours[i];
    }
    return false;
}

static void tree_mark(struct tree *t)
{
    bool more = true;
    while (more) {
        more = false;
        for (size_t i = 0; i < t->n; i++) {
            if (!t->ours[i] && is_ours(t, t->parent[i])) {
                t->ours[i] = true;
                more = true;
            }
        }
    }
}

/* Has everybody been waited for? */
static bool nobody_left(void)
{
    pid_t pid;
    do {
        pid = waitpid(-1, NULL, WNOHANG);
    } while (pid > 0);
    return pid < 0 && errno == ECHILD;
}

void tree_kill(void)
{
    dur_t until = { clock_mono().us + DUR_MS(TREE_WAIT_MS).us };
    struct tree *t = NULL;
    while (!nobody_left() && clock_mono().us < until.us) {
        if (t == NULL)
            t = calloc(1, sizeof *t);
        if (t != NULL) {
            tree_read(t);
            tree_mark(t);
            for (size_t i = 0; i < t->n; i++) {
                if (t->ours[i])
                    (void)kill(t->pid[i], SIGKILL);
            }
        }
        (void)poll(NULL, 0, TREE_STEP_MS);
    }
    free(t);
}
