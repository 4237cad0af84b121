/* SPDX-License-Identifier: Apache-2.0 */
#include "base/num.h"
#include "base/enc.h"

#include <stdio.h>

err_t num_parse_u64(str_t s, uint64_t *ret)
{
    uint64_t v = 0;
    if (s.n == 0)
        return E_BAD_FIELD;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return E_BAD_FIELD;
        uint64_t digit = (uint64_t)(s.p[i] - '0');
        if (__builtin_mul_overflow(v, 10U, &v) || __builtin_add_overflow(v, digit, &v))
            return E_BAD_FIELD;
    }
    *ret = v;
    return E_OK;
}

err_t num_parse_i64(str_t s, int64_t *ret)
{
    bool minus = s.n > 0 && s.p[0] == '-';
    uint64_t size;
    TRY(num_parse_u64(minus ? str_sub(s, 1, s.n - 1) : s, &size));
    if (size > (uint64_t)INT64_MAX + (minus ? 1U : 0U))
        return E_BAD_FIELD;
    *ret = minus ? (int64_t)(0U - size) : (int64_t)size;
    return E_OK;
}

err_t num_parse_milli(str_t s, int64_t *ret)
{
    size_t point = str_find(s, '.');
    str_t part = str_sub(s, point + 1, s.n);
    uint64_t whole;
    uint64_t thousandths = 0;
    TRY(num_parse_u64(str_sub(s, 0, point), &whole));
    if (point < s.n) {
        if (part.n > 3)
            return E_BAD_FIELD;
        TRY(num_parse_u64(part, &thousandths));
    }
    for (size_t i = part.n; i < 3; i++)
        thousandths *= 10;
    if (whole > (uint64_t)INT64_MAX / 1000 - 1)
        return E_BAD_FIELD;
    *ret = (int64_t)(whole * 1000 + thousandths);
    return E_OK;
}

void num_format_milli(int64_t v, char out[static NUM_MILLI_TEXT])
{
    int n = snprintf(out, NUM_MILLI_TEXT, "%lld.%03d", (long long)(v / 1000), (int)(v % 1000));
    while (out[n - 1] == '0')
        n--;
    out[out[n - 1] == '.' ? n - 1 : n] = '\0';
}

err_t num_parse_hex(str_t s, uint64_t *ret)
{
    uint64_t v = 0;
    if (s.n == 0 || s.n > 16)
        return E_BAD_FIELD;
    for (size_t i = 0; i < s.n; i++) {
        int digit = hex_digit(s.p[i]);
        if (digit < 0)
            return E_BAD_FIELD;
        v = v << 4 | (uint64_t)digit;
    }
    *ret = v;
    return E_OK;
}

err_t num_to_u16(int64_t v, uint16_t *ret)
{
    if (v < 0 || v > UINT16_MAX)
        return E_BAD_FIELD;
    *ret = (uint16_t)v;
    return E_OK;
}

err_t num_to_size(int64_t v, size_t *ret)
{
    if (v < 0)
        return E_BAD_FIELD;
    *ret = (size_t)v;
    return E_OK;
}

void num_put_be64(uint8_t out[static 8], uint64_t v)
{
    for (int i = 7; i >= 0; i--) {
        out[i] = (uint8_t)v;
        v >>= 8;
    }
}

uint64_t num_get_be64(const uint8_t in[static 8])
{
    uint64_t v = 0;
    for (int i = 0; i < 8; i++)
        v = v << 8 | in[i];
    return v;
}
