/* SPDX-License-Identifier: Apache-2.0 */
#include "app/admin_socket.h"

#include "app/backup_record.h"
#include "app/setup_link.h"
#include "base/log.h"
#include "base/ref.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* What may be asked for, a line each. */
#define ASK_TOKEN   "token\n"
#define ASK_RESTART "restart\n"
#define ASK_SETUP   "setup\n"
#define ASK_BACKUP  "backup " /* and what backup_record.h says */
#define REFUSED     "refused: "
#define RESTARTING  "restarting\n"
#define RECORDED    "recorded\n"

enum { ASK_MAX = sizeof ASK_BACKUP + BACKUP_TOLD_MAX, ASK_MS = 1000, ANSWER_MAX = 2048 };
#define SUCCESSOR_MAX DUR_S(30)

struct admin_socket {
    int listener;
    _Atomic int waiting;       /* who asked for a restart, until he is told; -1: nobody */
    int dir;                   /* kept open: the name is reached through it */
    int wake[2];               /* a pipe that ends the thread */
    struct services *services; /* borrowed */
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

/* A line that comes at once; whoever only looks whether we are there says nothing. */
static str_t read_ask(int fd, char text[static ASK_MAX])
{
    struct pollfd in = { .fd = fd, .events = POLLIN };
    ssize_t n = poll(&in, 1, ASK_MS) == 1 ? read(fd, text, ASK_MAX) : 0;
    return str_of(text, n > 0 ? (size_t)n : 0);
}

static void give_token(struct admin_socket *s, int fd, uid_t uid)
{
    struct token_text token = { .n = 0 };
    admin_tokens_mint(&s->services->admin_tokens, clock_now(), &token);
    token.p[token.n] = '\n';
    (void)!write(fd, token.p, token.n + 1); /* a peer that has gone asks again */
    LOG(LOG_INFO, "admin-token-given", LOG_F("uid", (int64_t)uid));
    explicit_bzero(&token, sizeof token);
}

static void give_setup_link(struct admin_socket *s, int fd, uid_t uid)
{
    char link[SETUP_LINK_MAX];
    struct diag why = { 0 };
    err_t e = setup_link_make(s->services, &why, link);
    if (e != E_OK) {
        (void)dprintf(fd, REFUSED "%s\n", why.err == e ? why.text : err_info(e)->text);
        return;
    }
    (void)dprintf(fd, "%s\n", link); /* a peer that has gone asks again */
    LOG(LOG_INFO, "setup-link-given", LOG_F("uid", (int64_t)uid));
    explicit_bzero(link, sizeof link);
}

static void take_backup(struct admin_socket *s, int fd, str_t line, uid_t uid)
{
    struct diag why = { 0 };
    err_t e = backup_record_take(s->services, line, uid, &why);
    if (e == E_OK)
        (void)!write(fd, RECORDED, sizeof RECORDED - 1); /* else there is no copy, but its event */
    else
        (void)dprintf(fd, REFUSED "%s\n", why.err == e ? why.text : err_info(e)->text);
}

/* The main thread does it, and answers (admin_socket_answer). */
static bool begin_restart(struct admin_socket *s, int fd)
{
    int nobody = -1;
    if (!atomic_compare_exchange_strong(&s->waiting, &nobody, fd)) {
        (void)!write(fd, "refused: it restarts already\n", 29);
        return false;
    }
    (void)kill(getpid(), SIGUSR2);
    return true;
}

/* True: the descriptor is kept. */
static bool serve_one(struct admin_socket *s, int fd)
{
    char text[ASK_MAX];
    uid_t uid = (uid_t)-1;
    if (!peer_may(fd, &uid)) {
        LOG(LOG_WARNING, "admin-token-refused", LOG_F("uid", (int64_t)uid));
        return false;
    }
    str_t ask = read_ask(fd, text);
    if (str_eq(ask, STR(ASK_TOKEN)))
        give_token(s, fd, uid);
    if (str_eq(ask, STR(ASK_SETUP)))
        give_setup_link(s, fd, uid);
    if (str_starts(ask, STR(ASK_BACKUP)) && str_ends(ask, STR("\n")))
        take_backup(s, fd, str_sub(ask, sizeof ASK_BACKUP - 1, ask.n - sizeof ASK_BACKUP), uid);
    return str_eq(ask, STR(ASK_RESTART)) && begin_restart(s, fd);
}

void admin_socket_answer(struct admin_socket *s, const char *refusal)
{
    if (refusal == NULL) { /* he waits for its end, which is that of this image */
        int fd = atomic_load(&s->waiting);
        if (fd >= 0)
            (void)!write(fd, RESTARTING, sizeof RESTARTING - 1);
        return;
    }
    int fd = atomic_exchange(&s->waiting, -1);
    if (fd < 0)
        return;
    (void)dprintf(fd, "refused: %s\n", refusal);
    (void)close(fd);
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
        if (!serve_one(s, fd))
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
    if (s->waiting >= 0)
        (void)close(s->waiting); /* last: the next one there is the successor's */
    ref_drop(s);
}

err_t admin_socket_open(const char *dir, struct services *services, struct diag *why,
                        struct admin_socket **ret)
{
    struct admin_socket *s = ref_new(sizeof *s);
    if (s == NULL)
        return E_NO_MEMORY;
    *s = (struct admin_socket){
        .listener = -1, .waiting = -1, .dir = -1, .wake = { -1, -1 }, .services = services
    };
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

/* E_NOT_FOUND: no server runs there. E_FORBIDDEN. */
static err_t socket_dial(const char *dir, struct diag *why, int *ret)
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
    (void)close(dir_fd);
    if (e == E_OK)
        *ret = fd;
    else if (fd >= 0)
        (void)close(fd);
    return e;
}

err_t admin_socket_ask(const char *dir, struct diag *why, struct token_text *ret)
{
    int fd = -1;
    TRY(socket_dial(dir, why, &fd));
    (void)!write(fd, ASK_TOKEN, sizeof ASK_TOKEN - 1); /* who does not read it gives nothing */
    err_t e = read_token(fd, why, ret);
    (void)close(fd);
    return e;
}

/* Everything that the server says until it ends the connection. */
static str_t read_answer(int fd, char text[static ANSWER_MAX])
{
    size_t n = 0;
    ssize_t got;
    do {
        got = read(fd, text + n, ANSWER_MAX - n);
        n += got > 0 ? (size_t)got : 0;
    } while (got > 0 && n < ANSWER_MAX);
    while (n > 0 && text[n - 1] == '\n')
        n--;
    return str_of(text, n);
}

static err_t await_successor(const char *dir, struct diag *why)
{
    enum { LOOK_MS = 10 };
    dur_t until = { clock_mono().us + SUCCESSOR_MAX.us };
    do {
        int fd = -1;
        if (socket_dial(dir, NULL, &fd) == E_OK) {
            (void)close(fd);
            return E_OK;
        }
        (void)poll(NULL, 0, LOOK_MS);
    } while (clock_mono().us < until.us);
    return FAIL(why, E_IO, "the new server has not come up within %lld s: see its log",
                (long long)(SUCCESSOR_MAX.us / 1000000));
}

err_t admin_socket_restart(const char *dir, struct diag *why)
{
    char text[ANSWER_MAX];
    int fd = -1;
    TRY(socket_dial(dir, why, &fd));
    (void)!write(fd, ASK_RESTART, sizeof ASK_RESTART - 1); /* the answer shows whether it came */
    str_t answer = read_answer(fd, text);
    (void)close(fd);
    if (answer.n == 0)
        return FAIL(why, E_FORBIDDEN, "the server restarts only for root and its own user");
    if (!str_eq(answer, str_sub(STR(RESTARTING), 0, sizeof RESTARTING - 2)))
        return FAIL(why, E_CONFLICT, "%.*s", STR_ARG(answer));
    return await_successor(dir, why);
}

err_t admin_socket_setup(struct arena *a, const char *dir, struct diag *why, str_t *ret)
{
    char text[ANSWER_MAX];
    int fd = -1;
    TRY(socket_dial(dir, why, &fd));
    (void)!write(fd, ASK_SETUP, sizeof ASK_SETUP - 1); /* the answer shows whether it came */
    str_t answer = read_answer(fd, text);
    (void)close(fd);
    if (answer.n == 0)
        return FAIL(why, E_FORBIDDEN, "the server gives this link only to root and its own user");
    if (str_starts(answer, STR(REFUSED)))
        return FAIL(why, E_CONFLICT, "%.*s",
                    STR_ARG(str_sub(answer, sizeof REFUSED - 1, answer.n)));
    err_t e = str_copy(a, answer, ret);
    explicit_bzero(text, sizeof text);
    return e;
}

err_t admin_socket_backup(const char *dir, str_t line, struct diag *why)
{
    char text[ANSWER_MAX];
    int fd = -1;
    TRY(socket_dial(dir, why, &fd));
    (void)dprintf(fd, ASK_BACKUP "%.*s\n", STR_ARG(line)); /* the answer shows whether it came */
    str_t answer = read_answer(fd, text);
    (void)close(fd);
    if (str_eq(answer, str_sub(STR(RECORDED), 0, sizeof RECORDED - 2)))
        return E_OK;
    if (answer.n == 0)
        return FAIL(why, E_FORBIDDEN,
                    "the server takes it only from root and from its own user, and one that is "
                    "older than this program not at all");
    return FAIL(why, E_CONFLICT, "%.*s", STR_ARG(answer));
}
