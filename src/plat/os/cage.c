/* SPDX-License-Identifier: Apache-2.0 */
/* What happens in a process between its making and the first instruction of the caged program. */
#include "plat/os/warden.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NICE = 5, CAPABILITIES = 64, CAP_VERSION_3 = 0x20080522 };
#define DEFAULT_PATH "/usr/local/bin:/usr/bin:/bin"

static void cage_tell(struct cage *c, enum child_news news, const char *what, int error)
{
    struct child_report r;
    memset(&r, 0, sizeof r);
    r.news = news;
    r.held = c->held;
    if (error != 0)
        (void)snprintf(r.text, sizeof r.text, "%s: %s", what, strerrordesc_np(error));
    else
        (void)snprintf(r.text, sizeof r.text, "%s", what);
    ssize_t n = write(c->told, &r, sizeof r);
    (void)n; /* the warden is gone, and so are we soon */
}

bool cage_limit(const struct child_limits *limits)
{
    const struct {
        int what;
        uint64_t most;
    } rows[] = {
        { RLIMIT_CORE, 0 },
        { RLIMIT_DATA, limits->memory },
        { RLIMIT_FSIZE, limits->file_size },
        { RLIMIT_NOFILE, limits->files },
        { RLIMIT_NPROC, limits->processes },
        { RLIMIT_MEMLOCK, KIB(64) },
        { RLIMIT_MSGQUEUE, 0 },
        { RLIMIT_RTPRIO, 0 },
        { RLIMIT_NICE, 0 },
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct rlimit now;
        if (getrlimit((__rlimit_resource_t)rows[i].what, &now) != 0)
            return false;
        /* Ours may be lower already. */
        rlim_t most = rows[i].most < now.rlim_max ? rows[i].most : now.rlim_max;
        const struct rlimit set = { .rlim_cur = most, .rlim_max = most };
        if (setrlimit((__rlimit_resource_t)rows[i].what, &set) != 0)
            return false;
    }
    (void)setpriority(PRIO_PROCESS, 0, NICE); /* a courtesy */
    return true;
}

bool cage_drop(void)
{
    /* capset(2): header and the three sets, all empty. */
    struct {
        uint32_t version;
        int pid;
    } head = { .version = CAP_VERSION_3, .pid = 0 };
    const uint32_t none[2][3] = { { 0 } };
    for (int i = 0; i < CAPABILITIES; i++) {
        if (prctl(PR_CAPBSET_DROP, i, 0, 0, 0) != 0 && errno != EINVAL && errno != EPERM)
            return false;
    }
    if (geteuid() == 0) {
        if (setgroups(0, NULL) != 0 || setresgid(CAGE_NOBODY, CAGE_NOBODY, CAGE_NOBODY) != 0 ||
            setresuid(CAGE_NOBODY, CAGE_NOBODY, CAGE_NOBODY) != 0)
            return false;
    }
    return syscall(SYS_capset, &head, none) == 0 &&
           prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == 0;
}

/* By the names that programs look for; Node's own client looks only when it is told to. */
static bool cage_proxy(const struct cage *c)
{
    static const char *const names[] = { "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy" };
    static const char *const nobody[] = { "NO_PROXY", "no_proxy" };
    char url[64];
    bool good = true;
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u", (unsigned)c->port);
    /* NOLINTBEGIN(concurrency-mt-unsafe): this process has one thread */
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        good = good && setenv(names[i], url, 1) == 0;
    for (size_t i = 0; i < ARRAY_LEN(nobody); i++)
        good = good && setenv(nobody[i], "", 1) == 0;
    return good && setenv("NODE_USE_ENV_PROXY", "1", 1) == 0;
    /* NOLINTEND(concurrency-mt-unsafe) */
}

/* Of the directory that is its own, where it was not told of another one; and of its door. */
static bool cage_environment(const struct cage *c)
{
    /* NOLINTBEGIN(concurrency-mt-unsafe): this process has one thread */
    return setenv("HOME", c->work, 0) == 0 && setenv("TMPDIR", c->work, 0) == 0 &&
           setenv("PATH", DEFAULT_PATH, 0) == 0 && (c->port == 0 || cage_proxy(c));
    /* NOLINTEND(concurrency-mt-unsafe) */
}

/* The steps in their order: each later one takes away what an earlier one needs. */
static const char *cage_build(struct cage *c)
{
    if (setsid() < 0)
        return "setsid";
    if (chdir(c->work) != 0 || !cage_environment(c))
        return "its own directory";
    if (!cage_drop())
        return "its privileges";
    if (!cage_limit(&c->limits))
        return "its limits";
    /* Forgotten at a change of user, so not before it. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
        return "its end with the warden's";
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return "no new privileges";
    if (!cage_landlock(c))
        return "Landlock";
    if (close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) != 0)
        return "its descriptors";
    if (!cage_calls(c->reach))
        return "seccomp";
    return NULL;
}

void cage_enter(struct cage *c)
{
    const char *step = cage_build(c);
    if (step != NULL) {
        cage_tell(c, CHILD_REFUSED, step, errno);
        return;
    }
    if (c->whole && c->missing != NULL) {
        cage_tell(c, CHILD_REFUSED, c->missing, 0);
        return;
    }
    cage_tell(c, CHILD_READY, c->missing != NULL ? c->missing : "", 0);
    if (c->program >= 0)
        (void)syscall(SYS_execveat, c->program, "", c->argv, environ, AT_EMPTY_PATH);
    else
        (void)execv(c->argv[0], c->argv);
    cage_tell(c, CHILD_REFUSED, c->argv[0], errno);
}
