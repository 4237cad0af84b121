/* SPDX-License-Identifier: Apache-2.0 */
/* One-time codes: RFC 4226's and RFC 6238's own answers, the window, and no code twice. */
#include "base/fault.h"
#include "plat/crypto/otp.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static secret_t key;

static ts_t at_s(int64_t s)
{
    return (ts_t){ s * 1000000 };
}

/* RFC 6238 appendix B (its eight digits' last six), of the key of RFC 4226 appendix D. */
static void test_known_answers(void **state)
{
    (void)state;
    static const struct {
        int64_t at;
        const char *code;
    } rows[] = {
        { 59, "287082" },         { 1111111109, "081804" }, { 1111111111, "050471" },
        { 1234567890, "005924" }, { 2000000000, "279037" }, { 20000000000, "353130" },
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t step = 0;
        assert_int_equal(otp_check(&key, at_s(rows[i].at), str_from_cz(rows[i].code), 0, &step),
                         E_OK);
        assert_int_equal(step, rows[i].at / OTP_STEP_S);
        assert_int_equal(step, otp_step(at_s(rows[i].at)));
    }
    char text[OTP_BASE32];
    assert_int_equal(otp_base32(&key, text), E_OK);
    assert_true(str_eq(str_of(text, sizeof text), STR("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")));
}

/* A step to either side, and no further. */
static void test_window(void **state)
{
    (void)state;
    const str_t code = STR("081804"); /* of 1111111109: step 37037036, which ends at ...110 */
    const int64_t first = INT64_C(37037036) * OTP_STEP_S;
    int64_t step = 0;
    assert_int_equal(otp_check(&key, at_s(first - OTP_STEP_S), code, 0, &step), E_OK);
    assert_int_equal(otp_check(&key, at_s(first + 2 * OTP_STEP_S - 1), code, 0, &step), E_OK);
    assert_int_equal(otp_check(&key, at_s(first - OTP_STEP_S - 1), code, 0, &step), E_FORBIDDEN);
    assert_int_equal(otp_check(&key, at_s(first + 2 * OTP_STEP_S), code, 0, &step), E_FORBIDDEN);
}

/* RFC 6238 section 5.2: a code is good once, and so is everything before it. */
static void test_no_code_twice(void **state)
{
    (void)state;
    int64_t step = 0;
    assert_int_equal(otp_check(&key, at_s(59), STR("287082"), 0, &step), E_OK);
    int64_t none = 77;
    assert_int_equal(otp_check(&key, at_s(59), STR("287082"), step, &none), E_FORBIDDEN);
    assert_int_equal(otp_check(&key, at_s(59), STR("755224"), step, &none),
                     E_FORBIDDEN); /* step 0 */
    assert_int_equal(none, 77);
    assert_int_equal(otp_check(&key, at_s(61), STR("359152"), step, &step), E_OK); /* the next */
    assert_int_equal(step, 2);
}

static void test_no_codes(void **state)
{
    (void)state;
    static const char *const texts[] = { "", "28708", "2870820", "28708x", "000000", "287 82" };
    int64_t step = 7;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        assert_int_equal(otp_check(&key, at_s(59), str_from_cz(texts[i]), 0, &step), E_FORBIDDEN);
    assert_int_equal(step, 7);
}

#ifdef SENESCHAL_FAULTS
static void test_faults(void **state)
{
    (void)state;
    for (long n = 0;; n++) {
        int64_t step = 0;
        char text[OTP_BASE32];
        fault_arm(n);
        err_t e = otp_check(&key, at_s(59), STR("287082"), 0, &step);
        if (e == E_OK)
            e = otp_base32(&key, text);
        bool fired = fault_used();
        fault_disarm();
        assert_int_equal(e, fired ? E_NO_MEMORY : E_OK);
        if (!fired)
            break;
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_answers), cmocka_unit_test(test_window),
        cmocka_unit_test(test_no_code_twice), cmocka_unit_test(test_no_codes),
#ifdef SENESCHAL_FAULTS
        cmocka_unit_test(test_faults),
#endif
    };
    key.n = OTP_KEY;
    memcpy(key.b, "12345678901234567890", OTP_KEY);
    return cmocka_run_group_tests_name("otp", tests, NULL, NULL);
}
