/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/fleet/device_state.h"

#include <assert.h>

struct step {
    enum device_status to;
    err_t err; /* E_OK: goes to `to` */
};

/* clang-format off */
#define TO(s)   { .to = DEVICE_##s, .err = E_OK }
#define GONE    { .to = DEVICE_NONE, .err = E_OK }
#define NO(e)   { .err = E_##e }

/* A revoked or blocked machine says so to whoever speaks for it; to an administrator it is a conflict. */
static const struct step steps[DEVICE_STATUS_COUNT][DEVICE_MOVE_COUNT] = {
    [DEVICE_NONE] = {
        [MOVE_APPROVE] = NO(NOT_FOUND), [MOVE_REFUSE] = NO(NOT_FOUND), [MOVE_BLOCK] = NO(NOT_FOUND),
        [MOVE_UNBLOCK] = NO(NOT_FOUND), [MOVE_REVOKE] = NO(NOT_FOUND), [MOVE_REINSTATE] = NO(NOT_FOUND),
        [MOVE_UNINSTALL] = NO(NOT_FOUND), [MOVE_DELETE] = NO(NOT_FOUND),
        [MOVE_INIT] = TO(PENDING), [MOVE_AGENT_ENROL] = TO(ENROLLED),
    },
    [DEVICE_PENDING] = {
        [MOVE_APPROVE] = TO(ENROLLED), [MOVE_REFUSE] = TO(REFUSED), [MOVE_BLOCK] = NO(CONFLICT),
        [MOVE_UNBLOCK] = NO(CONFLICT), [MOVE_REVOKE] = TO(REVOKED), [MOVE_REINSTATE] = NO(CONFLICT),
        [MOVE_UNINSTALL] = NO(CONFLICT), [MOVE_DELETE] = GONE,
        [MOVE_INIT] = TO(PENDING), [MOVE_AGENT_ENROL] = TO(ENROLLED),
    },
    [DEVICE_ENROLLED] = {
        [MOVE_APPROVE] = NO(CONFLICT), [MOVE_REFUSE] = NO(CONFLICT), [MOVE_BLOCK] = TO(BLOCKED),
        [MOVE_UNBLOCK] = NO(CONFLICT), [MOVE_REVOKE] = TO(REVOKED), [MOVE_REINSTATE] = NO(CONFLICT),
        [MOVE_UNINSTALL] = TO(UNINSTALLED), [MOVE_DELETE] = NO(CONFLICT),
        [MOVE_INIT] = NO(ALREADY_ENROLLED), [MOVE_AGENT_ENROL] = NO(ALREADY_ENROLLED),
    },
    [DEVICE_BLOCKED] = {
        [MOVE_APPROVE] = NO(CONFLICT), [MOVE_REFUSE] = NO(CONFLICT), [MOVE_BLOCK] = NO(CONFLICT),
        [MOVE_UNBLOCK] = TO(ENROLLED), [MOVE_REVOKE] = TO(REVOKED), [MOVE_REINSTATE] = NO(CONFLICT),
        [MOVE_UNINSTALL] = NO(DEVICE_BLOCKED), [MOVE_DELETE] = NO(CONFLICT),
        [MOVE_INIT] = NO(DEVICE_BLOCKED), [MOVE_AGENT_ENROL] = NO(DEVICE_BLOCKED),
    },
    [DEVICE_UNINSTALLED] = {
        [MOVE_APPROVE] = NO(CONFLICT), [MOVE_REFUSE] = NO(CONFLICT), [MOVE_BLOCK] = NO(CONFLICT),
        [MOVE_UNBLOCK] = NO(CONFLICT), [MOVE_REVOKE] = TO(REVOKED), [MOVE_REINSTATE] = NO(CONFLICT),
        [MOVE_UNINSTALL] = TO(UNINSTALLED), [MOVE_DELETE] = GONE,
        [MOVE_INIT] = TO(PENDING), [MOVE_AGENT_ENROL] = TO(ENROLLED),
    },
    [DEVICE_REFUSED] = {
        [MOVE_APPROVE] = NO(CONFLICT), [MOVE_REFUSE] = NO(CONFLICT), [MOVE_BLOCK] = NO(CONFLICT),
        [MOVE_UNBLOCK] = NO(CONFLICT), [MOVE_REVOKE] = TO(REVOKED), [MOVE_REINSTATE] = NO(CONFLICT),
        [MOVE_UNINSTALL] = NO(NOT_FOUND), [MOVE_DELETE] = GONE,
        [MOVE_INIT] = TO(PENDING), [MOVE_AGENT_ENROL] = TO(ENROLLED),
    },
    [DEVICE_REVOKED] = {
        [MOVE_APPROVE] = NO(CONFLICT), [MOVE_REFUSE] = NO(CONFLICT), [MOVE_BLOCK] = NO(CONFLICT),
        [MOVE_UNBLOCK] = NO(CONFLICT), [MOVE_REVOKE] = NO(CONFLICT), [MOVE_REINSTATE] = TO(UNINSTALLED),
        [MOVE_UNINSTALL] = NO(DEVICE_REVOKED), [MOVE_DELETE] = NO(CONFLICT),
        [MOVE_INIT] = NO(DEVICE_REVOKED), [MOVE_AGENT_ENROL] = NO(DEVICE_REVOKED),
    },
};
/* clang-format on */

static const struct {
    const char *name;
    const char *agent;
} statuses[DEVICE_STATUS_COUNT] = {
    [DEVICE_NONE] = { "NONE", "none" },
    [DEVICE_PENDING] = { N_("PENDING"), "pending" },
    [DEVICE_ENROLLED] = { N_("ENROLLED"), "active" },
    [DEVICE_BLOCKED] = { N_("BLOCKED"), "blocked" },
    [DEVICE_UNINSTALLED] = { N_("UNINSTALLED"), "uninstalled" },
    [DEVICE_REFUSED] = { N_("REFUSED"), "refused" },
    [DEVICE_REVOKED] = { N_("REVOKED"), "revoked" },
};

static const char *const moves[DEVICE_MOVE_COUNT] = {
    [MOVE_NONE] = "none",
    [MOVE_APPROVE] = N_("approve"),
    [MOVE_REFUSE] = N_("refuse"),
    [MOVE_BLOCK] = N_("block"),
    [MOVE_UNBLOCK] = N_("unblock"),
    [MOVE_REVOKE] = N_("revoke"),
    [MOVE_REINSTATE] = N_("reinstate"),
    [MOVE_UNINSTALL] = N_("uninstall"),
    [MOVE_INIT] = "init",
    [MOVE_AGENT_ENROL] = "enroll",
    [MOVE_DELETE] = N_("delete"),
};

static err_t refuse_move(struct diag *why, const char *is, const char *move)
{
    if (diag_is_taken(why))
        return E_CONFLICT;
    (void)FAIL(why, E_CONFLICT, "the device is %s: %s is not possible", is, move);
    diag_say(why, "the device is %s: %s is not possible", message_in(why->messages, is),
             message_in(why->messages, move));
    return E_CONFLICT;
}

err_t device_step(enum device_status from, enum device_move move, struct diag *why,
                  enum device_status *ret)
{
    assert(from >= DEVICE_NONE);
    assert(from < DEVICE_STATUS_COUNT);
    assert(move > MOVE_NONE);
    assert(move < DEVICE_MOVE_COUNT);
    const struct step *step = &steps[from][move];
    if (step->err == E_CONFLICT)
        return refuse_move(why, statuses[from].name, moves[move]);
    if (step->err != E_OK)
        return FAIL(why, step->err, "%s", err_info(step->err)->text);
    *ret = step->to;
    return E_OK;
}

const char *device_status_name(enum device_status s)
{
    return s < DEVICE_STATUS_COUNT ? statuses[s].name : statuses[DEVICE_NONE].name;
}

const char *agent_status_name(enum device_status s)
{
    return s < DEVICE_STATUS_COUNT ? statuses[s].agent : statuses[DEVICE_NONE].agent;
}

const char *device_move_name(enum device_move m)
{
    return m < DEVICE_MOVE_COUNT ? moves[m] : moves[MOVE_NONE];
}

err_t device_status_parse(str_t name, enum device_status *ret)
{
    for (enum device_status s = DEVICE_PENDING; s < DEVICE_STATUS_COUNT; s++) {
        if (str_eq(name, str_from_cz(statuses[s].name))) {
            *ret = s;
            return E_OK;
        }
    }
    return E_BAD_FIELD;
}

err_t agent_status_parse(str_t name, enum device_status *ret)
{
    for (enum device_status s = DEVICE_PENDING; s < DEVICE_STATUS_COUNT; s++) {
        if (str_eq(name, str_from_cz(statuses[s].agent))) {
            *ret = s;
            return E_OK;
        }
    }
    return E_BAD_FIELD;
}
