/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth/redirect_uri.h"

enum { PORT_MAX = 65535, PORT_DIGITS = 5 };

/* How many bytes of ":PORT" stand first; false: a colon, and no port of this world. */
static bool port_at(str_t s, size_t *ret)
{
    int port = 0;
    size_t i = 1;
    *ret = 0;
    if (s.n == 0 || s.p[0] != ':')
        return true;
    for (; i < s.n && i <= PORT_DIGITS && s.p[i] >= '0' && s.p[i] <= '9'; i++)
        port = port * 10 + (s.p[i] - '0');
    if (i == 1 || port == 0 || port > PORT_MAX || s.p[1] == '0')
        return false;
    *ret = i;
    return true;
}

/* "http://127.0.0.1:4711/back?x" -> "http://127.0.0.1" and "/back?x". */
static bool loopback_split(str_t uri, str_t *ret_host, str_t *ret_rest)
{
    const str_t hosts[] = { STR("http://127.0.0.1"), STR("http://[::1]") };
    for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
        size_t port;
        if (!str_starts(uri, hosts[i]))
            continue;
        str_t rest = str_sub(uri, hosts[i].n, uri.n);
        if (!port_at(rest, &port))
            return false;
        rest = str_sub(rest, port, rest.n);
        if (rest.n > 0 && rest.p[0] != '/' && rest.p[0] != '?')
            return false; /* the name goes on: 127.0.0.1.example.org, 127.0.0.1@example.org */
        *ret_host = hosts[i];
        *ret_rest = rest;
        return true;
    }
    return false;
}

bool redirect_uri_matches(str_t registered, str_t given, bool native)
{
    str_t host;
    str_t rest;
    str_t given_host;
    str_t given_rest;
    if (str_eq(registered, given))
        return given.n > 0;
    return native && loopback_split(registered, &host, &rest) &&
           loopback_split(given, &given_host, &given_rest) && str_eq(host, given_host) &&
           str_eq(rest, given_rest);
}
