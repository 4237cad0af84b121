/* SPDX-License-Identifier: Apache-2.0 */
/* The system calls that a caged program may not make. */
#include "plat/os/warden.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static const char *const refused[] = {
#define CALL(name) #name,
#include "plat/os/cage_calls.def"
#undef CALL
};

static const unsigned long spaces[] = { CLONE_NEWNS,   CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
                                        CLONE_NEWUSER, CLONE_NEWPID,    CLONE_NEWNET };

static const unsigned long terminals[] = { TIOCSTI, TIOCLINUX };

/* libseccomp answers with what others leave in errno. */
static bool ok(int rc)
{
    if (rc < 0)
        errno = -rc;
    return rc == 0;
}

static bool refuse_named(scmp_filter_ctx f)
{
    for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
        int call = seccomp_syscall_resolve_name(refused[i]);
        if (call == __NR_SCMP_ERROR || call < 0)
            continue; /* of another architecture, or of a kernel to come */
        if (!ok(seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), call, 0)))
            return false;
    }
    return true;
}

/* clone's flags are a register and can be looked at; clone3's lie in memory and cannot: to the C
 * library it is a call that this kernel lacks, and it takes clone instead. */
static bool refuse_spaces(scmp_filter_ctx f)
{
    for (size_t i = 0; i < ARRAY_LEN(spaces); i++) {
        if (!ok(seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
                                 SCMP_A0(SCMP_CMP_MASKED_EQ, spaces[i], spaces[i]))))
            return false;
    }
    return ok(seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0));
}

/* Put words into the mouth of who sits at our terminal. */
static bool refuse_terminals(scmp_filter_ctx f)
{
    for (size_t i = 0; i < ARRAY_LEN(terminals); i++) {
        if (!ok(seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1,
                                 SCMP_A1(SCMP_CMP_MASKED_EQ, UINT32_MAX, terminals[i]))))
            return false;
    }
    return true;
}

static bool refuse_families(scmp_filter_ctx f)
{
    const uint32_t eperm = SCMP_ACT_ERRNO(EPERM);
    const int call = SCMP_SYS(socket);
    static_assert(AF_INET < AF_INET6, "what is neither is below, between or above");
    for (unsigned family = AF_INET + 1; family < AF_INET6; family++) {
        if (!ok(seccomp_rule_add(f, eperm, call, 1, SCMP_A0(SCMP_CMP_EQ, family, 0))))
            return false;
    }
    return ok(seccomp_rule_add(f, eperm, call, 1, SCMP_A0(SCMP_CMP_LT, AF_INET, 0))) &&
           ok(seccomp_rule_add(f, eperm, call, 1, SCMP_A0(SCMP_CMP_GT, AF_INET6, 0)));
}

/* Other protocols are other doors: Landlock knows the ports of TCP alone. */
static bool refuse_protocols(scmp_filter_ctx f, bool datagrams)
{
    const uint32_t eperm = SCMP_ACT_ERRNO(EPERM);
    const int call = SCMP_SYS(socket);
    for (unsigned protocol = 1; protocol <= IPPROTO_UDP; protocol++) {
        if (protocol != IPPROTO_TCP && (protocol != IPPROTO_UDP || !datagrams) &&
            !ok(seccomp_rule_add(f, eperm, call, 1, SCMP_A2(SCMP_CMP_EQ, protocol, 0))))
            return false;
    }
    return ok(seccomp_rule_add(f, eperm, call, 1, SCMP_A2(SCMP_CMP_GT, IPPROTO_UDP, 0)));
}

/* Sockets: none, or those of the internet that carry streams, and datagrams where it may go
 * anywhere. Of AF_UNIX only pairs: a path leads to whoever listens there, and Landlock does not
 * look. */
static bool refuse_sockets(scmp_filter_ctx f, enum child_reach reach)
{
    const uint32_t eperm = SCMP_ACT_ERRNO(EPERM);
    const int call = SCMP_SYS(socket);
    if (reach == CHILD_NOBODY)
        return ok(seccomp_rule_add(f, eperm, call, 0));
    unsigned first = reach == CHILD_ANYWHERE ? SOCK_RAW : SOCK_DGRAM;
    for (unsigned type = first; type <= SOCK_PACKET; type++) {
        if (!ok(seccomp_rule_add(f, eperm, call, 1, SCMP_A1(SCMP_CMP_MASKED_EQ, 0xf, type))))
            return false;
    }
    return refuse_families(f) && refuse_protocols(f, reach == CHILD_ANYWHERE);
}

bool cage_calls(enum child_reach reach)
{
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);
    if (f == NULL) {
        errno = ENOMEM;
        return false;
    }
    /* Calls of other architectures (32 bits, x32) end the program: libseccomp's own default. */
    bool good = refuse_named(f) && refuse_spaces(f) && refuse_terminals(f) &&
                refuse_sockets(f, reach) && ok(seccomp_load(f));
    int kept = errno;
    seccomp_release(f);
    errno = kept;
    return good;
}
