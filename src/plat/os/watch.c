/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/os/watch.h"
#include "base/fault.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

enum {
    WATCH_SETTLE_MS = 100, /* a change is often several */
    WATCH_REST_MS = 1000,
    WATCH_EVENTS = IN_ATTRIB | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_DELETE_SELF | IN_MODIFY |
                   IN_MOVED_FROM | IN_MOVED_TO | IN_MOVE_SELF | IN_ONLYDIR,
};

struct watch {
    int notify;
    int stop;
    pthread_t thread;
    void (*moved)(void *arg);
    void *arg;
};

/* False: it is time to end. */
static bool watch_rest(const struct watch *w, int ms)
{
    struct pollfd stop = { .fd = w->stop, .events = POLLIN };
    return poll(&stop, 1, ms) == 0;
}

/* What has happened is told by the files themselves. */
static void watch_drain(const struct watch *w)
{
    char room[4096];
    while (read(w->notify, room, sizeof room) > 0)
        continue;
}

static void *watch_run(void *arg)
{
    const struct watch *w = arg;
    for (;;) {
        struct pollfd fds[] = { { .fd = w->stop, .events = POLLIN },
                                { .fd = w->notify, .events = POLLIN } };
        if (poll(fds, ARRAY_LEN(fds), -1) < 0 && errno != EINTR)
            return NULL;
        if (fds[0].revents != 0 || !watch_rest(w, WATCH_SETTLE_MS))
            return NULL;
        watch_drain(w);
        w->moved(w->arg);
        if (!watch_rest(w, WATCH_REST_MS))
            return NULL;
    }
}

/* Signals are for the program's own threads. */
static int watch_start(struct watch *w)
{
    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&w->thread, NULL, watch_run, w);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

err_t watch_open(void (*moved)(void *arg), void *arg, struct diag *why, struct watch **ret)
{
    struct watch *w = fault_here() ? NULL : calloc(1, sizeof *w);
    if (w == NULL)
        return E_NO_MEMORY;
    w->moved = moved;
    w->arg = arg;
    w->notify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    w->stop = eventfd(0, EFD_CLOEXEC);
    if (w->notify >= 0 && w->stop >= 0 && watch_start(w) == 0) {
        *ret = w;
        return E_OK;
    }
    if (w->notify >= 0)
        (void)close(w->notify);
    if (w->stop >= 0)
        (void)close(w->stop);
    free(w);
    return FAIL(why, E_IO, "files cannot be watched; raise fs.inotify.max_user_instances");
}

void watch_close(struct watch *w)
{
    if (w == NULL)
        return;
    (void)eventfd_write(w->stop, 1);
    (void)pthread_join(w->thread, NULL);
    (void)close(w->notify);
    (void)close(w->stop);
    free(w);
}

err_t watch_add(struct watch *w, const char *path)
{
    char dir[PATH_MAX];
    str_t above = str_from_cz(path);
    while (above.n > 1 && above.p[above.n - 1] != '/')
        above.n--;
    if (above.n == 0 || above.n >= sizeof dir)
        return E_IO;
    memcpy(dir, above.p, above.n);
    dir[above.n] = '\0';
    if (inotify_add_watch(w->notify, dir, WATCH_EVENTS) >= 0)
        return E_OK;
    return errno == ENOENT ? E_NOT_FOUND : E_IO;
}
