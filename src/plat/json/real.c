/* SPDX-License-Identifier: Apache-2.0 */
/* The one place with floating point: JSON has real numbers, and canonical bytes want them written
 * in one way. */
#include "plat/json/jansson_api.h"

#include <assert.h>
#include <float.h>
#include <math.h>

enum {
    REAL_DIGITS_MAX = 17,
    REAL_TEXT_MAX = 40,
    REAL_POINT_MIN = -5,
    REAL_POINT_MAX = 17,
    REAL_ES_MAX = 21
};

/* v = 0.d1 d2 ... dn * 10^point */
struct real_digits {
    char d[REAL_DIGITS_MAX];
    size_t n;
    int point;
};

bool json_real_same(double a, double b)
{
    uint64_t x;
    uint64_t y;
    memcpy(&x, &a, sizeof x);
    memcpy(&y, &b, sizeof y);
    return x == y;
}

/* Does decimal text of these digits read back as v? strtod rounds right, and knows 'e' in every
 * locale. */
static bool real_reads_back(const struct real_digits *r, double v)
{
    char text[REAL_TEXT_MAX];
    int len = snprintf(text, sizeof text, "%.*se%d", (int)r->n, r->d, r->point - (int)r->n);
    assert(len > 0 && (size_t)len < sizeof text);
    double back = strtod(text, NULL);
    return json_real_same(back, v);
}

/* v rounded to n digits; the character between the first two digits depends on the locale. */
static struct real_digits real_round(double v, int n)
{
    char text[REAL_TEXT_MAX];
    int len = snprintf(text, sizeof text, "%.*e", n - 1, v);
    assert(len > 0 && (size_t)len < sizeof text);
    struct real_digits r = { 0 };
    const char *e = strchr(text, 'e');
    assert(e != NULL);
    for (const char *p = text; p < e; p++) {
        if (*p >= '0' && *p <= '9')
            r.d[r.n++] = *p;
    }
    bool negative = e[1] == '-';
    int exponent = 0;
    for (const char *p = e + 2; *p != '\0'; p++)
        exponent = exponent * 10 + (*p - '0');
    r.point = (negative ? -exponent : exponent) + 1;
    return r;
}

static struct real_digits real_strip(struct real_digits r)
{
    while (r.n > 1 && r.d[r.n - 1] == '0')
        r.n--;
    return r;
}

/*
 * The fewest digits that read back. A normal number that any 15 digits name is named by its
 * rounding to 15; below DBL_MIN fewer may do. At a power of two the gap above is twice the gap
 * below, so that the neighbour above the nearest decimal may read back where the nearest does not.
 */
static struct real_digits real_shortest(double v)
{
    for (int n = v < DBL_MIN ? 1 : DBL_DIG; n < REAL_DIGITS_MAX; n++) {
        struct real_digits r = real_round(v, n);
        if (real_reads_back(&r, v))
            return real_strip(r);
        if (r.d[n - 1] < '9') {
            r.d[n - 1]++;
            if (real_reads_back(&r, v))
                return r;
        }
    }
    return real_strip(real_round(v, REAL_DIGITS_MAX));
}

static void real_put_zeros(struct buf *b, int n)
{
    for (int i = 0; i < n; i++)
        buf_add_byte(b, '0');
}

static void real_put_plain(struct buf *b, const struct real_digits *r)
{
    str_t digits = str_of(r->d, r->n);
    if (r->point <= 0) {
        BUF_ADD(b, "0.");
        real_put_zeros(b, -r->point);
        buf_add(b, digits);
        return;
    }
    size_t whole = (size_t)r->point;
    buf_add(b, str_sub(digits, 0, whole));
    if (r->n > whole) {
        buf_add_byte(b, '.');
        buf_add(b, str_sub(digits, whole, r->n));
        return;
    }
    real_put_zeros(b, (int)(whole - r->n));
    BUF_ADD(b, ".0");
}

static void real_put_exponent(struct buf *b, const struct real_digits *r)
{
    buf_add_byte(b, r->d[0]);
    if (r->n > 1) {
        buf_add_byte(b, '.');
        buf_add(b, str_of(r->d + 1, r->n - 1));
    }
    buf_add_byte(b, 'e');
    buf_add_i64(b, r->point - 1);
}

void json_real_put(struct buf *b, double v)
{
    assert(isfinite(v));
    if (signbit(v))
        buf_add_byte(b, '-');
    v = fabs(v);
    struct real_digits r = real_shortest(v);
    if (r.point >= REAL_POINT_MIN && r.point <= REAL_POINT_MAX)
        real_put_plain(b, &r);
    else
        real_put_exponent(b, &r);
}

/* ECMA-262 Number::toString: the exponent has its sign, and what is whole has no point. */
void json_real_put_es(struct buf *b, double v)
{
    assert(isfinite(v));
    if (v == 0.0) { /* -0 too */
        buf_add_byte(b, '0');
        return;
    }
    if (v < 0.0)
        buf_add_byte(b, '-');
    struct real_digits r = real_shortest(fabs(v));
    if (r.point > REAL_ES_MAX || r.point < REAL_POINT_MIN) {
        buf_add_byte(b, r.d[0]);
        if (r.n > 1)
            buf_add_byte(b, '.');
        buf_add(b, str_of(r.d + 1, r.n - 1));
        BUF_ADD(b, "e");
        if (r.point > 0)
            buf_add_byte(b, '+');
        buf_add_i64(b, r.point - 1);
    } else if (r.point >= (int)r.n) {
        buf_add(b, str_of(r.d, r.n));
        real_put_zeros(b, r.point - (int)r.n);
    } else {
        real_put_plain(b, &r);
    }
}
