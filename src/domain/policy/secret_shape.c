/* SPDX-License-Identifier: Apache-2.0 */
/* Token shapes of the table, found in one pass over a text. */
#include "domain/policy/secret_text.h"

#include "plat/crypto/crypto.h"

#include <assert.h>

enum {
    BODY_DISTINCT_MIN = 6,
    BODY_CHECKED_MIN = 16,
    BODY_CHECKED_MAX = 128,
    BOT_ID_MIN = 8,
    BOT_ID_MAX = 10
};

enum shape_where {
    SHAPE_START,  /* no letter or digit before it */
    SHAPE_INSIDE, /* anything before it */
    SHAPE_BOT,    /* the number of a bot before it */
    SHAPE_OURS,   /* our own: its checksum decides */
};

enum alphabet {
    ALNUM,
    WORD,
    BASE64URL,
    BASE64,
    BASE64EQ,
    HEX,
    HEX_ANY,
    LOWER,
    UPPER,
    BASE32,
    DOTTED,
    DOTTED_TILDE,
    PERCENT,
    PATH,
    PATH_AT,
    ALPHABETS
};

/* The last small letter and the last capital that belong to it, and what else does; digits do. */
static const struct {
    char small;
    char capital;
    const char *also;
} alphabets[ALPHABETS] = {
    [ALNUM] = { 'z', 'Z', "" },         [WORD] = { 'z', 'Z', "_" },
    [BASE64URL] = { 'z', 'Z', "-_" },   [BASE64] = { 'z', 'Z', "+/=" },
    [BASE64EQ] = { 'z', 'Z', "+/=-_" }, [HEX] = { 'f', 0, "" },
    [HEX_ANY] = { 'f', 'F', "" },       [LOWER] = { 'z', 0, "" },
    [UPPER] = { 0, 'Z', "" },           [BASE32] = { 0, 'Z', "" },
    [DOTTED] = { 'z', 'Z', "-_." },     [DOTTED_TILDE] = { 'z', 'Z', "-_.~" },
    [PERCENT] = { 'z', 'Z', "+/=%-_" }, [PATH] = { 'z', 'Z', "-_/" },
    [PATH_AT] = { 'z', 'Z', "-_/@" },
};

static const struct shape_row {
    const char *kind;
    const char *prefix;
    enum alphabet alphabet;
    size_t min;
    size_t max;
    enum shape_where where;
} shapes[] = {
#define SECRET_SHAPE(kind, prefix, alphabet, min, max, where)                                      \
    { kind, prefix, alphabet, min, max, where },
#include "domain/policy/secret_shapes.def"
#undef SECRET_SHAPE
};
static_assert(ARRAY_LEN(shapes) <= SECRET_SHAPES_MAX, "the index has room for all");

/* Words that say that a sample stands there, in small letters. */
static const char *const sample_words[] = { "changeme", "example", "placeholder", "redacted",
                                            "xxxx",     "your-",   "your_" };

void secret_index_init(struct secret_index *ix)
{
    *ix = (struct secret_index){ 0 };
    for (size_t i = ARRAY_LEN(shapes); i-- > 0;) {
        unsigned char c = (unsigned char)shapes[i].prefix[0];
        ix->next[i] = ix->first[c];
        ix->first[c] = (uint8_t)(i + 1);
    }
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_small(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool belongs(enum alphabet al, char c)
{
    if (is_digit(c))
        return true;
    if (is_small(c))
        return c <= alphabets[al].small;
    if (is_capital(c))
        return c <= alphabets[al].capital;
    return c != '\0' && strchr(alphabets[al].also, c) != NULL;
}

/* Where the runs end that have been measured: a run is walked once, however often it is asked for.
 */
struct runs {
    str_t text;
    size_t end[ALPHABETS];
};

static size_t run_from(struct runs *r, enum alphabet al, size_t at)
{
    if (r->end[al] < at)
        r->end[al] = at;
    if (r->end[al] == at) { /* not inside a run that is known */
        while (r->end[al] < r->text.n && belongs(al, r->text.p[r->end[al]]))
            r->end[al]++;
    }
    return r->end[al] - at;
}

static bool holds_word(str_t body, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= body.n; i++) {
        if (bytes_eq_nocase(body.p + i, word, n))
            return true;
    }
    return false;
}

/* "ghp_xxxxxxxx", "AKIAIOSFODNN7EXAMPLE" and plain words are how documentation shows a token. */
static bool is_sample(enum alphabet al, str_t body)
{
    bool seen[256] = { false };
    bool small = false;
    bool capital = false;
    bool digit = false;
    size_t distinct = 0;
    if (body.n < BODY_CHECKED_MIN)
        return false;
    for (size_t i = 0; i < body.n; i++) {
        char c = body.p[i];
        distinct += !seen[(unsigned char)c];
        seen[(unsigned char)c] = true;
        small = small || is_small(c);
        capital = capital || is_capital(c);
        digit = digit || is_digit(c);
    }
    bool mixed = (int)small + (int)capital + (int)digit > 1;
    if (distinct < BODY_DISTINCT_MIN || (alphabets[al].small != 0 && !mixed))
        return true;
    for (size_t i = 0; i < ARRAY_LEN(sample_words); i++) {
        if (holds_word(body, sample_words[i]))
            return true;
    }
    return false;
}

static bool begins_word(str_t text, size_t at)
{
    return at == 0 || !belongs(ALNUM, text.p[at - 1]);
}

/* The number of a bot of Telegram: 8 to 10 digits, with no letter or digit before them. */
static bool follows_bot(str_t text, size_t at)
{
    size_t n = 0;
    while (n < at && n <= BOT_ID_MAX && is_digit(text.p[at - 1 - n]))
        n++;
    return n >= BOT_ID_MIN && n <= BOT_ID_MAX && begins_word(text, at - n);
}

static bool stands_well(const struct shape_row *s, str_t text, size_t at)
{
    switch (s->where) {
    case SHAPE_START:
    case SHAPE_OURS:
        return begins_word(text, at);
    case SHAPE_INSIDE:
        return true;
    case SHAPE_BOT:
        return follows_bot(text, at);
    }
    assert(!"a row without a place");
    return false;
}

static bool stands_at(const struct shape_row *s, struct runs *r, size_t at)
{
    str_t rest = str_sub(r->text, at, r->text.n);
    str_t prefix = str_from_cz(s->prefix);
    if (!str_starts(rest, prefix) || !stands_well(s, r->text, at))
        return false;
    size_t n = run_from(r, s->alphabet, at + prefix.n);
    if (n < s->min || n > s->max)
        return false;
    if (s->where == SHAPE_OURS)
        return token_is_ours(str_sub(rest, 0, prefix.n + n));
    return !is_sample(s->alphabet,
                      str_sub(rest, prefix.n, n < BODY_CHECKED_MAX ? n : BODY_CHECKED_MAX));
}

const char *secret_shape_kind(const struct secret_index *ix, str_t text)
{
    struct runs r = { .text = text };
    for (size_t at = 0; at < text.n; at++) {
        for (size_t i = ix->first[(unsigned char)text.p[at]]; i > 0; i = ix->next[i - 1]) {
            if (stands_at(&shapes[i - 1], &r, at))
                return shapes[i - 1].kind;
        }
    }
    return NULL;
}
