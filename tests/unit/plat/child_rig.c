/* SPDX-License-Identifier: Apache-2.0 */
#include "child_rig.h"
#include "check.h"
#include "plat/crypto/crypto.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

const char *probe_path;
char temp[] = "/tmp/seneschal-test-child-XXXXXX";

bool rig_digest(int fd, uint8_t ret[static CHILD_DIGEST])
{
    digest_t d;
    if (crypto_init() != E_OK || sha256_of_file(fd, &d) != E_OK)
        return false;
    memcpy(ret, d.b, CHILD_DIGEST);
    return true;
}

void run_start(struct run *r, const char *how, struct child_spec spec)
{
    const char *argv[] = { probe_path, how, NULL };
    struct diag why = { 0 };
    memset(r, 0, sizeof *r);
    buf_init(&r->out, OUT_MAX);
    spec.argv = argv;
    spec.limits.memory = RIG_MEMORY;
    spec.temp = temp;
    if (child_spawn(&spec, &why, &r->c) != E_OK)
        fail_msg("%s", why.text);
}

void run_hear(struct run *r)
{
    err_t e = child_read(&r->c, &r->last);
    if (e == E_AGAIN)
        return;
    check(e == E_OK, "the warden never goes without a word");
    if (r->last.news == CHILD_READY) {
        r->ready = true;
        r->held = r->last.held;
        if (r->last.text[0] != '\0')
            print_message("# %s\n", r->last.text);
    }
    r->exited = r->last.news == CHILD_EXITED;
}

static void run_take(struct run *r, int *fd, bool keep)
{
    char piece[4096];
    ssize_t n = read(*fd, piece, sizeof piece);
    if (n > 0 && keep)
        buf_add(&r->out, str_of(piece, (size_t)n));
    if (n == 0) {
        close(*fd);
        *fd = -1;
    }
}

/* One step; `read`: what the program says too. */
void run_step(struct run *r, bool read)
{
    struct pollfd fds[] = { { .fd = r->c.control, .events = POLLIN },
                            { .fd = read ? r->c.out : -1, .events = POLLIN },
                            { .fd = read ? r->c.err : -1, .events = POLLIN } };
    int n = poll(fds, ARRAY_LEN(fds), WAIT_S * 1000);
    check(n > 0, "something happens in time");
    if (fds[1].revents != 0)
        run_take(r, &r->c.out, true);
    if (fds[2].revents != 0)
        run_take(r, &r->c.err, false);
    if (fds[0].revents != 0)
        run_hear(r);
}

void run_ready(struct run *r)
{
    while (!r->ready && !r->exited)
        run_step(r, false);
    check(r->ready, r->last.text);
}

void run_until(struct run *r, const char *said)
{
    while (r->out.n == 0 || memmem(r->out.p, r->out.n, said, strlen(said)) == NULL)
        run_step(r, true);
}

/* To its end, and all that it says. */
int run_end(struct run *r)
{
    while (!r->exited)
        run_step(r, true);
    int status = r->last.status;
    while (r->c.out >= 0)
        run_take(r, &r->c.out, true); /* nobody holds it open any more: its end comes at once */
    return status;
}

bool temp_is_empty(void)
{
    DIR *d = opendir(temp);
    struct dirent *e;
    bool empty = true;
    while (d != NULL && (e = readdir(d)) != NULL)
        empty = empty && strstr(e->d_name, "seneschal-child-") == NULL;
    closedir(d);
    return empty;
}

/* A copy of its own in our directory: whoever runs that is one that this test has started. */
bool probe_copy(const char *from, const char *to)
{
    static char piece[65536];
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
    ssize_t n = 1;
    while (in >= 0 && out >= 0 && n > 0) {
        n = read(in, piece, sizeof piece);
        if (n > 0 && write(out, piece, (size_t)n) != n)
            n = -1;
    }
    bool good = in >= 0 && out >= 0 && n == 0 && fchmod(out, 0755) == 0;
    close(in);
    close(out);
    return good;
}

/* How many processes run the program. */
size_t probes_alive(void)
{
    DIR *d = opendir("/proc");
    struct dirent *e;
    size_t n = 0;
    while (d != NULL && (e = readdir(d)) != NULL) {
        char path[300];
        char exe[PATH_MAX];
        snprintf(path, sizeof path, "/proc/%s/exe", e->d_name);
        ssize_t got = readlink(path, exe, sizeof exe);
        n += got > 0 && str_eq(str_of(exe, (size_t)got), str_from_cz(probe_path));
    }
    closedir(d);
    return n;
}

void run_gone(struct run *r)
{
    child_kill(&r->c);
    for (int i = 0; !child_reap(&r->c); i++) {
        check(i < WAIT_S * 100, "the warden ends");
        poll(NULL, 0, 10);
    }
    buf_fini(&r->out);
    check(probes_alive() == 0, "no process of it is left");
    check(temp_is_empty(), "no file of it is left");
}
