/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/os/machine.h"

#include "base/num.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/timex.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 512, SYNC_TRIES = 5, SYNC_BYTES = 4096, TCP_LISTEN = 10 };

/* Five times what every commit does: a few bytes, then fdatasync. */
static dur_t fsync_median(const char *dir)
{
    static const char zeros[SYNC_BYTES];
    int64_t took[SYNC_TRIES];
    int fd = open(dir, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    bool ok = fd >= 0;
    for (size_t i = 0; ok && i < SYNC_TRIES; i++) {
        dur_t from = clock_mono();
        ok = write(fd, zeros, sizeof zeros) == (ssize_t)sizeof zeros && fdatasync(fd) == 0;
        int64_t us = clock_mono().us - from.us;
        size_t at = i;
        for (; at > 0 && took[at - 1] > us; at--)
            took[at] = took[at - 1];
        took[at] = us;
    }
    if (fd >= 0)
        (void)close(fd);
    return (dur_t){ ok ? took[SYNC_TRIES / 2] : 0 };
}

err_t machine_disk_free(const char *dir, uint64_t *ret_bytes)
{
    struct statvfs fs;
    if (statvfs(dir, &fs) != 0)
        return E_IO;
    *ret_bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
    return E_OK;
}

err_t machine_disk(const char *dir, struct machine_disk *ret)
{
    struct statvfs fs;
    if (statvfs(dir, &fs) != 0)
        return E_IO;
    struct machine_disk d = {
        .free_bytes = (uint64_t)fs.f_bavail * fs.f_frsize,
        .free_files = fs.f_favail,
        .files = fs.f_files,
        .read_only = (fs.f_flag & ST_RDONLY) != 0,
    };
    if (!d.read_only)
        d.fsync = fsync_median(dir);
    *ret = d;
    return E_OK;
}

err_t machine_clock_synced(bool *ret)
{
    struct timex t = { .modes = 0 };
    int state = adjtimex(&t);
    if (state < 0)
        return E_IO;
    *ret = state != TIME_ERROR && (t.status & STA_UNSYNC) == 0;
    return E_OK;
}

/* Each line of a file of /proc to `see` until it says true. */
static bool each_line(const char *path, bool (*see)(void *arg, char *line), void *arg)
{
    char line[LINE_MAX_BYTES];
    bool found = false;
    FILE *f = fopen(path, "re");
    while (f != NULL && !found && fgets(line, sizeof line, f) != NULL)
        found = see(arg, line);
    if (f != NULL)
        (void)fclose(f);
    return found;
}

struct socket_of {
    uint16_t port;
    unsigned long inode;
};

/* "sl local_address rem_address st ... inode", addresses and state in hex. */
static bool see_socket(void *arg, char *line)
{
    struct socket_of *s = arg;
    unsigned port = 0;
    unsigned state = 0;
    unsigned long inode = 0;
    /* A line of the kernel's own: what does not match is passed over. */
    /* NOLINTNEXTLINE(cert-err34-c) */
    int n = sscanf(line, " %*d: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x %*s %*s %*s %*s %*s %lu",
                   &port, &state, &inode);
    if (n != 3 || state != TCP_LISTEN || port != s->port)
        return false;
    s->inode = inode;
    return true;
}

static bool holds_socket(const char *pid, const char *link)
{
    char path[LINE_MAX_BYTES];
    char to[LINE_MAX_BYTES];
    bool found = false;
    (void)snprintf(path, sizeof path, "/proc/%.20s/fd", pid);
    DIR *fds = opendir(path);
    struct dirent *e;
    while (fds != NULL && !found &&
           (e = readdir(fds)) != NULL) { /* NOLINT(concurrency-mt-unsafe) */
        ssize_t n = readlinkat(dirfd(fds), e->d_name, to, sizeof to);
        found = n > 0 && str_eq(str_of(to, (size_t)n), str_from_cz(link));
    }
    if (fds != NULL)
        (void)closedir(fds);
    return found;
}

static void name_of(pid_t pid, char ret[MACHINE_NAME_MAX])
{
    char path[LINE_MAX_BYTES];
    (void)snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
    FILE *f = fopen(path, "re");
    ret[0] = '\0';
    if (f != NULL && fgets(ret, MACHINE_NAME_MAX, f) != NULL)
        ret[strcspn(ret, "\n")] = '\0';
    if (f != NULL)
        (void)fclose(f);
}

static pid_t pid_of(const char *text)
{
    int64_t n = 0;
    return num_parse_i64(str_from_cz(text), &n) == E_OK && n > 0 && n <= INT32_MAX ? (pid_t)n : 0;
}

err_t machine_port_holder(uint16_t port, struct machine_holder *ret)
{
    struct socket_of s = { .port = port };
    struct machine_holder h = { 0 };
    char link[LINE_MAX_BYTES];
    if (!each_line("/proc/net/tcp", see_socket, &s) && !each_line("/proc/net/tcp6", see_socket, &s))
        return E_NOT_FOUND;
    (void)snprintf(link, sizeof link, "socket:[%lu]", s.inode);
    DIR *all = opendir("/proc");
    struct dirent *e;
    while (all != NULL && h.pid == 0 &&
           (e = readdir(all)) != NULL) { /* NOLINT(concurrency-mt-unsafe) */
        pid_t pid = pid_of(e->d_name);
        if (pid != 0 && holds_socket(e->d_name, link))
            h.pid = pid;
    }
    if (all != NULL)
        (void)closedir(all);
    if (h.pid != 0)
        name_of(h.pid, h.name);
    *ret = h;
    return E_OK;
}

struct lock_of {
    struct stat file;
    pid_t pid;
};

/* "1: FLOCK  ADVISORY  WRITE 123 08:01:4711 0 EOF" */
static bool see_lock(void *arg, char *line)
{
    struct lock_of *l = arg;
    int pid = 0;
    unsigned major_n = 0;
    unsigned minor_n = 0;
    unsigned long inode = 0;
    /* A line of the kernel's own: what does not match is passed over. */
    /* NOLINTNEXTLINE(cert-err34-c) */
    int n = sscanf(line, "%*d: FLOCK %*s %*s %d %x:%x:%lu", &pid, &major_n, &minor_n, &inode);
    if (n != 4 || inode != l->file.st_ino || major_n != major(l->file.st_dev) ||
        minor_n != minor(l->file.st_dev))
        return false;
    l->pid = pid;
    return true;
}

err_t machine_lock_holder(const char *file, struct machine_holder *ret)
{
    struct lock_of l = { .pid = 0 };
    struct machine_holder h = { 0 };
    if (stat(file, &l.file) != 0 || !each_line("/proc/locks", see_lock, &l))
        return E_NOT_FOUND;
    h.pid = l.pid;
    if (h.pid > 0)
        name_of(h.pid, h.name);
    *ret = h;
    return E_OK;
}

uint64_t machine_files_max(void)
{
    struct rlimit files;
    return getrlimit(RLIMIT_NOFILE, &files) == 0 ? files.rlim_max : 0;
}

static bool see_number(void *arg, char *line)
{
    int64_t n = 0;
    line[strcspn(line, "\n")] = '\0';
    if (num_parse_i64(str_from_cz(line), &n) != E_OK || n < 0)
        return false; /* "max" */
    *(uint64_t *)arg = (uint64_t)n;
    return true;
}

uint64_t machine_memory(void)
{
    uint64_t limit = 0;
    long pages = sysconf(_SC_PHYS_PAGES);
    long size = sysconf(_SC_PAGESIZE);
    uint64_t whole = pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size : 0;
    bool limited = each_line("/sys/fs/cgroup/memory.max", see_number, &limit);
    return limited && (whole == 0 || limit < whole) ? limit : whole;
}

bool machine_strict_overcommit(void)
{
    uint64_t mode = 0;
    return each_line("/proc/sys/vm/overcommit_memory", see_number, &mode) && mode == 2;
}
