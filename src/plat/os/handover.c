/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/os/handover.h"
#include "base/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

/* Connections are many: their numbers stand in a file of memory, which has a name among the
 * descriptors. */
#define CONNS_NAME "connections"

enum { CONNS_MAX = 1000000, ENV_ROOM = 64 };

struct conns_head {
    int64_t since_us;
    uint64_t n; /* that many numbers follow */
};

static bool same_file(int a, int b)
{
    struct stat x;
    struct stat y;
    return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static bool read_whole(int fd, void *p, size_t n, off_t at)
{
    return pread(fd, p, n, at) == (ssize_t)n;
}

/* What is no connection any more, or never was, is left out. */
static err_t conns_receive(struct arena *a, int fd, struct handover *h)
{
    struct conns_head head;
    if (!read_whole(fd, &head, sizeof head, 0) || head.n > CONNS_MAX)
        return E_OK; /* not from us */
    int *conns = ARENA_ARRAY(a, int, (size_t)head.n + 1);
    if (conns == NULL)
        return E_NO_MEMORY;
    if (!read_whole(fd, conns, (size_t)head.n * sizeof *conns, sizeof head))
        return E_OK;
    size_t n = 0;
    for (size_t i = 0; i < (size_t)head.n; i++) {
        int conn = conns[i] < 0 ? ~conns[i] : conns[i];
        if (fcntl(conn, F_SETFD, FD_CLOEXEC) == 0 &&
            sd_is_socket(conn, AF_UNSPEC, SOCK_STREAM, 0) > 0)
            conns[n++] = conns[i];
    }
    h->conns = conns;
    h->conns_n = n;
    h->since = (dur_t){ head.since_us };
    return E_OK;
}

static bool is_new_socket(const struct handover *h, int fd)
{
    if (h->sockets_n == HANDED_MAX || sd_is_socket(fd, AF_UNSPEC, SOCK_STREAM, 1) <= 0)
        return false;
    for (size_t i = 0; i < h->sockets_n; i++) {
        if (same_file(h->sockets[i].fd, fd))
            return false;
    }
    return true;
}

static err_t handover_sort(struct arena *a, int fd, str_t name, struct handover *h)
{
    err_t e = E_OK;
    if (str_eq(name, STR(CONNS_NAME))) {
        e = conns_receive(a, fd, h);
    } else if (is_new_socket(h, fd)) {
        struct handed *s = &h->sockets[h->sockets_n];
        TRY(str_copy(a, name, &s->name));
        s->fd = fd;
        h->sockets_n++;
        return E_OK;
    }
    (void)close(fd);
    return e;
}

err_t handover_receive(struct arena *a, struct handover *ret)
{
    char **names = NULL;
    struct handover h = { 0 };
    err_t e = E_OK;
    int n = sd_listen_fds_with_names(0, &names); /* the environment stays: getenv runs elsewhere */
    for (int i = 0; i < n; i++) {
        if (e == E_OK)
            e = handover_sort(a, SD_LISTEN_FDS_START + i, str_from_cz(names[i]), &h);
        free(names[i]);
    }
    free(names);
    TRY(e);
    *ret = h;
    return E_OK;
}

/* The environment of the successor, NULL at its end. */
static err_t handover_environment(struct arena *a, const struct handover *h, size_t n, char ***ret)
{
    size_t had = 0;
    size_t k = 0;
    str_t names = STR("");
    while (environ[had] != NULL)
        had++;
    char **env = ARENA_ARRAY(a, char *, had + 4);
    if (env == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < had; i++) {
        if (!str_starts(str_from_cz(environ[i]), STR("LISTEN_")))
            env[k++] = environ[i];
    }
    for (size_t i = 0; i < h->sockets_n; i++)
        TRY(str_format(a, &names, "%.*s%.*s:", STR_ARG(names), STR_ARG(h->sockets[i].name)));
    str_t lines[3];
    TRY(str_format(a, &lines[0], "LISTEN_PID=%d", (int)getpid()));
    TRY(str_format(a, &lines[1], "LISTEN_FDS=%zu", n));
    TRY(str_format(a, &lines[2], "LISTEN_FDNAMES=%.*s" CONNS_NAME, STR_ARG(names)));
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        env[k] = str_cz(a, lines[i]);
        if (env[k++] == NULL)
            return E_NO_MEMORY;
    }
    *ret = env;
    return E_OK;
}

/* Below `least` are the numbers of what is named. */
static int move_above(int fd, int least)
{
    return fd < least ? fcntl(fd, F_DUPFD, least) : fd;
}

static err_t conns_write(const struct handover *h, int least, struct diag *why, int *ret_fd)
{
    struct conns_head head = { .since_us = h->since.us };
    int fd = memfd_create(CONNS_NAME, MFD_CLOEXEC);
    if (fd < 0)
        return FAIL(why, E_IO, "descriptors: %s", strerrordesc_np(errno));
    bool ok = true;
    for (size_t i = 0; ok && i < h->conns_n; i++) {
        bool ends = h->conns[i] < 0;
        int conn = move_above(ends ? ~h->conns[i] : h->conns[i], least);
        if (conn < 0 || fcntl(conn, F_SETFD, 0) != 0)
            continue; /* one that is lost: its client dials again */
        conn = ends ? ~conn : conn;
        off_t at = (off_t)(sizeof head + head.n * sizeof conn);
        ok = pwrite(fd, &conn, sizeof conn, at) == (ssize_t)sizeof conn;
        head.n++;
    }
    ok = ok && pwrite(fd, &head, sizeof head, 0) == (ssize_t)sizeof head;
    *ret_fd = move_above(fd, least);
    if (!ok || *ret_fd < 0)
        return FAIL(why, E_IO, "descriptors: %s", strerrordesc_np(errno));
    return E_OK;
}

err_t handover_become(struct arena *a, const struct handover *h, const char *path,
                      char *const argv[], struct diag *why)
{
    int moved[HANDED_MAX + 1] = { -1 };
    size_t n = h->sockets_n + 1; /* and the connections */
    int least = SD_LISTEN_FDS_START + (int)n;
    char **env = NULL;
    TRY(handover_environment(a, h, n, &env));
    (void)close_range(SD_LISTEN_FDS_START, ~0U, CLOSE_RANGE_CLOEXEC); /* all of ours are already */
    for (size_t i = 0; i < h->sockets_n; i++)
        moved[i] = move_above(h->sockets[i].fd, least);
    TRY(conns_write(h, least, why, &moved[n - 1]));
    for (size_t i = 0; i < n; i++) {
        int at = SD_LISTEN_FDS_START + (int)i;
        if (moved[i] < 0 || dup2(moved[i], at) != at || fcntl(moved[i], F_SETFD, FD_CLOEXEC) != 0)
            return FAIL(why, E_IO, "descriptors: %s", strerrordesc_np(errno));
    }
    (void)execve(path, argv, env);
    return FAIL(why, errno == ENOENT ? E_NOT_FOUND : E_IO, "%s: %s", path, strerrordesc_np(errno));
}

void handover_store(const struct handed *socket)
{
    char text[ENV_ROOM + 256];
    int n = snprintf(text, sizeof text, "FDSTORE=1\nFDNAME=%.*s\nFDPOLL=0", STR_ARG(socket->name));
    if (n > 0 && (size_t)n < sizeof text)
        (void)sd_pid_notify_with_fds(0, 0, text, &socket->fd, 1);
}

void handover_unstore(str_t name)
{
    char text[ENV_ROOM + 256];
    int n = snprintf(text, sizeof text, "FDSTOREREMOVE=1\nFDNAME=%.*s", STR_ARG(name));
    if (n > 0 && (size_t)n < sizeof text)
        (void)sd_notify(0, text);
}
