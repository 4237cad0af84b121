/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/http/outbound_url.h"

#include "base/buf.h"

#include <arpa/inet.h>
#include <curl/curl.h>

enum { PINS_TEXT_MAX = 2048 };

static void url_freep(CURLU **u)
{
    curl_url_cleanup(*u);
}

/* One part of an URL that libcurl has read, copied. Absent: it has none. */
static err_t url_part(struct arena *a, CURLU *u, CURLUPart part, unsigned flags, str_t *ret)
{
    char *text = NULL;
    *ret = STR_NONE;
    CURLUcode rc = curl_url_get(u, part, &text, flags);
    if (rc == CURLUE_OUT_OF_MEMORY)
        return E_NO_MEMORY;
    if (rc != CURLUE_OK)
        return E_OK;
    str_t copy = STR_NONE;
    char *cz = str_cz(a, str_from_cz(text));
    if (cz != NULL)
        copy = str_from_cz(cz);
    curl_free(text);
    if (copy.p == NULL)
        return E_NO_MEMORY;
    *ret = copy;
    return E_OK;
}

static err_t url_host(struct arena *a, str_t host, struct diag *why, str_t *ret)
{
    bool bracketed = host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']';
    str_t bare = bracketed ? str_sub(host, 1, host.n - 2) : host;
    char *cz = str_cz(a, bare);
    if (cz == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < bare.n; i++) {
        if ((unsigned char)bare.p[i] <= ' ' || bare.p[i] == '%' || (unsigned char)bare.p[i] > '~')
            return FAIL(why, E_BAD_FIELD, "want a host of plain ASCII (a name as punycode)");
    }
    *ret = str_of(cz, bare.n);
    return E_OK;
}

static err_t url_target(struct arena *a, CURLU *u, str_t *ret)
{
    str_t path;
    str_t query;
    TRY(url_part(a, u, CURLUPART_PATH, 0, &path));
    TRY(url_part(a, u, CURLUPART_QUERY, 0, &query));
    if (query.p == NULL) {
        *ret = path;
        return E_OK;
    }
    return str_format(a, ret, "%.*s?%.*s", STR_ARG(path), STR_ARG(query));
}

err_t outbound_url_read(struct arena *a, str_t url, struct diag *why, struct outbound_url *ret)
{
    static const CURLUPart unwanted[] = { CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS,
                                          CURLUPART_FRAGMENT, CURLUPART_ZONEID };
    CLEANUP(url_freep) CURLU *u = curl_url();
    str_t scheme;
    str_t host;
    str_t part;
    struct outbound_url out = { 0 };
    if (u == NULL)
        return E_NO_MEMORY;
    bool text = url.n <= OUTBOUND_URL_MAX && str_find(url, '\0') == url.n;
    char *cz = text ? str_cz(a, url) : NULL;
    if (text && cz == NULL)
        return E_NO_MEMORY;
    size_t colon = str_find(url, ':');
    /* libcurl takes one to three slashes for two. */
    bool two = str_starts(str_sub(url, colon, url.n), STR("://")) &&
               !str_starts(str_sub(url, colon, url.n), STR(":///"));
    if (cz == NULL || !two || curl_url_set(u, CURLUPART_URL, cz, 0) != CURLUE_OK)
        return FAIL(why, E_BAD_FIELD, "want an URL: https://HOST[:PORT]/PATH");
    for (size_t i = 0; i < ARRAY_LEN(unwanted); i++) {
        TRY(url_part(a, u, unwanted[i], 0, &part));
        if (part.p != NULL)
            return FAIL(why, E_BAD_FIELD,
                        "want an URL without user, password, zone and fragment: send "
                        "credentials in a header");
    }
    TRY(url_part(a, u, CURLUPART_SCHEME, 0, &scheme));
    TRY(url_part(a, u, CURLUPART_HOST, 0, &host));
    TRY(url_part(a, u, CURLUPART_PORT, CURLU_DEFAULT_PORT, &out.port));
    out.tls = str_eq_nocase(scheme, STR("https"));
    if ((!out.tls && !str_eq_nocase(scheme, STR("http"))) || host.n == 0 || out.port.n == 0 ||
        str_eq(out.port, STR("0")))
        return FAIL(why, E_BAD_FIELD, "want an URL of https");
    TRY(url_host(a, host, why, &out.host));
    TRY(url_target(a, u, &out.target));
    *ret = out;
    return E_OK;
}

err_t outbound_pins_make(struct arena *a, const struct outbound_url *u,
                         const struct outbound_place *place, const char **ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    bool six = str_find(u->host, ':') < u->host.n;
    buf_init(&b, PINS_TEXT_MAX);
    buf_addf(&b, six ? "[%s]:%s:" : "%s:%s:", u->host.p, u->port.p);
    for (size_t i = 0; i < place->n; i++) {
        char text[INET6_ADDRSTRLEN];
        const uint8_t *ip = place->ip[i];
        bool v4 = memcmp(ip, (uint8_t[12]){ [10] = 0xff, [11] = 0xff }, 12) == 0;
        if (inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? ip + 12 : ip, text, sizeof text) == NULL)
            return E_INTERNAL;
        buf_addf(&b, v4 ? "%s%s" : "%s[%s]", i > 0 ? "," : "", text);
    }
    TRY(b.err);
    char *cz = str_cz(a, buf_str(&b));
    if (cz == NULL)
        return E_NO_MEMORY;
    *ret = cz;
    return E_OK;
}
