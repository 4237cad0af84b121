/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/http/tunnel_ask.h"

#include "plat/http/chars.h"
#include "plat/http/head.h"
#include "plat/http/tunnel.h"

/* The same rules as for what comes to us (head.c), but for the target's own form. */
static err_t line_next(str_t in, size_t *at, struct diag *why, str_t *ret)
{
    str_t rest = str_sub(in, *at, in.n);
    size_t lf = str_find(rest, '\n');
    size_t end = *at + lf + (lf < rest.n ? 1 : 0);
    if (end > TUNNEL_HEAD_MAX || (lf == rest.n && in.n >= TUNNEL_HEAD_MAX))
        return FAIL(why, E_HEAD_TOO_BIG, "the head is over %d bytes", TUNNEL_HEAD_MAX);
    if (lf == rest.n)
        return E_AGAIN;
    if (lf == 0 || rest.p[lf - 1] != '\r')
        return FAIL(why, E_BAD_REQUEST, "a line ends in a bare LF");
    *ret = str_sub(rest, 0, lf - 1);
    *at = end;
    return E_OK;
}

static err_t request_read(str_t line, struct diag *why, struct tunnel_ask *ask)
{
    str_t rest = line;
    str_t method;
    str_t target;
    if (!str_split(&rest, ' ', &method) || !str_split(&rest, ' ', &target) || rest.p == NULL ||
        method.n == 0 || !chars_all(method, CHAR_TOKEN) || target.n == 0 ||
        !chars_all(target, CHAR_TARGET))
        return FAIL(why, E_BAD_REQUEST, "the request line is not: CONNECT SP host:port SP version");
    ask->target = target;
    if (!str_eq(method, STR("CONNECT")))
        return FAIL(why, E_METHOD_NOT_ALLOWED,
                    "this proxy carries TLS alone, by CONNECT: use an address of https:");
    if (!str_eq(rest, STR("HTTP/1.1")) && !str_eq(rest, STR("HTTP/1.0")))
        return FAIL(why, E_BAD_VERSION, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    if (host_port_parse(target, &ask->host, &ask->port) != E_OK)
        return FAIL(why, E_BAD_REQUEST, "want CONNECT and a name or an IPv4 address, and a port");
    return E_OK;
}

/* A request of this method has no content (RFC 9110 section 9.3.6): whoever announces one wants two
 * readers to see two things. */
static err_t field_read(str_t line, struct diag *why, bool *has_host)
{
    struct http_field f;
    TRY(head_parse_field(line, why, &f));
    if (str_eq_nocase(f.name, STR("content-length")) ||
        str_eq_nocase(f.name, STR("transfer-encoding")))
        return FAIL(why, E_BAD_REQUEST, "CONNECT has no content");
    if (str_eq_nocase(f.name, STR("host")) && *has_host)
        return FAIL(why, E_BAD_REQUEST, "two Host fields");
    *has_host = *has_host || str_eq_nocase(f.name, STR("host"));
    return E_OK;
}

err_t tunnel_ask_read(str_t in, struct diag *why, struct tunnel_ask *ret)
{
    struct tunnel_ask ask = { .target = STR_NONE };
    str_t line = STR_NONE;
    size_t at = 0;
    bool has_host = false;
    *ret = ask;
    TRY(line_next(in, &at, why, &line));
    err_t e = request_read(line, why, &ask);
    ret->target = ask.target;
    TRY(e);
    for (size_t fields = 0;; fields++) {
        TRY(line_next(in, &at, why, &line));
        if (line.n == 0)
            break;
        if (fields == TUNNEL_FIELDS_MAX)
            return FAIL(why, E_HEAD_TOO_BIG, "the head has over %d fields", TUNNEL_FIELDS_MAX);
        TRY(field_read(line, why, &has_host));
    }
    ask.n = at;
    *ret = ask;
    return E_OK;
}
