/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/os/part.h"

#include "base/fault.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* ".NAME.seneschal-part": nobody else calls a file so. */
#define PART_TAIL ".seneschal-part"
enum { PART_TRIES = 8 };

static void fd_closep(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd); /* what had to be durable was synced before */
}

/* A system call that a test makes fail. */
static bool part_fault(void)
{
    if (!fault_here())
        return false;
    errno = EIO;
    return true;
}

static err_t part_taken(struct diag *why, const char *path)
{
    return FAIL(why, E_CONFLICT, "%s: is there already: name another file", path);
}

static err_t part_fail(struct diag *why, const char *path)
{
    err_t e = errno == ENOENT                      ? E_NOT_FOUND
              : errno == ENOSPC || errno == EDQUOT ? E_DISK_FULL
                                                   : E_IO;
    return FAIL(why, e, "%s: %s", path, strerrordesc_np(errno));
}

/* Does the name still stand for the file that is open? */
static bool part_stands(int dir, const char *name, int fd)
{
    struct stat here;
    struct stat there;
    return fstat(fd, &here) == 0 && fstatat(dir, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(there.st_mode) && here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

/* Who has the lock is alone in taking the name away: a file that is made anew under it is another,
 * and made only once this one has gone. */
static void part_sweep_one(int dir, const char *name)
{
    CLEANUP(fd_closep)
    int fd = openat(dir, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 && part_stands(dir, name, fd))
        (void)unlinkat(dir, name, 0); /* one that stays is no copy by its name */
}

static bool is_part(str_t name)
{
    return str_starts(name, STR(".")) && str_ends(name, STR(PART_TAIL));
}

static size_t name_begin(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

/* The directory of `to`, open. */
static int part_directory(const char *to)
{
    char dir[PATH_MAX] = ".";
    size_t n = name_begin(to);
    if (n >= sizeof dir) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (n > 0) {
        memcpy(dir, to, n);
        dir[n] = '\0';
    }
    return part_fault() ? -1 : open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void part_sweep(int dir)
{
    int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    if (d == NULL) {
        fd_closep(&fd);
        return;
    }
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): a stream of this call alone */
    for (struct dirent *f = readdir(d); f != NULL; f = readdir(d)) {
        if (is_part(str_from_cz(f->d_name)))
            part_sweep_one(dir, f->d_name);
    }
    (void)closedir(d);
}

void file_part_sweep(const char *to)
{
    CLEANUP(fd_closep) int dir = part_directory(to);
    if (dir >= 0)
        part_sweep(dir);
}

/* E_AGAIN: somebody swept it away before it was locked. */
static err_t part_make(int dir, const char *name, struct file_part *p, struct diag *why)
{
    int fd = part_fault()
                 ? -1
                 : openat(dir, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 && errno == EEXIST)
        return FAIL(why, E_CONFLICT, "%s: another process makes it now", p->to);
    if (fd < 0)
        return part_fail(why, p->path);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 || !part_stands(dir, name, fd)) {
        (void)close(fd); /* nothing was written */
        return E_AGAIN;
    }
    p->fd = fd;
    return E_OK;
}

err_t file_part_open(struct arena *a, const char *to, struct diag *why, struct file_part *ret)
{
    struct file_part p = { .fd = -1, .to = to };
    size_t n = name_begin(to);
    str_t path;
    TRY(str_format(a, &path, "%.*s.%s" PART_TAIL, (int)n, to, to + n));
    p.path = path.p;
    CLEANUP(fd_closep) int dir = part_directory(to);
    if (dir < 0)
        return part_fail(why, to);
    part_sweep(dir);
    err_t e = E_AGAIN;
    for (int i = 0; i < PART_TRIES && e == E_AGAIN; i++)
        e = part_make(dir, p.path + n, &p, why);
    TRY(e);
    if (faccessat(dir, to + n, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
        file_part_drop(&p);
        return part_taken(why, to);
    }
    *ret = p;
    return E_OK;
}

/* NFS knows no rename that replaces nothing, FAT no second name. */
static int part_rename(int dir, const char *from, const char *to)
{
    if (renameat2(dir, from, dir, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    if (linkat(dir, from, dir, to, 0) != 0)
        return -1;
    (void)unlinkat(dir, from, 0); /* one that stays is swept by the next */
    return 0;
}

static err_t part_place(const struct file_part *p, struct diag *why)
{
    size_t n = name_begin(p->to);
    CLEANUP(fd_closep) int dir = part_directory(p->to);
    if (dir < 0)
        return part_fail(why, p->to);
    if (part_fault() || part_rename(dir, p->path + n, p->to + n) != 0)
        return errno == EEXIST ? part_taken(why, p->to) : part_fail(why, p->to);
    if (!part_fault() && fsync(dir) == 0)
        return E_OK;
    err_t e = part_fail(why, p->to);
    (void)unlinkat(dir, p->to + n, 0); /* what is not durable is not kept */
    return e;
}

err_t file_part_keep(struct file_part *p, struct diag *why)
{
    err_t e = part_place(p, why);
    if (e != E_OK) {
        file_part_drop(p);
        return e;
    }
    (void)close(p->fd); /* its maker has synced it */
    p->fd = -1;
    return E_OK;
}

void file_part_drop(struct file_part *p)
{
    if (p->fd < 0)
        return;
    (void)unlink(p->path); /* one that stays is swept by the next */
    (void)close(p->fd);
    p->fd = -1;
}
