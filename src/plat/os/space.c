/* SPDX-License-Identifier: Apache-2.0 */
/* The namespaces of a child (namespaces(7)), and what its warden makes in them before it is there:
 * a file system for its directory, and the one address that it may connect to. */
#include "plat/os/warden.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DOOR_BACKLOG = 16 };

static bool text_write(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    size_t n = strlen(text);
    bool good = fd >= 0 && write(fd, text, n) == (ssize_t)n;
    if (fd >= 0)
        (void)close(fd);
    return good;
}

/* Who is not root needs a namespace of users first, in which he is only himself
 * (user_namespaces(7)). */
static bool spaces_make(int flags)
{
    uid_t uid = geteuid();
    gid_t gid = getegid();
    char map[64];
    if (uid == 0)
        return unshare(flags) == 0;
    if (unshare(flags | CLONE_NEWUSER) != 0)
        return false;
    (void)snprintf(map, sizeof map, "%u %u 1", uid, uid);
    if (!text_write("/proc/self/setgroups", "deny") || !text_write("/proc/self/uid_map", map))
        return false;
    (void)snprintf(map, sizeof map, "%u %u 1", gid, gid);
    return text_write("/proc/self/gid_map", map);
}

/* Seen by nobody else; what others mount and unmount is seen here, so that nothing is kept. */
static bool room_mount(const struct cage *c)
{
    char options[160];
    bool root = geteuid() == 0;
    unsigned uid = root ? CAGE_NOBODY : geteuid();
    unsigned gid = root ? CAGE_NOBODY : getegid();
    (void)snprintf(options, sizeof options, "mode=0700,size=%llu,nr_inodes=%llu,uid=%u,gid=%u",
                   (unsigned long long)c->limits.room, (unsigned long long)c->limits.inodes, uid,
                   gid);
    return mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL) == 0 &&
           mount("seneschal-child", c->work, "tmpfs", MS_NOSUID | MS_NODEV, options) == 0;
}

static bool space_make(const struct cage *c, unsigned parts)
{
    int flags = CLONE_NEWPID | CLONE_NEWIPC;
    if ((parts & CHILD_NETWORK) != 0)
        flags |= CLONE_NEWNET;
    if ((parts & CHILD_ROOM) != 0)
        flags |= CLONE_NEWNS;
    return spaces_make(flags) && ((parts & CHILD_ROOM) == 0 || room_mount(c));
}

/* Tried by a process that is thrown away: half of it could not be taken back. */
static bool space_try(const struct cage *c, unsigned parts)
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0)
        _exit(space_make(c, parts) ? 0 : 1);
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0 && space_make(c, parts);
}

void space_enter(struct cage *c)
{
    unsigned parts = CHILD_PROCESSES | (c->reach == CHILD_ANYWHERE ? 0U : CHILD_NETWORK);
    if (space_try(c, parts | CHILD_ROOM)) {
        c->held = parts | CHILD_ROOM;
    } else if (space_try(c, parts)) {
        c->held = parts;
        c->missing = "this process may mount nothing: the program's directory is as large as the "
                     "file system that it lies on";
    } else {
        c->held = 0;
        c->missing = "this process may make no namespaces: the program sees others, the network is "
                     "held by system calls alone, and the size of its directory is not";
    }
}

void space_leave(const struct cage *c)
{
    if ((c->held & CHILD_ROOM) != 0)
        (void)umount2(c->work, MNT_DETACH);
}

/* A new network namespace has a loopback interface, which is down, and no other. */
static bool loopback_up(void)
{
    struct ifreq lo = { .ifr_name = "lo" };
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool good = fd >= 0 && ioctl(fd, SIOCGIFFLAGS, &lo) == 0;
    if (good) {
        lo.ifr_flags = (short)(lo.ifr_flags | IFF_UP);
        good = ioctl(fd, SIOCSIFFLAGS, &lo) == 0;
    }
    int kept = errno;
    if (fd >= 0)
        (void)close(fd);
    errno = kept;
    return good;
}

int space_door(struct cage *c)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof at;
    if (!loopback_up())
        return -1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&at, n) == 0 && listen(fd, DOOR_BACKLOG) == 0 &&
        getsockname(fd, (struct sockaddr *)&at, &n) == 0) {
        c->port = ntohs(at.sin_port);
        return fd;
    }
    int kept = errno;
    if (fd >= 0)
        (void)close(fd);
    errno = kept;
    return -1;
}
