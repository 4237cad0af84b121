/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/mcp/scan.h"

#include "base/enc.h"
#include "plat/json/json.h"

#include <assert.h>

/* Eight bytes at a time need to know which byte of a word comes first. */
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the lowest byte is the first");
static_assert(JSON_DEPTH_MAX <= 64, "one bit for each open bracket");

enum { SURROGATE = 0xd800, SURROGATE_LOW = 0xdc00, SURROGATE_END = 0xe000, ESCAPE_UNIT = 6 };
#define EACH_BYTE(c) (UINT64_C(0x0101010101010101) * (uint64_t)(c))

/* The high bit of each byte that a string may not simply contain: '"', '\', controls, and what is
 * not ASCII. Above the first such byte bits may be wrong. */
static inline uint64_t not_plain(uint64_t word)
{
    uint64_t quote = word ^ EACH_BYTE('"');
    uint64_t slash = word ^ EACH_BYTE('\\');
    uint64_t found = (quote - EACH_BYTE(1)) & ~quote;
    found |= (slash - EACH_BYTE(1)) & ~slash;
    found |= (word - EACH_BYTE(0x20)) & ~word;
    return (found | word) & EACH_BYTE(0x80);
}

static inline bool is_plain(char c)
{
    unsigned char u = (unsigned char)c;
    return u >= 0x20 && u < 0x80 && c != '"' && c != '\\';
}

static const char *plain_end(const char *p, const char *end)
{
    while ((size_t)(end - p) >= sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, p, sizeof word);
        uint64_t found = not_plain(word);
        if (found != 0)
            return p + __builtin_ctzll(found) / 8;
        p += sizeof word;
    }
    while (p < end && is_plain(*p))
        p++;
    return p;
}

/* U+FDD0..U+FDEF and the last two of each plane: no I-JSON string has them (RFC 7493 section 2.1).
 */
static bool is_noncharacter(uint32_t c)
{
    return (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe;
}

/* One character of two to four bytes (RFC 3629 section 4). */
static err_t scan_character(struct mcp_scan *s)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    const unsigned char *b = (const unsigned char *)s->p;
    size_t n = b[0] >= 0xf0 ? 4 : b[0] >= 0xe0 ? 3 : 2;
    if (b[0] < 0xc2 || b[0] > 0xf4 || (size_t)(s->end - s->p) < n)
        return E_BAD_JSON;
    uint32_t c = b[0] & (0x7fU >> n);
    for (size_t i = 1; i < n; i++) {
        if ((b[i] & 0xc0) != 0x80)
            return E_BAD_JSON;
        c = c << 6 | (b[i] & 0x3fU);
    }
    if (c < least[n] || c > 0x10ffff || (c >= SURROGATE && c < SURROGATE_END) || is_noncharacter(c))
        return E_BAD_JSON;
    s->p += n;
    return E_OK;
}

/* \uXXXX; the caller has seen the backslash. */
static err_t scan_unit(struct mcp_scan *s, uint32_t *ret)
{
    uint32_t unit = 0;
    if (s->end - s->p < ESCAPE_UNIT || s->p[0] != '\\' || s->p[1] != 'u')
        return E_BAD_JSON;
    for (size_t i = 2; i < ESCAPE_UNIT; i++) {
        int digit = hex_digit(s->p[i]);
        if (digit < 0)
            return E_BAD_JSON;
        unit = unit << 4 | (uint32_t)digit;
    }
    s->p += ESCAPE_UNIT;
    *ret = unit;
    return E_OK;
}

/* An escaped code point: one unit, or two surrogates in their order. */
static err_t scan_point(struct mcp_scan *s, uint32_t *ret)
{
    uint32_t c;
    TRY(scan_unit(s, &c));
    if (c >= SURROGATE && c < SURROGATE_END) {
        uint32_t low;
        if (c >= SURROGATE_LOW)
            return E_BAD_JSON;
        TRY(scan_unit(s, &low));
        if (low < SURROGATE_LOW || low >= SURROGATE_END)
            return E_BAD_JSON;
        c = 0x10000 + ((c - SURROGATE) << 10) + (low - SURROGATE_LOW);
    }
    if (is_noncharacter(c))
        return E_BAD_JSON;
    *ret = c;
    return E_OK;
}

/* What the letter behind a backslash stands for; 0: nothing (RFC 8259 section 7). */
static char escaped_byte(char letter)
{
    static const char meaning[128] = {
        ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
        ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
    };
    return (unsigned char)letter < sizeof meaning ? meaning[(unsigned char)letter] : '\0';
}

static err_t scan_escape(struct mcp_scan *s)
{
    uint32_t c;
    if (s->end - s->p < 2)
        return E_BAD_JSON;
    if (s->p[1] == 'u')
        return scan_point(s, &c);
    if (escaped_byte(s->p[1]) == '\0')
        return E_BAD_JSON;
    s->p += 2;
    return E_OK;
}

err_t mcp_scan_string(struct mcp_scan *s, str_t *ret)
{
    TRY(mcp_scan_take(s, '"'));
    const char *from = s->p;
    s->escaped = false;
    for (;;) {
        s->p = plain_end(s->p, s->end);
        if (s->p == s->end)
            return E_BAD_JSON;
        if (*s->p == '"')
            break;
        s->escaped = s->escaped || *s->p == '\\';
        if (*s->p == '\\')
            TRY(scan_escape(s));
        else
            TRY(scan_character(s)); /* a control is no first byte of one either */
    }
    *ret = str_of(from, (size_t)(s->p - from));
    s->p++;
    return E_OK;
}

static size_t put_character(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (c & 0x3f));
        c >>= 6;
    }
    out[0] = (char)((0xf00U >> n) | c);
    return n;
}

/* Escapes that have been scanned already. */
static err_t text_decode(struct arena *a, str_t inside, str_t *ret)
{
    struct mcp_scan s = mcp_scan_of(inside);
    size_t n = 0;
    char *out = arena_alloc(a, inside.n); /* no escape is shorter than what it stands for */
    if (out == NULL)
        return E_NO_MEMORY;
    while (s.p < s.end) {
        uint32_t c;
        if (*s.p != '\\') {
            out[n++] = *s.p++;
        } else if (s.p[1] != 'u') {
            out[n++] = escaped_byte(s.p[1]);
            s.p += 2;
        } else {
            TRY(scan_point(&s, &c));
            if (c == 0)
                return E_BAD_FIELD;
            n += put_character(out + n, c);
        }
    }
    *ret = str_of(out, n);
    return E_OK;
}

err_t mcp_scan_text(struct mcp_scan *s, struct arena *a, str_t *ret)
{
    str_t inside;
    TRY(mcp_scan_string(s, &inside));
    if (s->escaped)
        return text_decode(a, inside, ret);
    *ret = inside;
    return E_OK;
}

static bool is_digit(const struct mcp_scan *s)
{
    return s->p < s->end && *s->p >= '0' && *s->p <= '9';
}

static err_t scan_digits(struct mcp_scan *s)
{
    if (!is_digit(s))
        return E_BAD_JSON;
    while (is_digit(s))
        s->p++;
    return E_OK;
}

/* RFC 8259 section 6. */
static err_t scan_number(struct mcp_scan *s)
{
    if (mcp_scan_at(s, '-'))
        s->p++;
    if (mcp_scan_at(s, '0'))
        s->p++;
    else
        TRY(scan_digits(s));
    if (mcp_scan_at(s, '.')) {
        s->p++;
        TRY(scan_digits(s));
    }
    if (mcp_scan_at(s, 'e') || mcp_scan_at(s, 'E')) {
        s->p++;
        if (mcp_scan_at(s, '+') || mcp_scan_at(s, '-'))
            s->p++;
        TRY(scan_digits(s));
    }
    return E_OK;
}

static err_t scan_word(struct mcp_scan *s, str_t word)
{
    if ((size_t)(s->end - s->p) < word.n || memcmp(s->p, word.p, word.n) != 0)
        return E_BAD_JSON;
    s->p += word.n;
    return E_OK;
}

static err_t scan_scalar(struct mcp_scan *s)
{
    str_t inside;
    if (s->p == s->end)
        return E_BAD_JSON;
    switch (*s->p) {
    case '"':
        return mcp_scan_string(s, &inside);
    case 't':
        return scan_word(s, STR("true"));
    case 'f':
        return scan_word(s, STR("false"));
    case 'n':
        return scan_word(s, STR("null"));
    default:
        return scan_number(s);
    }
}

static err_t scan_name(struct mcp_scan *s)
{
    str_t inside;
    mcp_scan_blank(s);
    TRY(mcp_scan_string(s, &inside));
    mcp_scan_blank(s);
    return mcp_scan_take(s, ':');
}

/* The brackets that mcp_scan_value() has opened: a bit each, set for an object. */
struct nest {
    uint64_t objects;
    unsigned n;
};

/* An opening bracket, and what must follow it. `ret_value`: a value comes next. */
static err_t nest_open(struct mcp_scan *s, struct nest *nest, bool *ret_value)
{
    bool object = *s->p == '{';
    if (s->depth + nest->n >= JSON_DEPTH_MAX)
        return E_BAD_JSON;
    s->p++;
    mcp_scan_blank(s);
    if (mcp_scan_at(s, object ? '}' : ']')) {
        s->p++;
        *ret_value = false;
        return E_OK;
    }
    nest->objects = nest->objects << 1 | (object ? 1U : 0U);
    nest->n++;
    if (object)
        TRY(scan_name(s));
    *ret_value = true;
    return E_OK;
}

/* Behind a value: closing brackets until a comma asks for another one, or none is open. */
static err_t nest_go_on(struct mcp_scan *s, struct nest *nest)
{
    while (nest->n > 0) {
        bool object = (nest->objects & 1) != 0;
        mcp_scan_blank(s);
        if (mcp_scan_at(s, ',')) {
            s->p++;
            return object ? scan_name(s) : E_OK;
        }
        TRY(mcp_scan_take(s, object ? '}' : ']'));
        nest->objects >>= 1;
        nest->n--;
    }
    return E_OK;
}

err_t mcp_scan_value(struct mcp_scan *s, str_t *ret)
{
    struct nest nest = { 0 };
    const char *from = s->p;
    do {
        bool value = false;
        mcp_scan_blank(s);
        if (mcp_scan_at(s, '{') || mcp_scan_at(s, '['))
            TRY(nest_open(s, &nest, &value));
        else
            TRY(scan_scalar(s));
        if (!value)
            TRY(nest_go_on(s, &nest));
    } while (nest.n > 0);
    *ret = str_of(from, (size_t)(s->p - from));
    return E_OK;
}

err_t mcp_walk_open(struct mcp_walk *w, struct arena *a, struct mcp_scan *s)
{
    TRY(mcp_scan_take(s, '{'));
    if (s->depth >= JSON_DEPTH_MAX)
        return E_BAD_JSON;
    s->depth++;
    w->s = s;
    w->a = a;
    w->n = 0;
    return E_OK;
}

static err_t walk_note(struct mcp_walk *w, str_t name)
{
    if (w->n == MCP_MEMBERS_MAX)
        return E_BAD_FIELD;
    for (size_t i = 0; i < w->n; i++) {
        if (str_eq(w->names[i], name))
            return E_BAD_JSON;
    }
    w->names[w->n++] = name;
    return E_OK;
}

err_t mcp_walk_next(struct mcp_walk *w, str_t *ret_name)
{
    struct mcp_scan *s = w->s;
    str_t name;
    mcp_scan_blank(s);
    if (mcp_scan_at(s, '}')) {
        s->p++;
        s->depth--;
        *ret_name = STR_NONE;
        return E_OK;
    }
    if (w->n > 0)
        TRY(mcp_scan_take(s, ','));
    mcp_scan_blank(s);
    TRY(mcp_scan_text(s, w->a, &name));
    TRY(walk_note(w, name));
    mcp_scan_blank(s);
    TRY(mcp_scan_take(s, ':'));
    mcp_scan_blank(s);
    *ret_name = name;
    return E_OK;
}
