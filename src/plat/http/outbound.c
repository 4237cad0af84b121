/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/http/outbound.h"

#include "plat/http/client_pins.h"
#include "plat/http/outbound_lookup.h"
#include "plat/http/outbound_range.h"
#include "plat/http/outbound_url.h"

static void addrinfo_freep(struct addrinfo **p)
{
    if (*p != NULL)
        freeaddrinfo(*p);
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
        return reach == OUTBOUND_PRIVATE
                   ? FAIL(why, E_FORBIDDEN,
                          "%s leads to an address that this server does not call: a private one "
                          "(`outbound.allow` opens it)",
                          host)
                   : FAIL(why, E_FORBIDDEN,
                          "%s leads to an address that this server does not call: this machine, or "
                          "a special one",
                          host);
    if (place->n == OUTBOUND_ADDRESSES_MAX)
        return FAIL(why, E_FORBIDDEN, "%s has more than %d addresses", host,
                    OUTBOUND_ADDRESSES_MAX);
    memcpy(place->ip[place->n++], ip, sizeof ip);
    return E_OK;
}

err_t outbound_place_of(const struct outbound_rules *rules, const char *host,
                        const struct addrinfo *list, struct diag *why, struct outbound_place *ret)
{
    struct outbound_place place = { 0 };
    for (const struct addrinfo *at = list; at != NULL; at = at->ai_next)
        TRY(place_add(rules, at->ai_addr, host, why, &place));
    if (place.n == 0)
        return FAIL(why, E_IO, "%s: it has no address", host);
    *ret = place;
    return E_OK;
}

err_t outbound_resolve(const struct outbound_rules *rules, const char *host, dur_t within,
                       struct diag *why, struct outbound_place *ret)
{
    CLEANUP(addrinfo_freep) struct addrinfo *list = NULL;
    TRY(outbound_lookup(host, within, why, &list));
    return outbound_place_of(rules, host, list, why, ret);
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

err_t outbound_plain_check(const struct outbound_rules *rules, const struct outbound_url *u,
                           const struct outbound_place *place, struct diag *why)
{
    return u->tls || plain_ok(rules, u->host, place) ? E_OK : plain_refuse(why);
}

err_t outbound_url_check(const struct outbound_rules *rules, struct arena *a, str_t url,
                         struct diag *why)
{
    struct outbound_url u;
    uint8_t ip[16];
    TRY(outbound_url_read(a, url, why, &u));
    bool address = ip_parse(u.host, ip) == E_OK;
    struct outbound_place place = { 0 };
    if (address)
        TRY(outbound_resolve(rules, u.host.p, DUR_S(1), why, &place));
    if (u.tls)
        return E_OK;
    if (address)
        return outbound_plain_check(rules, &u, &place, why);
    bool may_be_near = rules->loopback || rules->private || allowed_name(rules, u.host);
    for (size_t i = 0; i < rules->allow_n; i++)
        may_be_near = may_be_near || rules->allow[i].name.p == NULL;
    return may_be_near ? E_OK : plain_refuse(why);
}

err_t outbound_call(const struct outbound_rules *rules, struct arena *a,
                    const struct http_call *call, struct diag *why, struct http_answer *ret)
{
    struct outbound_url u = { 0 };
    struct outbound_place place = { 0 };
    TRY(outbound_url_read(a, str_from_cz(call->url), why, &u));
    TRY(outbound_resolve(rules, u.host.p, call->connect_max, why, &place));
    TRY(outbound_plain_check(rules, &u, &place, why));
    struct http_pins pins = { .ip = (const uint8_t(*)[16])place.ip,
                              .n = place.n,
                              .stop = rules->stop };
    TRY(outbound_pins_make(a, &u, &place, &pins.resolve));
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
