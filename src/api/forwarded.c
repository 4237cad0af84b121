/* SPDX-License-Identifier: Apache-2.0 */
#include "api/forwarded.h"

#include "plat/http/uri.h"

static bool is_proxy(const struct settings *s, const uint8_t ip[static 16])
{
    for (size_t i = 0; i < s->proxies_n; i++) {
        if (cidr_has(&s->proxies[i], ip))
            return true;
    }
    return false;
}

/* "192.0.2.1", "2001:db8::1", and what some proxies write: "192.0.2.1:443", "[2001:db8::1]:443". */
static err_t hop_parse(str_t hop, uint8_t ip[static 16])
{
    hop = str_trim(hop);
    size_t bracket = str_find(hop, ']');
    if (str_starts(hop, STR("[")))
        return bracket == hop.n ? E_BAD_FIELD : ip_parse(str_sub(hop, 1, bracket - 1), ip);
    size_t colon = str_find(hop, ':');
    str_t rest = str_sub(hop, colon + 1, hop.n);
    bool one_colon = colon < hop.n && str_find(rest, ':') == rest.n;
    return ip_parse(one_colon ? str_sub(hop, 0, colon) : hop, ip);
}

/* What stands behind the last comma, which is taken off. */
static str_t last_hop(str_t *list)
{
    size_t from = list->n;
    while (from > 0 && list->p[from - 1] != ',')
        from--;
    str_t hop = str_sub(*list, from, list->n);
    *list = from == 0 ? STR_NONE : str_sub(*list, 0, from - 1);
    return hop;
}

/* Each proxy adds, at the end, whom it was called by: from there on, as long as those are proxies
 * of ours. What stands before the first that is none was written by whoever called. */
err_t forwarded_client(const struct settings *s, const struct http_field *fields, size_t n,
                       uint8_t ip[static 16])
{
    uint8_t seen[16];
    for (size_t i = n; i > 0; i--) {
        if (!str_eq_nocase(fields[i - 1].name, STR("X-Forwarded-For")))
            continue;
        str_t list = fields[i - 1].value;
        while (list.p != NULL) {
            TRY(hop_parse(last_hop(&list), seen));
            memcpy(ip, seen, sizeof seen);
            if (!is_proxy(s, seen))
                return E_OK;
        }
    }
    return E_OK;
}

err_t forwarded_apply(const struct settings *s, struct http_xchg *x, struct diag *why)
{
    if (s->proxies_n == 0 || !is_proxy(s, x->peer.ip))
        return E_OK;
    uint8_t ip[16];
    memcpy(ip, x->peer.ip, sizeof ip);
    if (forwarded_client(s, x->fields, x->fields_n, ip) != E_OK)
        return FAIL(why, E_BAD_REQUEST, "the proxy's X-Forwarded-For is not a list of addresses");
    str_t host = http_field(x, STR("X-Forwarded-Host"));
    if (http_field_count(x, STR("X-Forwarded-Host")) > 1 || (host.p != NULL && !uri_is_host(host)))
        return FAIL(why, E_BAD_REQUEST, "the proxy's X-Forwarded-Host is not one name");
    memcpy(x->peer.ip, ip, sizeof ip);
    x->peer.port = 0; /* of a connection that is not ours */
    if (host.p != NULL)
        x->host = host;
    return E_OK;
}
