/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/authz/actor.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* API, "Identity": what each role may do, and what it may not. */
static const struct {
    const char *name;
    enum role role;
    enum perm perm;
    bool want;
} cases[] = {
    { "an administrator writes users", ROLE_ADMINISTRATOR, PERM_USER_WRITE, true },
    { "an administrator is no system administrator", ROLE_ADMINISTRATOR, PERM_SYSTEM_ADMIN, false },
    { "a system administrator is one", ROLE_SYSTEM_ADMINISTRATOR, PERM_SYSTEM_ADMIN, true },
    { "he writes users too", ROLE_SYSTEM_ADMINISTRATOR, PERM_USER_WRITE, true },
    { "an operator revokes devices", ROLE_OPERATOR, PERM_DEVICE_REVOKE, true },
    { "an operator reads no people", ROLE_OPERATOR, PERM_USER_READ, false },
    { "an operator exports no audit", ROLE_OPERATOR, PERM_AUDIT_EXPORT, false },
    { "an auditor exports the audit", ROLE_AUDITOR, PERM_AUDIT_EXPORT, true },
    { "an auditor approves nothing", ROLE_AUDITOR, PERM_DEVICE_APPROVE, false },
    { "an auditor writes nothing", ROLE_AUDITOR, PERM_POLICY_WRITE, false },
    { "an enroller approves devices", ROLE_ENROLLER, PERM_DEVICE_APPROVE, true },
    { "an enroller revokes none", ROLE_ENROLLER, PERM_DEVICE_REVOKE, false },
    { "a user reads no fleet", ROLE_USER, PERM_DEVICE_READ, false },
    { "no role, no right", ROLE_NONE, PERM_DEVICE_READ, false },
};

static void test_roles_hold_what_the_contract_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        if (perms_have(role_perms(cases[i].role), cases[i].perm) != cases[i].want)
            fail_msg("%s", cases[i].name);
    }
}

static void test_sets_join_and_cover(void **state)
{
    (void)state;
    perms_t both = roles_perms(1U << ROLE_AUDITOR | 1U << ROLE_ENROLLER);
    assert_true(perms_cover(both, role_perms(ROLE_AUDITOR)));
    assert_true(perms_cover(both, role_perms(ROLE_ENROLLER)));
    assert_false(perms_cover(role_perms(ROLE_AUDITOR), both));
    uint32_t others = UINT32_MAX & ~(1U << ROLE_SYSTEM_ADMINISTRATOR);
    assert_true(perms_cover(role_perms(ROLE_ADMINISTRATOR), roles_perms(others)));
    assert_false(perms_cover(roles_perms(others), role_perms(ROLE_SYSTEM_ADMINISTRATOR)));
    assert_int_equal(role_perms(ROLE_SYSTEM_ADMINISTRATOR).bits, perms_all().bits);
    assert_int_equal(role_perms(ROLE_ADMINISTRATOR).bits, perms_but_server().bits);
}

static void test_names_read_back(void **state)
{
    (void)state;
    for (int r = ROLE_NONE + 1; r < ROLE_COUNT; r++) {
        enum role got = ROLE_NONE;
        assert_int_equal(role_parse(str_from_cz(role_name((enum role)r)), &got), E_OK);
        assert_int_equal(got, r);
    }
    enum role got = ROLE_USER;
    assert_int_equal(role_parse(STR("none"), &got), E_BAD_FIELD);
    assert_int_equal(role_parse(STR("Administrator"), &got), E_BAD_FIELD);
    assert_int_equal(role_parse(STR(""), &got), E_BAD_FIELD);
    assert_int_equal(got, ROLE_USER);
}

static void test_every_permission_has_its_own_name(void **state)
{
    (void)state;
    for (int p = 0; p < PERM_COUNT; p++) {
        assert_non_null(strchr(perm_name((enum perm)p), ':'));
        for (int q = 0; q < p; q++)
            assert_string_not_equal(perm_name((enum perm)p), perm_name((enum perm)q));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_roles_hold_what_the_contract_says),
        cmocka_unit_test(test_sets_join_and_cover),
        cmocka_unit_test(test_names_read_back),
        cmocka_unit_test(test_every_permission_has_its_own_name),
    };
    return cmocka_run_group_tests_name("authz", tests, NULL, NULL);
}
