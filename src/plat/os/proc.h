/* SPDX-License-Identifier: Apache-2.0 */
/* The process itself: what it may leak, what it may open, what it tells its supervisor. */
#ifndef PLAT_OS_PROC_H
#define PLAT_OS_PROC_H

#include "base/clock.h"
#include "base/str.h"

/* Secrets stay in: no core dump, no ptrace by others of the same user, files 0600 unless said
 * otherwise; a peer that has gone is an error code, not a signal (SIGPIPE). */
err_t proc_harden(void) MUST_USE;

/* Raise the limit of open files to `want`, or as far as the hard limit lets us; what it is now. */
size_t proc_files_max(size_t want);

/*
 * Run a program to its end, without input; E_OK when it ends well. E_IO with the last line that it
 * wrote on standard error, or that it has not ended `in` time (it is killed then).
 */
err_t proc_check(const char *path, char *const argv[], dur_t in, struct diag *why) MUST_USE;

/*
 * Run a program, found in PATH, to its end. E_OK when it ends well; E_IO with its status;
 * E_TIMEOUT: it was killed. From then on SIGPIPE is ignored in this process.
 */
struct buf;
struct proc_talk {
    str_t input;     /* of its standard input */
    struct buf *out; /* what it says on standard output; NULL: it has ours */
    dur_t in;
};
err_t proc_talk(const char *file, char *const argv[], const struct proc_talk *what,
                struct diag *why) MUST_USE;

/* What the process has used so far; 0 where the system does not say. */
struct proc_figures {
    uint64_t resident_bytes;
    uint64_t virtual_bytes;
    uint64_t files;
    uint64_t files_max;
};
void proc_figures(struct proc_figures *ret);
dur_t proc_cpu(void); /* user and system time */

/* Tell systemd (sd_notify(3)): "READY=1", "STOPPING=1", "STATUS=...". Without it nothing happens.
 */
void proc_notify(const char *state);

#endif
