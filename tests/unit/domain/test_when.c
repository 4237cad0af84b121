/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions of rules: known answers, refusals with their place, bounds, and 20,000 generated ones
 * against a second, plain model that walks a tree. */
#include "base/buf.h"
#include "base/fault.h"
#include "base/rng.h"
#include "domain/access/when.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const str_t group_list[] = { { "family", 6 }, { "admins", 6 } };

static struct when_value str_value(const char *s)
{
    return (struct when_value){ .type = WHEN_STR, .present = true, .s = str_from_cz(s) };
}

static struct when_env env_make(void)
{
    struct when_env env = { 0 };
    env.v[WHEN_USER_USERNAME] = str_value("ada");
    env.v[WHEN_USER_EMAIL] = str_value("ada@example.org");
    env.v[WHEN_REQUEST_IP] = str_value("10.0.0.7");
    env.v[WHEN_REQUEST_HOUR] = (struct when_value){ .type = WHEN_INT, .present = true, .i = 9 };
    env.v[WHEN_SESSION_MFA] = (struct when_value){ .type = WHEN_BOOL, .present = true, .b = true };
    env.v[WHEN_GROUPS] =
        (struct when_value){ .type = WHEN_STRS, .present = true, .strs = group_list, .n = 2 };
    return env;
}

enum answer { NO, YES, FAILS, REFUSED };

static enum answer ask(str_t text, struct diag *why)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(1));
    struct when_env env = env_make();
    struct when *w = NULL;
    bool yes = false;
    assert_non_null(a);
    diag_clear(why);
    if (when_compile(a, text, why, &w) != E_OK)
        return REFUSED;
    diag_clear(why);
    err_t e = when_run(w, &env, why, &yes);
    assert_true(e == E_OK || e == E_BAD_FIELD);
    return e != E_OK ? FAILS : yes ? YES : NO;
}

static const struct {
    const char *text;
    enum answer want;
} cases[] = {
    { "true", YES },
    { "!true", NO },
    { "!!true", YES },
    { "true || false && false", YES },
    { "(true || false) && false", NO },
    { "user.username == 'ada'", YES },
    { "user.username != \"ada\"", NO },
    { "user.email.endsWith('@example.org')", YES },
    { "!user.email.endsWith('@example.org')", NO },
    { "'ab'.startsWith('a') && 'ab'.contains('b')", YES },
    { "('ab').endsWith('a')", NO },
    { "'family' in groups", YES },
    { "'fam' in groups", NO },
    { "!('family' in groups)", NO },
    { "user.username in ['bob', 'ada']", YES },
    { "request.hour in [8, 9]", YES },
    { "request.hour >= 8 && request.hour < 18", YES },
    { "-1 < 0 && 9223372036854775807 > -9223372036854775808", YES },
    { "'a' < 'b' && 'B' < 'a'", YES },
    { "session.mfa", YES },
    { "session.mfa == true", YES },
    { "size(groups) == 2", YES },
    { "has(user.email) && !has(device.id)", YES },
    { "device.id == 'x'", FAILS },
    { "has(device.id) && device.id == 'x'", NO },
    { "!has(device.id) || device.id == 'x'", YES },
    { "device.id == 'x' || true", FAILS },
    { "true || device.id == 'x'", YES },
    { "false && device.id == 'x'", NO },
    { "'\\'' == \"'\" && '\\\\' == '\\\\'", YES },
    { "1 == 1 == true", YES },
    { "", REFUSED },
    { "1", REFUSED },
    { "'a'", REFUSED },
    { "groups", REFUSED },
    { "user", REFUSED },
    { "user.password == 'x'", REFUSED },
    { "user.username == 1", REFUSED },
    { "user.username", REFUSED },
    { "groups == groups", REFUSED },
    { "true < false", REFUSED },
    { "1 in groups", REFUSED },
    { "true &&", REFUSED },
    { "&& true", REFUSED },
    { "true true", REFUSED },
    { "(true", REFUSED },
    { "true)", REFUSED },
    { "user.email.endsWith('a'", REFUSED },
    { "user.email.endsWith()", REFUSED },
    { "user.email.endsWith(1)", REFUSED },
    { "groups.contains('a')", REFUSED },
    { "user.email.matches('.*')", REFUSED },
    { "1 + 1 == 2", REFUSED },
    { "true ? true : false", REFUSED },
    { "groups.exists(g, g == 'a')", REFUSED },
    { "[1, 'a'] == [1]", REFUSED },
    { "1 in []", REFUSED },
    { "has(user)", REFUSED },
    { "has('a')", REFUSED },
    { "size('abc') == 3", REFUSED },
    { "size == 1", REFUSED },
    { "'abc", REFUSED },
    { "'a\\n'", REFUSED },
    { "9223372036854775808 == 0", REFUSED },
    { "1x == 1", REFUSED },
    { "user.email = 'x'", REFUSED },
    { "user. == 'x'", REFUSED },
    { "'a'.b.c", REFUSED },
    { "system('id')", REFUSED },
    { "true;", REFUSED },
};

static void test_known_answers(void **state)
{
    struct diag why = { 0 };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        enum answer got = ask(str_from_cz(cases[i].text), &why);
        if (got != cases[i].want)
            fail_msg("%s: got %d, want %d (%s)", cases[i].text, (int)got, (int)cases[i].want,
                     why.text);
        if (got == REFUSED)
            assert_string_equal(why.field, "when");
    }
}

static void test_a_refusal_names_its_place(void **state)
{
    struct diag why = { 0 };
    (void)state;
    assert_int_equal(ask(STR("true && user.pass == 'x'"), &why), REFUSED);
    assert_string_equal(why.text, "at byte 9: there is no such variable");
    assert_int_equal(ask(STR("request.hour == 'x'"), &why), REFUSED);
    assert_string_equal(why.text, "at byte 14: the two sides cannot be compared so");
}

static void test_bounds(void **state)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    struct diag why = { 0 };
    (void)state;
    buf_init(&b, KIB(8));
    for (size_t i = 0; i < WHEN_DEPTH_MAX; i++)
        buf_add_byte(&b, '(');
    buf_add(&b, STR("true"));
    for (size_t i = 0; i < WHEN_DEPTH_MAX; i++)
        buf_add_byte(&b, ')');
    assert_int_equal(ask(buf_str(&b), &why), YES);
    assert_int_equal(ask(str_sub(buf_str(&b), 0, WHEN_DEPTH_MAX + 4), &why), REFUSED);
    buf_clear(&b);
    for (size_t i = 0; i <= WHEN_DEPTH_MAX; i++)
        buf_add_byte(&b, '!');
    buf_add(&b, STR("true"));
    assert_int_equal(ask(buf_str(&b), &why), REFUSED);
    buf_clear(&b);
    buf_add(&b, STR("true"));
    while (b.n + 8 <= WHEN_TEXT_MAX)
        buf_add(&b, STR("&&true"));
    assert_int_equal(ask(buf_str(&b), &why), REFUSED); /* more steps than WHEN_OPS_MAX */
    buf_clear(&b);
    while (b.n <= WHEN_TEXT_MAX)
        buf_add_byte(&b, ' ');
    buf_add(&b, STR("true"));
    assert_int_equal(ask(buf_str(&b), &why), REFUSED);
}

static void test_too_many_steps_is_an_error(void **state)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(8));
    struct when_env env = env_make();
    struct diag why = { 0 };
    struct when *w = NULL;
    bool yes = true;
    (void)state;
    str_t *many = ARENA_ARRAY(a, str_t, WHEN_STEPS_MAX + 1);
    assert_non_null(many);
    env.v[WHEN_GROUPS].strs = many;
    env.v[WHEN_GROUPS].n = WHEN_STEPS_MAX + 1;
    assert_int_equal(when_compile(a, STR("'x' in groups || true"), &why, &w), E_OK);
    assert_int_equal(when_run(w, &env, &why, &yes), E_BAD_FIELD);
}

/* The model: a tree made at random, its text, and its value by walking it. */
struct gen {
    struct buf text;
    unsigned depth;
};

static bool gen_bool(struct gen *g);

static int64_t gen_int(struct gen *g)
{
    int64_t v = (int64_t)(rng_u64() % 5) - 2;
    if (rng_u64() % 4 == 0) {
        BUF_ADD(&g->text, "request.hour");
        return 9;
    }
    buf_add_i64(&g->text, v);
    return v;
}

static str_t gen_str(struct gen *g)
{
    static const str_t texts[] = { { "", 0 }, { "a", 1 }, { "ada", 3 }, { "family", 6 } };
    if (rng_u64() % 3 == 0) {
        BUF_ADD(&g->text, "user.username");
        return STR("ada");
    }
    str_t s = texts[rng_u64() % ARRAY_LEN(texts)];
    buf_addf(&g->text, "'%.*s'", STR_ARG(s));
    return s;
}

static bool order_is(const char *op, int order)
{
    return strcmp(op, "==") == 0   ? order == 0
           : strcmp(op, "!=") == 0 ? order != 0
           : strcmp(op, "<") == 0  ? order < 0
           : strcmp(op, "<=") == 0 ? order <= 0
           : strcmp(op, ">") == 0  ? order > 0
                                   : order >= 0;
}

static bool gen_compare(struct gen *g)
{
    static const char *const ops[] = { "==", "!=", "<", "<=", ">", ">=" };
    const char *op = ops[rng_u64() % ARRAY_LEN(ops)];
    if (rng_u64() % 2 == 0) {
        int64_t left = gen_int(g);
        buf_addf(&g->text, " %s ", op);
        int64_t right = gen_int(g);
        return order_is(op, (left > right) - (left < right));
    }
    str_t left = gen_str(g);
    buf_addf(&g->text, "%s", op);
    return order_is(op, str_cmp(left, gen_str(g)));
}

static bool gen_text_call(struct gen *g)
{
    str_t left = gen_str(g);
    unsigned which = (unsigned)(rng_u64() % 3);
    static const char *const names[] = { ".startsWith(", ".endsWith(", ".contains(" };
    buf_addf(&g->text, "%s", names[which]);
    str_t right = gen_str(g);
    BUF_ADD(&g->text, ")");
    bool has = false;
    for (size_t at = 0; at + right.n <= left.n; at++)
        has = has || str_eq(str_sub(left, at, right.n), right);
    return which == 0 ? str_starts(left, right) : which == 1 ? str_ends(left, right) : has;
}

static bool gen_leaf(struct gen *g)
{
    switch (rng_u64() % 5) {
    case 0:
        BUF_ADD(&g->text, "true");
        return true;
    case 1:
        BUF_ADD(&g->text, "session.mfa");
        return true;
    case 2: {
        str_t one = gen_str(g);
        BUF_ADD(&g->text, " in groups");
        return str_eq(one, group_list[0]) || str_eq(one, group_list[1]);
    }
    case 3:
        return gen_text_call(g);
    default:
        return gen_compare(g);
    }
}

/* Every compound is in parentheses: the tree's shape is then the text's. */
static bool gen_bool(struct gen *g)
{
    if (g->depth == 0 || rng_u64() % 4 == 0) {
        BUF_ADD(&g->text, "(");
        bool v = gen_leaf(g);
        BUF_ADD(&g->text, ")");
        return v;
    }
    g->depth--;
    unsigned which = (unsigned)(rng_u64() % 3);
    BUF_ADD(&g->text, "(");
    bool v = true;
    if (which == 0) {
        BUF_ADD(&g->text, "!");
        v = !gen_bool(g);
    } else {
        bool left = gen_bool(g);
        buf_addf(&g->text, "%s", which == 1 ? " && " : "||");
        bool right = gen_bool(g);
        v = which == 1 ? left && right : left || right;
    }
    BUF_ADD(&g->text, ")");
    g->depth++;
    return v;
}

/* Without parentheses: a row of terms, && before ||. */
static bool gen_row(struct gen *g)
{
    bool any = false;
    bool all = true;
    size_t n = 1 + (size_t)(rng_u64() % 6);
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && rng_u64() % 2 == 0) {
            BUF_ADD(&g->text, "||");
            any = any || all;
            all = true;
        } else if (i > 0) {
            BUF_ADD(&g->text, "&&");
        }
        bool negated = rng_u64() % 3 == 0;
        if (negated)
            BUF_ADD(&g->text, "!");
        g->depth = 1;
        all = (gen_bool(g) != negated) && all;
    }
    return any || all;
}

static void test_generated_ones_agree_with_the_model(void **state)
{
    struct diag why = { 0 };
    struct gen g = { 0 };
    size_t judged = 0;
    (void)state;
    rng_seed_for_test(20261122);
    buf_init(&g.text, KIB(64));
    for (int i = 0; i < 20000; i++) {
        buf_clear(&g.text);
        g.depth = 3;
        bool want = i % 2 == 0 ? gen_bool(&g) : gen_row(&g);
        if (g.text.n > WHEN_TEXT_MAX)
            continue;
        enum answer got = ask(buf_str(&g.text), &why);
        if (got == REFUSED && strstr(why.text, "too") != NULL)
            continue; /* long or deep: that is a bound, not a wrong answer */
        if (got != (want ? YES : NO))
            fail_msg("%.*s: got %d, want %d (%s)", STR_ARG(buf_str(&g.text)), (int)got, want,
                     why.text);
        judged++;
    }
    buf_fini(&g.text);
    assert_true(judged > 15000);
}

static void test_each_failed_allocation(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        struct diag why = { 0 };
        struct when *w = NULL;
        fault_arm(n);
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(256));
        err_t e = a == NULL ? E_NO_MEMORY
                            : when_compile(a, STR("user.username in ['ada', 'bob']"), &why, &w);
        bool fired = fault_used();
        assert_true(fired ? e == E_NO_MEMORY && w == NULL : e == E_OK && w != NULL);
        if (!fired)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_answers),
        cmocka_unit_test(test_a_refusal_names_its_place),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_too_many_steps_is_an_error),
        cmocka_unit_test(test_generated_ones_agree_with_the_model),
        cmocka_unit_test(test_each_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
