/* SPDX-License-Identifier: Apache-2.0 */
/* The collector of the configuration. Whoever runs the server names it, so private addresses and
 * this machine are open to it, as to the server of mail; everything else of outbound.h holds. */
#include "app/otlp.h"

#include "base/enc.h"
#include "domain/hooks/hook_header.h"

enum { HEADERS_MAX = 16, VALUE_MAX = 4096 };
#define PATH "/v1/traces"

/* As OTEL_EXPORTER_OTLP_HEADERS has them: NAME=VALUE, %XX in values. */
static err_t value_decode(struct arena *a, str_t text, str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { .secret = true };
    buf_init(&b, VALUE_MAX);
    b.secret = true;
    for (size_t i = 0; i < text.n; i++) {
        uint8_t byte = (uint8_t)text.p[i];
        if (byte == '%') {
            TRY(hex_decode(str_sub(text, i + 1, 2), &byte, 1));
            i += 2;
        }
        buf_add_byte(&b, (char)byte);
    }
    TRY(b.err);
    return str_copy(a, buf_str(&b), ret);
}

static err_t header_read(struct arena *a, str_t text, const char **ret)
{
    static const char *const names[] = { "content-type", "content-length", "host",
                                         "transfer-encoding", "connection" };
    static const struct hook_own_headers ours = { .names = names,
                                                  .names_n = ARRAY_LEN(names),
                                                  .prefix = { .p = "proxy-", .n = 6 } };
    size_t at = str_find(text, '=');
    str_t name = str_trim(str_sub(text, 0, at));
    str_t value;
    str_t line;
    if (at == text.n || value_decode(a, str_trim(str_sub(text, at + 1, text.n)), &value) != E_OK ||
        !hook_header_obeys(name, value, &ours))
        return E_BAD_FIELD;
    TRY(str_format(a, &line, "%.*s: %.*s", STR_ARG(name), STR_ARG(value)));
    *ret = str_cz(a, line);
    return *ret == NULL ? E_NO_MEMORY : E_OK;
}

static err_t headers_read(const struct config *c, struct arena *a, struct diag *why,
                          struct otlp_cfg *cfg)
{
    const str_t *list;
    size_t n;
    TRY(config_list(c, CONF_OTLP_HEADERS, &list, &n));
    const char **lines = ARENA_ARRAY(a, const char *, HEADERS_MAX + 1);
    if (lines == NULL)
        return E_NO_MEMORY;
    lines[0] = "Content-Type: application/json";
    for (size_t i = 0; i < n; i++) {
        err_t e = header_read(a, list[i], &lines[i + 1]);
        if (e == E_NO_MEMORY)
            return e;
        if (e != E_OK) /* which one is said, and not what is in it */
            return FAIL(why, E_USAGE,
                        "otlp.headers: want NAME=VALUE, with %%XX for what is no printable ASCII: "
                        "number %zu is not",
                        i + 1);
    }
    cfg->headers = lines;
    cfg->headers_n = n + 1;
    return E_OK;
}

static err_t url_read(struct arena *a, str_t url, struct diag *why, struct settings *s)
{
    struct diag cause = { 0 };
    str_t full;
    while (str_ends(url, STR("/")))
        url.n--;
    err_t e = outbound_url_check(&s->otlp.rules, a, url, &cause);
    if (e == E_NO_MEMORY)
        return e;
    if (e != E_OK || str_find(url, '?') < url.n)
        return FAIL(why, E_USAGE, "otlp.url: %s",
                    e != E_OK ? cause.text : "want the URL in front of " PATH ", without a query");
    TRY(str_format(a, &full, "%.*s" PATH, STR_ARG(url)));
    s->otlp.url = str_cz(a, full);
    return s->otlp.url == NULL ? E_NO_MEMORY : E_OK;
}

err_t otlp_settings(const struct config *c, struct arena *a, struct diag *why, struct settings *s)
{
    str_t url = config_text(c, CONF_OTLP_URL);
    s->otlp =
        (struct otlp_cfg){ .rules = s->outbound, .service = config_text(c, CONF_OTLP_SERVICE) };
    s->otlp.rules.private = true;
    s->otlp.rules.loopback = true;
    TRY(headers_read(c, a, why, &s->otlp));
    return url.n == 0 ? E_OK : url_read(a, url, why, s);
}
