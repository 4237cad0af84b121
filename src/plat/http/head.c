/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/http/head.h"
#include "plat/http/chars.h"

#include <assert.h>

static err_t head_next_line(struct head *h, str_t in, struct diag *why, str_t *ret);
static err_t head_parse_request_line(struct head *h, str_t line, struct diag *why);
static err_t head_add_field(struct head *h, str_t line, struct diag *why);

void head_init(struct head *h, struct http_field fields[static HTTP_FIELDS_MAX])
{
    *h = (struct head){ .fields = fields };
}

err_t head_parse(struct head *h, str_t in, struct diag *why)
{
    for (;;) {
        str_t line = STR_NONE;
        TRY(head_next_line(h, in, why, &line));
        if (h->target.p == NULL) {
            /* RFC 9112 section 2.2: an empty line before the request line is passed over; more than
             * one is not. */
            if (line.n > 0 || h->line > 2)
                TRY(head_parse_request_line(h, line, why));
        } else if (line.n == 0) {
            return E_OK;
        } else {
            TRY(head_add_field(h, line, why));
        }
    }
}

/* The next line without its CRLF (RFC 9112 section 2.2: a bare CR or LF is never a line end here).
 */
static err_t head_next_line(struct head *h, str_t in, struct diag *why, str_t *ret)
{
    assert(in.n >= h->seen);
    const char *lf = in.n == h->seen ? NULL : memchr(in.p + h->seen, '\n', in.n - h->seen);
    size_t end = lf == NULL ? in.n : (size_t)(lf - in.p) + 1;
    if (h->target.p == NULL && end - h->line > HTTP_LINE_MAX)
        return FAIL(why, E_URI_TOO_LONG, "the request line is over %d bytes", HTTP_LINE_MAX);
    if (end > HTTP_HEAD_MAX)
        return FAIL(why, E_HEAD_TOO_BIG, "the head is over %d bytes", HTTP_HEAD_MAX);
    h->seen = end;
    if (lf == NULL)
        return E_AGAIN;
    size_t start = h->line;
    if (end - start < 2 || in.p[end - 2] != '\r')
        return FAIL(why, E_BAD_REQUEST, "a line ends in a bare LF");
    h->line = end;
    *ret = str_of(in.p + start, end - start - 2);
    return E_OK;
}

static enum http_method method_of(str_t token)
{
    static const struct {
        str_t name;
        enum http_method method;
    } methods[] = {
        { { "GET", 3 }, HTTP_GET },         { { "POST", 4 }, HTTP_POST },
        { { "PUT", 3 }, HTTP_PUT },         { { "HEAD", 4 }, HTTP_HEAD },
        { { "PATCH", 5 }, HTTP_PATCH },     { { "DELETE", 6 }, HTTP_DELETE },
        { { "OPTIONS", 7 }, HTTP_OPTIONS },
    };
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        if (str_eq(token, methods[i].name))
            return methods[i].method;
    }
    return HTTP_NONE;
}

/* RFC 9112 section 2.3. A later 1.x could be read as 1.1; nobody sends one, so that it is refused
 * like 9.9. */
static err_t head_parse_version(struct head *h, str_t version, struct diag *why)
{
    if (str_eq(version, STR("HTTP/1.1"))) {
        h->minor = 1;
        return E_OK;
    }
    if (str_eq(version, STR("HTTP/1.0"))) {
        h->minor = 0;
        return E_OK;
    }
    bool shaped = version.n == 8 && str_starts(version, STR("HTTP/")) && version.p[6] == '.' &&
                  version.p[5] >= '0' && version.p[5] <= '9' && version.p[7] >= '0' &&
                  version.p[7] <= '9';
    if (shaped)
        return FAIL(why, E_BAD_VERSION, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    return FAIL(why, E_BAD_REQUEST, "the request line does not end in HTTP/1.0 or HTTP/1.1");
}

/* method SP request-target SP HTTP-version, one SP each (RFC 9112 section 3). */
static err_t head_parse_request_line(struct head *h, str_t line, struct diag *why)
{
    str_t rest = line;
    str_t method;
    str_t target;
    if (!str_split(&rest, ' ', &method) || !str_split(&rest, ' ', &target) || rest.p == NULL)
        return FAIL(why, E_BAD_REQUEST, "the request line is not: method SP target SP version");
    if (method.n == 0 || !chars_all(method, CHAR_TOKEN))
        return FAIL(why, E_BAD_REQUEST, "the method is not a token");
    if (target.n == 0 || !chars_all(target, CHAR_TARGET))
        return FAIL(why, E_BAD_REQUEST, "the target is empty or has a character it must encode");
    TRY(head_parse_version(h, rest, why));
    /* A tunnel is not what this server is for, and its target has a form of its own
     * (section 3.2.3). */
    if (str_eq(method, STR("CONNECT")))
        return FAIL(why, E_BAD_REQUEST, "CONNECT is for proxies");
    h->method = method_of(method);
    h->target = target;
    return E_OK;
}

static err_t head_add_field(struct head *h, str_t line, struct diag *why)
{
    if (h->fields_n == HTTP_FIELDS_MAX)
        return FAIL(why, E_HEAD_TOO_BIG, "the head has over %d fields", HTTP_FIELDS_MAX);
    TRY(head_parse_field(line, why, &h->fields[h->fields_n]));
    h->fields_n++;
    return E_OK;
}

/* field-name ":" OWS field-value OWS. The token check also refuses obs-fold and a space before the
 * colon (section 5.1, 5.2). */
err_t head_parse_field(str_t line, struct diag *why, struct http_field *ret)
{
    size_t colon = str_find(line, ':');
    if (colon == line.n)
        return FAIL(why, E_BAD_REQUEST, "a field line has no colon");
    str_t name = str_sub(line, 0, colon);
    str_t value = str_sub(line, colon + 1, line.n);
    if (name.n == 0 || !chars_all(name, CHAR_TOKEN))
        return FAIL(why, E_BAD_REQUEST, "a field name is not a token");
    if (!chars_are_value(value))
        return FAIL(why, E_BAD_REQUEST, "a field value has a control character");
    *ret = (struct http_field){ .name = name, .value = str_trim(value) };
    return E_OK;
}
