/* SPDX-License-Identifier: Apache-2.0 */
#include "fetch_peer.h"

#include "base/num.h"

#include "check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

struct peer_conn {
    struct peer *peer;
    int fd;
};

static void *peer_serve(void *arg)
{
    struct peer_conn conn = *(struct peer_conn *)arg;
    free(arg);
    conn.peer->script(conn.peer, conn.fd);
    close(conn.fd);
    return NULL;
}

static void *peer_accept(void *arg)
{
    struct peer *p = arg;
    while (!atomic_load(&p->over)) {
        struct pollfd one = { .fd = p->listening, .events = POLLIN };
        if (poll(&one, 1, 20) != 1)
            continue;
        int fd = accept4(p->listening, NULL, NULL, SOCK_CLOEXEC);
        unsigned n = atomic_load(&p->conns_n);
        if (fd < 0)
            break; /* the test has closed the door */
        assert_true(n < PEER_CONNS_MAX);
        struct peer_conn *conn = malloc(sizeof *conn);
        *conn = (struct peer_conn){ p, fd };
        atomic_store(&p->conns_n, n + 1); /* before it can answer, and the test looks */
        assert_int_equal(pthread_create(&p->conns[n], NULL, peer_serve, conn), 0);
    }
    return NULL;
}

void peer_up(struct peer *p, peer_script_f *script)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof at;
    memset(p, 0, sizeof *p);
    signal(SIGPIPE, SIG_IGN);
    p->script = script;
    p->listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(p->listening, (void *)&at, sizeof at), 0);
    assert_int_equal(listen(p->listening, 16), 0);
    assert_int_equal(getsockname(p->listening, (void *)&at, &n), 0);
    snprintf(p->url, sizeof p->url, "http://127.0.0.1:%u/x", ntohs(at.sin_port));
    assert_int_equal(pthread_create(&p->thread, NULL, peer_accept, p), 0);
}

void peer_down(struct peer *p)
{
    atomic_store(&p->over, true);
    pthread_join(p->thread, NULL);
    close(p->listening);
    for (unsigned i = 0; i < atomic_load(&p->conns_n); i++)
        pthread_join(p->conns[i], NULL);
}

/* The body that the head announces, or 0. */
static size_t peer_body_n(const char *head)
{
    const char *at = strcasestr(head, "content-length:");
    uint64_t n = 0;
    if (at != NULL) {
        at += strlen("content-length:");
        str_t line = str_trim(str_of(at, strcspn(at, "\r")));
        assert_int_equal(num_parse_u64(line, &n), E_OK);
    }
    return n;
}

bool peer_hear_all(struct peer *p, int fd, char *room, size_t size)
{
    size_t n = 0;
    size_t left = size;
    while (n < size - 1 && left > 0) {
        if (recv(fd, room + n, 1, 0) != 1)
            return false;
        room[++n] = '\0';
        left--;
        if (n >= 4 && memcmp(room + n - 4, "\r\n\r\n", 4) == 0 && left + n == size)
            left = peer_body_n(room);
    }
    atomic_fetch_add(&p->requests_n, 1);
    return true;
}

bool peer_hear(struct peer *p, int fd)
{
    char room[8192];
    return peer_hear_all(p, fd, room, sizeof room);
}

bool peer_tell(struct peer *p, int fd, str_t text)
{
    while (text.n > 0) {
        struct pollfd one = { .fd = fd, .events = POLLOUT };
        if (atomic_load(&p->over))
            return false;
        if (poll(&one, 1, 20) != 1)
            continue;
        ssize_t n = send(fd, text.p, text.n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0)
            return false;
        atomic_fetch_add(&p->sent, (unsigned long long)n);
        text = str_sub(text, (size_t)n, text.n);
    }
    return true;
}

void peer_wait(struct peer *p, int ms)
{
    for (; ms > 0 && !atomic_load(&p->over); ms -= 5)
        poll(NULL, 0, 5);
}

bool peer_is_left(int fd)
{
    char c;
    return recv(fd, &c, 1, MSG_DONTWAIT | MSG_PEEK) == 0;
}
