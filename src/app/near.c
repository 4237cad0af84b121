/* SPDX-License-Identifier: Apache-2.0 */
#include "app/near.h"

enum { NEAR_WORD_MAX = 48, NEAR_DISTANCE = 2, NEAR_SHARE = 4 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* A word may be spelt with other dashes, or in capitals, and is still the same. */
static char plain(char c)
{
    if (c == '.' || c == '_')
        return '-';
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Levenshtein's distance, row by row; words that are too long are far away. */
static size_t distance_of(str_t a, str_t b)
{
    size_t row[NEAR_WORD_MAX + 1];
    if (a.n > NEAR_WORD_MAX || b.n > NEAR_WORD_MAX)
        return NEAR_WORD_MAX;
    for (size_t j = 0; j <= b.n; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t changed = corner + (plain(a.p[i - 1]) != plain(b.p[j - 1]));
            corner = row[j];
            row[j] = least(changed, least(row[j], row[j - 1]) + 1);
        }
    }
    return row[b.n];
}

/* Two letters may differ, and a quarter of a long word. */
void near_offer(struct near *n, str_t word)
{
    size_t share = n->wanted.n / NEAR_SHARE;
    size_t most = share > NEAR_DISTANCE ? share : NEAR_DISTANCE;
    size_t d = distance_of(n->wanted, word);
    if (word.n == 0 || d > most || d >= word.n)
        return;
    if (n->best.p == NULL || d < n->distance) {
        n->best = word;
        n->distance = d;
    }
}

void near_offer_each(struct near *n, str_t words)
{
    str_t word;
    while (words.n > 0 && str_split(&words, '|', &word))
        near_offer(n, word);
}
