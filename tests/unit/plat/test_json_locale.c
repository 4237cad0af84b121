/* SPDX-License-Identifier: Apache-2.0 */
/* A program that loads libseneschal may have a locale whose decimal point is a comma. */
#include "plat/json/json.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_locale_does_not_matter(void **state)
{
    (void)state;
    static const char text[] = "[1.5,2.25e-9,123456.0]";
    CLEANUP(json_freep) struct json *v = NULL;
    struct buf b;
    buf_init(&b, KIB(1));
    assert_string_equal(localeconv()->decimal_point, ",");
    assert_int_equal(json_parse(str_from_cz(text), NULL, &v), E_OK);
    json_write(&b, v);
    assert_true(str_eq(buf_str(&b), str_from_cz(text)));
    buf_fini(&b);
}

int main(void)
{
    static const char *const commas[] = { "de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "fr_FR" };
    const char *set = NULL;
    const char *locales =
        getenv("SENESCHAL_LOCALES"); /* only this test sees it: glibc keeps a copy for ever */
    if (locales != NULL)
        assert_int_equal(setenv("LOCPATH", locales, 1), 0);
    for (size_t i = 0; i < ARRAY_LEN(commas) && set == NULL; i++)
        set = setlocale(LC_NUMERIC, commas[i]);
    if (set == NULL) {
        printf("1..0 # SKIPPED: no locale with a decimal comma is installed\n");
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_locale_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
