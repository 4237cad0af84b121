/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "check.h"

static err_t fails_with(err_t e)
{
    TRY(e);
    return E_OK;
}

/* Each row can be shown to a client: a status that exists, a slug of its own, a sentence. */
static void rows(void **state)
{
    (void)state;
    for (int e = 0; e < E_COUNT; e++) {
        const struct err_info *row = err_info((err_t)e);
        check(row->status >= 200 && row->status <= 599, row->slug);
        check(strlen(row->text) > 0, row->slug);
        check(strspn(row->slug, "abcdefghijklmnopqrstuvwxyz-") == strlen(row->slug), row->slug);
        check(!row->retry || row->status == 429 || row->status == 503, row->slug);
        check((e == E_OK) == (row->status < 400), row->slug);
        for (int other = 0; other < e; other++)
            check(strcmp(err_info((err_t)other)->slug, row->slug) != 0, row->slug);
    }
    assert_ptr_equal(err_info((err_t)E_COUNT), err_info(E_INTERNAL));
    assert_ptr_equal(err_info((err_t)-1), err_info(E_INTERNAL));
}

static void first_cause_wins(void **state)
{
    (void)state;
    struct diag why = { 0 };
    assert_int_equal(diag_set_field(&why, E_BAD_FIELD, "name", "want %d..%d", 1, 64), E_BAD_FIELD);
    assert_int_equal(FAIL(&why, E_INTERNAL, "later"), E_INTERNAL);
    assert_int_equal(why.err, E_BAD_FIELD);
    assert_string_equal(why.field, "name");
    assert_string_equal(why.text, "want 1..64");
    diag_clear(&why);
    assert_int_equal(why.err, E_OK);
    assert_int_equal(FAIL(&why, E_CONFLICT, "%0300d", 7), E_CONFLICT);
    assert_int_equal(strlen(why.text), DIAG_TEXT_MAX - 1);
    assert_string_equal(why.field, "");
    assert_int_equal(FAIL(NULL, E_CONFLICT, "nobody asks"), E_CONFLICT);
    diag_clear(NULL);
    assert_int_equal(fails_with(E_OK), E_OK);
    assert_int_equal(fails_with(E_STALE), E_STALE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows),
        cmocka_unit_test(first_cause_wins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
