/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/os/proc.h"

#include <dirent.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

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

static dur_t time_of(struct timeval t)
{
    return (dur_t){ (int64_t)t.tv_sec * 1000000 + t.tv_usec };
}

/* /proc/self/statm: pages in all, pages resident (proc(5)). */
static void pages_of(uint64_t *ret_all, uint64_t *ret_resident)
{
    char line[128];
    uint64_t n[2] = { 0 };
    size_t at = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    size_t got = f == NULL ? 0 : fread(line, 1, sizeof line, f);
    for (size_t i = 0; i < got && at < ARRAY_LEN(n); i++) {
        if (line[i] >= '0' && line[i] <= '9')
            n[at] = n[at] * 10 + (uint64_t)(line[i] - '0');
        else
            at++;
    }
    if (f != NULL)
        (void)fclose(f);
    *ret_all = n[0];
    *ret_resident = n[1];
}

static uint64_t files_open(void)
{
    uint64_t n = 0;
    DIR *fds = opendir("/proc/self/fd");
    while (fds != NULL && readdir(fds) != NULL) /* NOLINT(concurrency-mt-unsafe): its own stream */
        n++;
    if (fds != NULL)
        (void)closedir(fds);
    return n > 3 ? n - 3 : 0; /* without ".", ".." and the directory itself */
}

void proc_figures(struct proc_figures *ret)
{
    struct proc_figures f = { .files = files_open() };
    struct rlimit files;
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    pages_of(&f.virtual_bytes, &f.resident_bytes);
    f.virtual_bytes *= page;
    f.resident_bytes *= page;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0)
        f.files_max = files.rlim_cur;
    *ret = f;
}

dur_t proc_cpu(void)
{
    struct rusage used;
    if (getrusage(RUSAGE_SELF, &used) != 0)
        return (dur_t){ 0 };
    return (dur_t){ time_of(used.ru_utime).us + time_of(used.ru_stime).us };
}
