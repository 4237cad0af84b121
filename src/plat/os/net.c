/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/os/net.h"
#include "base/fault.h"

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

static err_t net_bind(const union address *a, socklen_t n, bool shared, int *ret_fd)
{
    const int on = 1;
    int fd =
        fault_here() ? -1 : socket(a->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return E_IO;
    bool ok = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0;
    if (shared)
        ok = ok && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0;
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

/* SO_REUSEPORT would let a second server take half of our connections in silence: a socket without
 * it finds the first one. */
static err_t net_probe(const union address *a, socklen_t n)
{
    int fd;
    TRY(net_bind(a, n, false, &fd));
    (void)close(fd); /* nothing was written to it */
    return E_OK;
}

err_t net_listen(const char *address, uint16_t port, struct diag *why, int *ret_fd)
{
    CLEANUP(addrinfo_freep) struct addrinfo *found = NULL;
    union address a = { 0 };
    TRY(net_resolve(address, why, &found));
    if (found == NULL || found->ai_addrlen > sizeof a)
        return FAIL(why, E_USAGE, "%s: not an address of TCP", address);
    memcpy(&a, found->ai_addr, found->ai_addrlen);
    in_port_t *slot = a.any.sa_family == AF_INET6 ? &a.v6.sin6_port : &a.v4.sin_port;
    if (port == 0 && *slot != 0 && net_probe(&a, found->ai_addrlen) != E_OK)
        return FAIL(why, E_IO, "%s: %s", address, strerrordesc_np(errno));
    if (port != 0)
        *slot = htons(port);
    if (net_bind(&a, found->ai_addrlen, true, ret_fd) != E_OK)
        return FAIL(why, E_IO, "%s: %s", address, strerrordesc_np(errno));
    return E_OK;
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
    } else {
        ip[10] = 0xff;
        ip[11] = 0xff;
        memcpy(ip + 12, &a->v4.sin_addr, 4);
        *ret_port = ntohs(a->v4.sin_port);
    }
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
