/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/os/copy.h"

#include "base/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COPY_STEP = 4 * 1024 * 1024 };

static void fd_closep(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd); /* what had to be durable was fsynced before */
}

static err_t copy_fail(struct diag *why, const char *path)
{
    err_t e = errno == ENOENT                      ? E_NOT_FOUND
              : errno == EEXIST                    ? E_CONFLICT
              : errno == ENOSPC || errno == EDQUOT ? E_DISK_FULL
                                                   : E_IO;
    return FAIL(why, e, "%s: %s", path, strerrordesc_np(errno));
}

/* A system call that a test makes fail. */
static int copy_fault(void)
{
    errno = EIO;
    return -1;
}

/* One that is cut while it is copied ends where it ends: sendfile says 0. */
static err_t copy_bytes(int in, int out, off_t total, const struct watch *watch)
{
    off_t done = 0;
    while (done < total) {
        ssize_t n = fault_here() ? copy_fault() : sendfile(out, in, NULL, COPY_STEP);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return E_IO;
        if (n == 0)
            break;
        done += n;
        watch_tell(watch, done, total);
    }
    return (fault_here() ? copy_fault() : fsync(out)) != 0 ? E_IO : E_OK;
}

err_t file_copy(const char *from, const char *to, mode_t mode, const struct watch *watch,
                struct diag *why)
{
    struct stat st;
    CLEANUP(fd_closep) int in = fault_here() ? copy_fault() : open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0 || fstat(in, &st) != 0)
        return copy_fail(why, from);
    if (!S_ISREG(st.st_mode))
        return FAIL(why, E_IO, "%s: is no file", from);
    CLEANUP(fd_closep)
    int out = fault_here() ? copy_fault()
                           : open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (out < 0)
        return copy_fail(why, to);
    if (copy_bytes(in, out, st.st_size, watch) == E_OK)
        return E_OK;
    err_t e = copy_fail(why, to);
    (void)unlink(to);
    return e;
}
