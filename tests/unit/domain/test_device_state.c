/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/fleet/device_state.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Every cell of the table of states, written out again. */
static const struct {
    enum device_status from;
    enum device_move move;
    err_t err;
    enum device_status to;
} cells[] = {
    { DEVICE_PENDING, MOVE_APPROVE, E_OK, DEVICE_ENROLLED },
    { DEVICE_PENDING, MOVE_REFUSE, E_OK, DEVICE_REFUSED },
    { DEVICE_PENDING, MOVE_BLOCK, E_CONFLICT, DEVICE_NONE },
    { DEVICE_PENDING, MOVE_UNBLOCK, E_CONFLICT, DEVICE_NONE },
    { DEVICE_PENDING, MOVE_REVOKE, E_OK, DEVICE_REVOKED },
    { DEVICE_PENDING, MOVE_REINSTATE, E_CONFLICT, DEVICE_NONE },
    { DEVICE_PENDING, MOVE_UNINSTALL, E_CONFLICT, DEVICE_NONE },
    { DEVICE_PENDING, MOVE_INIT, E_OK, DEVICE_PENDING },
    { DEVICE_PENDING, MOVE_AGENT_ENROL, E_OK, DEVICE_ENROLLED },
    { DEVICE_PENDING, MOVE_DELETE, E_OK, DEVICE_NONE },
    { DEVICE_ENROLLED, MOVE_APPROVE, E_CONFLICT, DEVICE_NONE },
    { DEVICE_ENROLLED, MOVE_REFUSE, E_CONFLICT, DEVICE_NONE },
    { DEVICE_ENROLLED, MOVE_BLOCK, E_OK, DEVICE_BLOCKED },
    { DEVICE_ENROLLED, MOVE_UNBLOCK, E_CONFLICT, DEVICE_NONE },
    { DEVICE_ENROLLED, MOVE_REVOKE, E_OK, DEVICE_REVOKED },
    { DEVICE_ENROLLED, MOVE_REINSTATE, E_CONFLICT, DEVICE_NONE },
    { DEVICE_ENROLLED, MOVE_UNINSTALL, E_OK, DEVICE_UNINSTALLED },
    { DEVICE_ENROLLED, MOVE_INIT, E_ALREADY_ENROLLED, DEVICE_NONE },
    { DEVICE_ENROLLED, MOVE_AGENT_ENROL, E_ALREADY_ENROLLED, DEVICE_NONE },
    { DEVICE_ENROLLED, MOVE_DELETE, E_CONFLICT, DEVICE_NONE },
    { DEVICE_BLOCKED, MOVE_APPROVE, E_CONFLICT, DEVICE_NONE },
    { DEVICE_BLOCKED, MOVE_REFUSE, E_CONFLICT, DEVICE_NONE },
    { DEVICE_BLOCKED, MOVE_BLOCK, E_CONFLICT, DEVICE_NONE },
    { DEVICE_BLOCKED, MOVE_UNBLOCK, E_OK, DEVICE_ENROLLED },
    { DEVICE_BLOCKED, MOVE_REVOKE, E_OK, DEVICE_REVOKED },
    { DEVICE_BLOCKED, MOVE_REINSTATE, E_CONFLICT, DEVICE_NONE },
    { DEVICE_BLOCKED, MOVE_UNINSTALL, E_DEVICE_BLOCKED, DEVICE_NONE },
    { DEVICE_BLOCKED, MOVE_INIT, E_DEVICE_BLOCKED, DEVICE_NONE },
    { DEVICE_BLOCKED, MOVE_AGENT_ENROL, E_DEVICE_BLOCKED, DEVICE_NONE },
    { DEVICE_BLOCKED, MOVE_DELETE, E_CONFLICT, DEVICE_NONE },
    { DEVICE_UNINSTALLED, MOVE_APPROVE, E_CONFLICT, DEVICE_NONE },
    { DEVICE_UNINSTALLED, MOVE_REFUSE, E_CONFLICT, DEVICE_NONE },
    { DEVICE_UNINSTALLED, MOVE_BLOCK, E_CONFLICT, DEVICE_NONE },
    { DEVICE_UNINSTALLED, MOVE_UNBLOCK, E_CONFLICT, DEVICE_NONE },
    { DEVICE_UNINSTALLED, MOVE_REVOKE, E_OK, DEVICE_REVOKED },
    { DEVICE_UNINSTALLED, MOVE_REINSTATE, E_CONFLICT, DEVICE_NONE },
    { DEVICE_UNINSTALLED, MOVE_UNINSTALL, E_OK, DEVICE_UNINSTALLED },
    { DEVICE_UNINSTALLED, MOVE_INIT, E_OK, DEVICE_PENDING },
    { DEVICE_UNINSTALLED, MOVE_AGENT_ENROL, E_OK, DEVICE_ENROLLED },
    { DEVICE_UNINSTALLED, MOVE_DELETE, E_OK, DEVICE_NONE },
    { DEVICE_REFUSED, MOVE_APPROVE, E_CONFLICT, DEVICE_NONE },
    { DEVICE_REFUSED, MOVE_REFUSE, E_CONFLICT, DEVICE_NONE },
    { DEVICE_REFUSED, MOVE_BLOCK, E_CONFLICT, DEVICE_NONE },
    { DEVICE_REFUSED, MOVE_UNBLOCK, E_CONFLICT, DEVICE_NONE },
    { DEVICE_REFUSED, MOVE_REVOKE, E_OK, DEVICE_REVOKED },
    { DEVICE_REFUSED, MOVE_REINSTATE, E_CONFLICT, DEVICE_NONE },
    { DEVICE_REFUSED, MOVE_UNINSTALL, E_NOT_FOUND, DEVICE_NONE },
    { DEVICE_REFUSED, MOVE_INIT, E_OK, DEVICE_PENDING },
    { DEVICE_REFUSED, MOVE_AGENT_ENROL, E_OK, DEVICE_ENROLLED },
    { DEVICE_REFUSED, MOVE_DELETE, E_OK, DEVICE_NONE },
    { DEVICE_REVOKED, MOVE_APPROVE, E_CONFLICT, DEVICE_NONE },
    { DEVICE_REVOKED, MOVE_REFUSE, E_CONFLICT, DEVICE_NONE },
    { DEVICE_REVOKED, MOVE_BLOCK, E_CONFLICT, DEVICE_NONE },
    { DEVICE_REVOKED, MOVE_UNBLOCK, E_CONFLICT, DEVICE_NONE },
    { DEVICE_REVOKED, MOVE_REVOKE, E_CONFLICT, DEVICE_NONE },
    { DEVICE_REVOKED, MOVE_REINSTATE, E_OK, DEVICE_UNINSTALLED },
    { DEVICE_REVOKED, MOVE_UNINSTALL, E_DEVICE_REVOKED, DEVICE_NONE },
    { DEVICE_REVOKED, MOVE_INIT, E_DEVICE_REVOKED, DEVICE_NONE },
    { DEVICE_REVOKED, MOVE_AGENT_ENROL, E_DEVICE_REVOKED, DEVICE_NONE },
    { DEVICE_REVOKED, MOVE_DELETE, E_CONFLICT, DEVICE_NONE },
    { DEVICE_NONE, MOVE_APPROVE, E_NOT_FOUND, DEVICE_NONE },
    { DEVICE_NONE, MOVE_REFUSE, E_NOT_FOUND, DEVICE_NONE },
    { DEVICE_NONE, MOVE_BLOCK, E_NOT_FOUND, DEVICE_NONE },
    { DEVICE_NONE, MOVE_UNBLOCK, E_NOT_FOUND, DEVICE_NONE },
    { DEVICE_NONE, MOVE_REVOKE, E_NOT_FOUND, DEVICE_NONE },
    { DEVICE_NONE, MOVE_REINSTATE, E_NOT_FOUND, DEVICE_NONE },
    { DEVICE_NONE, MOVE_UNINSTALL, E_NOT_FOUND, DEVICE_NONE },
    { DEVICE_NONE, MOVE_INIT, E_OK, DEVICE_PENDING },
    { DEVICE_NONE, MOVE_AGENT_ENROL, E_OK, DEVICE_ENROLLED },
    { DEVICE_NONE, MOVE_DELETE, E_NOT_FOUND, DEVICE_NONE },
};

static void test_every_cell(void **state)
{
    (void)state;
    assert_int_equal(ARRAY_LEN(cells), DEVICE_STATUS_COUNT * (DEVICE_MOVE_COUNT - 1));
    for (size_t i = 0; i < ARRAY_LEN(cells); i++) {
        struct diag why = { 0 };
        enum device_status to = DEVICE_STATUS_COUNT;
        err_t e = device_step(cells[i].from, cells[i].move, &why, &to);
        bool right = e == cells[i].err && to == (e == E_OK ? cells[i].to : DEVICE_STATUS_COUNT) &&
                     (e == E_OK || why.text[0] != '\0');
        if (!right)
            fail_msg("%s of %s: error %d, to %d", device_move_name(cells[i].move),
                     device_status_name(cells[i].from), (int)e, (int)to);
    }
}

static void test_only_reinstate_leads_out_of_revoked(void **state)
{
    (void)state;
    for (enum device_move m = MOVE_NONE + 1; m < DEVICE_MOVE_COUNT; m++) {
        enum device_status to = DEVICE_REVOKED;
        err_t e = device_step(DEVICE_REVOKED, m, NULL, &to);
        assert_true(m == MOVE_REINSTATE ? e == E_OK : e != E_OK);
    }
}

static void test_names_read_back(void **state)
{
    (void)state;
    for (enum device_status s = DEVICE_PENDING; s < DEVICE_STATUS_COUNT; s++) {
        enum device_status device = DEVICE_NONE;
        enum device_status agent = DEVICE_NONE;
        assert_int_equal(device_status_parse(str_from_cz(device_status_name(s)), &device), E_OK);
        assert_int_equal(agent_status_parse(str_from_cz(agent_status_name(s)), &agent), E_OK);
        assert_int_equal(device, s);
        assert_int_equal(agent, s);
    }
    enum device_status none;
    assert_int_equal(device_status_parse(STR("NONE"), &none), E_BAD_FIELD);
    assert_int_equal(device_status_parse(STR("enrolled"), &none), E_BAD_FIELD);
    assert_int_equal(agent_status_parse(STR("none"), &none), E_BAD_FIELD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_cell),
        cmocka_unit_test(test_only_reinstate_leads_out_of_revoked),
        cmocka_unit_test(test_names_read_back),
    };
    return cmocka_run_group_tests_name("device_state", tests, NULL, NULL);
}
