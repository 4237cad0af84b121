/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/access/when_ops.h"

#include <assert.h>

enum { STEP_BYTES = 16 }; /* of text are one step */

struct machine {
    struct when_value stack[WHEN_DEPTH_MAX + 1];
    size_t n;
    size_t steps;
};

static void push_bool(struct machine *m, bool b)
{
    m->stack[m->n++] = (struct when_value){ .type = WHEN_BOOL, .present = true, .b = b };
}

static int compare(struct machine *m, const struct when_value *a, const struct when_value *b)
{
    if (a->type == WHEN_INT)
        return (a->i > b->i) - (a->i < b->i);
    if (a->type == WHEN_BOOL)
        return (int)a->b - (int)b->b;
    m->steps += (a->s.n < b->s.n ? a->s.n : b->s.n) / STEP_BYTES;
    return str_cmp(a->s, b->s);
}

static bool contains(struct machine *m, str_t text, str_t part)
{
    m->steps += (text.n / STEP_BYTES + 1) * (part.n / STEP_BYTES + 1);
    if (part.n == 0)
        return true;
    return text.n >= part.n && memmem(text.p, text.n, part.p, part.n) != NULL;
}

static bool is_in(struct machine *m, const struct when_value *one, const struct when_value *list)
{
    for (size_t i = 0; i < list->n; i++) {
        m->steps++;
        if (list->type == WHEN_INTS ? list->ints[i] == one->i : str_eq(list->strs[i], one->s))
            return true;
    }
    return false;
}

static bool binary(struct machine *m, enum when_code code, const struct when_value *a,
                   const struct when_value *b)
{
    if (code == OP_IN)
        return is_in(m, a, b);
    if (code == OP_STARTS)
        return str_starts(a->s, b->s);
    if (code == OP_ENDS)
        return str_ends(a->s, b->s);
    if (code == OP_CONTAINS)
        return contains(m, a->s, b->s);
    int order = compare(m, a, b);
    return code == OP_EQ   ? order == 0
           : code == OP_NE ? order != 0
           : code == OP_LT ? order < 0
           : code == OP_LE ? order <= 0
           : code == OP_GT ? order > 0
                           : order >= 0;
}

/* One step; *at is the next one. */
static err_t step(struct machine *m, const struct when_op *op, const struct when_env *env,
                  struct diag *why, size_t *at)
{
    struct when_value top = { 0 };
    if (op->code == OP_CONST) {
        m->stack[m->n++] = op->value;
        return E_OK;
    }
    if (op->code == OP_HAS) {
        push_bool(m, env->v[op->at].present);
        return E_OK;
    }
    if (op->code == OP_VAR) {
        if (!env->v[op->at].present)
            return diag_set_field(why, E_BAD_FIELD, "when",
                                  "a variable has no value here: ask has() first");
        m->stack[m->n++] = env->v[op->at];
        return E_OK;
    }
    assert(m->n > 0);
    top = m->stack[--m->n];
    if (op->code == OP_AND || op->code == OP_OR) {
        if (top.b != (op->code == OP_OR))
            return E_OK;
        push_bool(m, top.b);
        *at = op->at;
    } else if (op->code == OP_NOT) {
        push_bool(m, !top.b);
    } else if (op->code == OP_SIZE) {
        m->stack[m->n++] =
            (struct when_value){ .type = WHEN_INT, .present = true, .i = (int64_t)top.n };
    } else {
        assert(m->n > 0);
        struct when_value left = m->stack[--m->n];
        push_bool(m, binary(m, op->code, &left, &top));
    }
    return E_OK;
}

err_t when_run(const struct when *w, const struct when_env *env, struct diag *why, bool *ret)
{
    struct machine m = { .n = 0 };
    for (size_t at = 0; at < w->n;) {
        const struct when_op *op = &w->ops[at++];
        if (++m.steps > WHEN_STEPS_MAX)
            return diag_set_field(why, E_BAD_FIELD, "when", "the expression takes too many steps");
        TRY(step(&m, op, env, why, &at));
    }
    assert(m.n == 1);
    *ret = m.stack[0].b;
    return E_OK;
}
