/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "base/buf.h"
#include "base/clock.h"

#include <stdatomic.h>
#include <unistd.h>

enum { LOG_TEXT_MAX = 1024, LOG_LINE_MAX = 64 * 1024 };

static _Atomic int log_least = LOG_INFO;
static const char *const level_names[] = { "debug", "info", "warning", "error" };

void log_set_level(enum log_level least)
{
    atomic_store_explicit(&log_least, (int)least, memory_order_relaxed);
}

err_t log_level_parse(str_t name, enum log_level *ret)
{
    for (size_t i = 0; i < ARRAY_LEN(level_names); i++) {
        if (str_eq_nocase(name, str_from_cz(level_names[i]))) {
            *ret = (enum log_level)i;
            return E_OK;
        }
    }
    return E_BAD_FIELD;
}

/* At most LOG_TEXT_MAX bytes of s, not cut inside a UTF-8 sequence. */
static str_t log_clip(str_t s)
{
    if (s.n <= LOG_TEXT_MAX)
        return s;
    size_t n = LOG_TEXT_MAX;
    while (n > LOG_TEXT_MAX - 4 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
        n--;
    return str_sub(s, 0, n);
}

/* Control characters, C1 (U+0080..U+009F) among them, and bytes that are no UTF-8 are escaped, so
 * that no text can forge a line or steer a terminal. */
static void log_add_text(struct buf *b, str_t text)
{
    str_t s = log_clip(text);
    bool utf8 = str_is_utf8(s);
    buf_add_byte(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool c1 = utf8 && c == 0xc2 && (unsigned char)s.p[i + 1] < 0xa0;
        if (c1)
            buf_addf(b, "\\u%04x", (unsigned char)s.p[++i]);
        else if (c == '"' || c == '\\')
            buf_addf(b, "\\%c", c);
        else if (c < 0x20 || c == 0x7f || (c >= 0x80 && !utf8))
            buf_addf(b, "\\u%04x", c);
        else
            buf_add_byte(b, (char)c);
    }
    buf_add_byte(b, '"');
}

void log_write(enum log_level level, const char *event, const struct log_field *fields, size_t n)
{
    if ((int)level < atomic_load_explicit(&log_least, memory_order_relaxed))
        return;
    char at[TS_TEXT];
    ts_format(clock_now(), at);
    CLEANUP(buf_fini) struct buf b;
    buf_init(&b, LOG_LINE_MAX);
    buf_addf(&b, "{\"at\":\"%.*s\",\"level\":\"%s\",\"event\":\"%s\"", TS_TEXT, at,
             level_names[level], event);
    for (size_t i = 0; i < n; i++) {
        buf_addf(&b, ",\"%s\":", fields[i].name);
        if (fields[i].text.p != NULL)
            log_add_text(&b, fields[i].text);
        else
            buf_add_i64(&b, fields[i].number);
    }
    BUF_ADD(&b, "}\n");
    if (b.err == E_OK)
        (void)!write(STDERR_FILENO, b.p, b.n); /* nowhere to complain */
}
