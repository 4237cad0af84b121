/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/os/file.h"
#include "base/fault.h"
#include "base/rng.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_TEMP_TRIES = 8 };

static void file_closep(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd); /* what had to be durable was fsynced before */
}

static err_t file_fail(struct diag *why, const char *what, const char *path)
{
    static const struct {
        int number;
        err_t e;
    } rows[] = {
        { ENOENT, E_NOT_FOUND }, { ENOSPC, E_DISK_FULL }, { EDQUOT, E_DISK_FULL },
        { EEXIST, E_CONFLICT },  { ENOMEM, E_NO_MEMORY },
    };
    int number = errno;
    err_t e = E_IO;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].number == number)
            e = rows[i].e;
    }
    char text[96];
    return FAIL(why, e, "%s: %s: %s", path, what, strerror_r(number, text, sizeof text));
}

/* A system call that a test makes fail. */
static bool file_fault(void)
{
    if (!fault_here())
        return false;
    errno = EIO;
    return true;
}

static err_t file_read_fd(struct arena *a, int fd, size_t max, size_t guess, str_t *ret)
{
    size_t room = guess < max ? guess + 1 : max + 1; /* one more shows what grew meanwhile */
    char *p = arena_alloc(a, room);
    if (p == NULL)
        return E_NO_MEMORY;
    size_t n = 0;
    while (n < room) {
        ssize_t got = file_fault() ? -1 : read(fd, p + n, room - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return E_IO;
        if (got == 0)
            break;
        n += (size_t)got;
    }
    if (n > max)
        return E_TOO_BIG;
    *ret = str_of(p, n);
    return E_OK;
}

static err_t file_read_open(struct arena *a, int fd, const char *path, size_t max, struct diag *why,
                            str_t *ret)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return file_fail(why, "stat", path);
    if (S_ISDIR(st.st_mode))
        return FAIL(why, E_IO, "%s: is a directory", path);
    /* A pipe or a file of /proc has no size: then as much as is allowed. */
    size_t guess = S_ISREG(st.st_mode) && st.st_size > 0 ? (size_t)st.st_size : max;
    err_t e = file_read_fd(a, fd, max, guess, ret);
    if (e == E_TOO_BIG)
        return FAIL(why, e, "%s: larger than %zu bytes", path, max);
    return e == E_IO ? file_fail(why, "read", path) : e;
}

err_t file_read(struct arena *a, const char *path, size_t max, struct diag *why, str_t *ret)
{
    CLEANUP(file_closep) int fd = file_fault() ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return file_fail(why, "open", path);
    return file_read_open(a, fd, path, max, why, ret);
}

/* The directory part of `path`, opened; the file's own name. */
static int file_open_parent(const char *path, const char **ret_name)
{
    const char *slash = strrchr(path, '/');
    char dir[PATH_MAX] = ".";
    if (slash != NULL) {
        size_t n = slash == path ? 1 : (size_t)(slash - path);
        if (n >= sizeof dir) {
            errno = ENAMETOOLONG;
            return -1;
        }
        memcpy(dir, path, n);
        dir[n] = '\0';
    }
    *ret_name = slash != NULL ? slash + 1 : path;
    return file_fault() ? -1 : open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static bool file_put_all(int fd, str_t bytes)
{
    while (bytes.n > 0) {
        ssize_t put = file_fault() ? -1 : write(fd, bytes.p, bytes.n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        bytes = str_sub(bytes, (size_t)put, bytes.n);
    }
    return !file_fault() && fsync(fd) == 0;
}

/* A new file in `dir` under a name that nobody else has; the umask takes nothing from `mode`. */
static int file_open_temp(int dir, const char *name, mode_t mode, char temp[static NAME_MAX + 1])
{
    for (int i = 0; i < FILE_TEMP_TRIES; i++) {
        int n = snprintf(temp, NAME_MAX + 1, ".%.200s.%08x", name, (unsigned)rng_u64());
        if (n < 0)
            return -1;
        int fd =
            file_fault() ? -1 : openat(dir, temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd >= 0 && fchmod(fd, mode) == 0)
            return fd;
        if (fd >= 0) {
            (void)close(fd);
            (void)unlinkat(dir, temp, 0);
            return -1;
        }
        if (errno != EEXIST)
            return -1;
    }
    return -1;
}

static err_t file_put_at(int dir, const char *path, mode_t mode, str_t bytes, bool replace,
                         struct diag *why)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    char temp[NAME_MAX + 1];
    CLEANUP(file_closep) int fd = file_open_temp(dir, name, mode, temp);
    if (fd < 0)
        return file_fail(why, "create", path);
    err_t e = E_OK;
    if (!file_put_all(fd, bytes))
        e = file_fail(why, "write", path);
    else if (replace && (file_fault() || renameat(dir, temp, dir, name) != 0))
        e = file_fail(why, "rename", path);
    else if (!replace && (file_fault() || linkat(dir, temp, dir, name, 0) != 0))
        e = file_fail(why, "link", path); /* unlike rename it never replaces */
    if (e != E_OK || !replace)
        (void)unlinkat(dir, temp, 0); /* a name that is left over harms nobody */
    if (e == E_OK && (file_fault() || fsync(dir) != 0))
        e = file_fail(why, "fsync its directory", path);
    return e;
}

static err_t file_put(const char *path, mode_t mode, str_t bytes, bool replace, struct diag *why)
{
    const char *name;
    CLEANUP(file_closep) int dir = file_open_parent(path, &name);
    if (dir < 0)
        return file_fail(why, "open its directory", path);
    return file_put_at(dir, path, mode, bytes, replace, why);
}

err_t file_write_at(int dir, const char *path, mode_t mode, str_t bytes, struct diag *why)
{
    return file_put_at(dir, path, mode, bytes, true, why);
}

err_t file_read_at(struct arena *a, int dir, const char *path, size_t max, struct diag *why,
                   str_t *ret)
{
    const char *slash = strrchr(path, '/');
    CLEANUP(file_closep)
    int fd = file_fault() ? -1
                          : openat(dir, slash != NULL ? slash + 1 : path,
                                   O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 && errno == ELOOP)
        return FAIL(why, E_IO, "%s: is a symbolic link; name the file itself", path);
    if (fd < 0)
        return file_fail(why, "open", path);
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return FAIL(why, E_IO, "%s: is not a file", path);
    return file_read_open(a, fd, path, max, why, ret);
}

err_t file_write(const char *path, mode_t mode, str_t bytes, struct diag *why)
{
    return file_put(path, mode, bytes, true, why);
}

err_t file_create(const char *path, mode_t mode, str_t bytes, struct diag *why)
{
    return file_put(path, mode, bytes, false, why);
}

static bool file_ends_a_line(int fd, off_t size)
{
    char last = '\n';
    return size == 0 || (pread(fd, &last, 1, size - 1) == 1 && last == '\n');
}

err_t file_append(const char *path, mode_t mode, str_t line, struct diag *why)
{
    const char *name;
    struct stat st;
    CLEANUP(file_closep)
    int fd =
        file_fault() ? -1 : open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0 || fstat(fd, &st) != 0)
        return file_fail(why, "open", path);
    bool whole = file_ends_a_line(fd, st.st_size);
    if ((!whole && !file_put_all(fd, STR("\n"))) || !file_put_all(fd, line)) {
        err_t e = file_fail(why, "write", path);
        if (ftruncate(fd, st.st_size) != 0)
            return e; /* readers pass over a line that is cut */
        return e;
    }
    if (st.st_size > 0)
        return E_OK;
    CLEANUP(file_closep) int dir = file_open_parent(path, &name);
    if (dir < 0 || file_fault() || fsync(dir) != 0)
        return file_fail(why, "fsync its directory", path);
    return E_OK;
}

err_t file_size(const char *path, size_t *ret, struct diag *why)
{
    struct stat st;
    if (file_fault() || stat(path, &st) != 0)
        return file_fail(why, "stat", path);
    *ret = (size_t)st.st_size;
    return E_OK;
}

err_t file_remove(const char *path, struct diag *why)
{
    const char *name;
    CLEANUP(file_closep) int dir = file_open_parent(path, &name);
    if (dir < 0)
        return errno == ENOENT ? E_OK : file_fail(why, "open its directory", path);
    if (file_fault() || (unlinkat(dir, name, 0) != 0 && errno != ENOENT))
        return file_fail(why, "remove", path);
    if (file_fault() || fsync(dir) != 0)
        return file_fail(why, "fsync its directory", path);
    return E_OK;
}

err_t file_rename(const char *from, const char *to, struct diag *why)
{
    const char *name;
    CLEANUP(file_closep) int dir = file_open_parent(to, &name);
    if (dir < 0)
        return file_fail(why, "open its directory", to);
    if (file_fault() || renameat(AT_FDCWD, from, dir, name) != 0)
        return file_fail(why, "rename", from);
    if (file_fault() || fsync(dir) != 0)
        return file_fail(why, "fsync its directory", to);
    return E_OK;
}

err_t file_make_dir(const char *path, mode_t mode, struct diag *why)
{
    if (!file_fault() && mkdir(path, mode) == 0) {
        const char *name;
        CLEANUP(file_closep) int parent = file_open_parent(path, &name);
        if (parent < 0 || fsync(parent) != 0)
            return file_fail(why, "fsync its directory", path);
        return chmod(path, mode) == 0 ? E_OK : file_fail(why, "chmod", path);
    }
    struct stat st;
    if (errno != EEXIST)
        return file_fail(why, "make the directory", path);
    if (stat(path, &st) != 0)
        return file_fail(why, "stat", path);
    return S_ISDIR(st.st_mode) ? E_OK : FAIL(why, E_IO, "%s: not a directory", path);
}

err_t file_make_dirs(const char *path, mode_t mode, struct diag *why)
{
    char part[PATH_MAX];
    size_t n = strlen(path);
    if (n >= sizeof part)
        return FAIL(why, E_IO, "the path is longer than %d bytes", PATH_MAX);
    for (size_t i = 1; i < n; i++) {
        if (path[i] != '/')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (access(part, F_OK) != 0)
            TRY(file_make_dir(part, mode, why));
    }
    return file_make_dir(path, mode, why);
}

err_t file_owner(const char *path, mode_t *ret_mode, uid_t *ret_uid)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return file_fail(NULL, "stat", path);
    *ret_mode = st.st_mode & 07777;
    *ret_uid = st.st_uid;
    return E_OK;
}

/* One that root makes in another's directory is the other's: he must be able to open it, too. */
static int lock_open(const char *path)
{
    struct stat st;
    const char *name;
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0 || errno != ENOENT)
        return fd;
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 || geteuid() != 0)
        return fd;
    CLEANUP(file_closep) int dir = file_open_parent(path, &name);
    if (dir >= 0 && fstat(dir, &st) == 0 && st.st_uid != 0)
        (void)!fchown(fd, st.st_uid, st.st_gid); /* then that one says why it cannot start */
    return fd;
}

err_t file_lock(const char *path, struct diag *why, int *ret_fd)
{
    int fd = file_fault() ? -1 : lock_open(path);
    if (fd < 0)
        return file_fail(why, "open", path);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        err_t e = errno == EWOULDBLOCK ? FAIL(why, E_CONFLICT, "%s: another process holds it", path)
                                       : file_fail(why, "lock", path);
        (void)close(fd);
        return e;
    }
    *ret_fd = fd;
    return E_OK;
}

void file_unlock(int fd)
{
    file_closep(&fd);
}

uint64_t file_stamp(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return 0;
    const uint64_t parts[] = { (uint64_t)st.st_dev,          (uint64_t)st.st_ino,
                               (uint64_t)st.st_size,         (uint64_t)st.st_mtim.tv_sec,
                               (uint64_t)st.st_mtim.tv_nsec, (uint64_t)st.st_ctim.tv_sec,
                               (uint64_t)st.st_ctim.tv_nsec };
    uint64_t h = 14695981039346656037U; /* FNV-1a over whole words: no secret is hidden here */
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        h = (h ^ parts[i]) * 1099511628211U;
    return h | 1;
}
