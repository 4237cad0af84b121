/* SPDX-License-Identifier: Apache-2.0 */
/* What this machine says about itself, for who looks after it: /proc, the disk, the clock. Nothing
 * is changed. */
#ifndef PLAT_OS_MACHINE_H
#define PLAT_OS_MACHINE_H

#include "base/clock.h"

#include <sys/types.h>

struct machine_disk {
    uint64_t free_bytes; /* for a user without privileges */
    uint64_t free_files;
    uint64_t files; /* 0: the file system does not count them */
    bool read_only;
    dur_t fsync; /* the median of a few, on a file without a name; 0: it could not be tried */
};
/* Of it, the first alone. E_IO. */
err_t machine_disk_free(const char *dir, uint64_t *ret_bytes) MUST_USE;
/* E_IO. */
err_t machine_disk(const char *dir, struct machine_disk *ret) MUST_USE;

/* Is the clock disciplined (adjtimex(2))? E_IO: the system does not say. */
err_t machine_clock_synced(bool *ret) MUST_USE;

enum { MACHINE_NAME_MAX = 64 };
struct machine_holder {
    pid_t pid; /* 0: not to be seen */
    char name[MACHINE_NAME_MAX];
};
/* Who listens on this TCP port, as far as /proc shows it. E_NOT_FOUND: nobody. */
err_t machine_port_holder(uint16_t port, struct machine_holder *ret) MUST_USE;
/* Who holds the lock (flock) of this file. E_NOT_FOUND: nobody. */
err_t machine_lock_holder(const char *file, struct machine_holder *ret) MUST_USE;

uint64_t machine_files_max(void); /* RLIMIT_NOFILE, as far as it may be raised */
/* The limit of this process's cgroup and the machine's memory, the lesser; 0: not known. */
uint64_t machine_memory(void);
bool machine_strict_overcommit(void);

#endif
