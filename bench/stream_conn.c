/* SPDX-License-Identifier: Apache-2.0 */
/* OpenSSL's headers come first: they use a name that base/attr.h poisons. */
#include <openssl/ssl.h>

#include "conn.h"
#include "stream_conn.h"
#include "tokens.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUEST_MAX = 512 };

static bool seal(struct stream *s)
{
    static SSL_CTX *ctx;
    if (ctx == NULL)
        ctx = SSL_CTX_new(TLS_client_method());
    SSL *ssl = ctx == NULL ? NULL : SSL_new(ctx);
    s->ssl = ssl;
    return ssl != NULL && SSL_set_fd(ssl, s->fd) == 1 && SSL_connect(ssl) == 1;
}

static bool set_blocking(int fd, bool blocking)
{
    return fcntl(fd, F_SETFL, blocking ? 0 : O_NONBLOCK) == 0;
}

static bool put(struct stream *s, str_t text)
{
    if (s->ssl != NULL)
        return SSL_write(s->ssl, text.p, (int)text.n) == (int)text.n;
    return send(s->fd, text.p, text.n, MSG_NOSIGNAL) == (ssize_t)text.n;
}

bool stream_open(struct stream *s, const struct stream_target *to, uint64_t number)
{
    struct conn c;
    struct sockaddr_in at = conn_loopback(to->port);
    char token[BENCH_TOKEN];
    char text[REQUEST_MAX];
    if (!conn_open(&c, &at, true))
        return false;
    *s = (struct stream){ .fd = c.fd };
    bench_token(number, token);
    int n = snprintf(text, sizeof text,
                     "GET /api/v1/iassistants/config/stream HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
                     "Authorization: Bearer %.*s\r\n\r\n",
                     (unsigned)to->port, BENCH_TOKEN, token);
    bool sealed = !to->tls || (set_blocking(s->fd, true) && seal(s));
    return sealed && put(s, str_of(text, (size_t)n)) && set_blocking(s->fd, false);
}

ssize_t stream_read(struct stream *s, char *p, size_t n)
{
    if (s->ssl == NULL) {
        ssize_t got = recv(s->fd, p, n, 0);
        return got < 0 && errno != EAGAIN ? 0 : got;
    }
    int got = SSL_read(s->ssl, p, (int)n);
    if (got > 0)
        return got;
    return SSL_get_error(s->ssl, got) == SSL_ERROR_WANT_READ ? -1 : 0;
}

void stream_close(struct stream *s)
{
    SSL_free(s->ssl);
    s->ssl = NULL;
    (void)close(s->fd);
    s->fd = -1;
}
