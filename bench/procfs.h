/* SPDX-License-Identifier: Apache-2.0 */
/* What a process and its children-by-list cost, as the kernel counts it (proc(5)). */
#ifndef BENCH_PROCFS_H
#define BENCH_PROCFS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { PROCFS_PIDS = 16 };

struct procfs_pids {
    pid_t pid[PROCFS_PIDS];
    size_t n;
};

/* "12,13"; false when it is not a list of numbers. */
int procfs_parse(const char *text, struct procfs_pids *ret);
/* User and system time of all of them, microseconds. */
int64_t procfs_cpu_us(const struct procfs_pids *p);
/* A line of /proc/PID/status ("VmRSS", "RssAnon"), summed over all, kB. */
int64_t procfs_status_kb(const struct procfs_pids *p, const char *name);

#endif
