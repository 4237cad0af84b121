/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/http/uri.h"
#include "base/enc.h"
#include "base/num.h"
#include "plat/http/chars.h"

#include <arpa/inet.h>

/* The absolute form (RFC 9112 section 3.2.2) loses its scheme and authority. */
static err_t uri_strip_authority(str_t target, struct diag *why, struct uri *ret)
{
    static const str_t schemes[] = { { "http://", 7 }, { "https://", 8 } };
    for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
        size_t n = schemes[i].n;
        if (!str_eq_nocase(str_sub(target, 0, n), schemes[i]))
            continue;
        str_t rest = str_sub(target, n, target.n);
        size_t slash = str_find(rest, '/');
        size_t mark = str_find(rest, '?');
        size_t end = slash < mark ? slash : mark;
        ret->authority = str_sub(rest, 0, end);
        ret->target = str_sub(rest, end, rest.n);
        return E_OK;
    }
    return FAIL(why, E_BAD_REQUEST, "the target begins neither with '/' nor with http://");
}

err_t uri_split(str_t target, bool star, struct diag *why, struct uri *ret)
{
    struct uri u = { .target = target };
    if (star && str_eq(target, STR("*"))) {
        u.path = target;
        *ret = u;
        return E_OK;
    }
    if (!str_starts(target, STR("/")))
        TRY(uri_strip_authority(target, why, &u));
    size_t mark = str_find(u.target, '?');
    u.path = str_sub(u.target, 0, mark);
    u.query = mark == u.target.n ? STR_NONE : str_sub(u.target, mark + 1, u.target.n);
    if (u.path.n == 0)
        u.path = STR("/"); /* RFC 9110 section 4.2.3: an empty path is "/" */
    *ret = u;
    return E_OK;
}

static err_t uri_decode(str_t raw, char *room, struct diag *why, str_t *ret)
{
    size_t n = 0;
    for (size_t i = 0; i < raw.n; i++) {
        char c = raw.p[i];
        if (c == '%') {
            uint8_t byte;
            if (hex_decode(str_sub(raw, i + 1, 2), &byte, 1) != E_OK)
                return FAIL(why, E_BAD_REQUEST, "the path has a '%%' without two hex digits");
            if (byte < 0x20 || byte == 0x7f || byte == '/' || byte == '\\' || byte == ';')
                return FAIL(why, E_BAD_REQUEST,
                            "the path encodes a character that it may not have");
            c = (char)byte;
            i += 2;
        }
        room[n++] = c;
    }
    *ret = str_of(room, n);
    return E_OK;
}

/* A segment that climbs is refused, not resolved: nobody honest sends one (RFC 3986 section 5.2.4
 * is for senders). */
static bool path_has_dots(str_t path)
{
    str_t segment;
    while (str_split(&path, '/', &segment)) {
        if (str_eq(segment, STR(".")) || str_eq(segment, STR("..")))
            return true;
    }
    return false;
}

err_t uri_decode_path(str_t raw, char *room, struct diag *why, str_t *ret)
{
    str_t path = raw;
    if (!chars_all(raw, CHAR_PATH))
        return FAIL(why, E_BAD_REQUEST, "the path has a character that it may not have");
    if (str_find(raw, '%') < raw.n) {
        TRY(uri_decode(raw, room, why, &path));
        if (!str_is_utf8(path))
            return FAIL(why, E_BAD_REQUEST, "the path is not UTF-8");
    }
    if (path_has_dots(path))
        return FAIL(why, E_BAD_REQUEST, "the path has a segment '.' or '..'");
    *ret = path;
    return E_OK;
}

static bool host_is_ipv6(str_t text)
{
    char cz[INET6_ADDRSTRLEN];
    struct in6_addr address;
    if (text.n >= sizeof cz)
        return false;
    memcpy(cz, text.p, text.n);
    cz[text.n] = '\0';
    return inet_pton(AF_INET6, cz, &address) == 1;
}

static bool host_is_name(str_t text)
{
    for (size_t i = 0; i < text.n; i++) {
        uint8_t byte;
        if (text.p[i] == '%' && hex_decode(str_sub(text, i + 1, 2), &byte, 1) == E_OK)
            i += 2;
        else if (!char_is(text.p[i], CHAR_HOST))
            return false;
    }
    return text.n > 0; /* RFC 9110 section 4.2.1: an empty host is invalid in http */
}

bool uri_is_host(str_t host)
{
    bool literal = str_starts(host, STR("["));
    size_t end = literal ? str_find(host, ']') : str_find(host, ':');
    if (literal && end == host.n)
        return false;
    str_t name = literal ? str_sub(host, 1, end - 1) : str_sub(host, 0, end);
    str_t port = str_sub(host, literal ? end + 1 : end, host.n);
    if (port.n > 0 && port.p[0] != ':')
        return false;
    uint64_t number = 0;
    if (port.n > 1 &&
        (num_parse_u64(str_sub(port, 1, port.n), &number) != E_OK || number > UINT16_MAX))
        return false;
    return literal ? host_is_ipv6(name) : host_is_name(name);
}
