/* SPDX-License-Identifier: Apache-2.0 */
/* A mail as the bytes that a mail server takes (RFC 5322, RFC 2045, RFC 2047). */
#include "domain/hooks/mail.h"

#include "base/buf.h"

#include <assert.h>

/* A line has at most 76 characters (RFC 2045 section 6.7, RFC 2047 section 2): an encoded word
 * leaves room for the name of its header. */
enum { MAIL_BYTES_MAX = 128 * 1024, LINE_MAX_QP = 76, WORD_MAX = 66, WORD_FRAME = 12 };

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xc0U) == 0x80U;
}

/* The bytes of the character that begins at `at`. */
static size_t character(str_t s, size_t at)
{
    size_t n = 1;
    while (at + n < s.n && is_continuation(s.p[at + n]))
        n++;
    return n;
}

static void add_word(struct buf *b, str_t s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (is_plain(s.p[i]))
            buf_add_byte(b, s.p[i]);
        else
            buf_addf(b, "=%02X", (unsigned)(unsigned char)s.p[i]);
    }
}

/* Unstructured text in encoded words, whatever it holds: no byte of it reaches the header as it is.
 * No character is cut in two (RFC 2047 section 5). */
static void add_encoded(struct buf *b, str_t s)
{
    size_t at = 0;
    do {
        size_t end = at;
        size_t room = WORD_MAX - WORD_FRAME;
        while (end < s.n) {
            size_t n = character(s, end);
            size_t cost = n == 1 && is_plain(s.p[end]) ? 1 : 3 * n;
            if (cost > room)
                break;
            room -= cost;
            end += n;
        }
        if (end == at && at < s.n)
            end = at + 1; /* no character of UTF-8: one byte at a time */
        buf_add(b, at > 0 ? STR("\r\n =?UTF-8?Q?") : STR("=?UTF-8?Q?"));
        add_word(b, str_sub(s, at, end - at));
        BUF_ADD(b, "?=");
        at = end;
    } while (at < s.n);
}

/* Quoted-printable; line ends of the text are LF. */
static void add_quoted(struct buf *b, str_t s)
{
    size_t column = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '\n') {
            BUF_ADD(b, "\r\n");
            column = 0;
            continue;
        }
        bool last = i + 1 == s.n || s.p[i + 1] == '\n';
        bool starts = column == 0 || column + 1 > LINE_MAX_QP - 1; /* a line */
        /* A dot at the begin of a line is SMTP's affair; encoded, it is nobody's. */
        bool bare =
            (c > ' ' && c <= '~' && c != '=' && !(c == '.' && starts)) || (c == ' ' && !last);
        size_t cost = bare ? 1 : 3;
        if (column + cost > LINE_MAX_QP - 1) {
            BUF_ADD(b, "=\r\n");
            column = 0;
        }
        if (bare)
            buf_add_byte(b, c);
        else
            buf_addf(b, "=%02X", (unsigned)(unsigned char)c);
        column += cost;
    }
}

err_t mail_write(struct arena *a, const struct mail_head *head, const struct notice_text *text,
                 str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    char date[TS_HTTP_TEXT];
    char id[OID_TEXT];
    assert(mail_address_obeys(head->from));
    assert(mail_address_obeys(head->recipient));
    buf_init(&b, MAIL_BYTES_MAX);
    b.secret = true;
    ts_format_http(head->at, date); /* "... GMT", which RFC 5322 writes +0000 */
    oid_format(head->id, id);
    str_t domain = str_sub(head->from, str_find(head->from, '@') + 1, head->from.n);
    buf_addf(&b, "Date: %.*s+0000\r\n", TS_HTTP_TEXT - 3, date);
    BUF_ADD(&b, "From: ");
    if (head->from_name.n > 0) {
        add_encoded(&b, head->from_name);
        BUF_ADD(&b, "\r\n ");
    }
    buf_addf(&b, "<%.*s>\r\nTo: <%.*s>\r\n", STR_ARG(head->from), STR_ARG(head->recipient));
    buf_addf(&b, "Message-ID: <%.*s@%.*s>\r\nSubject: ", OID_TEXT, id, STR_ARG(domain));
    add_encoded(&b, text->subject);
    BUF_ADD(&b, "\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
                "Content-Type: text/plain; charset=utf-8\r\n"
                "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
    add_quoted(&b, text->text);
    TRY(b.err);
    return str_copy(a, buf_str(&b), ret);
}
