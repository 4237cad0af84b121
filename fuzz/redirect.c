/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two addresses, one a line: what is registered and what a client asks for. Whatever they are, they
 * match where they are the same; otherwise only of a native client, only on a loopback literal, and
 * then they differ in nothing but the port: a second, plainer reading of RFC 8252 section 7.3.
 */
#include "domain/oauth/redirect_uri.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* What is left when the digits behind the host are cut out. */
static str_t without_port(char *to, str_t uri, size_t host)
{
    size_t at = host;
    if (at < uri.n && uri.p[at] == ':') {
        at++;
        while (at < uri.n && is_digit(uri.p[at]))
            at++;
    }
    memcpy(to, uri.p, host);
    memcpy(to + host, uri.p + at, uri.n - at);
    return str_of(to, uri.n - (at - host));
}

static bool plain_loopback(str_t a, str_t b, str_t host)
{
    enum { MOST = 4096 };
    static char one[MOST];
    static char other[MOST];
    if (a.n > MOST || b.n > MOST || !str_starts(a, host) || !str_starts(b, host))
        return false;
    return str_eq(without_port(one, a, host.n), without_port(other, b, host.n));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    str_t rest = { (const char *)p, n };
    str_t a = STR_NONE;
    str_t b = STR_NONE;
    if (n == 0 || !str_split(&rest, '\n', &a) || !str_split(&rest, '\n', &b))
        return 0;
    bool strict = redirect_uri_matches(a, b, false);
    bool native = redirect_uri_matches(a, b, true);
    assert(strict == (str_eq(a, b) && a.n > 0));
    assert(native == redirect_uri_matches(b, a, true));
    assert(!strict || native);
    assert(!native || strict || plain_loopback(a, b, STR("http://127.0.0.1")) ||
           plain_loopback(a, b, STR("http://[::1]")));
    return 0;
}
