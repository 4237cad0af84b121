/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/db/ballast.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* What must be free beyond the ballast before writing starts again: else the next commit is full
 * once more. */
enum { BALLAST_MARGIN = 4 * 1024 * 1024 };

err_t ballast_init(struct ballast *b, const char *dir)
{
    int n = snprintf(b->path, sizeof b->path, "%s/ballast", dir);
    return n < 0 || (size_t)n >= sizeof b->path ? E_IO : E_OK;
}

static err_t ballast_room(int fd)
{
    struct statvfs fs;
    struct stat file;
    if (fstatvfs(fd, &fs) != 0 || fstat(fd, &file) != 0)
        return E_IO;
    uint64_t held = (uint64_t)file.st_blocks * 512;
    uint64_t room = (uint64_t)fs.f_bavail * fs.f_frsize + held;
    return room >= (uint64_t)BALLAST_SIZE + BALLAST_MARGIN ? E_OK : E_DISK_FULL;
}

err_t ballast_take(const struct ballast *b)
{
    int fd = open(b->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return errno == ENOSPC || errno == EDQUOT ? E_DISK_FULL : E_IO;
    err_t e = ballast_room(fd);
    int code = e == E_OK ? posix_fallocate(fd, 0, BALLAST_SIZE) : 0;
    if (code != 0)
        e = code == ENOSPC || code == EDQUOT || code == EFBIG ? E_DISK_FULL : E_IO;
    (void)close(fd); /* its bytes do not matter, only its blocks */
    if (e != E_OK)
        ballast_release(b);
    return e;
}

void ballast_release(const struct ballast *b)
{
    int failed = truncate(b->path, 0);
    (void)failed; /* one that was never taken holds nothing */
}
