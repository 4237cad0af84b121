/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expressions of access rules: a small subset of CEL (the Common Expression Language) that always
 * ends. Types are known when it is saved; there is no arithmetic, no macro, no function of one's
 * own. `&&` and `||` go from left to right and stop where the result is known.
 *
 *   or    = and *( "||" and )            and  = rel *( "&&" rel )
 *   rel   = unary *( ( "==" "!=" "<" "<=" ">" ">=" "in" ) unary )
 *   unary = *"!" value *( "." ( "startsWith" "endsWith" "contains" ) "(" or ")" )
 *   value = "true" / "false" / integer / string / "[" list of integers or strings "]" / variable /
 *           "(" or ")" / "has(" variable ")" / "size(" or ")"
 *
 * == and != compare two booleans, integers or strings; < and its like integers, or strings by their
 * bytes; `in` finds an integer or string in a list. Variables: when.def. Pure.
 */
#ifndef DOMAIN_ACCESS_WHEN_H
#define DOMAIN_ACCESS_WHEN_H

#include "base/str.h"

enum {
    WHEN_TEXT_MAX = 1024,
    WHEN_OPS_MAX = 256,
    WHEN_DEPTH_MAX = 32,     /* operators that wait, and values that wait */
    WHEN_LIST_MAX = 64,      /* of a literal */
    WHEN_STEPS_MAX = 100000, /* elements and 16 bytes of text that are looked at */
};

enum when_type { WHEN_BOOL, WHEN_INT, WHEN_STR, WHEN_INTS, WHEN_STRS };

enum when_var {
#define WHEN_VAR(code, name, type, text) WHEN_##code,
#include "domain/access/when.def"
#undef WHEN_VAR
    WHEN_VAR_COUNT
};

struct when_value {
    enum when_type type;
    bool present;
    bool b;
    int64_t i;
    str_t s;
    const int64_t *ints; /* of a list, `n` of them */
    const str_t *strs;
    size_t n;
};

struct when_env { /* types are those of when.def, whatever is written here */
    struct when_value v[WHEN_VAR_COUNT];
};

struct when;

/* E_BAD_FIELD: `why` says what is wrong and at which byte, from 1. E_NO_MEMORY. */
err_t when_compile(struct arena *a, str_t text, struct diag *why, struct when **ret) MUST_USE;
/* E_BAD_FIELD: a variable that is absent was used, or it took too many steps. */
err_t when_run(const struct when *w, const struct when_env *env, struct diag *why,
               bool *ret) MUST_USE;

#endif
