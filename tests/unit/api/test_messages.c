/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue is found in by halves, so it must stand in the order of strcmp(). */
#include "base/attr.h"
#include "base/message.h"
#include "check.h"

static const struct message rows[] = {
#define MESSAGE(english, french) { english, french },
#include "api/message.def"
#undef MESSAGE
};

static void in_order(void **state)
{
    (void)state;
    for (size_t i = 1; i < ARRAY_LEN(rows); i++)
        check(strcmp(rows[i - 1].id, rows[i].id) < 0, rows[i].id);
}

static void each_is_found(void **state)
{
    (void)state;
    const struct messages all = { rows, ARRAY_LEN(rows) };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        check(strlen(rows[i].str) > 0, rows[i].id);
        check(message_in(&all, rows[i].id) == rows[i].str, rows[i].id);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_order),
        cmocka_unit_test(each_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
