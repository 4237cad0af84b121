/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Descriptors that pass from one program to the next: from a supervisor's socket units and its
 * descriptor store, or from this program to the one that replaces it in the same process
 * (sd_listen_fds(3), sd_pid_notify_with_fds(3)).
 */
#ifndef PLAT_OS_HANDOVER_H
#define PLAT_OS_HANDOVER_H

#include "base/clock.h"
#include "base/str.h"

enum { HANDED_MAX = 64 };

struct handed { /* a listening socket */
    int fd;
    str_t name; /* without ':' */
};

struct handover {
    struct handed sockets[HANDED_MAX];
    size_t sockets_n;
    const int *conns; /* connected sockets; ~fd for one that only waits for its peer to close */
    size_t conns_n;
    dur_t since; /* CLOCK_MONOTONIC: nothing is accepted since then; 0: from a supervisor */
};

/* What was handed to this process; everything else of it stays closed to children. What is no
 * listening socket of a stream is closed, and of one that came twice the second. E_NO_MEMORY. */
err_t handover_receive(struct arena *a, struct handover *ret) MUST_USE;

/*
 * Become another program, with these descriptors and no other but 0, 1 and 2; process id, signal
 * mask and what is pending stay. No other thread runs any more. It returns only when it fails:
 * E_NOT_FOUND, E_IO, E_NO_MEMORY.
 */
err_t handover_become(struct arena *a, const struct handover *h, const char *path,
                      char *const argv[], struct diag *why) MUST_USE;

/* Leave a copy with the supervisor, which gives it to the next process however this one ends; or
 * take it back. Without a supervisor nothing happens. */
void handover_store(const struct handed *socket);
void handover_unstore(str_t name);

#endif
