/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/gateway/trial.h"

#include "domain/identity/group.h"

static err_t source_of(struct act *act, const struct permission_of *of, struct gate_source *ret)
{
    struct gate_source source = { .kind = of->kind, .name = of->name };
    if (of->kind == GATE_SUBJECT_GROUP) {
        struct row_principal_group group;
        TRY(group_get(act, of->id, &group));
        source.priority = group.priority;
    }
    *ret = source;
    return E_OK;
}

/* The row that stands there keeps its id, as it would when it is written. */
static err_t rule_make(struct act *act, const struct permission_of *of,
                       const struct gate_trial_put *put, struct gate_rule *ret)
{
    struct permission_in said;
    struct row_permission old = { .id = oid_make() };
    TRY(permission_check(act, &put->said, &said));
    err_t e = permission_find(act, of, &put->place, &old);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    if (e == E_NOT_FOUND)
        act_clear_why(act);
    *ret = (struct gate_rule){ .id = old.id,
                               .server = put->place.server,
                               .tool = put->place.tool,
                               .can = { [GATE_READ] = said.can_read,
                                        [GATE_WRITE] = said.can_write,
                                        [GATE_EXECUTE] = said.can_execute },
                               .enabled = said.is_enabled,
                               .approval = said.approval };
    return gate_conditions_read(act->arena, said.arguments, said.device, &act->why, &ret->when);
}

static err_t drop_check(struct act *act, const struct permission_of *of, oid_t id)
{
    struct row_permission row;
    TRY(permission_get(act, id, &row));
    if (row.kind != (int64_t)of->kind || !oid_eq(row.subject, of->id))
        return FAIL(&act->why, E_NOT_FOUND, "there is no such permission of this subject");
    return E_OK;
}

/* Where a rule of this place stands already; n: nowhere. What is said last counts. */
static size_t place_find(const struct gate_rule *rules, size_t n, const struct gate_place *place)
{
    size_t at = 0;
    while (at < n &&
           !(oid_eq(rules[at].server, place->server) && str_eq(rules[at].tool, place->tool)))
        at++;
    return at;
}

err_t gate_trial_make(struct act *act, const struct permission_of *of,
                      const struct gate_trial_in *in, struct gate_trial *ret)
{
    struct gate_source source;
    struct gate_rule *rules = ARENA_ARRAY(act->arena, struct gate_rule, in->puts_n + 1);
    oid_t *gone = ARENA_ARRAY(act->arena, oid_t, in->puts_n + in->drops_n + 1);
    if (rules == NULL || gone == NULL)
        return E_NO_MEMORY;
    TRY(source_of(act, of, &source));
    size_t n = 0;
    for (size_t i = 0; i < in->puts_n; i++) {
        size_t at = place_find(rules, n, &in->puts[i].place);
        TRY(rule_make(act, of, &in->puts[i], &rules[at]));
        TRY(gate_rule_place(act->arena, &source, &rules[at]));
        gone[at] = rules[at].id;
        n += at == n;
    }
    for (size_t i = 0; i < in->drops_n; i++) {
        TRY(drop_check(act, of, in->drops[i]));
        gone[n + i] = in->drops[i];
    }
    *ret = (struct gate_trial){ rules, n, gone, n + in->drops_n };
    return E_OK;
}

static bool goes(const struct gate_trial *trial, oid_t id)
{
    for (size_t i = 0; i < trial->gone_n; i++) {
        if (oid_eq(trial->gone[i], id))
            return true;
    }
    return false;
}

err_t gate_access_with(struct arena *a, const struct gate_access *now,
                       const struct gate_trial *trial, struct gate_access *ret)
{
    struct gate_access then = *now;
    struct gate_rule *rules = ARENA_ARRAY(a, struct gate_rule, now->rules_n + trial->rules_n + 1);
    size_t n = 0;
    if (rules == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < now->rules_n; i++) {
        if (!goes(trial, now->rules[i].id))
            rules[n++] = now->rules[i];
    }
    for (size_t i = 0; i < trial->rules_n; i++) {
        rules[n++] = trial->rules[i];
        then.looks_at_arguments = then.looks_at_arguments || trial->rules[i].when.arguments_n > 0;
    }
    gate_rules_sort(rules, n);
    then.rules = rules;
    then.rules_n = n;
    *ret = then;
    return E_OK;
}
