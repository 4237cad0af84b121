/* SPDX-License-Identifier: Apache-2.0 */
/* The directory of one child, and its removal: whoever wrote in it was no friend of ours. */
#include "plat/os/warden.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

bool workdir_make(const char *temp, char *path)
{
    int n = snprintf(path, PATH_MAX, "%s/seneschal-child-XXXXXX", temp);
    if (temp[0] != '/' || n < 0 || n >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    if (mkdtemp(path) == NULL)
        return false;
    return geteuid() != 0 || chown(path, CAGE_NOBODY, CAGE_NOBODY) == 0;
}

static bool is_dots(const char *name)
{
    return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

/* Its owner may have closed a directory to himself; who may not write in one cannot move it either.
 * A link is never followed, and nobody is left who could put one in its place. */
static bool open_up(int dir, const char *name)
{
    struct stat st;
    return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode) &&
           fchmodat(dir, name, 0700, 0) == 0;
}

/* What is no directory goes; what is one is moved up into `top`, under a name that is new there. So
 * nothing is ever deeper than two, and a path of a million steps is as good as any other. */
static void flatten(int top, int dir, uint64_t *serial)
{
    DIR *list = fdopendir(dir);
    struct dirent *e;
    char name[32];
    while (list != NULL &&
           (e = readdir(list)) != NULL) { /* NOLINT(concurrency-mt-unsafe): its own */
        if (is_dots(e->d_name) || unlinkat(dirfd(list), e->d_name, 0) == 0 ||
            !open_up(dirfd(list), e->d_name))
            continue;
        (void)snprintf(name, sizeof name, "up-%llu", (unsigned long long)(*serial)++);
        (void)renameat2(dirfd(list), e->d_name, top, name, RENAME_NOREPLACE);
    }
    if (list != NULL)
        (void)closedir(list);
    else
        (void)close(dir);
}

/* One directory in `top`; false: it cannot go. */
static bool sweep(int top, const char *name, uint64_t *serial)
{
    if (unlinkat(top, name, 0) == 0 || unlinkat(top, name, AT_REMOVEDIR) == 0)
        return true;
    int dir = open_up(top, name)
                  ? openat(top, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                  : -1;
    if (dir >= 0)
        flatten(top, dir, serial);
    return unlinkat(top, name, AT_REMOVEDIR) == 0;
}

/* Once over what stands in `top`; how many could go. */
static size_t sweep_all(int top, uint64_t *serial)
{
    size_t gone = 0;
    int again = openat(top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = again < 0 ? NULL : fdopendir(again);
    struct dirent *e;
    while (list != NULL && (e = readdir(list)) != NULL) /* NOLINT(concurrency-mt-unsafe): its own */
        gone += !is_dots(e->d_name) && sweep(top, e->d_name, serial) ? 1 : 0;
    if (list != NULL)
        (void)closedir(list);
    else if (again >= 0)
        (void)close(again);
    return gone;
}

bool workdir_remove(const char *path)
{
    uint64_t serial = 0;
    int top = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (top < 0 && chmod(path, 0700) == 0)
        top = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (top < 0)
        return false;
    (void)fchmod(top, 0700);
    while (sweep_all(top, &serial) > 0)
        continue;
    (void)close(top);
    return rmdir(path) == 0;
}
