/* SPDX-License-Identifier: Apache-2.0 */
/* Ways out of the cage that are sockets. */
#include "probe_net.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

const char *probe_told(const char *name)
{
    const char *v = getenv(name);
    return v != NULL ? v : "";
}

static int sockets(int family, int type, int protocol)
{
    int fd = socket(family, type, protocol);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

int p_netlink(void)
{
    return sockets(AF_NETLINK, SOCK_RAW, 0);
}

int p_raw(void)
{
    return sockets(AF_INET, SOCK_RAW, IPPROTO_ICMP);
}

int p_packet(void)
{
    return sockets(AF_PACKET, SOCK_RAW, 0);
}

int p_vsock(void)
{
    return sockets(AF_VSOCK, SOCK_STREAM, 0) || sockets(AF_ALG, SOCK_SEQPACKET, 0);
}

int p_loopback(void)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port =
                                  htons((uint16_t)strtoul(probe_told("SERVER_PORT"), NULL, 10)) };
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    return fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0;
}

int p_listen(void)
{
    struct sockaddr_in at = { .sin_family = AF_INET };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    return fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(fd, 1) == 0;
}

/* The kernel finds a port for it. */
int p_listen_unbound(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    return fd >= 0 && listen(fd, 1) == 0;
}

int p_protocols(void)
{
    return sockets(AF_INET, SOCK_STREAM, 262 /* MPTCP */) ||
           sockets(AF_INET, SOCK_STREAM, IPPROTO_SCTP) ||
           sockets(AF_INET, SOCK_STREAM, 256 /* SMC */) ||
           sockets(AF_INET, SOCK_DGRAM, IPPROTO_ICMP) ||
           sockets(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE);
}

/* To connect without connect. */
int p_fast_open(void)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port =
                                  htons((uint16_t)strtoul(probe_told("SERVER_PORT"), NULL, 10)) };
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    return fd >= 0 && sendto(fd, "x", 1, MSG_FASTOPEN, (struct sockaddr *)&to, sizeof to) == 1;
}

int p_udp(void)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    return fd >= 0 && sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof to) == 1;
}

static int unix_connects(const char *name, int abstract)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    size_t n = strlen(name);
    memcpy(to.sun_path + abstract, name, n);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    return fd >= 0 &&
           connect(fd, (struct sockaddr *)&to,
                   (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)abstract + n)) == 0;
}

int p_abstract(void)
{
    return unix_connects(probe_told("SERVER_ABSTRACT"), 1);
}

int p_unix_path(void)
{
    return unix_connects(probe_told("SERVER_SOCKET"), 0);
}
