/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions of access rules: any text is refused with its place, or runs to an answer; in
 * parentheses it means the same, and negated twice too. */
#include "domain/access/when.h"
#include "base/buf.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

enum answer { REFUSED, FAILS, NO, YES };

static void env_fill(struct when_env *env)
{
    static const str_t words[] = { { "a", 1 }, { "family", 6 } };
    for (size_t i = 0; i < WHEN_VAR_COUNT; i += 2) /* every other one is absent */
        env->v[i] = (struct when_value){
            .present = true, .s = words[1], .strs = words, .n = 2, .i = (int64_t)i, .b = true
        };
}

static enum answer ask(str_t text)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(1));
    struct when_env env = { 0 };
    struct diag why = { 0 };
    struct when *w = NULL;
    bool yes = false;
    assert(a != NULL);
    env_fill(&env);
    err_t e = when_compile(a, text, &why, &w);
    assert(e == E_OK || (e == E_BAD_FIELD && why.text[0] != '\0'));
    if (e != E_OK)
        return REFUSED;
    e = when_run(w, &env, &why, &yes);
    assert(e == E_OK || e == E_BAD_FIELD);
    return e != E_OK ? FAILS : yes ? YES : NO;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    str_t text = str_of(p, n);
    enum answer plain = ask(text);
    if (plain == REFUSED || n + 16 > WHEN_TEXT_MAX)
        return 0;
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, WHEN_TEXT_MAX);
    buf_addf(&b, "(%.*s)", STR_ARG(text));
    enum answer inside = ask(buf_str(&b));
    assert(inside == plain || inside == REFUSED); /* refused: one too deep */
    buf_clear(&b);
    buf_addf(&b, "!!(%.*s)", STR_ARG(text));
    enum answer twice = ask(buf_str(&b));
    assert(twice == plain || twice == REFUSED);
    return 0;
}
