/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/os/proc.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>

err_t proc_harden(void)
{
    const struct rlimit none = { 0, 0 };
    struct sigaction ignore = { 0 };
    ignore.sa_handler = SIG_IGN;
    if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
        sigaction(SIGPIPE, &ignore, NULL) != 0)
        return E_IO;
    (void)umask(0077);
    return E_OK;
}

size_t proc_files_max(size_t want)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return 0;
    if (files.rlim_cur < want) {
        struct rlimit raised = { .rlim_cur = want < files.rlim_max ? want : files.rlim_max,
                                 .rlim_max = files.rlim_max };
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0)
            files = raised;
    }
    return files.rlim_cur;
}

void proc_notify(const char *state)
{
    (void)sd_notify(0, state); /* no supervisor is not an error */
}
