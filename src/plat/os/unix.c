/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/os/unix.h"
#include "base/fault.h"
#include "base/num.h"

#include <errno.h>
#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59 /* Linux 4.13; the C library's headers of some machines are older */
#endif

enum { UNIX_BACKLOG = 64, UNIX_GROUPS_MAX = 1024, UNIX_GROUP_ROOM = 8 * 1024 };

static void unix_closep(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

err_t unix_group(const char *name, struct diag *why, gid_t *ret)
{
    char room[UNIX_GROUP_ROOM];
    struct group group;
    struct group *found = NULL;
    uint64_t number = 0;
    if (num_parse_u64(str_from_cz(name), &number) == E_OK && number < UINT32_MAX) {
        *ret = (gid_t)number;
        return E_OK;
    }
    if (getgrnam_r(name, &group, room, sizeof room, &found) != 0 || found == NULL)
        return FAIL(why, E_NOT_FOUND, "%s: there is no such group", name);
    *ret = group.gr_gid;
    return E_OK;
}

static err_t unix_address(const char *path, const char *end, struct sockaddr_un *ret)
{
    *ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
    int n = snprintf(ret->sun_path, sizeof ret->sun_path, "%s%s", path, end);
    return n > 0 && (size_t)n < sizeof ret->sun_path ? E_OK : E_USAGE;
}

/* What stands at the path may be replaced: nothing, or a socket that nobody listens on. */
static err_t unix_is_free(const struct sockaddr_un *a, struct diag *why)
{
    struct stat st;
    if (lstat(a->sun_path, &st) != 0)
        return errno == ENOENT ? E_OK
                               : FAIL(why, E_IO, "%s: %s", a->sun_path, strerrordesc_np(errno));
    if (!S_ISSOCK(st.st_mode))
        return FAIL(why, E_CONFLICT, "%s: is there, and is no socket", a->sun_path);
    CLEANUP(unix_closep) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return FAIL(why, E_IO, "%s: %s", a->sun_path, strerrordesc_np(errno));
    if (connect(fd, (const struct sockaddr *)a, sizeof *a) == 0 || errno == EAGAIN)
        return FAIL(why, E_CONFLICT, "%s: another process listens there", a->sun_path);
    return E_OK;
}

err_t unix_listen(const char *path, const gid_t *group, struct diag *why, int *ret_fd)
{
    struct sockaddr_un final;
    struct sockaddr_un a;
    if (unix_address(path, "", &final) != E_OK || unix_address(path, ".new", &a) != E_OK)
        return FAIL(why, E_USAGE, "%s: is longer than a socket's path may be", path);
    TRY(unix_is_free(&final, why));
    int fd = fault_here() ? -1 : socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    (void)unlink(a.sun_path); /* left over from a crash */
    /* Nobody gets through before listen(2): mode and owner are right by then. */
    bool ok = fd >= 0 && bind(fd, (const struct sockaddr *)&a, sizeof a) == 0;
    if (ok && group != NULL)
        ok = chown(a.sun_path, (uid_t)-1, *group) == 0;
    ok = ok && chmod(a.sun_path, group != NULL ? 0660 : 0600) == 0;
    ok = ok && listen(fd, UNIX_BACKLOG) == 0 && rename(a.sun_path, final.sun_path) == 0;
    if (ok) {
        *ret_fd = fd;
        return E_OK;
    }
    err_t e = FAIL(why, E_IO, "%s: %s", path, strerrordesc_np(errno));
    (void)unlink(a.sun_path);
    unix_closep(&fd);
    return e;
}

void unix_unlink(const char *path)
{
    struct sockaddr_un a;
    struct stat st;
    if (unix_address(path, "", &a) == E_OK && lstat(a.sun_path, &st) == 0 && S_ISSOCK(st.st_mode))
        (void)unlink(a.sun_path); /* the next start replaces it all the same */
}

err_t unix_peer(int fd, struct unix_peer *ret)
{
    struct ucred c;
    socklen_t n = sizeof c;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &c, &n) != 0 || n != sizeof c)
        return E_IO;
    *ret = (struct unix_peer){ c.uid, c.gid, c.pid };
    return E_OK;
}

bool unix_peer_in(int fd, const struct unix_peer *peer, gid_t group)
{
    gid_t groups[UNIX_GROUPS_MAX];
    socklen_t n = sizeof groups;
    if (peer->gid == group)
        return true;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &n) != 0)
        return false; /* more of them than there is room for, or a kernel that does not tell */
    for (size_t i = 0; i < n / sizeof *groups; i++) {
        if (groups[i] == group)
            return true;
    }
    return false;
}
