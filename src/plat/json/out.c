/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/json/out.h"
#include "plat/json/jansson_api.h"

#include <assert.h>

/* RFC 8259 section 7: what must be escaped; the short forms as RFC 8785 section 3.2.2.2 orders
 * them. */
static void out_put_control(struct buf *b, unsigned char c)
{
    static const char letters[0x20] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r',
    };
    if (c == '"' || c == '\\') {
        buf_add_byte(b, '\\');
        buf_add_byte(b, (char)c);
    } else if (letters[c] != '\0') {
        buf_add_byte(b, '\\');
        buf_add_byte(b, letters[c]);
    } else {
        buf_addf(b, "\\u%04x", c);
    }
}

static bool out_is_plain(unsigned char c)
{
    return c >= 0x20 && c != '"' && c != '\\';
}

/* Text that is UTF-8. */
static void out_put_text(struct buf *b, str_t s)
{
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (out_is_plain(c))
            continue;
        buf_add(b, str_sub(s, from, i - from));
        out_put_control(b, c);
        from = i + 1;
    }
    buf_add(b, str_sub(s, from, s.n));
}

/* Eight bytes at once: are they ASCII, and is none of them to be escaped? Without high bits in
 * `x`, what is taken from each byte sets one only where the byte was smaller. */
static bool out_word_is_plain(const char *p)
{
    static const uint64_t each = 0x0101010101010101U;
    uint64_t x;
    memcpy(&x, p, sizeof x);
    uint64_t quote = (x ^ each * '"') - each;
    uint64_t backslash = (x ^ each * '\\') - each;
    return ((x | (x - each * 0x20) | quote | backslash) & each * 0x80) == 0;
}

/* Most text is ASCII that stands for itself. */
static bool out_text_is_plain(str_t s)
{
    size_t i = 0;
    for (; s.n - i >= sizeof(uint64_t); i += sizeof(uint64_t)) {
        if (!out_word_is_plain(s.p + i))
            return false;
    }
    for (; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c >= 0x80 || !out_is_plain(c))
            return false;
    }
    return true;
}

static void out_put_plain(struct buf *b, str_t s)
{
    char *at = buf_reserve(b, s.n + 2);
    if (at == NULL)
        return;
    *at = '"';
    if (s.n > 0)
        memcpy(at + 1, s.p, s.n);
    at[s.n + 1] = '"';
    b->n += s.n + 2;
}

/* How many bytes at the front are one UTF-8 character; 0: none. */
static size_t out_character(str_t s)
{
    for (size_t n = 1; n <= 4 && n <= s.n; n++) {
        if (str_is_utf8(str_sub(s, 0, n)))
            return n;
    }
    return 0;
}

void json_text_put(struct buf *b, str_t text)
{
    if (out_text_is_plain(text)) {
        out_put_plain(b, text);
        return;
    }
    buf_add_byte(b, '"');
    if (str_is_utf8(text)) {
        out_put_text(b, text);
        text.n = 0;
    }
    while (text.n > 0) {
        size_t n = out_character(text);
        if (n == 0)
            BUF_ADD(b, "\xef\xbf\xbd"); /* U+FFFD for one byte that belongs nowhere */
        else
            out_put_text(b, str_sub(text, 0, n));
        text = str_sub(text, n == 0 ? 1 : n, text.n);
    }
    buf_add_byte(b, '"');
}

static void out_before(struct json_out *o)
{
    if (o->comma)
        buf_add_byte(o->b, ',');
    o->comma = true;
}

void json_out_open(struct json_out *o, char bracket)
{
    assert(bracket == '{' || bracket == '[');
    out_before(o);
    buf_add_byte(o->b, bracket);
    o->comma = false;
}

void json_out_close(struct json_out *o, char bracket)
{
    assert(bracket == '}' || bracket == ']');
    buf_add_byte(o->b, bracket);
    o->comma = true;
}

void json_out_name(struct json_out *o, str_t name)
{
    out_before(o);
    json_text_put(o->b, name);
    buf_add_byte(o->b, ':');
    o->comma = false;
}

void json_out_str(struct json_out *o, str_t v)
{
    if (v.p == NULL) {
        json_out_null(o);
        return;
    }
    out_before(o);
    json_text_put(o->b, v);
}

void json_out_i64(struct json_out *o, int64_t v)
{
    out_before(o);
    buf_add_i64(o->b, v);
}

void json_out_bool(struct json_out *o, bool v)
{
    json_out_raw(o, v ? STR("true") : STR("false"));
}

void json_out_null(struct json_out *o)
{
    json_out_raw(o, STR("null"));
}

void json_out_ts(struct json_out *o, ts_t v)
{
    char text[TS_TEXT];
    if (!ts_is_set(v)) {
        json_out_null(o);
        return;
    }
    ts_format(v, text);
    json_out_str(o, str_of(text, sizeof text));
}

void json_out_id(struct json_out *o, oid_t v)
{
    char text[OID_TEXT];
    if (!oid_is_set(v)) {
        json_out_null(o);
        return;
    }
    oid_format(v, text);
    json_out_str(o, str_of(text, sizeof text));
}

void json_out_raw(struct json_out *o, str_t json)
{
    out_before(o);
    buf_add(o->b, json.p != NULL ? json : STR("null"));
}
