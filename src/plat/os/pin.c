/* SPDX-License-Identifier: Apache-2.0 */
/* A program that must be the one that was meant: what is hashed is what is run, by one and the same
 * descriptor. Whoever may write into the file itself can do so later too: that is its owner, and
 * should be root. */
#include "plat/os/warden.h"

#include "base/enc.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool pin_fail(char why[static CHILD_TEXT_MAX], const char *path, const char *text)
{
    (void)snprintf(why, CHILD_TEXT_MAX, "%s: %s", path, text);
    return false;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec && a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
           a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* A script is read by its interpreter, later and by its path. */
static bool is_script(int fd)
{
    char head[2];
    return pread(fd, head, sizeof head, 0) == (ssize_t)sizeof head && head[0] == '#' &&
           head[1] == '!';
}

static bool digest_check(int fd, const char *path, const char *sha256, child_digest_f *digest,
                         char why[static CHILD_TEXT_MAX])
{
    struct stat before;
    struct stat after;
    uint8_t found[CHILD_DIGEST];
    char hex[2 * CHILD_DIGEST + 1];
    if (fstat(fd, &before) != 0 || !S_ISREG(before.st_mode))
        return pin_fail(why, path, "is not a file");
    if (is_script(fd))
        return pin_fail(why, path,
                        "sha256: pins programs, and this is a script: name its interpreter as the "
                        "program, and pin that");
    if (!digest(fd, found) || fstat(fd, &after) != 0 || !is_same(&before, &after))
        return pin_fail(why, path, "it could not be read from its beginning to its end");
    hex_encode(found, sizeof found, hex);
    hex[sizeof hex - 1] = '\0';
    if (strcasecmp(hex, sha256) == 0)
        return true;
    (void)snprintf(
        why, CHILD_TEXT_MAX,
        "not the program that was pinned: its SHA-256 is %s (change sha256: of its entry "
        "if it was you who replaced it): %s",
        hex, path);
    return false;
}

bool pin_check(struct cage *c, const char *sha256, child_digest_f *digest,
               char why[static CHILD_TEXT_MAX])
{
    int fd = open(c->argv[0], O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return pin_fail(why, c->argv[0], strerrordesc_np(errno));
    if (!digest_check(fd, c->argv[0], sha256, digest, why)) {
        (void)close(fd);
        return false;
    }
    c->program = fd;
    return true;
}
