/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/http/outbound.h"

#include "base/buf.h"
#include "plat/http/client_pins.h"
#include "plat/http/outbound_lookup.h"
#include "plat/http/outbound_range.h"

#include <arpa/inet.h>
#include <curl/curl.h>

enum { PINS_TEXT_MAX = 2048 };

struct outbound_url {
    str_t host; /* NUL-terminated, as libcurl will call it; of IPv6 without brackets */
    str_t port;
    bool tls;
};

static void addrinfo_freep(struct addrinfo **p)
{
    if (*p != NULL)
        freeaddrinfo(*p);
}

static void url_freep(CURLU **u)
{
    curl_url_cleanup(*u);
}

err_t outbound_allow_parse(str_t text, struct outbound_allow *ret)
{
    struct outbound_allow row = { .name = STR_NONE };
    if (cidr_parse(text, &row.block) == E_OK) {
        *ret = row;
        return E_OK;
    }
    str_t bare = str_starts(text, STR("*.")) ? str_sub(text, 2, text.n) : text;
    bool letter = false; /* "10.0.0.0/33" and "10.0.0" are no names */
    for (size_t i = 0; i < bare.n; i++) {
        char c = bare.p[i];
        bool alpha = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        letter = letter || alpha;
        if (!alpha && !(c >= '0' && c <= '9') && c != '.' && c != '-' && c != '_')
            return E_BAD_FIELD;
    }
    if (!letter)
        return E_BAD_FIELD;
    row.name = text;
    *ret = row;
    return E_OK;
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

static err_t url_read(struct arena *a, str_t url, struct diag *why, struct outbound_url *ret)
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
    char *cz = url.n > OUTBOUND_URL_MAX ? NULL : str_cz(a, url);
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
    *ret = out;
    return E_OK;
}

static bool name_is(str_t pattern, str_t host)
{
    str_t bare = host.n > 0 && host.p[host.n - 1] == '.' ? str_sub(host, 0, host.n - 1) : host;
    if (!str_starts(pattern, STR("*.")))
        return str_eq_nocase(pattern, bare);
    str_t tail = str_sub(pattern, 1, pattern.n); /* ".home.arpa" */
    return bare.n > tail.n && str_eq_nocase(str_sub(bare, bare.n - tail.n, tail.n), tail);
}

static bool allowed_name(const struct outbound_rules *rules, str_t host)
{
    for (size_t i = 0; i < rules->allow_n; i++) {
        if (rules->allow[i].name.p != NULL && name_is(rules->allow[i].name, host))
            return true;
    }
    return false;
}

static bool allowed_ip(const struct outbound_rules *rules, const uint8_t ip[static 16])
{
    for (size_t i = 0; i < rules->allow_n; i++) {
        if (rules->allow[i].name.p == NULL && cidr_has(&rules->allow[i].block, ip))
            return true;
    }
    return false;
}

static bool may_reach(const struct outbound_rules *rules, enum outbound_reach reach, bool named,
                      const uint8_t ip[static 16])
{
    switch (reach) {
    case OUTBOUND_NEVER:
        return false;
    case OUTBOUND_LOOPBACK:
        return rules->loopback;
    case OUTBOUND_PRIVATE:
        return rules->private || named || allowed_ip(rules, ip);
    case OUTBOUND_PUBLIC:
        return true;
    }
    return false;
}

static err_t place_add(const struct outbound_rules *rules, const struct sockaddr *at,
                       const char *host, struct diag *why, struct outbound_place *place)
{
    uint8_t ip[16];
    enum outbound_reach reach = outbound_reach_of(at, ip);
    if (!may_reach(rules, reach, allowed_name(rules, str_from_cz(host)), ip))
        return FAIL(why, E_FORBIDDEN, "%s leads to an address that this server does not call: %s",
                    host,
                    reach == OUTBOUND_PRIVATE ? "a private one (`outbound.allow` opens it)"
                                              : "this machine, or a special one");
    if (place->n == OUTBOUND_ADDRESSES_MAX)
        return FAIL(why, E_FORBIDDEN, "%s has more than %d addresses", host,
                    OUTBOUND_ADDRESSES_MAX);
    memcpy(place->ip[place->n++], ip, sizeof ip);
    return E_OK;
}

err_t outbound_resolve(const struct outbound_rules *rules, const char *host, dur_t within,
                       struct diag *why, struct outbound_place *ret)
{
    struct outbound_place place = { 0 };
    CLEANUP(addrinfo_freep) struct addrinfo *list = NULL;
    TRY(outbound_lookup(host, within, why, &list));
    for (const struct addrinfo *at = list; at != NULL; at = at->ai_next)
        TRY(place_add(rules, at->ai_addr, host, why, &place));
    if (place.n == 0)
        return FAIL(why, E_IO, "%s: it has no address", host);
    *ret = place;
    return E_OK;
}

/* Plain HTTP goes where its host was allowed, and nowhere else. */
static bool plain_ok(const struct outbound_rules *rules, str_t host,
                     const struct outbound_place *place)
{
    if (allowed_name(rules, host))
        return true;
    for (size_t i = 0; i < place->n; i++) {
        const uint8_t *ip = place->ip[i];
        bool v4 = memcmp(ip, (uint8_t[12]){ [10] = 0xff, [11] = 0xff }, 12) == 0;
        enum outbound_reach reach = v4 ? outbound_reach_v4(ip + 12) : outbound_reach_v6(ip);
        bool near = reach == OUTBOUND_LOOPBACK || (reach == OUTBOUND_PRIVATE && rules->private);
        if (!near && !allowed_ip(rules, ip))
            return false;
    }
    return place->n > 0;
}

static err_t plain_refuse(struct diag *why)
{
    return FAIL(why, E_FORBIDDEN,
                "want an URL of https: plain http goes only to hosts of `outbound.allow`");
}

err_t outbound_url_check(const struct outbound_rules *rules, struct arena *a, str_t url,
                         struct diag *why)
{
    struct outbound_url u;
    uint8_t ip[16];
    TRY(url_read(a, url, why, &u));
    bool address = ip_parse(u.host, ip) == E_OK;
    struct outbound_place place = { 0 };
    if (address)
        TRY(outbound_resolve(rules, u.host.p, DUR_S(1), why, &place));
    if (u.tls)
        return E_OK;
    if (address)
        return plain_ok(rules, u.host, &place) ? E_OK : plain_refuse(why);
    bool may_be_near = rules->loopback || rules->private || allowed_name(rules, u.host);
    for (size_t i = 0; i < rules->allow_n; i++)
        may_be_near = may_be_near || rules->allow[i].name.p == NULL;
    return may_be_near ? E_OK : plain_refuse(why);
}

/* "HOST:PORT:ADDRESS,ADDRESS" (CURLOPT_RESOLVE): what libcurl knows of the name without asking. */
static err_t pins_text(struct arena *a, const struct outbound_url *u,
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

err_t outbound_call(const struct outbound_rules *rules, struct arena *a,
                    const struct http_call *call, struct diag *why, struct http_answer *ret)
{
    struct outbound_url u = { 0 };
    struct outbound_place place = { 0 };
    TRY(url_read(a, str_from_cz(call->url), why, &u));
    TRY(outbound_resolve(rules, u.host.p, call->connect_max, why, &place));
    if (!u.tls && !plain_ok(rules, u.host, &place))
        return plain_refuse(why);
    struct http_pins pins = { .ip = (const uint8_t(*)[16])place.ip,
                              .n = place.n,
                              .stop = rules->stop };
    TRY(pins_text(a, &u, &place, &pins.resolve));
    struct http_client_cfg cfg = {
        .ca_file = rules->ca_file,
        .user_agent = rules->user_agent != NULL ? rules->user_agent : "seneschal",
        .proxy = "none", /* a proxy would look the name up again */
        .pins = &pins,
    };
    CLEANUP(http_client_freep) struct http_client *client = NULL;
    TRY(http_client_new(&cfg, &client));
    return http_client_call(client, a, call, why, ret);
}
