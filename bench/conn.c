/* SPDX-License-Identifier: Apache-2.0 */
#include "conn.h"

#include "base/attr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

int conn_open(struct conn *c, const struct plan *p, int port)
{
    *c = (struct conn){ .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) };
    memcpy(c->out, p->text, p->n);
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port),
                              .sin_addr = { htonl(INADDR_LOOPBACK) } };
    int on = 1;
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0)
        return 0;
    (void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fcntl(c->fd, F_SETFL, O_NONBLOCK) == 0;
}

void conn_close(struct conn *c)
{
    if (c->fd >= 0)
        (void)close(c->fd);
    c->fd = -1;
}

/* A request is far smaller than the socket's buffer, which is empty between two of them: it goes
 * out whole. */
int conn_send(struct conn *c, const struct plan *p, uint64_t n, int64_t now_us)
{
    plan_fill(p, n, c->out);
    c->sent_us = now_us;
    c->in_n = 0;
    c->in_body = 0;
    return send(c->fd, c->out, p->n, MSG_NOSIGNAL) == (ssize_t)p->n;
}

/* The value of Content-Length in a head; 0 when it has none, as a 304 and a 204. */
static size_t length_of(const char *head, size_t n)
{
    static const char name[] = "content-length:";
    const char *at = head;
    const char *end = head + n;
    while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        at++;
        if ((size_t)(end - at) < sizeof name || strncasecmp(at, name, sizeof name - 1) != 0)
            continue;
        size_t v = 0;
        for (at += sizeof name - 1; at < end && *at != '\r'; at++)
            if (*at >= '0' && *at <= '9')
                v = v * 10U + (size_t)(*at - '0');
        return v;
    }
    return 0;
}

/* Is the head complete? Then cut it off and note how much body follows. */
static int head_done(struct conn *c)
{
    const char *end = memmem(c->in, c->in_n, "\r\n\r\n", 4);
    if (end == NULL || c->in_n < 12)
        return 0;
    size_t head = (size_t)(end - c->in) + 4U;
    c->status = (c->in[9] - '0') * 100 + (c->in[10] - '0') * 10 + (c->in[11] - '0');
    c->body_left = c->status == 304 ? 0 : length_of(c->in, head);
    size_t more = c->in_n - head;
    c->body_left -= more < c->body_left ? more : c->body_left;
    c->in_body = 1;
    c->in_n = 0;
    return 1;
}

enum conn_state conn_read(struct conn *c)
{
    ssize_t got = recv(c->fd, c->in + c->in_n, sizeof c->in - c->in_n, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return CONN_WAIT;
    if (got <= 0)
        return CONN_GONE;
    if (c->in_body) {
        c->body_left -= (size_t)got < c->body_left ? (size_t)got : c->body_left;
    } else {
        c->in_n += (size_t)got;
        if (!head_done(c))
            return c->in_n == sizeof c->in ? CONN_GONE : CONN_WAIT;
    }
    return c->body_left == 0 ? CONN_DONE : CONN_WAIT;
}
