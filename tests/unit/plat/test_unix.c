/* SPDX-License-Identifier: Apache-2.0 */
/* Unix sockets: whose they are, what they replace, and who is at the other end. */
#include "base/fault.h"
#include "plat/os/net.h"
#include "plat/os/unix.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/seneschal-test-unix-XXXXXX";
static char path[sizeof dir + 16];
static char new[sizeof dir + 16];

static int setup(void **state)
{
    (void)state;
    if (mkdtemp(dir) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/sock", dir);
    snprintf(new, sizeof new, "%s/sock.new", dir);
    return 0;
}

static int clear(void **state)
{
    (void)state;
    (void)unlink(path);
    return access(new, F_OK) == 0 ? -1 : 0; /* nothing is left lying about */
}

static int teardown(void **state)
{
    (void)state;
    return rmdir(dir);
}

static int dial(void)
{
    struct sockaddr_un a = { .sun_family = AF_UNIX };
    snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    if (connect(fd, (const struct sockaddr *)&a, sizeof a) == 0)
        return fd;
    close(fd);
    return -1;
}

static void test_mode_is_exact_whatever_the_umask(void **state)
{
    (void)state;
    const gid_t group = getgid();
    struct stat st;
    for (int with = 0; with < 2; with++) {
        int fd = -1;
        mode_t before = umask(with == 0 ? 0 : 0777);
        assert_int_equal(unix_listen(path, with ? &group : NULL, NULL, &fd), E_OK);
        (void)umask(before);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 07777, with ? 0660 : 0600);
        assert_int_equal(st.st_gid, group);
        close(fd);
        unix_unlink(path);
        assert_int_not_equal(access(path, F_OK), 0);
    }
}

static void test_what_stands_there(void **state)
{
    (void)state;
    struct diag why = { 0 };
    char longer[256];
    int fd = -1;
    int second = -1;
    assert_int_equal(unix_listen(path, NULL, NULL, &fd), E_OK);
    assert_int_equal(unix_listen(path, NULL, &why, &second), E_CONFLICT);
    assert_non_null(strstr(why.text, path));
    close(fd); /* as after a crash: the name stays */
    assert_int_equal(dial(), -1);
    assert_int_equal(unix_listen(path, NULL, NULL, &fd), E_OK);
    int client = dial();
    assert_true(client >= 0);
    close(client);
    close(fd);
    assert_int_equal(unlink(path), 0);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
    assert_int_equal(unix_listen(path, NULL, NULL, &second), E_CONFLICT);
    unix_unlink(path);
    assert_int_equal(access(path, F_OK), 0); /* what is no socket stays */
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(unix_listen(longer, NULL, NULL, &second), E_USAGE);
    assert_int_equal(unix_listen("/proc/nothing/sock", NULL, NULL, &second), E_IO);
    assert_int_equal(second, -1);
}

static void test_peer(void **state)
{
    (void)state;
    struct unix_peer peer = { 0 };
    uint8_t ip[16] = { 1 };
    static const uint8_t zeros[16];
    uint16_t port = 1;
    int listener = -1;
    int fd = -1;
    assert_int_equal(unix_listen(path, NULL, NULL, &listener), E_OK);
    assert_int_equal(net_accept(listener, ip, &port, &fd), E_AGAIN);
    int client = dial();
    assert_int_equal(net_accept(listener, ip, &port, &fd), E_OK);
    assert_memory_equal(ip, zeros, sizeof ip);
    assert_int_equal(port, 0);
    assert_int_equal(unix_peer(fd, &peer), E_OK);
    assert_int_equal(peer.uid, geteuid());
    assert_int_equal(peer.gid, getegid());
    assert_int_equal(peer.pid, getpid());
    assert_true(unix_peer_in(fd, &peer, getegid()));
    assert_false(unix_peer_in(fd, &peer, 4000000000U));
    close(fd);
    close(client);
    close(listener);
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    assert_int_equal(unix_peer(pipes[0], &peer), E_IO);
    close(pipes[0]);
    close(pipes[1]);
}

static void test_groups(void **state)
{
    (void)state;
    struct diag why = { 0 };
    gid_t g = 7;
    assert_int_equal(unix_group("root", NULL, &g), E_OK);
    assert_int_equal(g, 0);
    assert_int_equal(unix_group("12345", NULL, &g), E_OK);
    assert_int_equal(g, 12345);
    assert_int_equal(unix_group("no such group", &why, &g), E_NOT_FOUND);
    assert_non_null(strstr(why.text, "no such group"));
    assert_int_equal(unix_group("99999999999", NULL, &g), E_NOT_FOUND);
    assert_int_equal(g, 12345);
}

#ifdef SENESCHAL_FAULTS
static void test_faults(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        int fd = -1;
        fault_arm(n);
        err_t e = unix_listen(path, NULL, NULL, &fd);
        bool fired = fault_used();
        fault_disarm();
        assert_int_equal(e, fired ? E_IO : E_OK);
        assert_int_equal(fd == -1, fired);
        if (!fired) {
            close(fd);
            break;
        }
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_mode_is_exact_whatever_the_umask, clear),
        cmocka_unit_test_teardown(test_what_stands_there, clear),
        cmocka_unit_test_teardown(test_peer, clear),
        cmocka_unit_test(test_groups),
#ifdef SENESCHAL_FAULTS
        cmocka_unit_test_teardown(test_faults, clear),
#endif
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
