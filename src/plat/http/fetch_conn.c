/* SPDX-License-Identifier: Apache-2.0 */
/* Connections: how they begin, send, rest and end. */
#include "plat/http/fetch_conn.h"

#include "base/buf.h"
#include "base/fault.h"
#include "base/num.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
    READS_MAX = 16, /* before others have their turn */
};
/* An address that does not answer for so long is left for the next one. */
#define CONNECT_EACH DUR_S(3)

static void conn_on_ready(struct loop_watch *watch, unsigned events);
static void conn_on_late(struct loop_timer *timer);
static void conn_on_old(struct loop_timer *timer);

/* ---- lists ---- */

static struct plain_conn **list_of(const struct plain_conn *c)
{
    struct fetcher_plain *own = &c->owner->plain;
    return c->state == PLAIN_RESTS ? &own->resting : &own->busy;
}

static void list_add(struct plain_conn *c)
{
    struct plain_conn **list = list_of(c);
    c->prev = NULL;
    c->next = *list;
    if (c->next != NULL)
        c->next->prev = c;
    *list = c;
}

static void list_remove(struct plain_conn *c)
{
    *(c->prev != NULL ? &c->prev->next : list_of(c)) = c->next;
    if (c->next != NULL)
        c->next->prev = c->prev;
}

static void conn_enter(struct plain_conn *c, enum plain_state state)
{
    list_remove(c);
    c->state = state;
    list_add(c);
}

/* ---- its end ---- */

static void conn_on_closed(struct loop_watch *watch)
{
    struct plain_conn *c = CONTAINER_OF(watch, struct plain_conn, watch);
    (void)close(c->fd); /* nothing is to be saved */
    buf_fini(&c->in);
    free(c);
}

static void conn_part(struct plain_conn *c)
{
    if (c->x != NULL)
        c->x->plain.conn = NULL;
    c->x = NULL;
}

void fetch_conn_close(struct plain_conn *c)
{
    struct fetcher *f = c->owner;
    if (c->state == PLAIN_CLOSED)
        return;
    conn_part(c);
    list_remove(c);
    c->state = PLAIN_CLOSED;
    loop_timer_stop(f->loop, &c->late);
    loop_watch_close(&c->watch, conn_on_closed);
    f->plain.conns_n--;
    if (f->waiting_n > 0 && !f->freed)
        fetcher_kick(f);
}

void fetch_conns_close_resting(struct fetcher *f)
{
    while (f->plain.resting != NULL)
        fetch_conn_close(f->plain.resting);
}

void fetch_conn_fail(struct plain_conn *c, err_t e, const char *text)
{
    struct fetch *x = c->x;
    fetch_conn_close(c);
    if (x != NULL)
        fetch_end(x, e, text);
}

/* Nobody can have heard of the request: it goes by another connection. */
static void conn_again(struct plain_conn *c)
{
    struct fetch *x = c->x;
    x->plain.sent = 0;
    x->plain.anew = true;
    fetch_move(x, FETCH_WAITS);
    fetch_conn_close(c);
}

/* ---- connecting ---- */

static socklen_t address_of(const struct fetcher *f, size_t at, struct sockaddr_storage *ret)
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    const uint8_t *ip = f->place.ip[at];
    uint64_t port = 0;
    err_ignore(num_parse_u64(f->origin.port, &port)); /* libcurl has read it */
    *ret = (struct sockaddr_storage){ 0 };
    if (memcmp(ip, mapped, sizeof mapped) == 0) {
        struct sockaddr_in *v4 = (void *)ret;
        v4->sin_family = AF_INET;
        v4->sin_port = htons((uint16_t)port);
        memcpy(&v4->sin_addr, ip + sizeof mapped, 4);
        return sizeof *v4;
    }
    struct sockaddr_in6 *v6 = (void *)ret;
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons((uint16_t)port);
    memcpy(&v6->sin6_addr, ip, 16);
    return sizeof *v6;
}

/* A socket that connects; -1 with errno. */
static int socket_connect(const struct fetcher *f, size_t at)
{
    struct sockaddr_storage to;
    const int on = 1;
    socklen_t n = address_of(f, at, &to);
    int fd =
        fault_here() ? -1 : socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* both only help */
    (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    if (connect(fd, (const struct sockaddr *)&to, n) == 0 || errno == EINPROGRESS)
        return fd;
    int was = errno;
    (void)close(fd);
    errno = was;
    return -1;
}

static struct plain_conn *conn_make(struct fetch *x, int fd)
{
    struct fetcher *f = x->owner;
    struct plain_conn *c = fault_here() ? NULL : calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    if (loop_watch_open(f->loop, &c->watch, fd, conn_on_ready) != E_OK) {
        free(c);
        return NULL;
    }
    c->owner = f;
    c->fd = fd;
    c->x = x;
    buf_init(&c->in, ANSWER_HEAD_MAX + FETCH_READ_BYTES);
    list_add(c);
    f->plain.conns_n++;
    return c;
}

err_t fetch_conn_new(struct fetch *x, size_t at, struct diag *why)
{
    struct fetcher *f = x->owner;
    int fd = -1;
    errno = EADDRNOTAVAIL; /* there may be fewer addresses by now */
    for (; fd < 0 && at < f->place.n; at++)
        fd = socket_connect(f, at);
    if (fd < 0)
        return FAIL(why, E_IO, "it cannot be reached: %s", strerrordesc_np(errno));
    struct plain_conn *c = conn_make(x, fd);
    if (c == NULL) {
        (void)close(fd);
        return FAIL(why, E_NO_MEMORY, "no memory for a connection");
    }
    c->at = at - 1;
    x->plain.conn = c;
    x->plain.anew = false;
    fetch_move(x, FETCH_RUNS);
    loop_watch_arm(&c->watch, LOOP_WRITE);
    if (at < f->place.n)
        loop_timer_start(f->loop, &c->late, CONNECT_EACH, conn_on_late);
    return E_OK;
}

/* It did not connect; the next address may. */
static void conn_try_next(struct plain_conn *c, int cause)
{
    struct fetch *x = c->x;
    size_t next = c->at + 1;
    struct diag why = { 0 };
    fetch_conn_close(c);
    err_t e = next < x->owner->place.n
                  ? fetch_conn_new(x, next, &why)
                  : FAIL(&why, E_IO, "it cannot be reached: %s", strerrordesc_np(cause));
    if (e != E_OK)
        fetch_end(x, e, why.text);
}

static void conn_on_late(struct loop_timer *timer)
{
    struct plain_conn *c = CONTAINER_OF(timer, struct plain_conn, late);
    struct fetcher *f = c->owner;
    fetcher_enter(f);
    conn_try_next(c, ETIMEDOUT);
    fetcher_leave(f);
}

/* ---- sending ---- */

static str_t rest_of(str_t s, size_t *skip)
{
    size_t n = *skip < s.n ? *skip : s.n;
    *skip -= n;
    return str_sub(s, n, s.n);
}

/* What is left of head and body, in one call. */
static ssize_t socket_send(const struct plain_conn *c)
{
    const struct fetch *x = c->x;
    size_t skip = x->plain.sent;
    str_t head = rest_of(x->plain.head, &skip);
    str_t body = rest_of(x->req.body.p != NULL ? x->req.body : STR(""), &skip);
    struct iovec parts[2] = { { (void *)(uintptr_t)head.p, head.n },
                              { (void *)(uintptr_t)body.p, body.n } };
    const struct msghdr msg = { .msg_iov = parts, .msg_iovlen = 2 };
    ssize_t n;
    do {
        n = sendmsg(c->fd, &msg, MSG_NOSIGNAL);
    } while (n < 0 && errno == EINTR);
    return n;
}

bool fetch_conn_sends(const struct plain_conn *c)
{
    const struct fetch *x = c->x;
    return x != NULL && x->plain.sent < x->plain.head.n + x->req.body.n;
}

bool fetch_conn_arm(struct plain_conn *c)
{
    unsigned wanted = fetch_conn_sends(c) ? LOOP_WRITE : 0;
    if (c->state == PLAIN_CONNECTS)
        wanted = LOOP_WRITE;
    else if (c->x == NULL || !c->x->paused)
        wanted |= LOOP_READ;
    loop_watch_arm(&c->watch, wanted);
    return c->in.n > 0;
}

/* False: the connection is broken. */
static bool conn_send(struct plain_conn *c)
{
    struct fetch *x = c->x;
    ssize_t n = socket_send(c);
    if (n < 0 && errno != EAGAIN)
        return false;
    if (n > 0) {
        x->plain.sent += (size_t)n;
        fetch_issue(x);
    }
    (void)fetch_conn_arm(c);
    return true;
}

static void conn_begin(struct plain_conn *c, struct fetch *x)
{
    conn_enter(c, PLAIN_WORKS);
    c->x = x;
    x->plain.conn = c;
    c->heads_n = 0;
    c->seen = 0;
    c->in_body = c->whole = false;
}

bool fetch_conn_use(struct plain_conn *c, struct fetch *x)
{
    struct fetcher *f = c->owner;
    char byte;
    assert(c->state == PLAIN_RESTS);
    bool old = loop_now(f->loop).us - c->rested.us > DUR_S(FETCH_CONN_FRESH_S).us;
    /* Its peer may have closed it, or said what nobody has asked for, a moment ago. */
    if (old || recv(c->fd, &byte, 1, MSG_PEEK) >= 0 || errno != EAGAIN) {
        fetch_conn_close(c);
        return false;
    }
    conn_begin(c, x);
    if (!conn_send(c)) {
        fetch_conn_close(c);
        return false;
    }
    fetch_move(x, FETCH_RUNS);
    return true;
}

static void conn_on_connected(struct plain_conn *c)
{
    int cause = 0;
    socklen_t n = sizeof cause;
    if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &cause, &n) != 0)
        cause = errno;
    if (cause != 0) {
        conn_try_next(c, cause);
        return;
    }
    loop_timer_stop(c->owner->loop, &c->late);
    conn_begin(c, c->x);
    if (!conn_send(c))
        fetch_conn_fail(c, E_CLOSED, "the connection broke");
}

/* ---- rest ---- */

void fetch_conn_rest(struct plain_conn *c)
{
    struct fetcher *f = c->owner;
    bool first = f->plain.resting == NULL;
    conn_part(c);
    conn_enter(c, PLAIN_RESTS);
    buf_fini(&c->in);
    c->used = true;
    c->rested = loop_now(f->loop);
    (void)fetch_conn_arm(c);
    if (first)
        loop_timer_start(f->loop, &f->plain.old, DUR_S(FETCH_CONN_FRESH_S), conn_on_old);
    if (f->waiting_n > 0)
        fetcher_kick(f);
}

static void conn_on_old(struct loop_timer *timer)
{
    struct fetcher *f = CONTAINER_OF(timer, struct fetcher, plain.old);
    int64_t before = loop_now(f->loop).us - DUR_S(FETCH_CONN_FRESH_S).us;
    for (struct plain_conn *c = f->plain.resting; c != NULL;) {
        struct plain_conn *next = c->next;
        if (c->rested.us <= before)
            fetch_conn_close(c);
        c = next;
    }
    if (f->plain.resting != NULL)
        loop_timer_start(f->loop, timer, DUR_S(1), conn_on_old);
}

/* ---- its socket has something to say ---- */

static void conn_ended(struct plain_conn *c, bool broken)
{
    const struct fetch *x = c->x;
    bool silent = c->heads_n == 0 && c->in.n == 0;
    if (x == NULL)
        fetch_conn_close(c);
    else if (c->in_body && c->to_close && !broken)
        fetch_conn_done(c, false);
    else if (c->used && silent && x->req.body.p == NULL)
        conn_again(c); /* it was closed while it rested; what has no body may be asked twice */
    else
        fetch_conn_fail(c, E_CLOSED,
                        silent ? "it closed the connection without an answer"
                               : "it closed the connection before its answer was whole");
}

/* True: there may be more. */
static bool conn_read(struct plain_conn *c)
{
    char room[FETCH_READ_BYTES];
    ssize_t n;
    do {
        n = recv(c->fd, room, sizeof room, 0);
    } while (n < 0 && errno == EINTR);
    if (n < 0 && errno == EAGAIN)
        return false;
    if (n <= 0) {
        conn_ended(c, n < 0);
        return false;
    }
    if (c->x == NULL) { /* nobody has asked */
        fetch_conn_close(c);
        return false;
    }
    fetch_heard(c->x);
    fetch_conn_take(c, str_of(room, (size_t)n));
    return n == sizeof room;
}

static void conn_work(struct plain_conn *c, unsigned events)
{
    if (fetch_conn_sends(c) && (events & LOOP_WRITE) != 0 && !conn_send(c)) {
        conn_ended(c, true);
        return;
    }
    bool more = (events & (LOOP_READ | LOOP_GONE)) != 0;
    for (int i = 0; more && i < READS_MAX && c->state != PLAIN_CLOSED; i++)
        more = (c->x == NULL || !c->x->paused) && conn_read(c);
    if ((events & LOOP_GONE) != 0 && c->state != PLAIN_CLOSED)
        fetch_conn_fail(c, E_CLOSED, "the connection broke");
}

static void conn_on_ready(struct loop_watch *watch, unsigned events)
{
    struct plain_conn *c = CONTAINER_OF(watch, struct plain_conn, watch);
    struct fetcher *f = c->owner;
    if (c->state == PLAIN_CLOSED)
        return;
    fetcher_enter(f);
    if (c->state == PLAIN_CONNECTS)
        conn_on_connected(c);
    else
        conn_work(c, events);
    fetcher_leave(f);
}
