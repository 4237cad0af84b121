/* SPDX-License-Identifier: Apache-2.0 */
#include "procfs.h"

#include "base/num.h"

#include <unistd.h>

int procfs_parse(const char *text, struct procfs_pids *ret)
{
    str_t rest = str_from_cz(text);
    str_t part;
    *ret = (struct procfs_pids){ 0 };
    while (str_split(&rest, ',', &part)) {
        uint64_t pid;
        if (ret->n == PROCFS_PIDS || num_parse_u64(part, &pid) != E_OK)
            return 0;
        ret->pid[ret->n++] = (pid_t)pid;
    }
    return 1;
}

/* Fields 14 and 15 of /proc/PID/stat, counted from behind the name, which may hold blanks. */
static int64_t ticks_of(pid_t pid)
{
    char path[64];
    char text[1024];
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *f = fopen(path, "re");
    if (f == NULL)
        return 0;
    size_t n = fread(text, 1, sizeof text - 1, f);
    (void)fclose(f);
    text[n] = '\0';
    const char *after = strrchr(text, ')');
    unsigned long long user = 0;
    unsigned long long kernel = 0;
    if (after == NULL || sscanf(after + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu",
                                &user, &kernel) != 2)
        return 0;
    return (int64_t)(user + kernel);
}

int64_t procfs_cpu_us(const struct procfs_pids *p)
{
    int64_t ticks = 0;
    for (size_t i = 0; i < p->n; i++)
        ticks += ticks_of(p->pid[i]);
    return ticks * (1000000 / sysconf(_SC_CLK_TCK));
}

static int64_t status_kb(pid_t pid, const char *name)
{
    char path[64];
    char line[256];
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "re");
    if (f == NULL)
        return 0;
    unsigned long long kb = 0;
    size_t n = strlen(name);
    while (fgets(line, sizeof line, f) != NULL)
        if (strncmp(line, name, n) == 0 && line[n] == ':')
            (void)sscanf(line + n + 1, " %llu", &kb);
    (void)fclose(f);
    return (int64_t)kb;
}

int64_t procfs_status_kb(const struct procfs_pids *p, const char *name)
{
    int64_t kb = 0;
    for (size_t i = 0; i < p->n; i++)
        kb += status_kb(p->pid[i], name);
    return kb;
}
