/* SPDX-License-Identifier: Apache-2.0 */
/* Unix sockets for the programs of this machine (unix(7)): who may connect is the file's business.
 */
#ifndef PLAT_OS_UNIX_H
#define PLAT_OS_UNIX_H

#include "base/str.h"

#include <sys/types.h>

/* By name or number. E_NOT_FOUND. */
err_t unix_group(const char *name, struct diag *why, gid_t *ret) MUST_USE;

/*
 * Listen at `path`, 0600, or 0660 for `group` where it is given. The socket takes its name only
 * once mode and owner are right. One that nobody listens on any more is replaced. E_CONFLICT:
 * somebody does, or something else stands there. E_USAGE: the path is too long. E_IO.
 */
err_t unix_listen(const char *path, const gid_t *group, struct diag *why, int *ret_fd) MUST_USE;
void unix_unlink(const char *path); /* what is no socket stays */

/* Who connected: the process as it was then. */
struct unix_peer {
    uid_t uid;
    gid_t gid;
    pid_t pid;
};
err_t unix_peer(int fd, struct unix_peer *ret) MUST_USE; /* E_IO */
/* Does the peer belong to the group, by its own or one of its other groups? */
bool unix_peer_in(int fd, const struct unix_peer *peer, gid_t group);

#endif
