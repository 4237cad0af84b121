/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/os/net.h"
#include "base/fault.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LISTEN_BACKLOG = 4096, ADDRESS_MAX = 256 };

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static void addrinfo_freep(struct addrinfo **p)
{
    if (*p != NULL)
        freeaddrinfo(*p);
}

static err_t net_resolve(const char *text, struct diag *why, struct addrinfo **ret)
{
    char host[ADDRESS_MAX];
    const char *colon = strrchr(text, ':');
    size_t n = colon == NULL ? 0 : (size_t)(colon - text);
    bool bracketed = n >= 2 && text[0] == '[' && text[n - 1] == ']';
    str_t name = bracketed ? str_of(text + 1, n - 2) : str_of(text, n);
    if (name.n == 0 || name.n >= sizeof host)
        return FAIL(why, E_USAGE, "%s: want address:port", text);
    memcpy(host, name.p, name.n);
    host[name.n] = '\0';
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
    int rc = getaddrinfo(host, colon + 1, &hints, ret);
    if (rc != 0)
        return FAIL(why, E_USAGE, "%s: %s", text, gai_strerror(rc));
    return E_OK;
}

static err_t net_bind(const union address *a, socklen_t n, int *ret_fd)
{
    const int on = 1;
    int fd =
        fault_here() ? -1 : socket(a->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return E_IO;
    bool ok = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0;
    /* Connections inherit this one. */
    ok = ok && setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0;
    if (a->any.sa_family == AF_INET6)
        ok = ok && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) == 0;
    ok = ok && bind(fd, &a->any, n) == 0 && listen(fd, LISTEN_BACKLOG) == 0;
    if (ok) {
        *ret_fd = fd;
        return E_OK;
    }
    int saved = errno;
    (void)close(fd);
    errno = saved;
    return E_IO;
}

static err_t net_address(const char *text, struct diag *why, union address *ret, socklen_t *ret_n)
{
    CLEANUP(addrinfo_freep) struct addrinfo *found = NULL;
    TRY(net_resolve(text, why, &found));
    if (found == NULL || found->ai_addrlen > sizeof *ret)
        return FAIL(why, E_USAGE, "%s: not an address of TCP", text);
    *ret = (union address){ 0 };
    memcpy(ret, found->ai_addr, found->ai_addrlen);
    *ret_n = found->ai_addrlen;
    return E_OK;
}

err_t net_listen(const char *address, struct diag *why, int *ret_fd)
{
    union address a = { 0 };
    socklen_t n = 0;
    TRY(net_address(address, why, &a, &n));
    if (net_bind(&a, n, ret_fd) != E_OK)
        return FAIL(why, E_IO, "%s: %s", address, strerrordesc_np(errno));
    return E_OK;
}

bool net_is_bound_to(int fd, const char *address)
{
    union address want = { 0 };
    union address is = { 0 };
    socklen_t n = 0;
    socklen_t is_n = sizeof is;
    if (net_address(address, NULL, &want, &n) != E_OK || getsockname(fd, &is.any, &is_n) != 0 ||
        is.any.sa_family != want.any.sa_family)
        return false;
    if (is.any.sa_family == AF_INET6)
        return is.v6.sin6_port == want.v6.sin6_port &&
               memcmp(&is.v6.sin6_addr, &want.v6.sin6_addr, sizeof is.v6.sin6_addr) == 0;
    return is.v4.sin_port == want.v4.sin_port && is.v4.sin_addr.s_addr == want.v4.sin_addr.s_addr;
}

err_t net_name(int fd, struct arena *a, str_t *ret)
{
    union address is = { 0 };
    socklen_t n = sizeof is;
    char text[INET6_ADDRSTRLEN];
    bool known = getsockname(fd, &is.any, &n) == 0;
    if (known && is.any.sa_family == AF_INET6 &&
        inet_ntop(AF_INET6, &is.v6.sin6_addr, text, sizeof text) != NULL)
        return str_format(a, ret, "[%s]:%u", text, (unsigned)ntohs(is.v6.sin6_port));
    if (known && is.any.sa_family == AF_INET &&
        inet_ntop(AF_INET, &is.v4.sin_addr, text, sizeof text) != NULL)
        return str_format(a, ret, "%s:%u", text, (unsigned)ntohs(is.v4.sin_port));
    return E_IO;
}

uint16_t net_port(int fd)
{
    union address a = { 0 };
    socklen_t n = sizeof a;
    if (getsockname(fd, &a.any, &n) != 0)
        return 0;
    if (a.any.sa_family == AF_INET6)
        return ntohs(a.v6.sin6_port);
    return a.any.sa_family == AF_INET ? ntohs(a.v4.sin_port) : 0;
}

err_t net_adopt(int fd, struct diag *why)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
        fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
        return FAIL(why, E_IO, "descriptor %d: %s", fd, strerrordesc_np(errno));
    return E_OK;
}

static void net_note_peer(const union address *a, uint8_t ip[static 16], uint16_t *ret_port)
{
    memset(ip, 0, 16);
    if (a->any.sa_family == AF_INET6) {
        memcpy(ip, &a->v6.sin6_addr, 16);
        *ret_port = ntohs(a->v6.sin6_port);
    } else if (a->any.sa_family != AF_INET) {
        *ret_port = 0; /* a Unix socket: unix_peer tells who it is */
    } else {
        ip[10] = 0xff;
        ip[11] = 0xff;
        memcpy(ip + 12, &a->v4.sin_addr, 4);
        *ret_port = ntohs(a->v4.sin_port);
    }
}

err_t net_peer(int fd, uint8_t ip[static 16], uint16_t *ret_port)
{
    union address a = { 0 };
    socklen_t n = sizeof a;
    if (getpeername(fd, &a.any, &n) != 0)
        return E_CLOSED;
    net_note_peer(&a, ip, ret_port);
    return E_OK;
}

err_t net_accept(int listener, uint8_t ip[static 16], uint16_t *ret_port, int *ret_fd)
{
    union address a = { 0 };
    socklen_t n = sizeof a;
    int fd = accept4(listener, &a.any, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
        net_note_peer(&a, ip, ret_port);
        *ret_fd = fd;
        return E_OK;
    }
    if (errno == EAGAIN)
        return E_AGAIN;
    bool exhausted = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
    return exhausted ? E_IO
                     : E_CLOSED; /* accept(2): errors of the new connection are told here too */
}

void net_trickle(int fd, int keep, dur_t patience)
{
    unsigned ms = (unsigned)(patience.us / 1000);
    /* What is refused here costs memory or patience, nothing else. */
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &keep, sizeof keep);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof ms);
}

err_t net_probe(const char *address, struct diag *why)
{
    static const struct {
        int code;
        err_t err;
    } rows[] = { { EADDRINUSE, E_CONFLICT },
                 { EACCES, E_FORBIDDEN },
                 { EADDRNOTAVAIL, E_NOT_FOUND },
                 { 0, E_OK } };
    const int on = 1;
    union address a = { 0 };
    socklen_t n = 0;
    TRY(net_address(address, why, &a, &n));
    int fd = socket(a.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return FAIL(why, E_IO, "%s: %s", address, strerrordesc_np(errno));
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (a.any.sa_family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    int code = bind(fd, &a.any, n) == 0 ? 0 : errno;
    (void)close(fd);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].code == code)
            return rows[i].err == E_OK
                       ? E_OK
                       : FAIL(why, rows[i].err, "%s: %s", address, strerrordesc_np(code));
    }
    return FAIL(why, E_IO, "%s: %s", address, strerrordesc_np(code));
}
