/* SPDX-License-Identifier: Apache-2.0 */
#include "base/enc.h"

#include <assert.h>

static const char base62_digits[] =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
static const char base64url_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Eight digits of a word at once: its nibbles spread over eight bytes, then '0' added to each, and
 * what lies between '9' and 'a' where it is ten or more. */
static void hex_encode_word(const uint8_t in[static 4], char out[static 8])
{
    uint64_t x = (uint64_t)in[0] << 24 | (uint64_t)in[1] << 16 | (uint64_t)in[2] << 8 | in[3];
    x = (x | x << 16) & 0x0000ffff0000ffffU;
    x = (x | x << 8) & 0x00ff00ff00ff00ffU;
    x = (x | x << 4) & 0x0f0f0f0f0f0f0f0fU;
    uint64_t letters = (x + 0x0606060606060606U) >> 4 & 0x0101010101010101U;
    x += 0x3030303030303030U + letters * ('a' - '9' - 1);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    x = __builtin_bswap64(x); /* the first digit is the highest byte */
#endif
    memcpy(out, &x, sizeof x);
}

void hex_encode(const void *bytes, size_t n, char *out)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *in = bytes;
    size_t words = n / 4 * 4;
    for (size_t i = 0; i < words; i += 4)
        hex_encode_word(in + i, out + 2 * i);
    for (size_t i = words; i < n; i++) {
        out[2 * i] = digits[in[i] >> 4];
        out[2 * i + 1] = digits[in[i] & 15];
    }
}

err_t hex_decode(str_t text, uint8_t *out, size_t n)
{
    if (text.n != 2 * n)
        return E_BAD_FIELD;
    for (size_t i = 0; i < n; i++) {
        int high = hex_digit(text.p[2 * i]);
        int low = hex_digit(text.p[2 * i + 1]);
        if (high < 0 || low < 0)
            return E_BAD_FIELD;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return E_OK;
}

void buf_add_hex(struct buf *b, const void *bytes, size_t n)
{
    char *at = buf_reserve(b, 2 * n);
    if (at == NULL)
        return;
    hex_encode(bytes, n, at);
    b->n += 2 * n;
}

static size_t base64url_size(size_t n)
{
    return (n * 8 + 5) / 6;
}

static void base64url_put(const uint8_t *in, size_t n, char *out)
{
    size_t whole = n / 3 * 3;
    for (size_t i = 0; i < whole; i += 3, out += 4) {
        uint32_t three = (uint32_t)in[i] << 16 | (uint32_t)in[i + 1] << 8 | in[i + 2];
        out[0] = base64url_digits[three >> 18];
        out[1] = base64url_digits[three >> 12 & 63];
        out[2] = base64url_digits[three >> 6 & 63];
        out[3] = base64url_digits[three & 63];
    }
    uint32_t bits = 0;
    unsigned held = 0;
    for (size_t i = whole; i < n; i++) {
        bits = bits << 8 | in[i];
        held += 8;
        while (held >= 6) {
            held -= 6;
            *out++ = base64url_digits[bits >> held & 63];
        }
    }
    if (held > 0)
        *out = base64url_digits[bits << (6 - held) & 63];
}

void buf_add_base64url(struct buf *b, const void *bytes, size_t n)
{
    size_t size = base64url_size(n);
    char *at = buf_reserve(b, size);
    if (at == NULL)
        return;
    base64url_put(bytes, n, at);
    b->n += size;
}

/* RFC 4648 section 4, from the same six bits as section 5. */
void buf_add_base64(struct buf *b, const void *bytes, size_t n)
{
    size_t from = b->n;
    buf_add_base64url(b, bytes, n);
    for (size_t i = from; b->err == E_OK && i < b->n; i++) {
        if (b->p[i] == '-')
            b->p[i] = '+';
        else if (b->p[i] == '_')
            b->p[i] = '/';
    }
    for (size_t i = n % 3; i > 0 && i < 3; i++)
        buf_add_byte(b, '=');
}

err_t base64url_make(struct arena *a, const void *bytes, size_t n, str_t *ret)
{
    size_t size = base64url_size(n);
    char *p = arena_alloc(a, size + 1);
    if (p == NULL)
        return E_NO_MEMORY;
    base64url_put(bytes, n, p);
    *ret = str_of(p, size);
    return E_OK;
}

static int base64url_digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '-')
        return 62;
    return c == '_' ? 63 : -1;
}

static int base64_digit(char c)
{
    if (c == '-' || c == '_') /* of the other alphabet */
        return -1;
    return base64url_digit(c == '+' ? '-' : c == '/' ? '_' : c);
}

/* Six bits each; what is left over at the end must be zero. */
static err_t digits_decode(str_t text, int (*digit_of)(char c), uint8_t *out)
{
    uint32_t bits = 0;
    unsigned held = 0;
    for (size_t i = 0; i < text.n; i++) {
        int digit = digit_of(text.p[i]);
        if (digit < 0)
            return E_BAD_FIELD;
        bits = bits << 6 | (uint32_t)digit;
        held += 6;
        if (held >= 8) {
            held -= 8;
            *out++ = (uint8_t)(bits >> held);
        }
    }
    return (bits & ((1U << held) - 1)) == 0 ? E_OK : E_BAD_FIELD;
}

err_t base64url_decode_n(str_t text, uint8_t *out, size_t n)
{
    if (text.n != base64url_size(n))
        return E_BAD_FIELD;
    return digits_decode(text, base64url_digit, out);
}

err_t base64_decode(str_t text, uint8_t *out, size_t max, size_t *ret_n)
{
    size_t pad = 0;
    if (text.n % 4 != 0)
        return E_BAD_FIELD;
    while (pad < 2 && pad < text.n && text.p[text.n - 1 - pad] == '=')
        pad++;
    str_t digits = str_sub(text, 0, text.n - pad);
    size_t n = digits.n * 6 / 8;
    if (n > max)
        return E_BAD_FIELD;
    TRY(digits_decode(digits, base64_digit, out));
    *ret_n = n;
    return E_OK;
}

err_t base64url_decode(struct arena *a, str_t text, str_t *ret)
{
    size_t n = text.n * 6 / 8;
    uint8_t *p = arena_alloc(a, n + 1);
    if (p == NULL)
        return E_NO_MEMORY;
    TRY(base64url_decode_n(text, p, n));
    *ret = str_of(p, n);
    return E_OK;
}

/* Five digits at a time: the largest power of 62 that a limb of 32 bits can hold. */
enum { BASE62_LIMBS = 8, BASE62_RUN = 5, BASE62_RUN_VALUE = 62 * 62 * 62 * 62 * 62 };

/* Divide the number, its highest limb first, by 62^5; what remains. */
static uint32_t base62_divide(uint32_t *limbs, size_t n)
{
    uint64_t rest = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t part = rest << 32 | limbs[i];
        limbs[i] = (uint32_t)(part / BASE62_RUN_VALUE);
        rest = part % BASE62_RUN_VALUE;
    }
    return (uint32_t)rest;
}

void base62_encode(const uint8_t *bytes, size_t n, char *out, size_t digits)
{
    uint32_t limbs[BASE62_LIMBS] = { 0 };
    size_t limbs_n = (n + 3) / 4;
    uint32_t run = 0;
    assert(limbs_n <= BASE62_LIMBS);
    for (size_t i = 0; i < n; i++) /* the last byte ends the last limb */
        limbs[limbs_n - 1 - (n - 1 - i) / 4] |= (uint32_t)bytes[i] << 8 * ((n - 1 - i) % 4);
    for (size_t d = 0; d < digits; d++) {
        if (d % BASE62_RUN == 0)
            run = base62_divide(limbs, limbs_n);
        out[digits - 1 - d] = base62_digits[run % 62];
        run /= 62;
    }
    explicit_bzero(limbs, sizeof limbs); /* tokens pass here */
}

bool base62_is(str_t s)
{
    for (size_t i = 0; i < s.n; i++) {
        bool upper = s.p[i] >= 'A' && s.p[i] <= 'Z';
        bool lower = s.p[i] >= 'a' && s.p[i] <= 'z';
        bool digit = s.p[i] >= '0' && s.p[i] <= '9';
        if (!upper && !lower && !digit)
            return false;
    }
    return true;
}

/* Four bits at a time: the remainders of the sixteen nibbles. Every token's checksum is a CRC, on
 * the path of every poll. */
static const uint32_t crc32_nibbles[16] = {
    0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
    0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
};

uint32_t crc32_of(str_t s)
{
    uint32_t crc = 0xffffffffU;
    for (size_t i = 0; i < s.n; i++) {
        crc ^= (uint8_t)s.p[i];
        crc = crc >> 4 ^ crc32_nibbles[crc & 15U];
        crc = crc >> 4 ^ crc32_nibbles[crc & 15U];
    }
    return ~crc;
}
