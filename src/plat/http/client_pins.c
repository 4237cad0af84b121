/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/http/client_pins.h"

#include "base/attr.h"

#include <netinet/in.h>
#include <sys/socket.h>

/* A peer that sends less is as good as gone. */
enum { PINS_SPEED_MIN = 100, PINS_SPEED_SECONDS = 5 };

/* The address that is about to be connected to, whatever libcurl made of the URL. */
static bool pins_have(const struct http_pins *pins, const struct sockaddr *at)
{
    uint8_t ip[16] = { [10] = 0xff, [11] = 0xff };
    const struct sockaddr_in *v4 = (const void *)at;
    const struct sockaddr_in6 *v6 = (const void *)at;
    if (at->sa_family == AF_INET)
        memcpy(ip + 12, &v4->sin_addr, 4);
    else if (at->sa_family == AF_INET6)
        memcpy(ip, &v6->sin6_addr, 16);
    else
        return false;
    for (size_t i = 0; i < pins->n; i++) {
        if (memcmp(pins->ip[i], ip, sizeof ip) == 0)
            return true;
    }
    return false;
}

curl_socket_t http_pins_open(const struct http_pins *pins, curlsocktype purpose,
                             const struct curl_sockaddr *at)
{
    if (purpose != CURLSOCKTYPE_IPCXN || !pins_have(pins, &at->addr))
        return CURL_SOCKET_BAD;
    return socket(at->family, at->socktype | SOCK_CLOEXEC, at->protocol);
}

static curl_socket_t pins_socket(void *user, curlsocktype purpose, struct curl_sockaddr *at)
{
    return http_pins_open(user, purpose, at);
}

bool http_pins_set(CURL *h, const struct http_pins *pins, struct curl_slist **list)
{
    *list = curl_slist_append(NULL, pins->resolve);
    bool ok = *list != NULL;
#define SET(option, value) ok = ok && curl_easy_setopt(h, (option), (value)) == CURLE_OK
    SET(CURLOPT_RESOLVE, *list);
    SET(CURLOPT_OPENSOCKETFUNCTION, pins_socket);
    SET(CURLOPT_OPENSOCKETDATA, (void *)(uintptr_t)pins);
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_LOW_SPEED_LIMIT, (long)PINS_SPEED_MIN);
    SET(CURLOPT_LOW_SPEED_TIME, (long)PINS_SPEED_SECONDS);
#undef SET
    return ok;
}
