/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded into a real server: while the file named by DISK_FAULT_FILE exists, making data durable
 * fails with EIO for every open file whose name ends as that file says ("-wal"); of "slow -wal" it
 * takes eleven seconds instead.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What stands in the fault file, without its line end; 0: there is none. */
static size_t fault_read(char *out, size_t size)
{
    const char *name = getenv("DISK_FAULT_FILE");
    int fd = name != NULL ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0)
        return 0;
    ssize_t n = read(fd, out, size - 1);
    (void)close(fd);
    while (n > 0 && out[n - 1] == '\n')
        n--;
    out[n > 0 ? n : 0] = '\0';
    return n > 0 ? (size_t)n : 0;
}

enum fault { FAULT_NONE, FAULT_FAILS, FAULT_SLOW };

static enum fault fault_hits(int fd)
{
    static const char slow[] = "slow ";
    char text[64];
    char link[64];
    char file[4096];
    const char *suffix = text;
    enum fault fault = FAULT_FAILS;
    size_t want = fault_read(text, sizeof text);
    if (want == 0)
        return FAULT_NONE;
    if (want > sizeof slow - 1 && memcmp(text, slow, sizeof slow - 1) == 0) {
        fault = FAULT_SLOW;
        suffix += sizeof slow - 1;
        want -= sizeof slow - 1;
    }
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, file, sizeof file);
    bool hits = n >= (ssize_t)want && memcmp(file + n - want, suffix, want) == 0;
    return hits ? fault : FAULT_NONE;
}

typedef int sync_f(int fd);

static int sync_or_fail(const char *name, int fd)
{
    sync_f *real;
    *(void **)&real = dlsym(RTLD_NEXT, name); /* POSIX dlsym(3): a function comes as void * */
    enum fault fault = fault_hits(fd);
    if (fault == FAULT_SLOW)
        (void)sleep(11);
    if (fault != FAULT_FAILS)
        return real(fd);
    errno = EIO;
    return -1;
}

__attribute__((visibility("default"))) int fsync(int fd)
{
    return sync_or_fail("fsync", fd);
}

__attribute__((visibility("default"))) int fdatasync(int fd)
{
    return sync_or_fail("fdatasync", fd);
}
