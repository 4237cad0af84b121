/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/mcp/mcp_headers.h"

#include "base/enc.h"

#define SENTINEL "=?base64?"
#define CLOSING  "?="

static bool looks_encoded(str_t s)
{
    return str_starts(s, STR(SENTINEL)) && str_ends(s, STR(CLOSING)) &&
           s.n >= sizeof(SENTINEL CLOSING) - 1;
}

static bool is_printable(str_t s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if ((c < 0x20 && c != '\t') || c > 0x7e)
            return false;
    }
    return true;
}

/* What a field can carry as it is (RFC 9110 section 5.5): blanks at its ends would be lost. */
static bool is_bare(str_t s)
{
    return is_printable(s) && str_trim(s).n == s.n && !looks_encoded(s);
}

err_t mcp_header_encode(struct arena *a, str_t value, str_t *ret)
{
    struct buf b;
    if (value.n > MCP_HEADER_MAX)
        return E_TOO_BIG;
    if (is_bare(value)) {
        *ret = value;
        return E_OK;
    }
    buf_init(&b, sizeof(SENTINEL CLOSING) + (value.n + 2) / 3 * 4);
    BUF_ADD(&b, SENTINEL);
    buf_add_base64(&b, value.p, value.n);
    BUF_ADD(&b, CLOSING);
    err_t e = b.err == E_OK ? str_copy(a, buf_str(&b), ret) : b.err;
    buf_fini(&b);
    return e;
}

err_t mcp_header_decode(struct arena *a, str_t field, str_t *ret)
{
    size_t n = 0;
    field = str_trim(field);
    if (!is_printable(field))
        return E_BAD_FIELD;
    if (!looks_encoded(field)) {
        *ret = field;
        return E_OK;
    }
    str_t text = str_sub(field, sizeof SENTINEL - 1, field.n - (sizeof(SENTINEL CLOSING) - 1));
    size_t max = text.n / 4 * 3;
    if (max > MCP_HEADER_MAX)
        return E_BAD_FIELD;
    uint8_t *out = arena_alloc(a, max + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(base64_decode(text, out, max, &n));
    if (!str_is_utf8(str_of(out, n)))
        return E_BAD_FIELD;
    *ret = str_of(out, n);
    return E_OK;
}

str_t mcp_name_source(const struct mcp_peek *p, const struct mcp_method *method)
{
    if (method == NULL)
        return STR_NONE;
    switch (method->source) {
    case MCP_NAME_OF_NAME:
        return p->name;
    case MCP_NAME_OF_URI:
        return p->uri;
    case MCP_NAME_OF_TASK:
        return p->task_id;
    case MCP_NAME_OF_NOTHING:
        break;
    }
    return STR_NONE;
}
