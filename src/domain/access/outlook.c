/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/access/outlook.h"

/* Of a rule: groups are known, everything else is a circumstance. */
struct seen {
    bool out;     /* by his groups it is not about him */
    bool depends; /* on circumstances */
    bool failed;  /* one of them is not known, and what comes after it was not asked */
};

static struct seen rule_seen(const struct rule_trace *r)
{
    struct seen s = { .out = false };
    for (size_t i = 0; i < r->n; i++) {
        bool group = strcmp(r->v[i].condition, "groups_any") == 0 ||
                     strcmp(r->v[i].condition, "groups_all") == 0;
        s.out = s.out || (group && !r->v[i].met);
        s.depends = s.depends || !group;
        s.failed = s.failed || r->v[i].failed;
    }
    return s;
}

/* The rules up to the one that decides: what may come of those that depend, and of it. What only a
 * person in a session can give refuses everybody else. */
static enum outlook of_rules(const struct access_trace *trace, const struct access_decision *d,
                             bool person)
{
    bool opens = d->effect != ACCESS_DENY;
    bool shuts = d->effect != ACCESS_ALLOW;
    for (size_t i = 0; i < trace->n; i++) {
        struct seen s = rule_seen(&trace->rules[i]);
        int64_t effect = trace->rules[i].rule->effect;
        if (s.out)
            continue;
        opens = opens || s.failed || effect == ACCESS_ALLOW || (effect != ACCESS_DENY && person);
        shuts = shuts || s.depends || effect != ACCESS_ALLOW;
    }
    if (!opens)
        return OUTLOOK_NONE;
    return shuts ? OUTLOOK_CONDITIONAL : OUTLOOK_ALLOWED;
}

err_t access_outlook(struct act *act, const struct access_ask *ask, enum outlook *ret,
                     str_t *ret_rule)
{
    struct access_proof fresh = { .auth_at = act->now };
    struct access_ask now = *ask;
    struct access_trace trace = { .n = 0 };
    struct access_decision d;
    now.proof = ask->kind == ACTOR_USER ? &fresh : NULL;
    now.ip = STR_NONE;
    now.scope = STR_NONE;
    TRY(access_explain(act, &now, &trace, &d));
    *ret_rule = d.rule_name;
    if (trace.n > 0)
        *ret = of_rules(&trace, &d, now.proof != NULL);
    else
        *ret = d.effect == ACCESS_ALLOW ? OUTLOOK_ALLOWED : OUTLOOK_NONE;
    return E_OK;
}
