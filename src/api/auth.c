/* SPDX-License-Identifier: Apache-2.0 */
/* What a request proves and where it says it comes from: bearer, Host, Origin. Only this file reads
 * a credential. */
#include "api/auth.h"

#include "api/auth_jwt.h"
#include "api/basic.h"
#include "api/cookie.h"
#include "domain/access/app_uri.h"
#include "domain/access/forward.h"
#include "plat/jose/jwt.h"

enum { BEARER_MAX = 512 };

/* "Bearer" (RFC 6750), or of a token that is bound to a key "DPoP" (RFC 9449). */
static str_t scheme_of(str_t value)
{
    return str_sub(value, 0, str_find(value, ' '));
}

static str_t bearer_of(str_t value)
{
    str_t scheme = scheme_of(value);
    if (!str_eq_nocase(scheme, STR("Bearer")) && !str_eq_nocase(scheme, STR("DPoP")))
        return STR_NONE;
    return str_trim(str_sub(value, scheme.n, value.n));
}

str_t auth_bearer(const struct http_xchg *x)
{
    return bearer_of(http_field(x, STR("Authorization")));
}

bool auth_scheme_is_dpop(const struct http_xchg *x)
{
    return str_eq_nocase(scheme_of(http_field(x, STR("Authorization"))), STR("DPoP"));
}

/* What memory knows a token by. An opaque one is good everywhere; a JWT that was found good for one
 * audience was found so for no other. */
static digest_t token_hash(str_t token, str_t audience)
{
    const str_t parts[] = { token, STR(" "), audience };
    if (audience.p == NULL || !auth_is_jwt(token))
        return sha256_of(token);
    return sha256_of_parts(parts, ARRAY_LEN(parts));
}

/* For programs that cannot follow a redirect: a personal token as the password. */
static err_t basic_token(const struct http_xchg *x, struct diag *why, digest_t *ret, bool *ret_sent)
{
    struct basic basic;
    bool good = basic_parse(http_field(x, STR("Authorization")), &basic) &&
                str_starts(basic.password, STR("sen_u_")) && token_is_ours(basic.password);
    if (good)
        *ret = sha256_of(basic.password);
    basic_wipe(&basic);
    *ret_sent = good;
    return good ? E_OK
                : FAIL(why, E_UNAUTHENTICATED, "want a username and a personal token as password");
}

/* RFC 6750 section 2.1: one Authorization field, one token. */
err_t auth_token(const struct http_xchg *x, const struct route *route, struct diag *why,
                 digest_t *ret, bool *ret_sent)
{
    size_t count = http_field_count(x, STR("Authorization"));
    *ret_sent = false;
    if (count == 0)
        return E_OK;
    str_t token = bearer_of(http_field(x, STR("Authorization")));
    if (route->forward && count == 1 && token.n == 0)
        return basic_token(x, why, ret, ret_sent);
    bool long_one = token.n > BEARER_MAX && (token.n > JWT_TEXT_MAX || !auth_is_jwt(token));
    if (count > 1 || token.n == 0 || long_one)
        return FAIL(why, E_UNAUTHENTICATED, "want one field Authorization: Bearer TOKEN");
    if (str_starts(token, COOKIE_TOKEN_PREFIX)) /* it counts only where a browser keeps it */
        return FAIL(why, E_UNAUTHENTICATED, "this is the cookie of a session, not a bearer token");
    *ret = token_hash(token, route->own_audience ? x->path : str_from_cz(route->audience));
    *ret_sent = true;
    return E_OK;
}

bool auth_is_client(const struct http_xchg *x, const struct route *route)
{
    if (route->own_token || !route->oauth) /* all but a few: no field is looked for */
        return route->own_token;
    str_t value = http_field(x, STR("Authorization"));
    return str_eq_nocase(str_sub(value, 0, str_find(value, ' ')), STR("Basic"));
}

/* It counts on the host that it was made for, and nowhere else. */
static bool forward_cookie(const struct http_xchg *x, str_t value, digest_t *ret)
{
    char room[HOST_NAME_MAX_BYTES + 1];
    str_t host;
    if (host_lower(x->host, room, &host) != E_OK)
        return false;
    *ret = forward_digest(value, host);
    return true;
}

bool auth_cookie(const struct settings *s, const struct http_xchg *x, const struct route *route,
                 digest_t *ret)
{
    if (!route_takes_cookie(route) || http_field_count(x, STR("Authorization")) > 0)
        return false;
    enum cookie_kind kind = route->forward ? COOKIE_FORWARD : COOKIE_SESSION;
    str_t value = cookie_find(x, kind, s->https);
    if (!str_starts(value, COOKIE_TOKEN_PREFIX) || !token_is_ours(value))
        return false;
    if (route->forward)
        return forward_cookie(x, value, ret);
    *ret = sha256_of(value);
    return true;
}

/* A token that memory does not know: one of ours with a wrong checksum costs the store no look-up.
 */
err_t auth_token_spelt(const struct http_xchg *x, struct diag *why)
{
    str_t token = bearer_of(http_field(x, STR("Authorization")));
    if (str_starts(token, STR("sen_")) && !token_is_ours(token))
        return FAIL(why, E_UNAUTHENTICATED, "the token is misspelt: its checksum is wrong");
    return E_OK;
}

static bool list_has(const str_t *list, size_t n, str_t s)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq_nocase(list[i], s))
            return true;
    }
    return false;
}

/* "127.0.0.1:80" or "[::1]": a literal, which no foreign name can be rebound to. */
static bool host_is_literal(str_t host)
{
    if (host.n > 0 && host.p[0] == '[')
        return true;
    for (size_t i = 0; i < host.n && host.p[i] != ':'; i++) {
        if ((host.p[i] < '0' || host.p[i] > '9') && host.p[i] != '.')
            return false;
    }
    return host.n > 0;
}

/* SAFETY rule 11, against DNS rebinding (AC26). */
err_t auth_host(const struct settings *s, const struct http_xchg *x)
{
    if (x->host.p == NULL) /* HTTP/1.0 */
        return E_OK;
    if (list_has(s->hosts, s->hosts_n, x->host) || (s->any_ip_host && host_is_literal(x->host)))
        return E_OK;
    return E_MISDIRECTED;
}

static bool origin_is_extension(str_t origin)
{
    return str_starts(origin, STR("chrome-extension://")) ||
           str_starts(origin, STR("moz-extension://")) ||
           str_starts(origin, STR("safari-web-extension://"));
}

static str_t origin_host(str_t origin)
{
    if (str_starts(origin, STR("https://")))
        return str_sub(origin, sizeof "https://" - 1, origin.n);
    if (str_starts(origin, STR("http://")))
        return str_sub(origin, sizeof "http://" - 1, origin.n);
    return STR_NONE;
}

/* Our pages send no referrer, and then browsers write "null" into the Origin of their forms (Fetch,
 * "append a request Origin header"); what they say of the site is not theirs to forge. */
static bool origin_is_own_page(const struct http_xchg *x, str_t origin)
{
    return str_eq(origin, STR("null")) &&
           str_eq(http_field(x, STR("Sec-Fetch-Site")), STR("same-origin"));
}

/* API "Clients in a browser": rows that never read a cookie may be called from extensions and
 * listed origins; no other row from anywhere but this server's own pages. */
err_t auth_origin(const struct settings *s, const struct http_xchg *x, const struct route *route,
                  bool *ret_cors)
{
    str_t origin = http_field(x, STR("Origin"));
    *ret_cors = false;
    if (origin.p == NULL)
        return E_OK;
    if (route != NULL && route->cors_any) {
        *ret_cors = true;
        return E_OK;
    }
    bool listed = list_has(s->cors_origins, s->cors_origins_n, origin);
    if (route != NULL && route->cors && (listed || origin_is_extension(origin))) {
        *ret_cors = true;
        return E_OK;
    }
    if (route != NULL && route->foreign)
        return E_OK;
    if (route != NULL && route->page && origin_is_own_page(x, origin))
        return E_OK;
    str_t host = origin_host(origin);
    bool own =
        list_has(s->hosts, s->hosts_n, host) || (s->any_ip_host && str_eq_nocase(host, x->host));
    return own ? E_OK : E_FORBIDDEN;
}
