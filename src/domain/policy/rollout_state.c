/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/rollout_state.h"

#define IN(s) (1U << ROLLOUT_##s)

static const char *const state_names[ROLLOUT_STATES] = {
    [ROLLOUT_DRAFT] = N_("draft"),     [ROLLOUT_RUNNING] = N_("running"),
    [ROLLOUT_PAUSED] = N_("paused"),   [ROLLOUT_COMPLETED] = N_("completed"),
    [ROLLOUT_ABORTED] = N_("aborted"), [ROLLOUT_ROLLED_BACK] = N_("rolled_back"),
};

/* clang-format off */
static const struct {
    unsigned from;
    bool moves;
    enum rollout_state to;
    const char *wants;
} acts[ROLLOUT_ACTS] = {
    [ROLLOUT_CHANGE]    = { IN(DRAFT),                                   false, 0, N_("a draft") },
    [ROLLOUT_START]     = { IN(DRAFT),                                   true,  ROLLOUT_RUNNING, N_("a draft") },
    [ROLLOUT_PAUSE]     = { IN(RUNNING),                                 true,  ROLLOUT_PAUSED, N_("running") },
    [ROLLOUT_RESUME]    = { IN(PAUSED),                                  true,  ROLLOUT_RUNNING, N_("paused") },
    [ROLLOUT_PROMOTE]   = { IN(RUNNING) | IN(PAUSED),                    false, 0, N_("running or paused") },
    [ROLLOUT_ABORT]     = { IN(RUNNING) | IN(PAUSED) | IN(ABORTED),      true,  ROLLOUT_ABORTED,
                            N_("running or paused, or aborted without being taken back") },
    [ROLLOUT_ADVANCE]   = { IN(RUNNING),                                 false, 0, N_("running") },
    [ROLLOUT_COMPLETE]  = { IN(RUNNING),                                 true,  ROLLOUT_COMPLETED, N_("running") },
    [ROLLOUT_ROLL_BACK] = { IN(ABORTED),                                 true,  ROLLOUT_ROLLED_BACK, N_("aborted") },
    [ROLLOUT_DELETE]    = { IN(DRAFT) | IN(COMPLETED) | IN(ROLLED_BACK), false, 0,
                            N_("a draft, completed or rolled back") },
};
/* clang-format on */

static const char *const member_names[MEMBER_STATES] = {
    [MEMBER_PENDING] = "pending",     [MEMBER_AWAY] = "away",
    [MEMBER_APPLIED] = "applied",     [MEMBER_FAILED] = "failed",
    [MEMBER_TIMED_OUT] = "timed_out", [MEMBER_LOST] = "lost",
    [MEMBER_UNCHANGED] = "unchanged", [MEMBER_GONE] = "gone",
};

static bool find_name(const char *const *names, size_t n, str_t name, size_t *ret)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq(name, str_from_cz(names[i]))) {
            *ret = i;
            return true;
        }
    }
    return false;
}

const char *rollout_state_name(int64_t state)
{
    return state >= 0 && state < ROLLOUT_STATES ? state_names[state] : N_("unknown");
}

err_t rollout_state_parse(str_t name, enum rollout_state *ret)
{
    size_t i;
    if (!find_name(state_names, ROLLOUT_STATES, name, &i))
        return E_BAD_FIELD;
    *ret = (enum rollout_state)i;
    return E_OK;
}

err_t rollout_states_parse(str_t names, int64_t *ret)
{
    int64_t set = 0;
    for (size_t at = 0; at <= names.n;) {
        str_t rest = str_sub(names, at, names.n);
        str_t name = str_sub(rest, 0, str_find(rest, ','));
        enum rollout_state one;
        TRY(rollout_state_parse(name, &one));
        set |= INT64_C(1) << one;
        at += name.n + 1;
    }
    *ret = set;
    return E_OK;
}

bool rollout_may(enum rollout_state from, enum rollout_act act, enum rollout_state *ret_to)
{
    if ((acts[act].from >> from & 1U) == 0)
        return false;
    *ret_to = acts[act].moves ? acts[act].to : from;
    return true;
}

err_t rollout_refuse(struct diag *why, int64_t state, enum rollout_act act)
{
    const char *is = rollout_state_name(state);
    const char *wants = acts[act].wants;
    if (diag_is_taken(why))
        return E_CONFLICT;
    (void)FAIL(why, E_CONFLICT, "the rollout is %s: for this it must be %s", is, wants);
    diag_say(why, "the rollout is %s: for this it must be %s", message_in(why->messages, is),
             message_in(why->messages, wants));
    return E_CONFLICT;
}

const char *rollout_member_name(int64_t state)
{
    return state >= 0 && state < MEMBER_STATES ? member_names[state] : "unknown";
}

err_t rollout_member_parse(str_t name, enum rollout_member *ret)
{
    size_t i;
    if (!find_name(member_names, MEMBER_STATES, name, &i))
        return E_BAD_FIELD;
    *ret = (enum rollout_member)i;
    return E_OK;
}

int64_t rollout_executed(const struct rollout_counts *c)
{
    return c->n[MEMBER_APPLIED] + rollout_failures(c);
}

int64_t rollout_failures(const struct rollout_counts *c)
{
    return c->n[MEMBER_FAILED] + c->n[MEMBER_TIMED_OUT] + c->n[MEMBER_LOST];
}

int64_t rollout_members(const struct rollout_counts *c)
{
    return rollout_executed(c) + c->n[MEMBER_PENDING] + c->n[MEMBER_AWAY] + c->n[MEMBER_UNCHANGED];
}

void rollout_counts_add(struct rollout_counts *to, const struct rollout_counts *more)
{
    for (size_t i = 0; i < MEMBER_STATES; i++)
        to->n[i] += more->n[i];
}
