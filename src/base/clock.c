/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <stdatomic.h>

static _Atomic int64_t clock_latest_us; /* the greatest value that clock_now() has given */
static _Atomic int64_t frozen_now_us;   /* 0: not frozen */
static _Atomic int64_t frozen_mono_us;

static int64_t clock_read_us(clockid_t id)
{
    struct timespec t;
    (void)clock_gettime(id, &t); /* cannot fail for these two clocks */
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

ts_t clock_wall(void)
{
    int64_t frozen = atomic_load_explicit(&frozen_now_us, memory_order_relaxed);
    return (ts_t){ frozen != 0 ? frozen : clock_read_us(CLOCK_REALTIME) };
}

ts_t clock_now(void)
{
    int64_t now = clock_wall().us;
    if (atomic_load_explicit(&frozen_now_us, memory_order_relaxed) != 0)
        return (ts_t){ now };
    int64_t latest = atomic_load_explicit(&clock_latest_us, memory_order_relaxed);
    while (latest < now) {
        if (atomic_compare_exchange_weak_explicit(&clock_latest_us, &latest, now,
                                                  memory_order_relaxed, memory_order_relaxed))
            return (ts_t){ now };
    }
    return (ts_t){ latest };
}

dur_t clock_mono(void)
{
    if (atomic_load_explicit(&frozen_now_us, memory_order_relaxed) != 0)
        return (dur_t){ atomic_load_explicit(&frozen_mono_us, memory_order_relaxed) };
    return (dur_t){ clock_read_us(CLOCK_MONOTONIC) };
}

void clock_freeze(ts_t now, dur_t mono)
{
    atomic_store(&frozen_mono_us, mono.us);
    atomic_store(&frozen_now_us, now.us);
}

void clock_release(void)
{
    atomic_store(&frozen_now_us, 0);
}

struct civil {
    int64_t year;
    unsigned month; /* 1..12 */
    unsigned day;   /* 1..31 */
};

/* Days since 1970-01-01 of a Gregorian date, counted from a year that begins in March. */
static int64_t days_from_civil(struct civil c)
{
    int64_t year = c.month <= 2 ? c.year - 1 : c.year;
    int64_t month = c.month <= 2 ? c.month + 9 : c.month - 3;
    int64_t day_of_year = (153 * month + 2) / 5 + c.day - 1;
    return year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 719468;
}

static struct civil civil_from_days(int64_t days)
{
    int64_t z = days + 719468;
    int64_t era = z / 146097;
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    struct civil c;
    c.day = (unsigned)(day_of_year - (153 * month + 2) / 5 + 1);
    c.month = (unsigned)(month < 10 ? month + 3 : month - 9);
    c.year = year_of_era + era * 400 + (c.month <= 2 ? 1 : 0);
    return c;
}

static void put_digits(char *out, size_t n, int64_t v)
{
    for (size_t i = n; i > 0; i--) {
        out[i - 1] = (char)('0' + v % 10);
        v /= 10;
    }
}

enum { DAY_S = 86400 };
static const int64_t ts_us_max = 253402300799999999; /* 9999-12-31T23:59:59.999999Z */

static int64_t ts_clamp_us(ts_t t)
{
    if (t.us < 0)
        return 0;
    return t.us > ts_us_max ? ts_us_max : t.us;
}

void ts_format_day(ts_t t, char out[static TS_DAY_TEXT])
{
    struct civil c = civil_from_days(ts_clamp_us(t) / 1000000 / DAY_S);
    memcpy(out, "0000-00-00", TS_DAY_TEXT);
    put_digits(out, 4, c.year);
    put_digits(out + 5, 2, c.month);
    put_digits(out + 8, 2, c.day);
}

void ts_format(ts_t t, char out[static TS_TEXT])
{
    int64_t ms = ts_clamp_us(t) / 1000;
    int64_t second = ms / 1000 % DAY_S;
    memcpy(out, "0000-00-00T00:00:00.000Z", TS_TEXT);
    ts_format_day(t, out);
    put_digits(out + 11, 2, second / 3600);
    put_digits(out + 14, 2, second / 60 % 60);
    put_digits(out + 17, 2, second % 60);
    put_digits(out + 20, 3, ms % 1000);
}

void ts_format_http(ts_t t, char out[static TS_HTTP_TEXT])
{
    static const char days[] = "ThuFriSatSunMonTueWed"; /* 1970-01-01 was a Thursday */
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int64_t s = ts_clamp_us(t) / 1000000;
    struct civil c = civil_from_days(s / DAY_S);
    memcpy(out, "Thu, 01 Jan 1970 00:00:00 GMT", TS_HTTP_TEXT);
    memcpy(out, days + s / DAY_S % 7 * 3, 3);
    put_digits(out + 5, 2, c.day);
    memcpy(out + 8, months + (size_t)(c.month - 1) * 3, 3);
    put_digits(out + 12, 4, c.year);
    put_digits(out + 17, 2, s % DAY_S / 3600);
    put_digits(out + 20, 2, s / 60 % 60);
    put_digits(out + 23, 2, s % 60);
}

/* Take `n` digits, then the byte `after` (0: none), off the head of *s. */
static err_t take_digits(str_t *s, size_t n, char after, unsigned *ret)
{
    size_t size = n + (after != 0 ? 1 : 0);
    unsigned v = 0;
    if (s->n < size)
        return E_BAD_FIELD;
    for (size_t i = 0; i < n; i++) {
        if (s->p[i] < '0' || s->p[i] > '9')
            return E_BAD_FIELD;
        v = v * 10 + (unsigned)(s->p[i] - '0');
    }
    if (after != 0 && s->p[n] != after)
        return E_BAD_FIELD;
    *s = str_sub(*s, size, s->n - size);
    *ret = v;
    return E_OK;
}

static unsigned month_days(int64_t year, unsigned month)
{
    static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29U : days[month - 1];
}

static err_t take_fraction(str_t *s, int64_t *ret_us)
{
    int64_t us = 0;
    int64_t unit = 100000;
    if (s->n == 0 || s->p[0] != '.') {
        *ret_us = 0;
        return E_OK;
    }
    size_t i = 1;
    for (; i < s->n && s->p[i] >= '0' && s->p[i] <= '9'; i++) {
        us += unit * (s->p[i] - '0');
        unit /= 10;
    }
    if (i == 1)
        return E_BAD_FIELD;
    *s = str_sub(*s, i, s->n - i);
    *ret_us = us;
    return E_OK;
}

static err_t take_offset(str_t s, int64_t *ret_s)
{
    if (s.n == 1 && (s.p[0] == 'Z' || s.p[0] == 'z')) {
        *ret_s = 0;
        return E_OK;
    }
    if (s.n != 6 || (s.p[0] != '+' && s.p[0] != '-'))
        return E_BAD_FIELD;
    bool west = s.p[0] == '-';
    unsigned hours;
    unsigned minutes;
    s = str_sub(s, 1, 5);
    TRY(take_digits(&s, 2, ':', &hours));
    TRY(take_digits(&s, 2, 0, &minutes));
    if (hours > 23 || minutes > 59)
        return E_BAD_FIELD;
    int64_t offset = (int64_t)hours * 3600 + (int64_t)minutes * 60;
    *ret_s = west ? -offset : offset;
    return E_OK;
}

err_t ts_parse(str_t text, ts_t *ret)
{
    unsigned year;
    unsigned month;
    unsigned day;
    unsigned hour;
    unsigned minute;
    unsigned second;
    TRY(take_digits(&text, 4, '-', &year));
    TRY(take_digits(&text, 2, '-', &month));
    TRY(take_digits(&text, 2, 0, &day));
    if (text.n == 0 || (text.p[0] != 'T' && text.p[0] != 't'))
        return E_BAD_FIELD;
    text = str_sub(text, 1, text.n - 1);
    TRY(take_digits(&text, 2, ':', &hour));
    TRY(take_digits(&text, 2, ':', &minute));
    TRY(take_digits(&text, 2, 0, &second));
    int64_t us;
    int64_t offset_s;
    TRY(take_fraction(&text, &us));
    TRY(take_offset(text, &offset_s));
    if (month < 1 || month > 12 || day < 1 || day > month_days(year, month))
        return E_BAD_FIELD;
    if (hour > 23 || minute > 59 || second > 60)
        return E_BAD_FIELD;
    int64_t days = days_from_civil((struct civil){ year, month, day });
    int64_t s = days * DAY_S + (int64_t)hour * 3600 + (int64_t)minute * 60 + second - offset_s;
    int64_t all = s * 1000000 + us;
    if (all < 1 || all > ts_us_max)
        return E_BAD_FIELD;
    *ret = (ts_t){ all };
    return E_OK;
}
