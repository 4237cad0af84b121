/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program in the cage, of the worst kind. `probe NAME...` says of each way out "NAME open" or
 * "NAME shut"; other words make it behave badly (probe_manners.c). It is not linked to anything of
 * ours.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe_manners.h"
#include "probe_net.h"

extern char **environ;

enum { CLONE_ARGS = 11 };

static pid_t server(void)
{
    return (pid_t)strtoll(probe_told("SERVER_PID"), NULL, 10);
}

static int in_fork(int (*try)(void))
{
    int status = 1;
    pid_t pid = fork();
    if (pid == 0)
        _exit(try() ? 0 : 1);
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static int opens(const char *path, int flags)
{
    int fd = open(path, flags, 0600);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static int p_bpf(void)
{
    union bpf_attr attr = {
        .map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1
    };
    return syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof attr) >= 0;
}

static int p_io_uring(void)
{
    char params[120] = { 0 };
    return syscall(SYS_io_uring_setup, 1, params) >= 0;
}

static int p_userfaultfd(void)
{
    return syscall(SYS_userfaultfd, 1 /* UFFD_USER_MODE_ONLY */) >= 0;
}

static int p_perf(void)
{
    struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE,
                                    .size = sizeof attr,
                                    .exclude_kernel = 1 };
    return syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0) >= 0;
}

static int p_keyctl(void)
{
    return syscall(SYS_keyctl, 0, -3, 1) >= 0; /* the session keyring's number, made if missing */
}

static int p_add_key(void)
{
    return syscall(SYS_add_key, "user", "probe", "x", 1, -2) >= 0;
}

static int p_request_key(void)
{
    return syscall(SYS_request_key, "user", "probe-none", NULL, 0) >= 0 || errno == ENOKEY;
}

static int traced(void)
{
    return ptrace(PTRACE_TRACEME, 0, 0, 0) == 0;
}

static int p_ptrace_me(void)
{
    return in_fork(traced);
}

static int p_ptrace_server(void)
{
    return ptrace(PTRACE_SEIZE, server(), 0, 0) == 0 && ptrace(PTRACE_DETACH, server(), 0, 0) == 0;
}

static int p_read_memory(void)
{
    char byte;
    struct iovec here = { &byte, 1 };
    struct iovec there = { (void *)(uintptr_t)strtoull(probe_told("SERVER_SECRET_AT"), NULL, 16),
                           1 };
    return syscall(SYS_process_vm_readv, server(), &here, 1, &there, 1, 0) == 1;
}

static int p_getfd(void)
{
    int fd = (int)syscall(SYS_pidfd_open, server(), 0);
    return fd >= 0 && syscall(SYS_pidfd_getfd, fd, 0, 0) >= 0;
}

static int unshares_user(void)
{
    return unshare(CLONE_NEWUSER) == 0;
}

static int unshares_net(void)
{
    return unshare(CLONE_NEWNET) == 0;
}

static int p_userns(void)
{
    return in_fork(unshares_user);
}

static int p_netns(void)
{
    return in_fork(unshares_net);
}

static int p_clone_user(void)
{
    pid_t pid = (pid_t)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
    if (pid == 0)
        _exit(0);
    return pid > 0 && waitpid(pid, NULL, 0) == pid;
}

static int p_clone3_user(void)
{
    uint64_t args[CLONE_ARGS] = { [0] = CLONE_NEWUSER, [4] = SIGCHLD };
    pid_t pid = (pid_t)syscall(SYS_clone3, args, sizeof args);
    if (pid == 0)
        _exit(0);
    return pid > 0 && waitpid(pid, NULL, 0) == pid;
}

static int p_setns(void)
{
    int fd = open("/proc/self/ns/uts", O_RDONLY);
    return fd >= 0 && setns(fd, 0) == 0;
}

static int mounts(void)
{
    return unshare(CLONE_NEWNS) == 0 || mount("none", "/mnt", "tmpfs", 0, "") == 0;
}

static int p_mount(void)
{
    return in_fork(mounts);
}

static int chroots(void)
{
    return chroot("/") == 0;
}

static int p_chroot(void)
{
    return in_fork(chroots);
}

static int p_descriptors(void)
{
    for (int fd = 3; fd < 1024; fd++) {
        if (fcntl(fd, F_GETFD) >= 0)
            return 1;
    }
    return 0;
}

static int p_environment(void)
{
    for (char **e = environ; *e != NULL; e++) {
        if (strstr(*e, "top-secret") != NULL)
            return 1;
    }
    return 0;
}

static int p_proc_environ(void)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/environ", (int)server());
    return opens(path, O_RDONLY);
}

static int p_proc_list(void)
{
    return opens("/proc", O_RDONLY | O_DIRECTORY) || opens("/proc/self/status", O_RDONLY);
}

static int p_signal(void)
{
    return kill(server(), 0) == 0;
}

static int p_signal_parent(void)
{
    return getppid() != 0 && kill(getppid(), 0) == 0 && getppid() != 1;
}

static int p_renice(void)
{
    return setpriority(PRIO_PROCESS, 0, -5) == 0 ||
           setpriority(PRIO_PROCESS, (id_t)server(), 19) == 0;
}

static int p_write_tmp(void)
{
    return opens("/tmp/seneschal-probe-write", O_WRONLY | O_CREAT) &&
           unlink("/tmp/seneschal-probe-write") == 0;
}

static int p_write_secret(void)
{
    return opens(probe_told("SERVER_FILE"), O_WRONLY | O_APPEND) ||
           truncate(probe_told("SERVER_FILE"), 3) == 0;
}

static int p_read_secret(void)
{
    return opens(probe_told("SERVER_FILE"), O_RDONLY);
}

static int p_read_etc(void)
{
    return opens("/etc/passwd", O_RDONLY) || opens("/etc/shadow", O_RDONLY);
}

static int p_link(void)
{
    return (symlink(probe_told("SERVER_FILE"), "link") == 0 && opens("link", O_RDONLY)) ||
           link(probe_told("SERVER_FILE"), "hard") == 0;
}

static int p_device(void)
{
    return mknod("device", S_IFCHR | 0600, (dev_t)0x103) == 0 || opens("/dev/mem", O_RDONLY) ||
           opens("/dev/tty", O_RDWR);
}

static int p_run_own(void)
{
    static const char script[] = "#!/bin/true\n";
    int fd = open("script", O_WRONLY | O_CREAT, 0700);
    if (fd < 0 || write(fd, script, sizeof script - 1) < 0)
        return 0;
    close(fd);
    pid_t pid = fork();
    if (pid == 0) {
        execl("./script", "script", (char *)NULL);
        _exit(1);
    }
    int status = 1;
    return waitpid(pid, &status, 0) == pid && status == 0;
}

static int p_handle(void)
{
    struct {
        struct file_handle head;
        char rest[128];
    } h = { .head.handle_bytes = 128 };
    int mount_id;
    return syscall(SYS_name_to_handle_at, AT_FDCWD, "/usr", &h, &mount_id, 0) == 0;
}

static int p_privileges(void)
{
    struct {
        uint32_t version;
        int pid;
    } head = { 0x20080522, 0 };
    uint32_t sets[2][3] = { { 0 } };
    int none = syscall(SYS_capget, &head, sets) == 0;
    for (int i = 0; i < 6; i++)
        none = none && sets[i / 3][i % 3] == 0;
    return !none || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 || geteuid() == 0;
}

static int p_core(void)
{
    struct rlimit r;
    return getrlimit(RLIMIT_CORE, &r) != 0 || r.rlim_max != 0;
}

static int p_memory(void)
{
    size_t n = (size_t)2 << 30;
    return mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
                0) != MAP_FAILED;
}

static int p_big_file(void)
{
    signal(SIGXFSZ, SIG_IGN);
    int fd = open("big", O_WRONLY | O_CREAT, 0600);
    return fd < 0 || ftruncate(fd, (off_t)1 << 40) == 0;
}

static int p_many_files(void)
{
    for (int i = 0; i < 5000; i++) {
        if (dup(0) < 0) {
            (void)close_range(3, ~0U, 0);
            return 0;
        }
    }
    (void)close_range(3, ~0U, 0);
    return 1;
}

/* The test gives it 8 MiB and 256 files. */
static int p_room(void)
{
    int a = open("room-a", O_WRONLY | O_CREAT, 0600);
    int b = open("room-b", O_WRONLY | O_CREAT, 0600);
    int all = a >= 0 && b >= 0 && posix_fallocate(a, 0, 6 << 20) == 0 &&
              posix_fallocate(b, 0, 6 << 20) == 0;
    close(a);
    close(b);
    unlink("room-a");
    unlink("room-b");
    return all;
}

static int p_inodes(void)
{
    char name[32];
    int n = 0;
    for (; n < 300; n++) {
        snprintf(name, sizeof name, "inode-%d", n);
        if (!opens(name, O_WRONLY | O_CREAT))
            break;
    }
    for (int i = 0; i < n; i++) {
        snprintf(name, sizeof name, "inode-%d", i);
        unlink(name);
    }
    return n == 300;
}

static int p_modules(void)
{
    return syscall(SYS_delete_module, "probe-none", 0) == 0 || errno == ENOENT;
}

static int p_kexec(void)
{
    return syscall(SYS_kexec_load, 0, 0, NULL, 0) == 0;
}

static int p_syslog(void)
{
    return syscall(SYS_syslog, 10, NULL, 0) >= 0;
}

static int p_clock(void)
{
    struct timeval now;
    gettimeofday(&now, NULL);
    return settimeofday(&now, NULL) == 0;
}

static int p_personality(void)
{
    return syscall(SYS_personality, 0x0040000) >= 0;
}

static int p_fanotify(void)
{
    return syscall(SYS_fanotify_init, 0x200 /* FAN_REPORT_FID */, 0) >= 0;
}

static int p_terminal(void)
{
    char c = 'x';
    /* No terminal here: what matters is that the call is refused before anybody asks for one. */
    return ioctl(0, TIOCSTI, &c) == 0 || errno != EPERM;
}

static int p_other_architecture(void)
{
#ifdef __x86_64__
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        long r;
        __asm__ volatile("int $0x80" : "=a"(r) : "a"(20) : "memory"); /* getpid of 32 bits */
        _exit(r > 0 ? 0 : 1);
    }
    return waitpid(pid, &status, 0) == pid && status == 0;
#else
    return 0;
#endif
}

static const struct {
    const char *name;
    int (*try)(void);
} probes[] = {
#define PROBE(name, needs) { #name, p_##name },
#include "probes.def"
#undef PROBE
};

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "probe") != 0)
        return probe_behave(argv[1]);
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t i = 0; i < sizeof probes / sizeof *probes; i++)
        printf("%s %s\n", probes[i].name, probes[i].try() ? "open" : "shut");
    return 0;
}
