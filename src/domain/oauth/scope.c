/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/oauth/scope.h"

#include "base/buf.h"

bool words_next(str_t *rest, str_t *ret)
{
    str_t word = STR_NONE;
    while (rest->p != NULL && str_split(rest, ' ', &word)) {
        if (word.n > 0) {
            *ret = word;
            return true;
        }
    }
    return false;
}

bool words_have(str_t list, str_t word)
{
    str_t one;
    while (words_next(&list, &one)) {
        if (str_eq(one, word))
            return true;
    }
    return false;
}

bool words_cover(str_t whole, str_t part)
{
    str_t one;
    while (words_next(&part, &one)) {
        if (!words_have(whole, one))
            return false;
    }
    return true;
}

static void add_word(struct buf *b, str_t word)
{
    if (words_have(buf_str(b), word))
        return;
    if (b->n > 0)
        buf_add_byte(b, ' ');
    buf_add(b, word);
}

/* scope-token = 1*( %x21 / %x23-5B / %x5D-7E ) */
static bool is_scope_text(str_t s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c < 0x20 || c > 0x7e || c == '"' || c == '\\')
            return false;
    }
    return true;
}

err_t scope_cut(struct arena *a, str_t asked, str_t allowed, str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    size_t n = 0;
    str_t word;
    if (asked.n > SCOPE_TEXT_MAX || !is_scope_text(asked))
        return E_INVALID_SCOPE;
    buf_init(&b, SCOPE_TEXT_MAX);
    while (words_next(&asked, &word)) {
        if (++n > SCOPE_WORDS_MAX)
            return E_INVALID_SCOPE;
        if (words_have(allowed, word))
            add_word(&b, word);
    }
    TRY(b.err);
    return str_copy(a, buf_str(&b), ret);
}

err_t words_join(struct arena *a, str_t one, str_t other, str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    str_t word;
    buf_init(&b, KIB(16));
    while (words_next(&one, &word))
        add_word(&b, word);
    while (words_next(&other, &word))
        add_word(&b, word);
    TRY(b.err);
    return str_copy(a, buf_str(&b), ret);
}

err_t words_without(struct arena *a, str_t list, str_t word, str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    str_t one;
    buf_init(&b, KIB(16));
    while (words_next(&list, &one)) {
        if (!str_eq(one, word))
            add_word(&b, one);
    }
    TRY(b.err);
    return str_copy(a, buf_str(&b), ret);
}
