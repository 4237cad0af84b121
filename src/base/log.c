/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "base/buf.h"
#include "base/gcra.h"
#include "base/log_out.h"

#include <sys/stat.h>
#include <unistd.h>

enum {
    LOG_TEXT_MAX = 1024,
    LOG_WHOLE_MAX = 30 * 1024,
    LOG_LINE_MAX = 64 * 1024,
    EVENT_SLOTS = 256,
    EVENT_BURST = 200,
    EVENT_INTERVAL_US = 100000
};

static _Atomic int log_least = LOG_INFO;
static _Atomic int log_form = LOG_JSON;
static _Atomic uint64_t log_lines[LOG_ERROR + 1];
static _Atomic uint64_t log_suppressed;
static const struct log_tap *_Atomic log_tap;

/* One for each event, by a hash of its name; two in one slot share its limit. */
static struct {
    _Atomic int64_t bucket;
    _Atomic int64_t held;
} slots[EVENT_SLOTS];

static const char *const level_names[] = { "debug", "info", "warning", "error" };
static const char level_priority[] = { '7', '6', '4', '3' }; /* sd-daemon(3) */

void log_set_level(enum log_level least)
{
    atomic_store_explicit(&log_least, (int)least, memory_order_relaxed);
}

bool log_wants(enum log_level level)
{
    return (int)level >= atomic_load_explicit(&log_least, memory_order_relaxed);
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

err_t log_format_parse(str_t name, enum log_format *ret)
{
    static const char *const names[] = {
        [LOG_JSON] = "json",
        [LOG_TEXT] = "text",
        [LOG_JOURNAL] = "journal",
        [LOG_AUTO] = "auto",
    };
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (str_eq_nocase(name, str_from_cz(names[i]))) {
            *ret = (enum log_format)i;
            return E_OK;
        }
    }
    return E_BAD_FIELD;
}

/* systemd.exec(5): JOURNAL_STREAM is "device:inode" of the stream to the journal. */
static bool is_journal(void)
{
    struct stat st;
    char own[64];
    const char *said = getenv("JOURNAL_STREAM"); /* NOLINT(concurrency-mt-unsafe): never written */
    if (said == NULL || fstat(STDERR_FILENO, &st) != 0)
        return false;
    (void)snprintf(own, sizeof own, "%llu:%llu", (unsigned long long)st.st_dev,
                   (unsigned long long)st.st_ino);
    return str_eq(str_from_cz(said), str_from_cz(own));
}

void log_set_format(enum log_format format)
{
    if (format == LOG_AUTO)
        format = isatty(STDERR_FILENO) ? LOG_TEXT : is_journal() ? LOG_JOURNAL : LOG_JSON;
    atomic_store_explicit(&log_form, (int)format, memory_order_relaxed);
}

void log_get_stats(struct log_stats *ret)
{
    for (size_t i = 0; i < ARRAY_LEN(log_lines); i++)
        ret->lines[i] = atomic_load_explicit(&log_lines[i], memory_order_relaxed);
    ret->suppressed = atomic_load_explicit(&log_suppressed, memory_order_relaxed);
    ret->dropped = log_out_dropped();
}

/* Control characters, C1 (U+0080..U+009F) among them, and bytes that are no UTF-8 are escaped, so
 * that no text can forge a line or steer a terminal. */
static void log_add_text(struct buf *b, str_t s)
{
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

/* Needs no quotes in a line for people. */
static bool is_plain(str_t s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] <= ' ' || s.p[i] > '~' || s.p[i] == '"' || s.p[i] == '\\' || s.p[i] == '=')
            return false;
    }
    return s.n > 0 && s.n <= LOG_TEXT_MAX;
}

static void add_value(struct buf *b, const struct log_field *f, bool json)
{
    if (f->text.p == NULL)
        buf_add_i64(b, f->number);
    else if (!json && is_plain(f->text))
        buf_add(b, f->text);
    else
        log_add_text(b, str_clip(f->text, f->whole ? LOG_WHOLE_MAX : LOG_TEXT_MAX));
}

static void add_json(struct buf *b, enum log_level level, const char *event,
                     const struct log_field *fields, size_t n)
{
    char at[TS_TEXT];
    ts_format(clock_now(), at);
    buf_addf(b, "{\"at\":\"%.*s\",\"level\":\"%s\",\"event\":\"%s\"", TS_TEXT, at,
             level_names[level], event);
    for (size_t i = 0; i < n; i++) {
        buf_addf(b, ",\"%s\":", fields[i].name);
        add_value(b, &fields[i], true);
    }
    BUF_ADD(b, "}");
}

static void add_words(struct buf *b, enum log_level level, const char *event,
                      const struct log_field *fields, size_t n)
{
    char at[TS_TEXT];
    ts_format(clock_now(), at);
    buf_addf(b, "%.*s %-7s %s", TS_TEXT, at, level_names[level], event);
    for (size_t i = 0; i < n; i++) {
        buf_addf(b, " %s=", fields[i].name);
        add_value(b, &fields[i], false);
    }
}

void log_make_line(struct buf *b, enum log_level level, const char *event,
                   const struct log_field *fields, size_t n)
{
    int form = atomic_load_explicit(&log_form, memory_order_relaxed);
    if (form == LOG_JOURNAL)
        buf_addf(b, "<%c>", level_priority[level]);
    if (form == LOG_TEXT)
        add_words(b, level, event, fields, n);
    else
        add_json(b, level, event, fields, n);
    buf_add_byte(b, '\n');
}

void log_set_tap(const struct log_tap *tap)
{
    atomic_store_explicit(&log_tap, tap, memory_order_release);
}

/* A line in another format is made once more. */
static void tell_tap(enum log_level level, const char *event, const struct log_field *fields,
                     size_t n, str_t made)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    const struct log_tap *tap = atomic_load_explicit(&log_tap, memory_order_acquire);
    if (tap == NULL)
        return;
    if (atomic_load_explicit(&log_form, memory_order_relaxed) == LOG_JSON) {
        tap->line(tap->arg, made);
        return;
    }
    buf_init(&b, LOG_LINE_MAX);
    add_json(&b, level, event, fields, n);
    buf_add_byte(&b, '\n');
    if (b.err == E_OK)
        tap->line(tap->arg, buf_str(&b));
}

static void write_line(enum log_level level, const char *event, const struct log_field *fields,
                       size_t n)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, LOG_LINE_MAX);
    log_make_line(&b, level, event, fields, n);
    if (b.err != E_OK)
        return; /* nowhere to complain */
    (void)atomic_fetch_add_explicit(&log_lines[level], 1, memory_order_relaxed);
    log_out_write(buf_str(&b));
    tell_tap(level, event, fields, n, buf_str(&b));
}

void log_write_every(enum log_level level, const char *event, const struct log_field *fields,
                     size_t n)
{
    if (log_wants(level))
        write_line(level, event, fields, n);
}

static size_t slot_of(const char *event)
{
    uint32_t h = 2166136261U; /* FNV-1a */
    for (const char *p = event; *p != '\0'; p++)
        h = (h ^ (unsigned char)*p) * 16777619U;
    return h % EVENT_SLOTS;
}

enum { FIELDS_MAX = 16 };

void log_write(enum log_level level, const char *event, const struct log_field *fields, size_t n)
{
    static const struct gcra_rate rate = { EVENT_INTERVAL_US,
                                           (int64_t)EVENT_INTERVAL_US * EVENT_BURST };
    struct log_field more[FIELDS_MAX];
    dur_t wait;
    if (!log_wants(level))
        return;
    size_t slot = slot_of(event);
    if (!gcra_take(&slots[slot].bucket, rate, clock_mono(), &wait)) {
        (void)atomic_fetch_add_explicit(&slots[slot].held, 1, memory_order_relaxed);
        (void)atomic_fetch_add_explicit(&log_suppressed, 1, memory_order_relaxed);
        return;
    }
    int64_t held = atomic_load_explicit(&slots[slot].held, memory_order_relaxed);
    if (held > 0 && n < FIELDS_MAX) {
        memcpy(more, fields, n * sizeof *fields);
        more[n++] = LOG_F("suppressed",
                          atomic_exchange_explicit(&slots[slot].held, 0, memory_order_relaxed));
        fields = more;
    }
    write_line(level, event, fields, n);
}
