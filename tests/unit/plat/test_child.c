/* SPDX-License-Identifier: Apache-2.0 */
/* A program in its cage: what it cannot reach, and that nothing of it stays. */
#include "check.h"
#include "child_rig.h"
#include "plat/os/proc.h"
#include "plat/os/warden.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ENV_MAX = 16, PLAIN_OPEN_MIN = 10 };

static const struct {
    const char *name;
    unsigned needs;
} probes[] = {
#define PROBE(name, needs) { #name, needs },
#include "probes.def"
#undef PROBE
};

static bool spaceless; /* the kernel lets nobody make namespaces, or it seems so */
static char secret[128];
static char socket_path[128];
static char env_text[ENV_MAX][256];
static const char *env[ENV_MAX + 1];
static const char top_secret[] = "top-secret: of the server's memory";

static bool said(const struct buf *out, const char *name, const char *word)
{
    char line[128];
    int n = snprintf(line, sizeof line, "%s %s\n", name, word);
    return memmem(out->p, out->n, line, (size_t)n) != NULL;
}

static void probes_run(enum child_reach reach)
{
    struct run r;
    size_t shut = 0;
    run_start(&r, "probe",
              (struct child_spec){
                  .env = env, .reach = reach, .limits = { .room = MIB(8), .inodes = 256 } });
    run_ready(&r);
    unsigned held = r.held;
    check(!spaceless || (held & (CHILD_PROCESSES | CHILD_NETWORK | CHILD_ROOM)) == 0,
          "none was made");
    assert_int_equal(run_end(&r), 0);
    for (size_t i = 0; i < ARRAY_LEN(probes); i++) {
        bool unlimited = RIG_MEMORY > 0 && strcmp(probes[i].name, "memory") == 0;
        bool must = (probes[i].needs & ~held) == 0 && !unlimited;
        if (must && !said(&r.out, probes[i].name, "shut"))
            fail_msg("%s is open", probes[i].name);
        shut += said(&r.out, probes[i].name, "shut");
    }
    print_message("# %zu of %zu are shut%s\n", shut, ARRAY_LEN(probes),
                  reach == CHILD_DOOR ? " beside its door" : "");
    run_gone(&r);
}

static void test_probes(void **state)
{
    (void)state;
    setenv("SENESCHAL_SECRET", "top-secret", 1); /* of ours: not of its */
    probes_run(CHILD_NOBODY);
    if (!spaceless)
        probes_run(CHILD_DOOR);
}

/* The probes find what is open: without the cage many of them do. */
static void test_without_cage(void **state)
{
    (void)state;
    char *argv[] = { (char *)(uintptr_t)probe_path, (char *)(uintptr_t) "probe", NULL };
    struct buf out;
    size_t open_n = 0;
    buf_init(&out, OUT_MAX);
    assert_int_equal(chdir(temp), 0);
    for (size_t i = 0; env[i] != NULL; i++)
        (void)putenv((char *)(uintptr_t)env[i]);
    const struct proc_talk talk = { .input = STR(""), .out = &out, .in = DUR_S(WAIT_S) };
    assert_int_equal(proc_talk(probe_path, argv, &talk, NULL), E_OK);
    for (size_t i = 0; i < ARRAY_LEN(probes); i++)
        open_n += said(&out, probes[i].name, "open");
    print_message("# %zu of %zu are open without it\n", open_n, ARRAY_LEN(probes));
    check(open_n >= PLAIN_OPEN_MIN, "probes that find nothing prove nothing");
    check(said(&out, "environment", "open") && said(&out, "loopback", "open") &&
              said(&out, "read_secret", "open"),
          "the plain ones above all");
    buf_fini(&out);
}

static void test_network(void **state)
{
    (void)state;
    static const char *const still[] = { "netlink",   "raw",       "packet",
                                         "unix_path", "abstract",  "userns",
                                         "listen",    "protocols", "listen_unbound" };
    struct run r;
    run_start(&r, "probe", (struct child_spec){ .env = env, .reach = CHILD_ANYWHERE });
    run_ready(&r);
    assert_int_equal(run_end(&r), 0);
    check(said(&r.out, "loopback", "open"), "it has asked for the network");
    for (size_t i = 0; i < ARRAY_LEN(still); i++)
        check(said(&r.out, still[i], "shut"), still[i]);
    run_gone(&r);
}

static void test_environment(void **state)
{
    (void)state;
    static const char *const two[] = { "A=1", "PATH=/usr/bin", NULL };
    struct run r;
    run_start(&r, "env", (struct child_spec){ .env = two });
    run_ready(&r);
    assert_int_equal(run_end(&r), 0);
    size_t lines = 0;
    for (size_t i = 0; i < r.out.n; i++)
        lines += r.out.p[i] == '\n';
    assert_int_equal(lines, 4);
    check(memmem(r.out.p, r.out.n, "A=1\nPATH=/usr/bin\n", 18) != NULL, "what was declared");
    check(memmem(r.out.p, r.out.n, "HOME=/tmp/", 10) != NULL &&
              memmem(r.out.p, r.out.n, "TMPDIR=/tmp/", 12) != NULL,
          "and its own directory");
    run_gone(&r);
}

static void test_talk(void **state)
{
    (void)state;
    struct run r;
    run_start(&r, "echo", (struct child_spec){ 0 });
    run_ready(&r);
    assert_int_equal(write(r.c.in, "{\"a\":1}\n", 8), 8);
    run_until(&r, "{\"a\":1}\n");
    close(r.c.in);
    r.c.in = -1;
    assert_int_equal(run_end(&r), 0);
    run_gone(&r);
}

static void test_ends(void **state)
{
    (void)state;
    static const struct {
        const char *how;
        int status;
    } rows[] = {
        { "nothing", 0 }, { "seven", 7 }, { "crash", 128 + SIGABRT }, { "hide", 0 }, { "litter", 0 }
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct run r;
        run_start(&r, rows[i].how, (struct child_spec){ 0 });
        run_ready(&r);
        check(run_end(&r) == rows[i].status, rows[i].how);
        run_gone(&r);
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const missing[] = { "/usr/bin/no-such-program", NULL };
    static const char *const relative[] = { "true", NULL };
    static const char *const directory[] = { "/usr/bin", NULL };
    static const char *const *const rows[] = { missing, directory };
    struct child c;
    struct diag why = { 0 };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct run r = { 0 };
        buf_init(&r.out, OUT_MAX);
        assert_int_equal(
            child_spawn(
                &(struct child_spec){ .limits.memory = RIG_MEMORY, .argv = rows[i], .temp = temp },
                &why, &r.c),
            E_OK);
        while (r.last.text[0] == '\0')
            run_step(&r, false);
        check(r.last.news == CHILD_REFUSED && strstr(r.last.text, rows[i][0]) != NULL, r.last.text);
        while (!r.exited)
            run_step(&r, false);
        check(!r.ready, "it never was");
        run_gone(&r);
    }
    assert_int_equal(
        child_spawn(
            &(struct child_spec){ .limits.memory = RIG_MEMORY, .argv = relative, .temp = temp },
            &why, &c),
        E_BAD_FIELD);
    assert_int_equal(child_spawn(&(struct child_spec){ .limits.memory = RIG_MEMORY,
                                                       .argv = missing,
                                                       .temp = temp,
                                                       .warden = "/nowhere" },
                                 NULL, &c),
                     E_IO);
    assert_int_equal(child_spawn(&(struct child_spec){ .limits.memory = RIG_MEMORY,
                                                       .argv = missing,
                                                       .temp = "/nowhere" },
                                 NULL, &c),
                     E_OK);
    struct run r = { .c = c };
    buf_init(&r.out, OUT_MAX);
    run_step(&r, false);
    check(r.last.news == CHILD_REFUSED && strstr(r.last.text, "/nowhere") != NULL, r.last.text);
    run_gone(&r);
}

static void test_stop(void **state)
{
    (void)state;
    struct run r;
    run_start(&r, "echo", (struct child_spec){ 0 });
    run_ready(&r);
    child_stop(&r.c); /* it has no handler: it goes */
    assert_int_equal(run_end(&r), 128 + SIGTERM);
    run_gone(&r);

    run_start(&r, "stubborn", (struct child_spec){ 0 });
    run_ready(&r);
    run_until(&r, "deaf\n");
    child_stop(&r.c);
    assert_int_equal(run_end(&r), 128 + SIGKILL);
    run_gone(&r);
}

/* Whether its warden reads the word, or leaves it unread, or has gone before it: how the program
 * has ended is told. */
static void test_stop_too_late(void **state)
{
    (void)state;
    for (int words = 0; words < 3; words++) {
        struct run r;
        struct pollfd gone = { .events = 0 };
        run_start(&r, "seven", (struct child_spec){ 0 });
        run_ready(&r);
        for (int i = 0; i < words; i++)
            child_stop(&r.c);
        gone.fd = r.c.control;
        while ((gone.revents & POLLHUP) == 0)
            check(poll(&gone, 1, WAIT_S * 1000) == 1, "the warden goes");
        child_stop(&r.c);
        child_stop(&r.c);
        int status = run_end(&r);
        check(status == 7 || (words > 0 && status == 128 + SIGTERM), "its status is told");
        run_gone(&r);
    }
}

/* Nobody reads what it says; nobody asks it to go. */
static void test_killed(void **state)
{
    (void)state;
    static const char *const rows[] = { "flood", "flood-errors", "bomb", "stubborn" };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct run r;
        run_start(&r, rows[i], (struct child_spec){ .limits = { .processes = 64 } });
        run_ready(&r);
        poll(NULL, 0, 100); /* it may do its worst for a moment; nothing depends on how long */
        run_gone(&r);
    }
}

/* Who wants the whole cage or none. */
static void test_whole(void **state)
{
    (void)state;
    struct run r;
    run_start(&r, "nothing", (struct child_spec){ .whole = true });
    while (!r.exited)
        run_step(&r, false);
    check(!spaceless || !r.ready, "refused where something lacks");
    check(!r.ready || r.held == CHILD_WHOLE, "whole where it starts");
    run_gone(&r);
}

/* A server in a process of its own, that kill -9 ends. */
static NORETURN void server_main(void)
{
    static const char *const rows[] = { "stubborn", "bomb", "hide", "flood" };
    struct run r[ARRAY_LEN(rows)];
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        run_start(&r[i], rows[i], (struct child_spec){ .limits = { .processes = 32 } });
        while (!r[i].ready)
            run_hear(&r[i]);
    }
    (void)!write(STDOUT_FILENO, "up", 2);
    for (;;)
        pause();
}

static void test_server_killed(void **state)
{
    (void)state;
    int out[2];
    char word[2];
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (pid == 0) {
        (void)dup2(out[1], STDOUT_FILENO);
        execl("/proc/self/exe", "server", probe_path, temp, (char *)NULL);
        _exit(1);
    }
    close(out[1]);
    assert_int_equal(read(out[0], word, sizeof word), 2);
    check(probes_alive() > 0, "there is something to end");
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    for (int i = 0; probes_alive() > 0 || !temp_is_empty(); i++) {
        check(i < WAIT_S * 100, "all of it goes with the server");
        poll(NULL, 0, 10);
    }
    close(out[0]);
}

static int listen_at(const struct sockaddr *at, socklen_t n)
{
    int fd = socket(at->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return fd >= 0 && bind(fd, at, n) == 0 && listen(fd, 64) == 0 ? fd : -1;
}

static void env_add(size_t i, const char *name, const char *value)
{
    snprintf(env_text[i], sizeof env_text[i], "%s=%s", name, value);
    env[i] = env_text[i];
}

/* What the probes aim at. One descriptor is left open for whoever inherits. */
static int setup(void **state)
{
    (void)state;
    struct sockaddr_in tcp = { .sin_family = AF_INET };
    struct sockaddr_un path = { .sun_family = AF_UNIX };
    struct sockaddr_un abstract = { .sun_family = AF_UNIX };
    socklen_t n = sizeof tcp;
    char number[32];
    tcp.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    static char copy[128];
    if (mkdtemp(temp) == NULL || chmod(temp, 0755) != 0)
        return -1;
    snprintf(copy, sizeof copy, "%s/probe", temp);
    if (!probe_copy(probe_path, copy))
        return -1;
    probe_path = copy;
    snprintf(secret, sizeof secret, "%s/secret", temp);
    snprintf(socket_path, sizeof socket_path, "%s/socket", temp);
    int fd = open(secret, O_WRONLY | O_CREAT, 0666); /* not on exec: inherited */
    snprintf(path.sun_path, sizeof path.sun_path, "%.100s", socket_path);
    int name_n = snprintf(number, sizeof number, "seneschal-probe-%d", (int)getpid());
    memcpy(abstract.sun_path + 1, number, (size_t)name_n);
    env_add(4, "SERVER_ABSTRACT", number);
    int t = listen_at((struct sockaddr *)&tcp, sizeof tcp);
    if (fd < 0 || fchmod(fd, 0666) != 0 || write(fd, "secret", 6) != 6 || t < 0 ||
        getsockname(t, (struct sockaddr *)&tcp, &n) != 0 ||
        listen_at((struct sockaddr *)&path, sizeof path) < 0 || chmod(socket_path, 0666) != 0 ||
        listen_at((struct sockaddr *)&abstract,
                  (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)name_n)) < 0)
        return -1;
    snprintf(number, sizeof number, "%d", (int)getpid());
    env_add(0, "SERVER_PID", number);
    snprintf(number, sizeof number, "%u", (unsigned)ntohs(tcp.sin_port));
    env_add(1, "SERVER_PORT", number);
    env_add(2, "SERVER_FILE", secret);
    env_add(3, "SERVER_SOCKET", socket_path);
    snprintf(number, sizeof number, "%llx", (unsigned long long)(uintptr_t)top_secret);
    env_add(5, "SERVER_SECRET_AT", number);
    /* The filter of a cage refuses them to our wardens too. */
    return !spaceless || cage_calls(CHILD_ANYWHERE) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    return workdir_remove(temp) ? 0 : -1;
}

int main(int argc, char **argv)
{
    if (argc > 0 && strcmp(argv[0], CHILD_WARDEN) == 0)
        return child_warden_main(argc, argv, rig_digest);
    if (argc < 2)
        return 2;
    static char real[PATH_MAX];
    if (realpath(argv[1], real) == NULL)
        return 2;
    probe_path = real;
    if (strcmp(argv[0], "server") == 0 && argc == 3) {
        memcpy(temp, argv[2], strlen(temp));
        server_main();
    }
    spaceless = argc == 3 && strcmp(argv[2], "spaceless") == 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_probes),
        cmocka_unit_test(test_network),
        cmocka_unit_test(test_environment),
        cmocka_unit_test(test_talk),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_stop),
        cmocka_unit_test(test_stop_too_late),
        cmocka_unit_test(test_killed),
        cmocka_unit_test(test_server_killed),
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_without_cage), /* last: what it finds it also does */
    };
    size_t leave_out = spaceless ? 1 : 0;
    return _cmocka_run_group_tests("child", tests, ARRAY_LEN(tests) - leave_out, setup, teardown);
}
