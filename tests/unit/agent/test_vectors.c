/* SPDX-License-Identifier: Apache-2.0 */
/* The known answers that every client of ours is held to (clients/js/vectors.json, the argument).
 */
#include "agent/verify.h"
#include "base/enc.h"
#include "plat/jose/jwk.h"
#include "plat/json/json.h"
#include "plat/os/file.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char *file;
static struct arena *arena;
static struct json *vectors;
static struct verify_keys keys;
static struct verify_pin pin;

static str_t text_of(const struct json *row, const char *name)
{
    const struct json *v = json_member(row, str_from_cz(name));
    return v != NULL && json_type(v) == JSON_STRING ? json_string(v) : STR_NONE;
}

static int64_t number_of(const struct json *row, const char *name)
{
    return json_int(json_member(row, str_from_cz(name)));
}

static const struct json *rows_of(const char *name)
{
    const struct json *rows = json_member(vectors, str_from_cz(name));
    assert_true(rows != NULL && json_type(rows) == JSON_ARRAY && json_count(rows) >= 8);
    return rows;
}

static struct verify_trust trust_of(const struct json *row)
{
    const struct json *known = json_member(row, STR("known"));
    return (struct verify_trust){
        .keys = &keys,
        .device = text_of(json_member(vectors, STR("known")), "device"),
        .seq = number_of(known, "seq"),
        .iat_s = number_of(known, "iat"),
        .now = { number_of(known, "now") * 1000000 },
    };
}

static bool is_wanted(const struct json *row, enum verify_refusal got)
{
    str_t want = text_of(row, "want");
    print_message("# %.*s: %s\n", STR_ARG(text_of(row, "name")),
                  got == VERIFY_GOOD ? "ok" : verify_word(got));
    return str_eq(want, got == VERIFY_GOOD ? STR("ok") : str_from_cz(verify_word(got)));
}

static int setup(void **state)
{
    (void)state;
    str_t text;
    struct pubkey root;
    arena = arena_new(MIB(16));
    if (arena == NULL || crypto_init() != E_OK ||
        file_read(arena, file, MIB(1), NULL, &text) != E_OK ||
        json_parse(text, NULL, &vectors) != E_OK)
        return -1;
    const struct json *known = json_member(vectors, STR("known"));
    if (jwk_read(json_member(known, STR("root")), NULL, &root) != E_OK)
        return -1;
    pin = (struct verify_pin){ root, text_of(known, "org") };
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    json_free(vectors);
    arena_free(arena);
    return 0;
}

static void test_key_sets(void **state)
{
    (void)state;
    const struct json *rows = rows_of("key_sets");
    int64_t newest = number_of(json_member(vectors, STR("known")), "n");
    for (size_t i = 0; i < json_count(rows); i++) {
        const struct json *row = json_at(rows, i);
        enum verify_refusal got;
        struct verify_keys set;
        const struct verify_set in = { text_of(row, "text"), text_of(row, "signature") };
        assert_int_equal(verify_key_set(arena, &pin, newest, &in, &got, &set), E_OK);
        assert_true(is_wanted(row, got));
        if (i == 0)
            keys = set; /* what follows is signed by these two */
    }
    assert_int_equal(keys.count, 2);
}

static void test_answers(void **state)
{
    (void)state;
    const struct json *rows = rows_of("answers");
    for (size_t i = 0; i < json_count(rows); i++) {
        const struct json *row = json_at(rows, i);
        const struct verify_trust t = trust_of(row);
        const struct verify_answer in = { text_of(row, "text"), text_of(row, "etag"),
                                          text_of(row, "signature"), text_of(row, "lease") };
        struct verify_result r;
        assert_int_equal(verify_config(arena, &t, &in, &r), E_OK);
        assert_true(is_wanted(row, r.refusal));
    }
}

static void test_refusals(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum verify_status status;
    } kinds[] = { { "REVOKED", VERIFY_REVOKED }, { "BLOCKED", VERIFY_BLOCKED } };
    const struct json *rows = rows_of("refusals");
    for (size_t i = 0; i < json_count(rows); i++) {
        const struct json *row = json_at(rows, i);
        const struct verify_trust t = trust_of(row);
        print_message("# %.*s\n", STR_ARG(text_of(row, "name")));
        for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
            struct verify_result r;
            bool want = str_eq(text_of(row, "want"), str_from_cz(kinds[k].name));
            assert_int_equal(
                verify_lease(arena, &t, text_of(row, "lease"), kinds[k].status, STR_NONE, &r),
                E_OK);
            assert_int_equal(r.refusal == VERIFY_GOOD, want);
        }
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_key_sets),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_refusals),
    };
    file = argc == 2 ? argv[1] : "clients/js/vectors.json";
    return cmocka_run_group_tests(tests, setup, teardown);
}
