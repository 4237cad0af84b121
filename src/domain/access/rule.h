/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Access rules: they refine what bindings allow. The first whose conditions all hold decides; where
 * an application has rules and none of them holds, the answer is no. All in act->org.
 */
#ifndef DOMAIN_ACCESS_RULE_H
#define DOMAIN_ACCESS_RULE_H

#include "domain/access/decide.h"

enum {
    RULES_MAX = 200,      /* of an organisation */
    RULE_TEXT_MAX = 2048, /* of a list of blocks, clients or scopes */
    RULE_POSITION_MAX = 1000000,
    RULE_POSITION_DEFAULT = 1000,
    RULE_AGE_MAX_S = 366 * 86400,
    RULE_AGE_DEFAULT_S = 300, /* require_reauth */
    RULE_WEEKDAYS = 7
};
enum rule_group_kind { RULE_GROUPS_ANY = 1, RULE_GROUPS_ALL };
enum rule_device_level { RULE_DEVICE_TOKEN = 1, RULE_DEVICE_KEY };

/* Words, as they come from outside. In a change: absent leaves it as it is, an empty list or text
 * takes the condition away. */
struct rule_in {
    str_t name;
    str_t effect;      /* "deny" "allow" "require_mfa" "require_reauth" */
    str_t status;      /* "active" "disabled" */
    str_t application; /* id; empty: every application */
    opt_i64_t position;
    opt_i64_t max_age;
    struct names groups_any; /* ids or names */
    struct names groups_all;
    struct names cidr;
    struct names not_cidr;
    struct names weekdays; /* "mon" .. "sun" */
    str_t hours;           /* "08:00-18:30"; over midnight "22:00-06:00" */
    str_t tz;
    opt_bool_t mfa;        /* not set, but v: takes the condition away */
    opt_i64_t mfa_max_age; /* 0: none */
    struct names clients;
    struct names scopes;
    str_t device_level; /* "token" "software-key" */
    str_t when;
};

/* A rule as it would be, and its groups; the row's id says which one. */
struct rule_draft {
    struct row_access_rule row;
    struct sql_access_rule_groups_row *groups;
    size_t groups_n;
    bool gone; /* it would not be there any more */
};
/* What these words make of a rule; zero: of a new one. As strict as saving it, but a name that is
 * taken is not seen. Nothing is written. */
err_t rule_draft(struct act *act, oid_t id, const struct rule_in *in,
                 struct rule_draft *ret) MUST_USE;

/* E_CONFLICT: the name is taken, or there are RULES_MAX. E_BAD_FIELD. */
err_t rule_create(struct act *act, const struct rule_in *in, struct row_access_rule *ret) MUST_USE;
err_t rule_get(struct act *act, oid_t id, struct row_access_rule *ret) MUST_USE;
err_t rule_change(struct act *act, oid_t id, const struct rule_in *in,
                  struct row_access_rule *ret) MUST_USE;
err_t rule_delete(struct act *act, oid_t id) MUST_USE;
err_t rule_page(struct act *act, oid_t after, int64_t n, struct row_access_rule **ret,
                size_t *ret_n) MUST_USE;
err_t rule_groups(struct act *act, oid_t id, struct sql_access_rule_groups_row **ret,
                  size_t *ret_n) MUST_USE;

str_t rule_device_level_name(opt_i64_t level); /* absent: no condition */
const char *rule_weekday_name(size_t day);     /* 0 "sun" .. 6 "sat" */

/* What explain says: each condition of each rule that was asked. */
struct rule_verdict {
    const char *condition; /* "groups_any" "cidr" ... */
    bool met;
    bool failed; /* it could not be asked: the decision is a refusal */
};
enum { RULE_CONDITIONS_MAX = 12 };
struct rule_trace {
    const struct row_access_rule *rule;
    struct rule_verdict v[RULE_CONDITIONS_MAX];
    size_t n;
    bool matched;
};
struct access_trace {
    struct rule_trace *rules; /* in act->arena */
    size_t n;
};

/* The rules of an application: does one decide? *ret is left alone where there are none. What is
 * asked, beside the ask itself, is in `facts`. `trace` may be NULL. */
struct access_facts;
err_t rules_decide(struct act *act, const struct access_ask *ask, const struct access_facts *facts,
                   struct access_trace *trace, struct access_decision *ret) MUST_USE;

/* access_decide, and what the rules said up to the one that decides; `ret_trace` may be NULL, and
 * is written only where rules were asked. */
err_t access_explain(struct act *act, const struct access_ask *ask, struct access_trace *ret_trace,
                     struct access_decision *ret) MUST_USE;

#endif
