/* SPDX-License-Identifier: Apache-2.0 */
/* Text to steps, with two stacks instead of recursion: operators that wait for their right side,
 * and the types of the values that will lie there when the steps run. */
#include "domain/access/when_ops.h"

#include <assert.h>

enum wait_kind { WAIT_OR, WAIT_AND, WAIT_REL, WAIT_NOT, WAIT_PAREN, WAIT_CALL };

struct wait { /* an operator, or an open parenthesis */
    enum wait_kind kind;
    enum when_code code;
    size_t op; /* of && and ||: the step that jumps */
    size_t at; /* in the text */
};

struct compiler {
    struct when_lexer x;
    struct when *w;
    struct wait waits[WHEN_DEPTH_MAX];
    size_t waits_n;
    enum when_type types[WHEN_DEPTH_MAX];
    size_t types_n;
};

static const struct {
    const char *name;
    enum when_type type;
} vars[WHEN_VAR_COUNT] = {
#define WHEN_VAR(code, name, type, text) [WHEN_##code] = { (name), WHEN_##type },
#include "domain/access/when.def"
#undef WHEN_VAR
};

static const struct {
    const char *mark;
    enum when_code code;
} relations[] = { { "==", OP_EQ }, { "!=", OP_NE }, { "<", OP_LT }, { "<=", OP_LE },
                  { ">", OP_GT },  { ">=", OP_GE }, { "in", OP_IN } };

static const struct {
    const char *name;
    enum when_code code;
} methods[] = { { "startsWith", OP_STARTS }, { "endsWith", OP_ENDS }, { "contains", OP_CONTAINS } };

static err_t bad(const struct compiler *c, size_t at, const char *want)
{
    return when_bad(c->x.why, at, want);
}

static err_t emit(struct compiler *c, struct when_op op)
{
    if (c->w->n == WHEN_OPS_MAX)
        return bad(c, c->x.from, N_("the expression is too long"));
    c->w->ops[c->w->n++] = op;
    return E_OK;
}

static err_t type_push(struct compiler *c, enum when_type t)
{
    if (c->types_n == WHEN_DEPTH_MAX)
        return bad(c, c->x.from, N_("the expression is too deep"));
    c->types[c->types_n++] = t;
    return E_OK;
}

static enum when_type type_pop(struct compiler *c)
{
    assert(c->types_n > 0); /* an operator is only taken behind a value */
    return c->types[--c->types_n];
}

static err_t wait_push(struct compiler *c, struct wait w)
{
    if (c->waits_n == WHEN_DEPTH_MAX)
        return bad(c, w.at, N_("the expression is too deep"));
    c->waits[c->waits_n++] = w;
    return E_OK;
}

/* Do these two go together? */
static bool relation_fits(enum when_code code, enum when_type left, enum when_type right)
{
    if (code == OP_IN)
        return (left == WHEN_INT && right == WHEN_INTS) || (left == WHEN_STR && right == WHEN_STRS);
    if (code == OP_EQ || code == OP_NE)
        return left == right && left <= WHEN_STR;
    return left == right && (left == WHEN_INT || left == WHEN_STR);
}

/* The operator on top has its right side now. */
static err_t reduce(struct compiler *c)
{
    struct wait w = c->waits[--c->waits_n];
    enum when_type right = type_pop(c);
    switch (w.kind) {
    case WAIT_OR:
    case WAIT_AND:
        if (right != WHEN_BOOL)
            return bad(c, w.at, N_("want true or false on the right"));
        c->w->ops[w.op].at = c->w->n;
        return type_push(c, WHEN_BOOL);
    case WAIT_NOT:
        if (right != WHEN_BOOL)
            return bad(c, w.at, N_("want true or false behind `!`"));
        TRY(type_push(c, WHEN_BOOL));
        return emit(c, (struct when_op){ .code = OP_NOT });
    case WAIT_REL:
        if (!relation_fits(w.code, type_pop(c), right))
            return bad(c, w.at, N_("the two sides cannot be compared so"));
        TRY(type_push(c, WHEN_BOOL));
        return emit(c, (struct when_op){ .code = w.code });
    case WAIT_PAREN:
    case WAIT_CALL:
        break;
    }
    assert(!"a parenthesis is no operator");
    return E_INTERNAL;
}

/* What binds at least as tightly as `kind` goes first: they are in the order of their strength. */
static err_t reduce_down_to(struct compiler *c, enum wait_kind kind)
{
    while (c->waits_n > 0 && c->waits[c->waits_n - 1].kind < WAIT_PAREN &&
           c->waits[c->waits_n - 1].kind >= kind)
        TRY(reduce(c));
    return E_OK;
}

static err_t take_logic(struct compiler *c, enum wait_kind kind, enum when_code code)
{
    size_t at = c->x.from;
    TRY(reduce_down_to(c, kind));
    if (type_pop(c) != WHEN_BOOL)
        return bad(c, at, N_("want true or false on the left"));
    TRY(wait_push(c, (struct wait){ kind, code, c->w->n, at }));
    return emit(c, (struct when_op){ .code = code });
}

static err_t take_var(struct compiler *c, str_t name, size_t at, size_t *ret)
{
    for (size_t i = 0; i < WHEN_VAR_COUNT; i++) {
        if (str_eq(name, str_from_cz(vars[i].name))) {
            *ret = i;
            return E_OK;
        }
    }
    return bad(c, at, N_("there is no such variable"));
}

static err_t method_open(struct compiler *c, str_t name, size_t at)
{
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        if (!str_eq(name, str_from_cz(methods[i].name)))
            continue;
        if (c->types[c->types_n - 1] != WHEN_STR)
            return bad(c, at, N_("only a text has this function"));
        return wait_push(c, (struct wait){ WAIT_CALL, methods[i].code, 0, at });
    }
    return bad(c, at, N_("there is no such function"));
}

/* `user.email`, or `user.email.endsWith(`: *ret_open tells. The token behind it is read. */
static err_t take_path(struct compiler *c, bool *ret_open)
{
    size_t at = c->x.from;
    size_t var = 0;
    str_t path = c->x.word;
    str_t last = c->x.word;
    size_t last_at = at;
    TRY(when_lex(&c->x));
    while (when_is(&c->x, ".")) {
        TRY(when_lex(&c->x));
        if (c->x.kind != T_NAME)
            return bad(c, c->x.from, N_("want a name behind `.`"));
        last = c->x.word;
        last_at = c->x.from;
        path.n = (size_t)(last.p + last.n - path.p);
        TRY(when_lex(&c->x));
    }
    bool open = when_is(&c->x, "(");
    if (open && last.p == path.p)
        return bad(c, at, N_("there is no such function"));
    if (open)
        path.n = (size_t)(last.p - path.p) - 1;
    TRY(take_var(c, path, at, &var));
    TRY(type_push(c, vars[var].type));
    TRY(emit(c, (struct when_op){ .code = OP_VAR, .at = var }));
    if (open) {
        TRY(method_open(c, last, last_at));
        TRY(when_lex(&c->x));
    }
    *ret_open = open;
    return E_OK;
}

static err_t want_mark(struct compiler *c, const char *mark, const char *want)
{
    if (!when_is(&c->x, mark))
        return bad(c, c->x.from, want);
    return when_lex(&c->x);
}

/* has(user.email): a name, not a value. */
static err_t take_has(struct compiler *c)
{
    size_t var = 0;
    TRY(when_lex(&c->x));
    TRY(want_mark(c, "(", N_("want `(` behind has")));
    size_t at = c->x.from;
    str_t path = c->x.word;
    if (c->x.kind != T_NAME)
        return bad(c, at, N_("want a variable"));
    TRY(when_lex(&c->x));
    while (when_is(&c->x, ".")) {
        TRY(when_lex(&c->x));
        if (c->x.kind != T_NAME)
            return bad(c, c->x.from, N_("want a name behind `.`"));
        path.n = (size_t)(c->x.word.p + c->x.word.n - path.p);
        TRY(when_lex(&c->x));
    }
    TRY(take_var(c, path, at, &var));
    TRY(want_mark(c, ")", N_("want `)`")));
    TRY(type_push(c, WHEN_BOOL));
    return emit(c, (struct when_op){ .code = OP_HAS, .at = var });
}

static err_t take_const(struct compiler *c, struct when_value v)
{
    v.present = true;
    TRY(type_push(c, v.type));
    TRY(emit(c, (struct when_op){ .code = OP_CONST, .value = v }));
    return when_lex(&c->x);
}

/* ["a", "b"] or [1, 2]: literals of one type. */
static err_t take_list(struct compiler *c)
{
    str_t *strs = ARENA_ARRAY(c->x.a, str_t, WHEN_LIST_MAX);
    int64_t *ints = ARENA_ARRAY(c->x.a, int64_t, WHEN_LIST_MAX);
    size_t n = 0;
    enum when_token kind = T_END;
    if (strs == NULL || ints == NULL)
        return E_NO_MEMORY;
    do {
        TRY(when_lex(&c->x));
        if (n == WHEN_LIST_MAX)
            return bad(c, c->x.from, N_("a list has at most 64 members"));
        if ((c->x.kind != T_INT && c->x.kind != T_STR) || (n > 0 && c->x.kind != kind))
            return bad(c, c->x.from, N_("want texts, or integers, in a list"));
        kind = c->x.kind;
        strs[n] = c->x.s;
        ints[n++] = c->x.i;
        TRY(when_lex(&c->x));
    } while (when_is(&c->x, ","));
    if (!when_is(&c->x, "]"))
        return bad(c, c->x.from, N_("want `,` or `]`"));
    return take_const(c, kind == T_INT
                             ? (struct when_value){ .type = WHEN_INTS, .ints = ints, .n = n }
                             : (struct when_value){ .type = WHEN_STRS, .strs = strs, .n = n });
}

/* *ret_more: what was taken wants a value behind it. */
static err_t take_value(struct compiler *c, bool *ret_more)
{
    struct when_lexer *x = &c->x;
    *ret_more = false;
    if (x->kind == T_INT)
        return take_const(c, (struct when_value){ .type = WHEN_INT, .i = x->i });
    if (x->kind == T_STR)
        return take_const(c, (struct when_value){ .type = WHEN_STR, .s = x->s });
    if (when_is(x, "true") || when_is(x, "false"))
        return take_const(c, (struct when_value){ .type = WHEN_BOOL, .b = when_is(x, "true") });
    if (when_is(x, "["))
        return take_list(c);
    if (when_is(x, "has"))
        return take_has(c);
    if (when_is(x, "in") || x->kind == T_END)
        return bad(c, x->from, N_("want a value"));
    if (when_is(x, "size")) {
        TRY(wait_push(c, (struct wait){ WAIT_CALL, OP_SIZE, 0, x->from }));
        TRY(when_lex(x));
        *ret_more = true;
        return want_mark(c, "(", N_("want `(` behind size"));
    }
    if (x->kind == T_NAME)
        return take_path(c, ret_more);
    *ret_more = true;
    if (when_is(x, "(") || when_is(x, "!")) {
        enum wait_kind kind = when_is(x, "(") ? WAIT_PAREN : WAIT_NOT;
        TRY(wait_push(c, (struct wait){ kind, OP_NOT, 0, x->from }));
        return when_lex(x);
    }
    return bad(c, x->from, N_("want a value"));
}

static err_t take_close(struct compiler *c)
{
    size_t at = c->x.from;
    TRY(reduce_down_to(c, WAIT_OR));
    if (c->waits_n == 0)
        return bad(c, at, N_("nothing was opened that this closes"));
    struct wait w = c->waits[--c->waits_n];
    if (w.kind == WAIT_CALL) {
        enum when_type arg = type_pop(c);
        bool size = w.code == OP_SIZE;
        if (size ? arg < WHEN_INTS : arg != WHEN_STR)
            return bad(c, w.at,
                       size ? N_("only a list has a size") : N_("want a text in the parentheses"));
        if (!size)
            (void)type_pop(c); /* the text in front of the point: looked at when it was opened */
        TRY(type_push(c, size ? WHEN_INT : WHEN_BOOL));
        TRY(emit(c, (struct when_op){ .code = w.code }));
    }
    return when_lex(&c->x);
}

/* Behind a value. *ret_more: a value must follow. */
static err_t take_operator(struct compiler *c, bool *ret_more)
{
    *ret_more = true;
    if (when_is(&c->x, "||") || when_is(&c->x, "&&")) {
        bool is_or = when_is(&c->x, "||");
        TRY(take_logic(c, is_or ? WAIT_OR : WAIT_AND, is_or ? OP_OR : OP_AND));
        return when_lex(&c->x);
    }
    for (size_t i = 0; i < ARRAY_LEN(relations); i++) {
        if (!when_is(&c->x, relations[i].mark))
            continue;
        TRY(reduce_down_to(c, WAIT_REL));
        TRY(wait_push(c, (struct wait){ WAIT_REL, relations[i].code, 0, c->x.from }));
        return when_lex(&c->x);
    }
    if (when_is(&c->x, ".")) {
        TRY(when_lex(&c->x));
        if (c->x.kind != T_NAME)
            return bad(c, c->x.from, N_("want a function behind `.`"));
        TRY(method_open(c, c->x.word, c->x.from));
        TRY(when_lex(&c->x));
        return want_mark(c, "(", N_("want `(`"));
    }
    *ret_more = false;
    if (when_is(&c->x, ")"))
        return take_close(c);
    return bad(c, c->x.from, N_("want an operator"));
}

err_t when_compile(struct arena *a, str_t text, struct diag *why, struct when **ret)
{
    bool more = true;
    struct compiler *c = ARENA_NEW(a, struct compiler);
    struct when *w = ARENA_NEW(a, struct when);
    if (c == NULL || w == NULL)
        return E_NO_MEMORY;
    *c = (struct compiler){ .x = { .a = a, .why = why, .text = text }, .w = w };
    if (text.n > WHEN_TEXT_MAX)
        return when_bad(why, WHEN_TEXT_MAX, N_("an expression has at most 1,024 bytes"));
    TRY(when_lex(&c->x));
    while (more || c->x.kind != T_END)
        TRY(more ? take_value(c, &more) : take_operator(c, &more));
    TRY(reduce_down_to(c, WAIT_OR));
    if (c->waits_n > 0)
        return bad(c, c->waits[c->waits_n - 1].at, N_("this is not closed"));
    assert(c->types_n == 1);
    if (c->types[0] != WHEN_BOOL)
        return bad(c, 0, N_("the whole must be true or false"));
    *ret = w;
    return E_OK;
}
