/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Landlock (landlock(7)): which files a caged program may touch. Newer kernels know more of it, by
 * the number of their ABI; older headers do not know those numbers, so they stand here.
 */
#include "plat/os/warden.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ABI_REFER = 2, ABI_TRUNCATE = 3, ABI_PORTS = 4, ABI_DEVICES = 5, ABI_SCOPES = 6 };

/* struct landlock_ruleset_attr as of ABI 6; an older kernel is told a shorter one. */
struct ruleset {
    uint64_t files;
    uint64_t ports;
    uint64_t scopes;
};
/* struct landlock_net_port_attr, and its kind of rule. */
struct port_rule {
    uint64_t access;
    uint64_t port;
};
enum { RULE_PORT = 2 };
#define FILES_REFER    (UINT64_C(1) << 13)
#define FILES_TRUNCATE (UINT64_C(1) << 14)
#define FILES_DEVICES  (UINT64_C(1) << 15)
#define PORTS_BIND     (UINT64_C(1) << 0)
#define PORTS_CONNECT  (UINT64_C(1) << 1)
#define SCOPES_ALL     UINT64_C(3) /* abstract sockets; signals */

#define FILES_RUN                                                                                  \
    (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FILES_WRITE                                                                                \
    (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |                               \
     LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |  \
     LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_SYM)
/* What it writes it does not run as a program. */
#define FILES_OWN                                                                                  \
    (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR | FILES_WRITE | FILES_TRUNCATE |   \
     FILES_REFER)
#define FILES_DEVICE_MAKE (LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK)
/* What a rule for a file, and not for a directory, may give. */
#define FILES_OF_FILE                                                                              \
    (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |   \
     FILES_TRUNCATE | FILES_DEVICES)

enum give { GIVE_RUN, GIVE_READ, GIVE_DEVICE, GIVE_NETWORK };

static const struct {
    const char *path;
    enum give give;
} usual[] = {
    { "/usr", GIVE_RUN },
    { "/lib", GIVE_RUN },
    { "/lib64", GIVE_RUN },
    { "/bin", GIVE_RUN },
    { "/sbin", GIVE_RUN },
    { "/etc/alternatives", GIVE_READ },
    { "/etc/ld.so.cache", GIVE_READ },
    { "/etc/localtime", GIVE_READ },
    { "/etc/mime.types", GIVE_READ },
    { "/etc/ssl/certs", GIVE_READ },
    { "/etc/ssl/openssl.cnf", GIVE_READ },
    { "/dev/null", GIVE_DEVICE },
    { "/dev/zero", GIVE_READ },
    { "/dev/random", GIVE_READ },
    { "/dev/urandom", GIVE_READ },
    { "/etc/gai.conf", GIVE_NETWORK },
    { "/etc/hosts", GIVE_NETWORK },
    { "/etc/nsswitch.conf", GIVE_NETWORK },
    { "/etc/protocols", GIVE_NETWORK },
    { "/etc/resolv.conf", GIVE_NETWORK },
    { "/etc/services", GIVE_NETWORK },
};

static const uint64_t rights[] = {
    [GIVE_RUN] = FILES_RUN,
    [GIVE_READ] = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
    [GIVE_DEVICE] = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | FILES_TRUNCATE,
    [GIVE_NETWORK] = LANDLOCK_ACCESS_FS_READ_FILE,
};

static bool rule_add_open(int ruleset, uint64_t handled, int fd, uint64_t give)
{
    struct stat st;
    struct landlock_path_beneath_attr rule = { .parent_fd = fd, .allowed_access = give & handled };
    if (fstat(fd, &st) != 0)
        return false;
    if (!S_ISDIR(st.st_mode))
        rule.allowed_access &= FILES_OF_FILE;
    return rule.allowed_access == 0 ||
           syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
}

/* A path that is not there gives nothing, and is no error: machines differ. */
static bool rule_add(int ruleset, uint64_t handled, const char *path, uint64_t give)
{
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT || errno == EACCES || errno == ENOTDIR;
    bool good = rule_add_open(ruleset, handled, fd, give);
    int kept = errno;
    (void)close(fd);
    errno = kept;
    return good;
}

static bool rules_add(int ruleset, uint64_t handled, const struct cage *c)
{
    for (size_t i = 0; i < ARRAY_LEN(usual); i++) {
        if ((usual[i].give != GIVE_NETWORK || c->reach == CHILD_ANYWHERE) &&
            !rule_add(ruleset, handled, usual[i].path, rights[usual[i].give]))
            return false;
    }
    for (size_t i = 0; i < c->read_n; i++) {
        if (!rule_add(ruleset, handled, c->read[i], FILES_RUN))
            return false;
    }
    for (size_t i = 0; i < c->write_n; i++) {
        if (!rule_add(ruleset, handled, c->write[i], FILES_OWN))
            return false;
    }
    bool good = c->program >= 0 ? rule_add_open(ruleset, handled, c->program, FILES_RUN)
                                : rule_add(ruleset, handled, c->argv[0], FILES_RUN);
    return good && rule_add(ruleset, handled, c->work, FILES_OWN);
}

/* Of its door: no other port of its own loopback is of use to it, but none is given. */
static bool port_add(int ruleset, uint64_t handled, const struct cage *c)
{
    const struct port_rule rule = { .access = PORTS_CONNECT, .port = c->port };
    return (handled & PORTS_CONNECT) == 0 || c->port == 0 ||
           syscall(SYS_landlock_add_rule, ruleset, RULE_PORT, &rule, 0) == 0;
}

/* What of it a kernel with this ABI knows; what is not given by a rule is then refused. */
static size_t ruleset_fill(struct ruleset *r, long abi, enum child_reach reach)
{
    *r = (struct ruleset){ .files = FILES_RUN | FILES_WRITE | FILES_DEVICE_MAKE };
    if (abi >= ABI_REFER)
        r->files |= FILES_REFER;
    if (abi >= ABI_TRUNCATE)
        r->files |= FILES_TRUNCATE;
    if (abi >= ABI_DEVICES)
        r->files |= FILES_DEVICES;
    if (abi >= ABI_PORTS)
        r->ports = PORTS_BIND | (reach == CHILD_ANYWHERE ? 0 : PORTS_CONNECT);
    if (abi >= ABI_SCOPES)
        r->scopes = SCOPES_ALL;
    return abi >= ABI_SCOPES  ? sizeof *r
           : abi >= ABI_PORTS ? offsetof(struct ruleset, scopes)
                              : sizeof r->files;
}

static const char *lack_of(long abi)
{
    if (abi <= 0)
        return "this kernel has no Landlock, or it is switched off: files are held by their owners "
               "alone";
    if (abi < ABI_PORTS)
        return "Landlock of this kernel does not know ports (Linux 6.7 does)";
    if (abi < ABI_SCOPES)
        return "Landlock of this kernel does not know signals (Linux 6.12 does)";
    return NULL;
}

bool cage_landlock(struct cage *c)
{
    struct ruleset r;
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (c->missing == NULL)
        c->missing = lack_of(abi);
    if (abi <= 0)
        return true;
    size_t size = ruleset_fill(&r, abi, c->reach);
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &r, size, 0);
    if (ruleset < 0)
        return false;
    bool good = rules_add(ruleset, r.files, c) && port_add(ruleset, r.ports, c) &&
                syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    int kept = errno;
    (void)close(ruleset);
    errno = kept;
    if (good)
        c->held |= CHILD_FILES | (abi >= ABI_PORTS ? CHILD_PORTS : 0U) |
                   (abi >= ABI_SCOPES ? CHILD_SIGNALS : 0U);
    return good;
}
