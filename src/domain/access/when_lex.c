/* SPDX-License-Identifier: Apache-2.0 */
#include "base/num.h"
#include "domain/access/when_ops.h"

err_t when_bad(struct diag *why, size_t at, const char *want)
{
    if (diag_is_taken(why))
        return E_BAD_FIELD;
    (void)diag_set_field(why, E_BAD_FIELD, "when", "at byte %zu: %s", at + 1, want);
    diag_say(why, "at byte %zu: %s", at + 1, message_in(why->messages, want));
    return E_BAD_FIELD;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char peek(const struct when_lexer *x, size_t ahead)
{
    return x->at + ahead < x->text.n ? x->text.p[x->at + ahead] : '\0';
}

static err_t lex_string(struct when_lexer *x)
{
    char quote = x->text.p[x->at++];
    char *to = (char *)arena_alloc(x->a, x->text.n - x->at + 1);
    size_t n = 0;
    if (to == NULL)
        return E_NO_MEMORY;
    for (; x->at < x->text.n && x->text.p[x->at] != quote; x->at++) {
        char c = x->text.p[x->at];
        if ((unsigned char)c < ' ')
            return when_bad(x->why, x->at, N_("a text must not have control characters"));
        if (c == '\\') {
            c = peek(x, 1);
            if (c != '\\' && c != '"' && c != '\'')
                return when_bad(x->why, x->at, N_("only \\\\, \\\" and \\' are known in a text"));
            x->at++;
        }
        to[n++] = c;
    }
    if (x->at == x->text.n)
        return when_bad(x->why, x->from, N_("this text has no end"));
    x->at++;
    x->kind = T_STR;
    x->s = str_of(to, n);
    return E_OK;
}

static err_t lex_int(struct when_lexer *x)
{
    size_t n = 1;
    while (is_digit(peek(x, n)))
        n++;
    if (is_letter(peek(x, n)) || num_parse_i64(str_sub(x->text, x->at, n), &x->i) != E_OK)
        return when_bad(x->why, x->from, N_("want an integer of 64 bits"));
    x->at += n;
    x->kind = T_INT;
    return E_OK;
}

err_t when_lex(struct when_lexer *x)
{
    static const char *const marks[] = { "&&", "||", "==", "!=", "<=", ">=", "<", ">",
                                         "!",  "(",  ")",  "[",  "]",  ",",  "." };
    while (x->at < x->text.n && strchr(" \t\r\n", x->text.p[x->at]) != NULL && x->text.p[x->at])
        x->at++;
    x->from = x->at;
    if (x->at == x->text.n) {
        x->kind = T_END;
        return E_OK;
    }
    char c = x->text.p[x->at];
    if (c == '"' || c == '\'')
        return lex_string(x);
    if (is_digit(c) || (c == '-' && is_digit(peek(x, 1))))
        return lex_int(x);
    if (is_letter(c)) {
        size_t n = 1;
        while (is_letter(peek(x, n)) || is_digit(peek(x, n)))
            n++;
        x->kind = T_NAME;
        x->word = str_sub(x->text, x->at, n);
        x->at += n;
        return E_OK;
    }
    for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
        str_t mark = str_from_cz(marks[i]);
        if (!str_eq(str_sub(x->text, x->at, mark.n), mark))
            continue;
        x->kind = T_MARK;
        x->word = mark;
        x->at += mark.n;
        return E_OK;
    }
    return when_bad(x->why, x->from, N_("this character means nothing here"));
}
