/* SPDX-License-Identifier: Apache-2.0 */
#include "app/succession.h"

#include "base/arena.h"
#include "plat/os/proc.h"

#include <limits.h>
#include <unistd.h>

#define CHECK_MAX DUR_S(10)

/* A path with a slash stays as it was given, links and all: behind it the next version appears. A
 * bare name was found on PATH by the shell; the kernel tells where. */
err_t succession_make(struct arena *a, char *const *argv, struct diag *why, struct succession *ret)
{
    char at[PATH_MAX];
    str_t given = str_from_cz(argv[0]);
    str_t path = given;
    if (str_find(given, '/') == given.n) {
        ssize_t n = readlink("/proc/self/exe", at, sizeof at);
        if (n <= 0)
            return FAIL(why, E_IO, "/proc/self/exe: cannot be read");
        path = str_of(at, (size_t)n);
    } else if (given.p[0] != '/') {
        if (getcwd(at, sizeof at) == NULL)
            return FAIL(why, E_IO, "the working directory is not there any more");
        TRY(str_format(a, &path, "%s/%.*s", at, STR_ARG(given)));
    }
    const char *cz = str_cz(a, path);
    if (cz == NULL)
        return E_NO_MEMORY;
    *ret = (struct succession){ .path = cz, .argv = argv };
    return E_OK;
}

err_t succession_check(const struct succession *s, struct arena *a, struct diag *why)
{
    static char verb[] = "check-config";
    size_t n = 0;
    while (s->argv[n] != NULL)
        n++;
    char **argv = ARENA_ARRAY(a, char *, n + 1);
    if (argv == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        argv[i] = s->argv[i];
    argv[1] = verb;
    return proc_check(s->path, argv, CHECK_MAX, why);
}

err_t succession_go(const struct succession *s, struct arena *a, const struct handover *h,
                    struct diag *why)
{
    return handover_become(a, h, s->path, s->argv, why);
}
