/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/access/app_uri.h"

#include "base/enc.h"
#include "base/num.h"

static bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* RFC 3986 section 2, without what a redirect must not have: '#' begins a fragment, '*' looks like
 * a pattern and would be compared as a letter. */
static bool is_uri_char(char c)
{
    return is_alpha(c) || is_digit(c) || (c != '\0' && strchr("-._~:/?[]@!$&'()+,;=%", c) != NULL);
}

static bool chars_are_good(str_t s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (!is_uri_char(s.p[i]))
            return false;
        if (s.p[i] != '%')
            continue;
        if (i + 2 >= s.n || hex_digit(s.p[i + 1]) < 0 || hex_digit(s.p[i + 2]) < 0)
            return false;
        if (hex_digit(s.p[i + 1]) < 2) /* a control character, NUL before all */
            return false;
    }
    return true;
}

/* "." and "..", also as %2e: a browser would take them away before it compares anything. */
static bool is_dot_segment(str_t s)
{
    size_t dots = 0;
    for (size_t i = 0; i < s.n; dots++) {
        if (s.p[i] == '.')
            i++;
        else if (str_eq_nocase(str_sub(s, i, 3), STR("%2e")))
            i += 3;
        else
            return false;
    }
    return dots == 1 || dots == 2;
}

static bool path_is_good(str_t path)
{
    str_t rest = path.n > 0 ? path : STR_NONE;
    str_t segment;
    while (str_split(&rest, '/', &segment)) {
        if (is_dot_segment(segment))
            return false;
    }
    return true;
}

static bool name_is_good(str_t host)
{
    if (host.n == 0 || host.n > HOST_NAME_MAX_BYTES || host.p[0] == '.' || host.p[0] == '-')
        return false;
    for (size_t i = 0; i < host.n; i++) {
        char c = host.p[i];
        if (!is_alpha(c) && !is_digit(c) && c != '-' && c != '.' && c != '_')
            return false;
        if (c == '.' && i + 1 < host.n && host.p[i + 1] == '.')
            return false;
    }
    return true;
}

static bool literal_is_good(str_t host)
{
    for (size_t i = 0; i < host.n; i++) {
        if (hex_digit(host.p[i]) < 0 && host.p[i] != ':' && host.p[i] != '.')
            return false;
    }
    return host.n >= 2;
}

/* What stands between "//" and the path. */
static err_t authority_parse(str_t text, struct app_uri *u)
{
    str_t behind;
    u->bracketed = text.n > 0 && text.p[0] == '[';
    if (u->bracketed) {
        size_t end = str_find(text, ']');
        if (end == text.n)
            return E_BAD_FIELD;
        u->host = str_sub(text, 1, end - 1);
        behind = str_sub(text, end + 1, text.n);
        if (!literal_is_good(u->host))
            return E_BAD_FIELD;
    } else {
        size_t end = str_find(text, ':');
        u->host = str_sub(text, 0, end);
        behind = str_sub(text, end, text.n);
        if (!name_is_good(u->host)) /* an '@' is no letter of a name: no userinfo */
            return E_BAD_FIELD;
    }
    if (behind.n == 0)
        return E_OK;
    uint64_t port = 0;
    u->port = str_sub(behind, 1, behind.n);
    if (behind.p[0] != ':' || num_parse_u64(u->port, &port) != E_OK || port == 0 ||
        port > UINT16_MAX)
        return E_BAD_FIELD;
    return E_OK;
}

static bool scheme_is_good(str_t s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!is_alpha(c) && (i == 0 || (!is_digit(c) && c != '+' && c != '-' && c != '.')))
            return false;
    }
    return s.n > 0;
}

err_t app_uri_parse(str_t text, struct app_uri *ret)
{
    struct app_uri u = { 0 };
    size_t colon = str_find(text, ':');
    if (text.n > APP_URI_MAX || colon == text.n || !chars_are_good(text))
        return E_BAD_FIELD;
    u.scheme = str_sub(text, 0, colon);
    str_t rest = str_sub(text, colon + 1, text.n);
    if (!scheme_is_good(u.scheme))
        return E_BAD_FIELD;
    size_t question = str_find(rest, '?');
    u.has_query = question < rest.n;
    rest = str_sub(rest, 0, question);
    if (str_starts(rest, STR("//"))) {
        str_t behind = str_sub(rest, 2, rest.n);
        size_t slash = str_find(behind, '/');
        TRY(authority_parse(str_sub(behind, 0, slash), &u));
        rest = str_sub(behind, slash, behind.n);
    }
    u.path = rest;
    if (!path_is_good(u.path))
        return E_BAD_FIELD;
    *ret = u;
    return E_OK;
}

bool app_uri_is_loopback(const struct app_uri *u)
{
    if (u->bracketed)
        return str_eq(u->host, STR("::1"));
    return str_eq(u->host, STR("127.0.0.1")) || str_eq_nocase(u->host, STR("localhost"));
}

static bool is_https(const struct app_uri *u)
{
    return str_eq_nocase(u->scheme, STR("https")) && u->host.n > 0;
}

static bool is_http(const struct app_uri *u)
{
    return str_eq_nocase(u->scheme, STR("http")) && u->host.n > 0;
}

const char *redirect_uri_flaw(str_t text, bool native)
{
    struct app_uri u;
    if (app_uri_parse(text, &u) != E_OK)
        return N_("want absolute URIs without fragment, userinfo, \"..\" and \"*\"");
    if (is_https(&u) || (is_http(&u) && app_uri_is_loopback(&u)))
        return NULL;
    /* RFC 8252 section 7.1: a name that somebody owns, backwards, so with a dot. That leaves out
     * javascript:, data: and what else a browser does by itself. */
    if (native && str_find(u.scheme, '.') < u.scheme.n && u.path.n > 0)
        return NULL;
    return native ? N_("want https, http on a loopback address, or a scheme of its own with a dot")
                  : N_("want https, or http on a loopback address");
}

const char *resource_uri_flaw(str_t text)
{
    struct app_uri u;
    if (app_uri_parse(text, &u) == E_OK && (is_https(&u) || is_http(&u)))
        return NULL;
    return N_("want absolute http or https URIs without fragment");
}

const char *origin_flaw(str_t text)
{
    struct app_uri u;
    if (app_uri_parse(text, &u) == E_OK && (is_https(&u) || is_http(&u)) && u.path.n == 0 &&
        !u.has_query)
        return NULL;
    return N_("want https://host or https://host:port, without a path");
}

const char *launch_url_flaw(str_t text)
{
    struct app_uri u;
    if (app_uri_parse(text, &u) == E_OK && (is_https(&u) || is_http(&u)))
        return NULL;
    return N_("want an absolute http or https URL");
}

const char *service_url_flaw(str_t text)
{
    struct app_uri u;
    if (app_uri_parse(text, &u) == E_OK &&
        (is_https(&u) || (is_http(&u) && app_uri_is_loopback(&u))))
        return NULL;
    return N_("want an absolute https URL, or http on a loopback address");
}

const char *icon_flaw(str_t text)
{
    struct app_uri u;
    if (app_uri_parse(text, &u) == E_OK && is_https(&u))
        return NULL;
    /* "//host" would be another server's. */
    if (text.n > 0 && text.n <= APP_URI_MAX && text.p[0] == '/' && !str_starts(text, STR("//")) &&
        chars_are_good(text) && path_is_good(str_sub(text, 0, str_find(text, '?'))))
        return NULL;
    return N_(
        "want an https URL, or a path that begins with one \"/\"; a picture itself is not taken");
}

err_t host_lower(str_t text, char room[static HOST_NAME_MAX_BYTES + 1], str_t *ret)
{
    struct app_uri u = { 0 };
    if (text.n == 0 || text.p[0] == '[')
        return E_BAD_FIELD;
    TRY(authority_parse(text, &u));
    str_t name = u.host;
    if (str_ends(name, STR(".")))
        name.n--;
    if (!name_is_good(name))
        return E_BAD_FIELD;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        room[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    *ret = str_of(room, name.n);
    return E_OK;
}

err_t host_canonical(struct arena *a, str_t text, str_t *ret)
{
    char *room = (char *)arena_alloc(a, HOST_NAME_MAX_BYTES + 1);
    if (room == NULL)
        return E_NO_MEMORY;
    return host_lower(text, room, ret);
}
