/* SPDX-License-Identifier: Apache-2.0 */
/* Randomness of a text without floats: Shannon's entropy in steps of 1/256 bit, and how often the
 * kind of its characters changes. */
#include "domain/policy/secret_text.h"

enum {
    RANDOM_MIN = 16,           /* letters and digits */
    RANDOM_SAMPLE = 256,       /* of a longer text the beginning tells enough */
    RANDOM_BITS_Q8 = 45 * 256, /* in all: 16 hexadecimal digits have about 50 */
    RANDOM_EACH_Q8 = 704,      /* 2.75 bits a character */
    RANDOM_CHANGES_PERCENT = 20,
};

enum char_kind { CHAR_NONE, CHAR_SMALL, CHAR_CAPITAL, CHAR_DIGIT };

struct sample {
    uint32_t count[128];
    uint32_t n;       /* letters and digits */
    uint32_t changes; /* of kind inside a word */
};

static enum char_kind kind_of(char c)
{
    if (c >= 'a' && c <= 'z')
        return CHAR_SMALL;
    if (c >= 'A' && c <= 'Z')
        return CHAR_CAPITAL;
    return c >= '0' && c <= '9' ? CHAR_DIGIT : CHAR_NONE;
}

/* log2 in steps of 1/256: the whole part is the highest bit, each square gives one more bit. */
static uint32_t log2_q8(uint32_t v)
{
    uint32_t whole = 31U - (uint32_t)__builtin_clz(v);
    uint64_t x = (uint64_t)v << (31U - whole); /* 1 <= x / 2^31 < 2 */
    uint32_t part = 0;
    for (int i = 0; i < 8; i++) {
        x = (x * x) >> 31U;
        uint32_t bit = (uint32_t)(x >> 32U);
        x >>= bit;
        part = part << 1U | bit;
    }
    return whole << 8U | part;
}

/* n * H = n * log2(n) - sum of c * log2(c) */
static uint32_t bits_q8(const struct sample *s)
{
    uint32_t bits = s->n * log2_q8(s->n);
    for (size_t i = 0; i < ARRAY_LEN(s->count); i++) {
        if (s->count[i] > 1)
            bits -= s->count[i] * log2_q8(s->count[i]);
    }
    return bits;
}

/* A capital before a small letter begins a word, as in camelCase, and is no change. */
static bool is_change(enum char_kind before, enum char_kind now)
{
    return before != CHAR_NONE && now != CHAR_NONE && before != now &&
           !(before == CHAR_CAPITAL && now == CHAR_SMALL);
}

static bool take_sample(str_t text, struct sample *ret)
{
    enum char_kind before = CHAR_NONE;
    for (size_t i = 0; i < text.n && i < RANDOM_SAMPLE; i++) {
        char c = text.p[i];
        if (c <= ' ' || c > '~')
            return false; /* blanks, controls and bytes that are not ASCII */
        enum char_kind now = kind_of(c);
        ret->changes += is_change(before, now);
        ret->n += now != CHAR_NONE;
        ret->count[(unsigned char)c] += now != CHAR_NONE;
        before = now;
    }
    return true;
}

/* ${TOKEN}, {{token}}, <token>, %TOKEN%, $TOKEN: filled in later by somebody else. */
static bool is_placeholder(str_t text)
{
    return text.n > 0 && strchr("$<{%", text.p[0]) != NULL;
}

bool secret_text_is_random(str_t text)
{
    struct sample s = { 0 };
    if (is_placeholder(text) || memmem(text.p, text.n, "://", 3) != NULL)
        return false;
    if (!take_sample(text, &s) || s.n < RANDOM_MIN)
        return false;
    uint32_t bits = bits_q8(&s);
    return bits >= RANDOM_BITS_Q8 && bits >= s.n * RANDOM_EACH_Q8 &&
           s.changes * 100 >= s.n * RANDOM_CHANGES_PERCENT;
}
