/* SPDX-License-Identifier: Apache-2.0 */
/* Time: points and lengths are types of their own; tests set the clock (STYLE 4, 32). */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/str.h"

typedef struct ts { /* a point in time: microseconds since 1970-01-01 UTC; 0 = absent */
    int64_t us;
} ts_t;

typedef struct dur { /* a length of time, microseconds */
    int64_t us;
} dur_t;

#define DUR_MS(n)    ((dur_t){ (int64_t)(n)*1000 })
#define DUR_S(n)     DUR_MS((int64_t)(n)*1000)
#define DUR_HOURS(n) DUR_S((int64_t)(n)*3600)
#define DUR_DAYS(n)  DUR_HOURS((int64_t)(n)*24)

/* CLOCK_REALTIME, but it never runs back inside a process (HOUSE: ids and audit). */
ts_t clock_now(void);
/* CLOCK_REALTIME as it stands: for finding a clock that was set back. */
ts_t clock_wall(void);
/* CLOCK_MONOTONIC: for deadlines. */
dur_t clock_mono(void);

/* Tests: all three clocks stand at these values until clock_release(). */
void clock_freeze(ts_t now, dur_t mono);
void clock_release(void);

static inline ts_t ts_add(ts_t t, dur_t d)
{
    return (ts_t){ t.us + d.us };
}
static inline dur_t ts_diff(ts_t later, ts_t earlier)
{
    return (dur_t){ later.us - earlier.us };
}
static inline bool ts_is_set(ts_t t)
{
    return t.us != 0;
}

/* RFC 3339, UTC, milliseconds, "Z": always 24 bytes for the years 1970..9999, no NUL. */
enum { TS_TEXT = 24 };
void ts_format(ts_t t, char out[static TS_TEXT]);
/* RFC 3339 with any offset and fraction; years 1970..9999. E_BAD_FIELD. */
err_t ts_parse(str_t text, ts_t *ret) MUST_USE;
/* IMF-fixdate of RFC 9110 section 5.6.7: 29 bytes, no NUL. */
enum { TS_HTTP_TEXT = 29 };
void ts_format_http(ts_t t, char out[static TS_HTTP_TEXT]);
/* "YYYY-MM-DD" of the UTC day: 10 bytes, no NUL. */
enum { TS_DAY_TEXT = 10 };
void ts_format_day(ts_t t, char out[static TS_DAY_TEXT]);

#endif
