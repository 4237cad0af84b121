/* SPDX-License-Identifier: Apache-2.0 */
#include "conn.h"

#include "base/num.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONN_HEAD_MAX = 32 * 1024, STATUS_LINE_MIN = 12 };

struct sockaddr_in conn_loopback(uint16_t port)
{
    return (struct sockaddr_in){ .sin_family = AF_INET,
                                 .sin_port = htons(port),
                                 .sin_addr = { htonl(INADDR_LOOPBACK) } };
}

static bool connect_start(int fd, const struct sockaddr_in *to, bool wait)
{
    int on = 1;
    if (!wait && fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
        return false;
    if (connect(fd, (const struct sockaddr *)to, sizeof *to) != 0 && errno != EINPROGRESS)
        return false;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return !wait || fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
}

bool conn_open(struct conn *c, const struct sockaddr_in *to, bool wait)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    *c = (struct conn){ .fd = -1 };
    if (fd < 0)
        return false;
    if (!connect_start(fd, to, wait)) {
        int why = errno;
        (void)close(fd);
        errno = why;
        return false;
    }
    c->fd = fd;
    return true;
}

int conn_connected(const struct conn *c)
{
    int why = 0;
    socklen_t n = sizeof why;
    return getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &why, &n) == 0 ? why : errno;
}

static void kept_drop(struct conn *c)
{
    free(c->kept);
    c->kept = NULL;
    c->kept_n = 0;
    c->kept_room = 0;
}

void conn_close(struct conn *c)
{
    if (c->fd >= 0)
        (void)close(c->fd);
    c->fd = -1;
    kept_drop(c);
}

/* A request is far smaller than the socket's buffer, which is empty between two of them: it goes
 * out whole. */
bool conn_send(struct conn *c, str_t text)
{
    return send(c->fd, text.p, text.n, MSG_NOSIGNAL) == (ssize_t)text.n;
}

bool conn_began(const struct conn *c)
{
    return c->kept_n > 0;
}

str_t conn_field(str_t head, str_t name)
{
    const char *at = head.p;
    const char *end = head.p + head.n;
    while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        at++;
        str_t rest = str_of(at, (size_t)(end - at));
        if (rest.n <= name.n || at[name.n] != ':' || !str_eq_nocase(str_sub(rest, 0, name.n), name))
            continue;
        rest = str_sub(rest, name.n + 1, rest.n);
        return str_trim(str_sub(rest, 0, str_find(rest, '\r')));
    }
    return STR_NONE;
}

/* A chunk's size, which a CRLF ends. */
static size_t chunk_size(const char *p)
{
    size_t size = 0;
    for (; isxdigit((unsigned char)*p) && size <= CONN_REPLY_MAX; p++) {
        int digit = *p <= '9' ? *p - '0' : (*p | 0x20) - 'a' + 10;
        size = size * 16 + (size_t)digit;
    }
    return size;
}

/* Where a body of chunks ends (RFC 9112 section 7.1); 0: it is not all here yet. Trailers are not
 * read: nobody here sends them. */
static size_t chunks_end(str_t in, size_t at)
{
    for (;;) {
        str_t rest = str_sub(in, at, in.n);
        const char *line = memmem(rest.p, rest.n, "\r\n", 2);
        if (line == NULL)
            return 0;
        size_t size = chunk_size(rest.p);
        size_t chunk = (size_t)(line - rest.p) + 2 + size + 2;
        if (chunk > rest.n)
            return 0;
        at += chunk;
        if (size == 0)
            return at;
    }
}

/* The same for a reply that comes in chunks, as streams of events do. */
static enum conn_state reply_parse_chunks(str_t in, struct conn_reply *ret, size_t head_n)
{
    size_t end = chunks_end(in, head_n);
    if (end == 0)
        return in.n < CONN_REPLY_MAX ? CONN_WAIT : CONN_GONE;
    ret->body = str_sub(in, head_n, end);
    ret->close = str_eq_nocase(conn_field(ret->head, STR("Connection")), STR("close"));
    return in.n == end ? CONN_DONE : CONN_GONE;
}

/* CONN_DONE: `in` is a whole reply, *ret is set. CONN_WAIT: its whole size so far known is
 * *ret_size, 0 while its head is not complete. */
static enum conn_state reply_parse(str_t in, struct conn_reply *ret, size_t *ret_size)
{
    const char *end = memmem(in.p, in.n, "\r\n\r\n", 4);
    uint64_t length = 0;
    *ret_size = 0;
    if (end == NULL)
        return in.n < CONN_HEAD_MAX ? CONN_WAIT : CONN_GONE;
    size_t head_n = (size_t)(end - in.p) + 4U;
    if (head_n < STATUS_LINE_MIN)
        return CONN_GONE;
    ret->head = str_of(in.p, head_n - 2);
    ret->status = (in.p[9] - '0') * 100 + (in.p[10] - '0') * 10 + (in.p[11] - '0');
    if (conn_field(ret->head, STR("Transfer-Encoding")).p != NULL)
        return reply_parse_chunks(in, ret, head_n);
    str_t text = conn_field(ret->head, STR("Content-Length"));
    if (text.p != NULL && num_parse_u64(text, &length) != E_OK)
        return CONN_GONE;
    if (length > CONN_REPLY_MAX)
        return CONN_GONE;
    if (ret->status == 304) /* its length is that of the 200 (RFC 9110 section 8.6) */
        length = 0;
    *ret_size = head_n + (size_t)length;
    if (in.n < *ret_size)
        return CONN_WAIT;
    ret->body = str_of(in.p + head_n, (size_t)length);
    ret->close = str_eq_nocase(conn_field(ret->head, STR("Connection")), STR("close"));
    return in.n == *ret_size ? CONN_DONE : CONN_GONE; /* nobody asked for more */
}

/* Room for `size` bytes, or for another scratch while the size is not known. */
static bool kept_grow(struct conn *c, size_t size)
{
    size_t want = size > 0 ? size : c->kept_n + CONN_SCRATCH;
    if (want <= c->kept_room)
        return true;
    char *p = realloc(c->kept, want);
    if (p == NULL)
        return false;
    c->kept = p;
    c->kept_room = want;
    return true;
}

static bool kept_begin(struct conn *c, str_t part, size_t size)
{
    if (!kept_grow(c, size))
        return false;
    memcpy(c->kept, part.p, part.n);
    c->kept_n = part.n;
    return true;
}

/* The rest of a reply that did not come at once. */
static enum conn_state read_more(struct conn *c, struct conn_reply *ret)
{
    size_t size;
    if (c->kept_n == c->kept_room && !kept_grow(c, 0))
        return CONN_GONE;
    ssize_t got = recv(c->fd, c->kept + c->kept_n, c->kept_room - c->kept_n, 0);
    if (got <= 0)
        return got < 0 && (errno == EAGAIN || errno == EINTR) ? CONN_WAIT : CONN_GONE;
    c->kept_n += (size_t)got;
    enum conn_state s = reply_parse(str_of(c->kept, c->kept_n), ret, &size);
    if (s == CONN_WAIT && !kept_grow(c, size))
        return CONN_GONE;
    if (s == CONN_DONE)
        c->kept_n = 0; /* the memory stays until the next read: the reply points into it */
    return s;
}

enum conn_state conn_read(struct conn *c, char *scratch, struct conn_reply *ret)
{
    size_t size;
    if (c->kept_n > 0)
        return read_more(c, ret);
    kept_drop(c);
    ssize_t got = recv(c->fd, scratch, CONN_SCRATCH, 0);
    if (got <= 0)
        return got < 0 && (errno == EAGAIN || errno == EINTR) ? CONN_WAIT : CONN_GONE;
    str_t in = str_of(scratch, (size_t)got);
    enum conn_state s = reply_parse(in, ret, &size);
    if (s == CONN_WAIT && !kept_begin(c, in, size))
        return CONN_GONE;
    return s;
}
