/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that are given bytes, and whose answer is wanted. */
#include "base/buf.h"
#include "plat/os/proc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static err_t talk(const char *script, str_t input, struct buf *out, dur_t in, struct diag *why)
{
    char sh[] = "sh";
    char dash_c[] = "-c";
    char text[256];
    (void)snprintf(text, sizeof text, "%s", script);
    char *argv[] = { sh, dash_c, text, NULL };
    const struct proc_talk what = { .input = input, .out = out, .in = in };
    return proc_talk(sh, argv, &what, why);
}

static void test_more_than_a_pipe_holds_both_ways(void **state)
{
    enum { MANY = 3 * 1024 * 1024 };
    char *bytes = malloc(MANY);
    struct buf out;
    (void)state;
    assert_non_null(bytes);
    memset(bytes, 'x', MANY);
    buf_init(&out, MANY + 1);
    assert_int_equal(talk("cat", str_of(bytes, MANY), &out, DUR_S(30), NULL), E_OK);
    assert_int_equal(out.n, MANY);
    buf_fini(&out);
    buf_init(&out, 1024);
    assert_int_equal(talk("cat", str_of(bytes, MANY), &out, DUR_S(30), NULL), E_TOO_BIG);
    buf_fini(&out);
    free(bytes);
}

static void test_how_it_ends_is_said(void **state)
{
    struct diag why = { 0 };
    struct buf out;
    (void)state;
    buf_init(&out, 1024);
    assert_int_equal(talk("exit 3", STR(""), &out, DUR_S(10), &why), E_IO);
    assert_non_null(strstr(why.text, "status 3"));
    diag_clear(&why);
    assert_int_equal(talk("kill -9 $$", STR(""), &out, DUR_S(10), &why), E_IO);
    assert_non_null(strstr(why.text, "signal 9"));
    diag_clear(&why);
    assert_int_equal(talk("sleep 30", STR(""), &out, DUR_MS(200), &why), E_TIMEOUT);
    buf_fini(&out);
}

static void test_who_reads_nothing_ends_as_he_says(void **state)
{
    static char bytes[256 * 1024];
    struct buf out;
    (void)state;
    buf_init(&out, 1024);
    assert_int_equal(talk("exec <&-; exit 0", str_of(bytes, sizeof bytes), &out, DUR_S(10), NULL),
                     E_OK);
    buf_fini(&out);
    assert_int_equal(talk("cat >/dev/null", str_of(bytes, sizeof bytes), NULL, DUR_S(10), NULL),
                     E_OK);
}

static void test_a_program_that_is_not_there(void **state)
{
    char name[] = "seneschal-no-such-program";
    char *argv[] = { name, NULL };
    const struct proc_talk what = { .input = STR(""), .in = DUR_S(5) };
    struct diag why = { 0 };
    (void)state;
    assert_int_equal(proc_talk(name, argv, &what, &why), E_IO);
    assert_non_null(strstr(why.text, name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_more_than_a_pipe_holds_both_ways),
        cmocka_unit_test(test_how_it_ends_is_said),
        cmocka_unit_test(test_who_reads_nothing_ends_as_he_says),
        cmocka_unit_test(test_a_program_that_is_not_there),
    };
    return cmocka_run_group_tests_name("proc_talk", tests, NULL, NULL);
}
