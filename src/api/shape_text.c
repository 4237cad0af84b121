/* SPDX-License-Identifier: Apache-2.0 */
#include "api/shape_text.h"

#include "base/enc.h"

typedef bool byte_rule_f(unsigned char c);

static bool byte_any(unsigned char c)
{
    return c >= 0x20 ? c != 0x7f : c == '\t' || c == '\n' || c == '\r';
}

static bool byte_line(unsigned char c)
{
    return c >= 0x20 && c != 0x7f;
}

static bool byte_token(unsigned char c)
{
    return c > 0x20 && c < 0x7f;
}

static bool byte_slug(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

/* API "Devices": printable ASCII without what has a meaning in a path. */
static bool byte_machine_id(unsigned char c)
{
    return c >= 0x20 && c < 0x7f && strchr("/\\;%?#", c) == NULL;
}

static const struct {
    byte_rule_f *byte;
    const char *wants;
} rules[] = {
    [TEXT_ANY] = { byte_any, N_("want text without control characters") },
    [TEXT_LINE] = { byte_line, N_("want one line of text") },
    [TEXT_TOKEN] = { byte_token, N_("want printable ASCII without blanks") },
    [TEXT_SLUG] = { byte_slug, N_("want lower-case letters, digits, '-', '_' and '.'") },
    [TEXT_MACHINE_ID] = { byte_machine_id, N_("want printable ASCII without / \\ ; % ? #") },
    [TEXT_EMAIL] = { byte_token, N_("want an address such as name@example.org") },
};

static bool email_obeys(str_t s)
{
    size_t at = str_find(s, '@');
    if (at == 0 || at + 1 >= s.n)
        return false;
    str_t host = str_sub(s, at + 1, s.n);
    return str_find(host, '@') == host.n;
}

bool text_obeys(enum text_rule rule, str_t s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (!rules[rule].byte((unsigned char)s.p[i]))
            return false;
    }
    if (rule == TEXT_EMAIL && s.n > 0)
        return email_obeys(s);
    return str_is_utf8(s);
}

const char *text_rule_wants(enum text_rule rule)
{
    return rules[rule].wants;
}

bool text_is_one_of(const char *const *list, str_t s)
{
    for (; *list != NULL; list++) {
        if (str_eq(s, str_from_cz(*list)))
            return true;
    }
    return false;
}

err_t form_unescape(struct arena *a, str_t s, struct diag *why, str_t *ret)
{
    char *out = arena_alloc(a, s.n + 1);
    size_t n = 0;
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < s.n; i++) {
        uint8_t byte = (uint8_t)s.p[i];
        if (byte == '+') {
            byte = ' ';
        } else if (byte == '%') {
            if (hex_decode(str_sub(s, i + 1, 2), &byte, 1) != E_OK)
                return FAIL(why, E_BAD_FIELD, "a '%%' stands without two hex digits");
            i += 2;
        }
        out[n++] = (char)byte;
    }
    str_t text = str_of(out, n);
    if (memchr(out, '\0', n) != NULL || !str_is_utf8(text))
        return FAIL(why, E_BAD_FIELD, "a parameter is not UTF-8 text");
    *ret = text;
    return E_OK;
}
