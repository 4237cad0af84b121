/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/os/owned.h"
#include "base/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OWNED_STEP = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, OWNED_DIR_MODE = 0755 };

void owned_closep(const int *dir)
{
    if (*dir >= 0)
        (void)close(*dir);
}

static err_t owned_fail(struct diag *why, const char *what, str_t path)
{
    err_t e = errno == ENOENT ? E_NOT_FOUND : errno == ENOSPC ? E_DISK_FULL : E_IO;
    char text[96];
    return FAIL(why, e, "%.*s: %s: %s", STR_ARG(path), what, strerror_r(errno, text, sizeof text));
}

/* `last`: our file will stand in it. */
static err_t owned_look(int dir, str_t path, bool last, struct diag *why)
{
    struct stat st;
    if (fault_here() || fstat(dir, &st) != 0)
        return owned_fail(why, "stat", path);
    if (S_ISLNK(st.st_mode))
        return FAIL(why, E_IO, "%.*s: is a symbolic link; name the directory itself",
                    STR_ARG(path));
    if (!S_ISDIR(st.st_mode))
        return FAIL(why, E_IO, "%.*s: is not a directory", STR_ARG(path));
    if (st.st_uid != 0 && st.st_uid != geteuid())
        return FAIL(why, E_IO, "%.*s: belongs to user %u; chown it to root or the agent's user",
                    STR_ARG(path), (unsigned)st.st_uid);
    bool open = (st.st_mode & (S_IWGRP | S_IWOTH)) != 0;
    if (open && (last || (st.st_mode & S_ISVTX) == 0))
        return FAIL(why, E_IO, "%.*s: others can write there; chmod go-w", STR_ARG(path));
    return E_OK;
}

/* One step down from *dir, which is closed; `path` ends with this step. */
static err_t owned_step(int *dir, str_t path, str_t step, bool make, struct diag *why)
{
    char name[NAME_MAX + 1];
    if (step.n == 0 || step.n > NAME_MAX || str_eq(step, STR(".")) || str_eq(step, STR("..")))
        return FAIL(why, E_BAD_FIELD, "%.*s: want an absolute path without . and ..",
                    STR_ARG(path));
    memcpy(name, step.p, step.n);
    name[step.n] = '\0';
    if (make && mkdirat(*dir, name, OWNED_DIR_MODE) != 0 && errno != EEXIST)
        return owned_fail(why, "make the directory", path);
    /* Without O_DIRECTORY a link opens as itself, and can be told from a file. */
    int next = fault_here() ? -1 : openat(*dir, name, OWNED_STEP & ~O_DIRECTORY);
    if (next < 0)
        return owned_fail(why, "open", path);
    (void)close(*dir);
    *dir = next;
    return E_OK;
}

/* The same directory again, to be fsynced. */
static err_t owned_reopen(int dir, str_t path, struct diag *why, int *ret)
{
    int fd = fault_here() ? -1 : openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return owned_fail(why, "open", path);
    *ret = fd;
    return E_OK;
}

err_t owned_open(const char *path, bool make, struct diag *why, int *ret_dir)
{
    str_t all = str_from_cz(path);
    const char *slash = strrchr(path, '/');
    if (all.n == 0 || all.p[0] != '/' || slash[1] == '\0')
        return FAIL(why, E_BAD_FIELD, "%s: want the absolute path of a file", path);
    str_t above = str_sub(all, 0, (size_t)(slash - path));
    CLEANUP(owned_closep) int dir = open("/", OWNED_STEP);
    if (dir < 0)
        return owned_fail(why, "open", STR("/"));
    TRY(owned_look(dir, STR("/"), above.n == 0, why));
    for (size_t at = 0; at < above.n;) {
        str_t rest = str_sub(above, at + 1, above.n);
        str_t step = str_sub(rest, 0, str_find(rest, '/'));
        at += 1 + step.n;
        bool last = at == above.n;
        TRY(owned_step(&dir, str_sub(above, 0, at), step, make && last, why));
        TRY(owned_look(dir, str_sub(above, 0, at), last, why));
    }
    return owned_reopen(dir, above.n == 0 ? STR("/") : above, why, ret_dir);
}

static const char *owned_name(const char *path)
{
    return strrchr(path, '/') + 1; /* owned_open has seen one */
}

err_t owned_mode(int dir, const char *path, unsigned *ret, struct diag *why)
{
    struct stat st;
    if (fault_here() || fstatat(dir, owned_name(path), &st, AT_SYMLINK_NOFOLLOW) != 0)
        return owned_fail(why, "stat", str_from_cz(path));
    *ret = st.st_mode & 07777;
    return E_OK;
}

err_t owned_keep(int dir, const char *path, const char *suffix, struct diag *why)
{
    char to[NAME_MAX + 1];
    int n = snprintf(to, sizeof to, "%s%s", owned_name(path), suffix);
    if (n < 0 || n > NAME_MAX)
        return FAIL(why, E_BAD_FIELD, "%s: its name is too long", path);
    if (linkat(dir, owned_name(path), dir, to, 0) != 0) {
        if (errno == EEXIST)
            return FAIL(why, E_CONFLICT, "%s%s: stands already", path, suffix);
        return owned_fail(why, "keep what stood there", str_from_cz(path));
    }
    return fault_here() || fsync(dir) != 0
               ? owned_fail(why, "fsync its directory", str_from_cz(path))
               : E_OK;
}
