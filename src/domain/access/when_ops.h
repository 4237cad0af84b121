/* SPDX-License-Identifier: Apache-2.0 */
/* Inside `when`: what an expression becomes, a list of steps on a stack of values, and its words.
 */
#ifndef DOMAIN_ACCESS_WHEN_OPS_H
#define DOMAIN_ACCESS_WHEN_OPS_H

#include "domain/access/when.h"

enum when_code {
    OP_CONST,
    OP_VAR,
    OP_HAS,
    OP_NOT,
    OP_AND, /* top false: jump, keep it; else drop it and go on */
    OP_OR,
    OP_EQ,
    OP_NE,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_IN,
    OP_STARTS,
    OP_ENDS,
    OP_CONTAINS,
    OP_SIZE,
};

struct when_op {
    enum when_code code;
    size_t at;               /* of OP_AND, OP_OR: where to go on; of OP_VAR, OP_HAS: which */
    struct when_value value; /* of OP_CONST */
};

struct when {
    struct when_op ops[WHEN_OPS_MAX];
    size_t n;
};

enum when_token { T_END, T_NAME, T_INT, T_STR, T_MARK };
struct when_lexer {
    struct arena *a;
    struct diag *why;
    str_t text;
    size_t at; /* behind the token */
    enum when_token kind;
    size_t from; /* where the token begins */
    str_t word;  /* of T_NAME and T_MARK */
    int64_t i;
    str_t s;
};

/* "at byte N: ..." */
err_t when_bad(struct diag *why, size_t at, const char *want);
err_t when_lex(struct when_lexer *x) MUST_USE;
/* Is the token this mark or name? */
static inline bool when_is(const struct when_lexer *x, const char *word)
{
    return (x->kind == T_MARK || x->kind == T_NAME) && str_eq(x->word, str_from_cz(word));
}

#endif
