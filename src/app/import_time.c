/* SPDX-License-Identifier: Apache-2.0 */
/* Times as older servers wrote them. */
#include "app/import_file.h"

#include "base/buf.h"
#include "base/num.h"

enum {
    TIME_TEXT_MAX = 64,
    TIME_BUF_MAX = 128,
    DATE_TEXT = 10,
    MINUTES_TEXT = 16,
    FRACTION_DIGITS = 6
};

/* Beyond these a number cannot be seconds or milliseconds of our time: it is the finer unit. */
static const int64_t seconds_end = INT64_C(100000000000);         /* the year 5138 */
static const int64_t milliseconds_end = INT64_C(100000000000000); /* the same in ms */

static bool is_number(str_t s)
{
    for (size_t i = 0; i < s.n; i++) {
        if ((s.p[i] < '0' || s.p[i] > '9') && s.p[i] != '.')
            return false;
    }
    return s.n > 0;
}

/* "1700000000.25": what SQLite makes of a REAL. */
static err_t number_parse(str_t s, ts_t *ret)
{
    str_t whole = str_sub(s, 0, str_find(s, '.'));
    str_t rest = str_sub(s, whole.n + 1, s.n);
    int64_t v = 0;
    int64_t micros = 0;
    TRY(num_parse_i64(whole, &v));
    for (size_t i = 0; i < FRACTION_DIGITS; i++) {
        char c = i < rest.n ? rest.p[i] : '0';
        if (c == '.')
            return E_BAD_FIELD;
        micros = micros * 10 + (c - '0');
    }
    if (v >= milliseconds_end)
        *ret = (ts_t){ v };
    else if (v >= seconds_end)
        *ret = (ts_t){ v * 1000 };
    else
        *ret = (ts_t){ v * 1000000 + micros };
    return E_OK;
}

/* Z, or +HH, +HHMM, +HH:MM: as RFC 3339 wants it. */
static bool zone_add(struct buf *b, str_t zone)
{
    if (zone.n == 0 || str_eq_nocase(zone, STR("Z")) || str_eq_nocase(zone, STR("UTC"))) {
        buf_add_byte(b, 'Z');
        return true;
    }
    bool colon = zone.n == 6 && zone.p[3] == ':';
    if (zone.n != 3 && zone.n != 5 && !colon)
        return false;
    buf_add(b, str_sub(zone, 0, 3));
    buf_add_byte(b, ':');
    buf_add(b, zone.n == 3 ? STR("00") : str_sub(zone, colon ? 4 : 3, 2));
    return true;
}

err_t import_time_parse(str_t text, ts_t *ret)
{
    ts_t t;
    text = str_trim(text);
    if (text.n > TIME_TEXT_MAX)
        return E_BAD_FIELD;
    if (is_number(text)) {
        TRY(number_parse(text, &t));
        *ret = t;
        return E_OK;
    }
    if (text.n < DATE_TEXT)
        return E_BAD_FIELD;
    size_t end = DATE_TEXT; /* of the time of day: where its zone begins */
    while (end < text.n && strchr("+-Zz", text.p[end]) == NULL &&
           !(text.p[end] == ' ' && end > DATE_TEXT))
        end++;
    str_t clock = str_sub(text, DATE_TEXT + 1, end - DATE_TEXT - (end > DATE_TEXT ? 1 : 0));
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, TIME_BUF_MAX);
    buf_add(&b, str_sub(text, 0, DATE_TEXT));
    buf_add_byte(&b, 'T');
    buf_add(&b, clock.n > 0 ? clock : STR("00:00:00"));
    if (clock.n == MINUTES_TEXT - DATE_TEXT - 1)
        BUF_ADD(&b, ":00");
    if (!zone_add(&b, str_trim(str_sub(text, end, text.n))))
        return E_BAD_FIELD;
    TRY(b.err);
    return ts_parse(buf_str(&b), ret);
}
