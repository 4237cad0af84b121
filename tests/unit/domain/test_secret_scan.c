/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets in configurations: what is found, where, and what is none. */
#include "base/clock.h"
#include "base/fault.h"
#include "domain/policy/secret_scan.h"
#include "domain/policy/secret_text.h"
#include "plat/crypto/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const char telling[] = "a random-looking value under a name that tells of a secret";

static const struct {
    const char *kind;
    const char *template;
} samples[] = {
#define SECRET_SAMPLE(kind, template) { kind, template },
#include "secret_samples.def"
#undef SECRET_SAMPLE
};

static const struct {
    const char *name;
    const char *value;
} innocents[] = {
#define INNOCENT(name, value) { name, value },
#include "innocent_values.def"
#undef INNOCENT
};

/* A fixed sequence without a pattern: each test sees the same samples. */
static uint32_t next_number(uint32_t *state)
{
    *state = *state * 1664525U + 1013904223U;
    return *state >> 16U;
}

static void add_random(struct buf *b, char alphabet, size_t n, uint32_t *state)
{
    static const char all[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static const char capitals[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    static const char base64[] = "ABCDEFabcdefghijklmnopqrstuvwxyzXYZ0123456789+/";
    static const char base64url[] = "ABCDEFabcdefghijklmnopqrstuvwxyzXYZ0123456789-_";
    for (size_t i = 0; i < n; i++) {
        uint32_t r = next_number(state);
        if (alphabet == 'd')
            buf_add_byte(b, all[i == 0 ? 1 + r % 9 : r % 10]);
        else if (alphabet == 'h')
            buf_add_byte(b, all[r % 16]);
        else if (alphabet == 'l')
            buf_add_byte(b, all[r % 36]);
        else if (alphabet == 'u')
            buf_add_byte(b, capitals[r % 32]);
        else if (alphabet == 'b')
            buf_add_byte(b, base64[r % 47]);
        else if (alphabet == 'w')
            buf_add_byte(b, base64url[r % 47]);
        else
            buf_add_byte(b, all[r % 62]);
    }
}

static void assemble(const char *template, uint32_t seed, struct buf *out)
{
    uint32_t state = seed;
    buf_init(out, KIB(4));
    for (const char *t = template; *t != '\0'; t++) {
        if (*t == '|')
            continue;
        if (*t != '{') {
            buf_add_byte(out, *t);
            continue;
        }
        size_t n = 0;
        char alphabet = t[1];
        for (t += 2; *t != '}'; t++)
            n = n * 10 + (size_t)(*t - '0');
        add_random(out, alphabet, n, &state);
    }
    assert_int_equal(out->err, E_OK);
}

/* {"<name>": "<value>"} or {"outer": {"list": [0, "<value>"]}} and so on: made by hand, so that no
 * text has to be escaped. */
static struct json *object_with(const char *name, struct json *value)
{
    struct json *o = json_new_object();
    assert_non_null(o);
    assert_int_equal(json_set(o, str_from_cz(name), value), E_OK);
    return o;
}

static void scan(struct arena *a, const struct json *v, struct secret_findings *ret)
{
    assert_int_equal(secret_scan(a, v, ret), E_OK);
}

static void want_one(const struct json *v, const char *pointer, const char *kind)
{
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    struct secret_findings found;
    scan(a, v, &found);
    if (found.n != 1)
        fail_msg("%s: %zu findings", kind, found.n);
    if (!str_eq(found.v[0].pointer, str_from_cz(pointer)))
        fail_msg("%s: at %.*s", kind, STR_ARG(found.v[0].pointer));
    assert_string_equal(found.v[0].kind, kind);
}

static void test_samples_are_found(void **state)
{
    (void)state;
    assert_true(ARRAY_LEN(samples) >= 40);
    for (uint32_t seed = 1; seed <= 5; seed++) {
        for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
            struct buf secret;
            struct buf sentence;
            assemble(samples[i].template, seed * 977 + (uint32_t)i, &secret);
            buf_init(&sentence, KIB(8));
            buf_addf(&sentence, "Use (%.*s) for it.", STR_ARG(buf_str(&secret)));
            CLEANUP(json_freep)
            struct json *plain = object_with("note", json_new_string(buf_str(&secret)));
            CLEANUP(json_freep)
            struct json *inside = object_with("note", json_new_string(buf_str(&sentence)));
            want_one(plain, "/note", samples[i].kind);
            want_one(inside, "/note", samples[i].kind);
            buf_fini(&secret);
            buf_fini(&sentence);
        }
    }
}

static void test_innocents_are_let_through(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(1));
    size_t alarms = 0;
    assert_true(ARRAY_LEN(innocents) >= 200);
    for (size_t i = 0; i < ARRAY_LEN(innocents); i++) {
        struct secret_findings found;
        CLEANUP(json_freep)
        struct json *v =
            object_with(innocents[i].name, json_new_string(str_from_cz(innocents[i].value)));
        scan(a, v, &found);
        if (found.n > 0)
            print_message("# %s: %s: %s\n", innocents[i].name, innocents[i].value, found.v[0].kind);
        alarms += found.n;
    }
    assert_int_equal(alarms, 0);
}

static void test_own_tokens_by_their_checksum(void **state)
{
    (void)state;
    static const char *const prefixes[] = { "sen_d_", "sen_s_", "sen_e_", "sen_c_" };
    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
        struct token_text token;
        token_make(str_from_cz(prefixes[i]), &token);
        CLEANUP(json_freep)
        struct json *good = object_with("note", json_new_string(str_of(token.p, token.n)));
        want_one(good, "/note", "a token of this server");
        token.p[token.n - 1] = token.p[token.n - 1] == 'a' ? 'b' : 'a';
        CLEANUP(json_freep)
        struct json *wrong = object_with("note", json_new_string(str_of(token.p, token.n)));
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
        struct secret_findings found;
        scan(a, wrong, &found);
        assert_int_equal(found.n, 0);
    }
}

static const struct {
    const char *name; /* of the member */
    const char *template;
    bool want;
} randoms[] = {
    { "password", "{a20}", true },
    { "apiKey", "{h32}", true },
    { "api-key", "{h40}", true },
    { "client_secret", "{w40}", true },
    { "DD_API_KEY", "{h32}", true },
    { "secret_access_key", "{b40}", true },
    { "AccessKey", "{a24}", true },
    { "privateKey", "{b43}=", true },
    { "authorization", "{l48}", true },
    { "passphrase", "{u32}", true },
    { "token", "{h8}-{h4}-{h4}-{h4}-{h12}", true },
    { "note", "{h32}", false },
    { "sha256", "{h64}", false },
    { "apiKeyId", "{h32}", false },
    { "token_url", "{a40}", false },
    { "password", "short1A", false },
};

static void test_random_values_under_telling_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(randoms); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
        struct secret_findings found;
        struct buf value;
        assemble(randoms[i].template, 4242 + (uint32_t)i, &value);
        CLEANUP(json_freep)
        struct json *v = object_with(randoms[i].name, json_new_string(buf_str(&value)));
        scan(a, v, &found);
        buf_fini(&value);
        if ((found.n == 1) != randoms[i].want)
            fail_msg("%s of %s: %zu findings", randoms[i].template, randoms[i].name, found.n);
        if (randoms[i].want)
            assert_string_equal(found.v[0].kind, telling);
    }
}

/* Of 1,000 random values of each form at most this many may be missed; the rest of them is what
 * the threshold gives up for names of models. */
static const struct {
    const char *template;
    unsigned missed_max;
} forms[] = {
    { "{a20}", 5 }, { "{a32}", 5 }, { "{h32}", 20 },
    { "{h40}", 5 }, { "{b40}", 5 }, { "{u32}", 250 },
};

static void test_few_random_values_are_missed(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        unsigned missed = 0;
        for (uint32_t seed = 1; seed <= 1000; seed++) {
            struct buf value;
            assemble(forms[i].template, seed * 7919, &value);
            missed += !secret_text_is_random(buf_str(&value));
            buf_fini(&value);
        }
        if (missed > forms[i].missed_max)
            fail_msg("%s: %u of 1000 missed", forms[i].template, missed);
    }
}

static void test_below_a_telling_name(void **state)
{
    (void)state;
    struct buf value;
    assemble("{a32}", 99, &value);
    struct json *list = json_new_array();
    assert_int_equal(json_push(list, json_new_int(1)), E_OK);
    assert_int_equal(json_push(list, json_new_string(buf_str(&value))), E_OK);
    CLEANUP(json_freep)
    struct json *v = object_with("a/b", object_with("credentials", object_with("x~y", list)));
    want_one(v, "/a~1b/credentials/x~0y/1", telling);
    buf_fini(&value);
}

static void test_a_name_is_no_place_for_a_secret(void **state)
{
    (void)state;
    struct buf name;
    assemble("gh|p_{a36}", 7, &name);
    struct json *inner = json_new_object();
    assert_int_equal(json_set(inner, buf_str(&name), json_new_bool(true)), E_OK);
    CLEANUP(json_freep) struct json *v = object_with("accounts", inner);
    want_one(v, "/accounts", "a GitHub token"); /* the pointer does not show it */
    buf_fini(&name);
}

static const struct {
    const char *json;
    bool want; /* a reference */
} references[] = {
    { "{\"$secret\":\"owui-key\"}", true },
    { "{\"$secret\":\"a.b_c-9\"}", true },
    { "{\"$secret\":\"a8f3k2m9x7c4v1b6n5q0w3e8r2t7y4u1\"}", true },
    { "{\"$secret\":\"vault:kv/data/owui#Key9aBcDeFgHiJkLmNoP\"}", true },
    { "{\"$secret\":\"\"}", false },
    { "{\"$secret\":\"Capital\"}", false },
    { "{\"$secret\":\"vault:\"}", false },
    { "{\"$secret\":1}", false },
    { "{\"$secret\":\"x\",\"y\":1}", false },
    { "{\"secret\":\"x\"}", false },
    { "[\"$secret\"]", false },
};

static void test_references(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(references); i++) {
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
        struct json *v = NULL;
        struct secret_findings found;
        assert_int_equal(json_parse(str_from_cz(references[i].json), NULL, &v), E_OK);
        if (secret_is_reference(v) != references[i].want)
            fail_msg("%s", references[i].json);
        CLEANUP(json_freep) struct json *whole = object_with("password", v);
        scan(a, whole, &found);
        assert_int_equal(found.n, 0);
    }
}

static void test_a_token_in_a_reference_is_found(void **state)
{
    (void)state;
    struct buf value;
    assemble("gl|pat-{l20}", 5, &value);
    CLEANUP(json_freep)
    struct json *v = object_with("key", object_with("$secret", json_new_string(buf_str(&value))));
    want_one(v, "/key/$secret", "a GitLab token");
    buf_fini(&value);
}

static void test_many_findings_are_cut(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
    CLEANUP(json_freep) struct json *list = json_new_array();
    struct secret_findings found;
    for (uint32_t i = 0; i < 100; i++) {
        struct buf value;
        assemble("gh|p_{a36}", i, &value);
        assert_int_equal(json_push(list, json_new_string(buf_str(&value))), E_OK);
        buf_fini(&value);
    }
    scan(a, list, &found);
    assert_int_equal(found.n, SECRET_FINDINGS_MAX);
    assert_true(str_eq(found.v[19].pointer, STR("/19")));
}

static void test_a_long_pointer_is_cut_at_a_step(void **state)
{
    (void)state;
    char name[SECRET_POINTER_MAX];
    struct buf value;
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assemble("gh|p_{a36}", 1, &value);
    CLEANUP(json_freep)
    struct json *v = object_with("a", object_with(name, json_new_string(buf_str(&value))));
    want_one(v, "/a", "a GitHub token");
    buf_fini(&value);
}

/* Texts made to be slow: each within a second would be a thousand times too slow already. */
static const char *const slow[] = { "ghp_",        "://",       "://a@",
                                    "-----BEGIN ", "eyJ.",      "ops_eyJ-example",
                                    ":AA",         "1:AA",      "sl.",
                                    "a.",          "123456789", "ya29.example-" };

/* TSan's memmem marks all that it is given as read, however early it finds: with it, and only with
 * it, one that is called again behind each find takes the square of the text's length. */
#ifdef __SANITIZE_THREAD__
#define SLOW_TEXT KIB(32)
#else
#define SLOW_TEXT KIB(256)
#endif

static void test_time_is_linear(void **state)
{
    (void)state;
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(8));
    struct secret_index ix;
    secret_index_init(&ix);
    for (size_t i = 0; i < ARRAY_LEN(slow); i++) {
        struct buf b;
        const char *kind = NULL;
        buf_init(&b, SLOW_TEXT);
        while (b.n + 16 < b.max)
            buf_add(&b, str_from_cz(slow[i]));
        clock_t before = clock();
        assert_int_equal(secret_text_kind(a, &ix, buf_str(&b), &kind), E_OK);
        if (clock() - before > CLOCKS_PER_SEC)
            fail_msg("%s: slow", slow[i]);
        assert_null(kind);
        buf_fini(&b);
        arena_reset(a);
    }
}

static void test_each_failed_allocation(void **state)
{
    (void)state;
    struct buf value;
    assemble("ey|JhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.{w43}", 3, &value);
    CLEANUP(json_freep)
    struct json *v = object_with("a", object_with("b", json_new_string(buf_str(&value))));
    for (long n = 0;; n++) {
        fault_arm(n);
        CLEANUP(arena_freep) struct arena *a = arena_new(KIB(64));
        struct secret_findings found = { .n = 99 };
        err_t e = a == NULL ? E_NO_MEMORY : secret_scan(a, v, &found);
        bool fired = fault_used();
        if (fired ? (e != E_NO_MEMORY || found.n != 99) : (e != E_OK || found.n != 1))
            fail_msg("allocation %ld: %s", n, err_info(e)->slug);
        if (!fired)
            break;
    }
    fault_disarm();
    buf_fini(&value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples_are_found),
        cmocka_unit_test(test_innocents_are_let_through),
        cmocka_unit_test(test_own_tokens_by_their_checksum),
        cmocka_unit_test(test_random_values_under_telling_names),
        cmocka_unit_test(test_few_random_values_are_missed),
        cmocka_unit_test(test_below_a_telling_name),
        cmocka_unit_test(test_a_name_is_no_place_for_a_secret),
        cmocka_unit_test(test_references),
        cmocka_unit_test(test_a_token_in_a_reference_is_found),
        cmocka_unit_test(test_many_findings_are_cut),
        cmocka_unit_test(test_a_long_pointer_is_cut_at_a_step),
        cmocka_unit_test(test_time_is_linear),
        cmocka_unit_test(test_each_failed_allocation),
    };
    return cmocka_run_group_tests_name("domain/policy/secret_scan", tests, NULL, NULL);
}
