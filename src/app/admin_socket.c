/* SPDX-License-Identifier: Apache-2.0 */
#include "app/admin_socket.h"

#include "base/log.h"
#include "base/ref.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct admin_socket {
    int listener;
    int dir;                     /* kept open: the name is reached through it */
    int wake[2];                 /* a pipe that ends the thread */
    struct admin_tokens *tokens; /* borrowed */
    pthread_t thread;
};

/* A socket's name has 107 bytes at most; a directory may be longer, its descriptor's name is not.
 */
static err_t socket_address(int dir, struct sockaddr_un *ret)
{
    *ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
    int n = snprintf(ret->sun_path, sizeof ret->sun_path, "/proc/self/fd/%d/admin.sock", dir);
    return n > 0 && (size_t)n < sizeof ret->sun_path ? E_OK : E_IO;
}

static bool peer_may(int fd, uid_t *ret_uid)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        return false;
    *ret_uid = peer.uid;
    return peer.uid == 0 || peer.uid == geteuid();
}

static void serve_one(struct admin_socket *s, int fd)
{
    uid_t uid = (uid_t)-1;
    struct token_text token = { .n = 0 };
    if (peer_may(fd, &uid)) {
        admin_tokens_mint(s->tokens, clock_now(), &token);
        token.p[token.n] = '\n';
        (void)!write(fd, token.p, token.n + 1); /* a peer that has gone asks again */
        LOG(LOG_INFO, "admin-token-given", LOG_F("uid", (int64_t)uid));
    } else {
        LOG(LOG_WARNING, "admin-token-refused", LOG_F("uid", (int64_t)uid));
    }
    explicit_bzero(&token, sizeof token);
}

static void *admin_socket_main(void *arg)
{
    struct admin_socket *s = arg;
    struct pollfd fds[2] = { { .fd = s->listener, .events = POLLIN },
                             { .fd = s->wake[0], .events = POLLIN } };
    while (poll(fds, 2, -1) >= 0 || errno == EINTR) {
        if (fds[1].revents != 0)
            break;
        int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0)
            continue;
        serve_one(s, fd);
        (void)close(fd);
    }
    return NULL;
}

static err_t admin_socket_listen(struct admin_socket *s, const char *dir, struct diag *why)
{
    struct sockaddr_un address;
    s->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s->dir < 0 || s->listener < 0 || pipe2(s->wake, O_CLOEXEC) != 0)
        return FAIL(why, E_IO, "%s/admin.sock: %s", dir, strerrordesc_np(errno));
    TRY(socket_address(s->dir, &address));
    (void)unlinkat(s->dir, "admin.sock",
                   0); /* left by a server that was killed: the lock says that none runs */
    mode_t before = umask(0177);
    int bound = bind(s->listener, (const struct sockaddr *)&address, sizeof address);
    (void)umask(before);
    if (bound != 0 || listen(s->listener, 8) != 0)
        return FAIL(why, E_IO, "%s/admin.sock: %s", dir, strerrordesc_np(errno));
    return E_OK;
}

static void admin_socket_free(struct admin_socket *s)
{
    const int fds[] = { s->listener, s->wake[0], s->wake[1] };
    for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
        if (fds[i] >= 0)
            (void)close(fds[i]);
    }
    if (s->dir >= 0) {
        (void)unlinkat(s->dir, "admin.sock", 0);
        (void)close(s->dir);
    }
    ref_drop(s);
}

err_t admin_socket_open(const char *dir, struct admin_tokens *tokens, struct diag *why,
                        struct admin_socket **ret)
{
    struct admin_socket *s = ref_new(sizeof *s);
    if (s == NULL)
        return E_NO_MEMORY;
    *s = (struct admin_socket){ .listener = -1, .dir = -1, .wake = { -1, -1 }, .tokens = tokens };
    err_t e = admin_socket_listen(s, dir, why);
    if (e == E_OK && pthread_create(&s->thread, NULL, admin_socket_main, s) != 0)
        e = FAIL(why, E_IO, "cannot start the thread of the administrator's socket");
    if (e != E_OK) {
        admin_socket_free(s);
        return e;
    }
    *ret = s;
    return E_OK;
}

void admin_socket_close(struct admin_socket *s)
{
    if (s == NULL)
        return;
    (void)!write(s->wake[1], "x", 1);
    (void)pthread_join(s->thread, NULL);
    admin_socket_free(s);
}

/* One line: a token, or nothing where the server refuses. */
static err_t read_token(int fd, struct diag *why, struct token_text *ret)
{
    struct token_text token = { .n = 0 };
    ssize_t got;
    do {
        got = read(fd, token.p + token.n, sizeof token.p - token.n);
        if (got > 0)
            token.n += (size_t)got;
    } while (got > 0 && token.n < sizeof token.p);
    if (token.n == 0)
        return FAIL(why, E_FORBIDDEN, "the server gives a token only to root and to its own user");
    if (token.p[token.n - 1] == '\n')
        token.n--;
    *ret = token;
    return E_OK;
}

err_t admin_socket_ask(const char *dir, struct diag *why, struct token_text *ret)
{
    struct sockaddr_un address;
    int dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir_fd < 0)
        return FAIL(why, E_NOT_FOUND, "%s: %s", dir, strerrordesc_np(errno));
    err_t e = socket_address(dir_fd, &address);
    int fd = e == E_OK ? socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;
    if (fd < 0)
        e = E_IO;
    else if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0)
        e = errno == EACCES ? FAIL(why, E_FORBIDDEN, "%s/admin.sock: permission denied", dir)
                            : FAIL(why, E_NOT_FOUND, "no server runs on %s", dir);
    if (e == E_OK)
        e = read_token(fd, why, ret);
    if (fd >= 0)
        (void)close(fd);
    (void)close(dir_fd);
    return e;
}
