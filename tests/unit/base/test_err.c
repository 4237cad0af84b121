/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "base/str.h"
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

static const struct message rows_fr[] = {
    { "a group", "un groupe" },
    { "there is no %s", "il n'y a pas de %s" },
    { "want %d of %s", "il faut, pour %2$s : %1$d" },
};
static const struct messages french = { rows_fr, ARRAY_LEN(rows_fr) };

static void in_another_language(void **state)
{
    (void)state;
    struct diag why = { .messages = &french };
    assert_int_equal(diag_set_field(&why, E_BAD_FIELD, "n", "want %d of %s", 3, "them"),
                     E_BAD_FIELD);
    assert_string_equal(why.text, "want 3 of them"); /* what logs and records have */
    assert_string_equal(diag_said(&why), "il faut, pour them : 3");
    assert_int_equal(FAIL(&why, E_CONFLICT, "a group"), E_CONFLICT);
    assert_string_equal(diag_said(&why), "il faut, pour them : 3"); /* the first cause */
    diag_clear(&why);
    assert_int_equal(FAIL(&why, E_CONFLICT, "%s", "a group"), E_CONFLICT);
    assert_string_equal(why.text, "a group");
    assert_string_equal(diag_said(&why), "un groupe"); /* a text alone is the message */
    diag_clear(&why);
    assert_int_equal(FAIL(&why, E_CONFLICT, "not in the catalogue: %s", "a group"), E_CONFLICT);
    assert_string_equal(diag_said(&why), "not in the catalogue: a group");
    diag_clear(&why);
    assert_int_equal(FAIL(&why, E_CONFLICT, "%0500d", 7), E_CONFLICT);
    assert_int_equal(strlen(diag_said(&why)), DIAG_SAID_MAX - 1);
}

/* A text of é (two bytes) one byte too long for each: cut in its middle it would be no text. */
static void cut_between_characters(void **state)
{
    (void)state;
    char text[2 * DIAG_SAID_MAX + 1] = { 0 };
    for (size_t i = 0; i + 1 < sizeof text; i += 2)
        memcpy(text + i, "\xc3\xa9", 2);
    struct diag why = { .messages = &french };
    assert_int_equal(diag_set_field(&why, E_BAD_FIELD, text, "%s %s", "", text), E_BAD_FIELD);
    assert_int_equal(strlen(why.field), DIAG_FIELD_MAX - 2);
    assert_int_equal(strlen(why.text), DIAG_TEXT_MAX - 1); /* the space makes it even */
    assert_int_equal(strlen(diag_said(&why)), DIAG_SAID_MAX - 1);
    diag_say(&why, "%s", text);
    assert_int_equal(strlen(diag_said(&why)), DIAG_SAID_MAX - 2);
    diag_clear(&why);
    assert_int_equal(FAIL(&why, E_CONFLICT, "%s", text), E_CONFLICT);
    assert_int_equal(strlen(why.text), DIAG_TEXT_MAX - 2);
    assert_int_equal(strlen(diag_said(&why)), DIAG_TEXT_MAX - 2); /* the same text */
    struct diag english = { 0 };
    assert_int_equal(diag_pass(&english, E_CONFLICT, "", &why), E_CONFLICT);
    assert_true(str_is_utf8(str_from_cz(diag_said(&english))));
}

static void an_argument_is_a_message(void **state)
{
    (void)state;
    struct diag why = { .messages = &french };
    assert_false(diag_is_taken(&why));
    assert_int_equal(FAIL(&why, E_NOT_FOUND, "there is no %s", "a group"), E_NOT_FOUND);
    assert_true(diag_is_taken(&why));
    diag_say(&why, "there is no %s", message_in(why.messages, "a group"));
    assert_string_equal(why.text, "there is no a group");
    assert_string_equal(diag_said(&why), "il n'y a pas de un groupe");
    assert_true(diag_is_taken(NULL));
    diag_say(NULL, "there is no %s", "a group");
}

/* From one to the next, with the language of the first. */
static void passed_on(void **state)
{
    (void)state;
    struct diag above = { .messages = &french };
    struct diag below = diag_like(&above);
    assert_int_equal(FAIL(&below, E_NO_MEMORY, "there is no %s", "room"), E_NO_MEMORY);
    assert_int_equal(diag_pass(&above, E_BAD_FIELD, "url", &below), E_BAD_FIELD);
    assert_int_equal(above.err, E_BAD_FIELD);
    assert_string_equal(above.field, "url");
    assert_string_equal(above.text, "there is no room");
    assert_string_equal(diag_said(&above), "il n'y a pas de room");
    struct diag english = { 0 };
    assert_int_equal(diag_pass(&english, E_BAD_FIELD, "", &below), E_BAD_FIELD);
    assert_string_equal(diag_said(&english), "there is no room");
    assert_null(diag_like(NULL).messages);
    assert_int_equal(diag_pass(NULL, E_BAD_FIELD, "", &below), E_BAD_FIELD);
    assert_string_equal(message_in(NULL, "a group"), "a group");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows),
        cmocka_unit_test(first_cause_wins),
        cmocka_unit_test(cut_between_characters),
        cmocka_unit_test(in_another_language),
        cmocka_unit_test(an_argument_is_a_message),
        cmocka_unit_test(passed_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
