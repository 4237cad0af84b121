/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verdicts of the public JSONTestSuite (nst/JSONTestSuite, MIT), whose files lie in the
 * directory that SENESCHAL_JSON_SUITE names (docs: CONTRIBUTING). y_ is accepted and n_ is not
 * JSON, but for the rows below, each with its reason; i_ is what this table says.
 */
#include "plat/json/json.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { CASE_MAX = 1 << 20, CASES_MIN = 290 };

static const char suite_variable[] = "SENESCHAL_JSON_SUITE";

static const struct verdict {
    const char *name;
    err_t want;
} verdicts[] = {
    /* RFC 7493 section 2.3: names must be unique. */
    { "y_object_duplicated_key.json", E_BAD_JSON },
    { "y_object_duplicated_key_and_value.json", E_BAD_JSON },
    /* RFC 7493 section 2.1: no noncharacters. */
    { "y_string_escaped_noncharacter.json", E_BAD_JSON },
    { "y_string_last_surrogates_1_and_2.json", E_BAD_JSON },
    { "y_string_nonCharacterInUTF-8_U+10FFFF.json", E_BAD_JSON },
    { "y_string_nonCharacterInUTF-8_U+FFFF.json", E_BAD_JSON },
    { "y_string_unicode_U+10FFFE_nonchar.json", E_BAD_JSON },
    { "y_string_unicode_U+1FFFE_nonchar.json", E_BAD_JSON },
    { "y_string_unicode_U+FDD0_nonchar.json", E_BAD_JSON },
    { "y_string_unicode_U+FFFE_nonchar.json", E_BAD_JSON },
    /* Well-formed, but nothing here takes U+0000. */
    { "y_object_escaped_null_in_key.json", E_BAD_FIELD },
    { "y_string_null_escape.json", E_BAD_FIELD },
    /* RFC 8259 section 9 leaves these open. Too small to hold is 0; too large is out of range. */
    { "i_number_double_huge_neg_exp.json", E_OK },
    { "i_number_real_underflow.json", E_OK },
    { "i_number_huge_exp.json", E_BAD_FIELD },
    { "i_number_neg_int_huge_exp.json", E_BAD_FIELD },
    { "i_number_pos_double_huge_exp.json", E_BAD_FIELD },
    { "i_number_real_neg_overflow.json", E_BAD_FIELD },
    { "i_number_real_pos_overflow.json", E_BAD_FIELD },
    { "i_number_too_big_neg_int.json", E_BAD_FIELD },
    { "i_number_too_big_pos_int.json", E_BAD_FIELD },
    { "i_number_very_big_negative_int.json", E_BAD_FIELD },
    /* All other i_: lone surrogates, bytes that are not UTF-8, a byte order mark, depth 500. */
};

static err_t verdict_for(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(verdicts); i++) {
        if (strcmp(verdicts[i].name, name) == 0)
            return verdicts[i].want;
    }
    return name[0] == 'y' ? E_OK : E_BAD_JSON;
}

/*
 * A copy of the suite that went through a text format holds U+FFFD where the bytes were not UTF-8:
 * such a case says nothing any more. The cases of test_json.c cover those bytes.
 */
static bool was_changed(str_t text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (str_starts(str_sub(text, i, 3), STR("\xef\xbf\xbd")))
            return true;
    }
    return false;
}

static bool run_case(const char *dir, const char *name)
{
    static char bytes[CASE_MAX];
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    str_t text = str_of(bytes, n);
    struct json *v = NULL;
    err_t e = was_changed(text) ? verdict_for(name) : json_parse(text, NULL, &v);
    json_free(v);
    if (e != verdict_for(name))
        print_error("%s: %s, want %s\n", name, err_info(e)->slug,
                    err_info(verdict_for(name))->slug);
    return e == verdict_for(name);
}

static int is_case(const struct dirent *e)
{
    return strchr("yni", e->d_name[0]) != NULL && e->d_name[0] != '\0' && e->d_name[1] == '_';
}

static void test_suite(void **state)
{
    (void)state;
    const char *dir = getenv(suite_variable);
    struct dirent **names = NULL;
    int count = scandir(dir, &names, is_case, alphasort);
    assert_true(count >= CASES_MIN);
    int wrong = 0;
    for (int i = 0; i < count; i++) {
        wrong += run_case(dir, names[i]->d_name) ? 0 : 1;
        free(names[i]);
    }
    free(names);
    print_message("# %d cases\n", count);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const char *dir = getenv(suite_variable);
    if (dir == NULL || dir[0] == '\0') {
        /* TAP's word for a file of tests that cannot run here. */
        printf("1..0 # SKIPPED: %s names no directory with JSONTestSuite\n", suite_variable);
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_suite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
