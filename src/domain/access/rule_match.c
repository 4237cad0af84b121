/* SPDX-License-Identifier: Apache-2.0 */
/* Do the conditions of a rule hold? What cannot be asked fails, and with it the whole decision. */
#include "base/cidr.h"
#include "base/zone.h"
#include "domain/access/app_words.h"
#include "domain/access/facts.h"
#include "domain/access/rule.h"
#include "domain/access/when.h"
#include "domain/identity/group.h"

#include <assert.h>

enum { US = 1000000, DAY_S = 86400, MINUTE_S = 60, EPOCH_WEEKDAY = 4, DEVICE_ENROLLED = 2 };

struct matcher {
    struct act *act;
    const struct access_ask *ask;
    const struct access_facts *facts;
    struct sql_member_groups_row *groups;
    size_t groups_n;
    uint8_t ip[16];
    bool has_ip;
    bool has_device; /* it is there, and it is the asker's */
    bool device_enrolled;
    int64_t device_level;
    struct when_env env;
    struct rule_trace *trace;
};

/* Seconds since then; absent: never. */
static opt_i64_t age_s(const struct matcher *m, ts_t then)
{
    if (!ts_is_set(then))
        return (opt_i64_t){ 0 };
    int64_t age = (m->act->now.us - then.us) / US;
    return (opt_i64_t){ true, age > 0 ? age : 0 };
}

static opt_i64_t mfa_age(const struct matcher *m)
{
    return m->ask->proof != NULL ? age_s(m, m->ask->proof->mfa_at) : (opt_i64_t){ 0 };
}

static bool note(struct matcher *m, const char *condition, bool met)
{
    assert(m->trace->n < RULE_CONDITIONS_MAX);
    m->trace->v[m->trace->n++] = (struct rule_verdict){ condition, met, false };
    return met;
}

static err_t failed(struct matcher *m, const char *condition)
{
    assert(m->trace->n < RULE_CONDITIONS_MAX);
    m->trace->v[m->trace->n++] = (struct rule_verdict){ condition, false, true };
    return E_BAD_FIELD;
}

static bool in_group(const struct matcher *m, oid_t id)
{
    for (size_t i = 0; i < m->groups_n; i++) {
        if (oid_eq(m->groups[i].id, id))
            return true;
    }
    return false;
}

static err_t rule_groups_now(struct matcher *m, const struct row_access_rule *r,
                             struct sql_access_rule_groups_row **ret, size_t *ret_n)
{
    const struct rule_draft *tried = m->ask->rule;
    if (tried == NULL || !oid_eq(tried->row.id, r->id))
        return rule_groups(m->act, r->id, ret, ret_n);
    *ret = tried->groups;
    *ret_n = tried->groups_n;
    return E_OK;
}

static err_t match_groups(struct matcher *m, const struct row_access_rule *r, bool *met)
{
    struct sql_access_rule_groups_row *rows = NULL;
    size_t n = 0;
    size_t any_n = 0;
    size_t all_n = 0;
    bool any = false;
    bool all = true;
    TRY(rule_groups_now(m, r, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        bool in = in_group(m, rows[i].group_id);
        if (rows[i].kind == RULE_GROUPS_ANY) {
            any_n++;
            any = any || in;
        } else {
            all_n++;
            all = all && in;
        }
    }
    if (any_n > 0)
        *met &= note(m, "groups_any", any);
    if (all_n > 0)
        *met &= note(m, "groups_all", all);
    return E_OK;
}

static err_t match_cidr(struct matcher *m, const char *condition, str_t blocks, bool inside,
                        bool *met)
{
    const str_t *list = NULL;
    size_t n = 0;
    bool found = false;
    if (blocks.n == 0)
        return E_OK;
    if (!m->has_ip)
        return failed(m, condition);
    TRY(scopes_list(m->act->arena, blocks, &list, &n));
    for (size_t i = 0; i < n; i++) {
        struct cidr block;
        if (cidr_parse(list[i], &block) != E_OK)
            return failed(m, condition);
        found = found || cidr_has(&block, m->ip);
    }
    *met &= note(m, condition, found == inside);
    return E_OK;
}

static err_t match_time(struct matcher *m, const struct row_access_rule *r, bool *met)
{
    int64_t offset = 0;
    if (!r->weekdays.set && !r->hours_from.set)
        return E_OK;
    err_t e = zone_offset(m->act->arena, r->tz.n > 0 ? r->tz : STR("UTC"), m->act->now, &offset);
    if (e == E_BAD_FIELD)
        return failed(m, "tz");
    TRY(e);
    int64_t local = m->act->now.us / US + offset;
    int64_t weekday = (local / DAY_S + EPOCH_WEEKDAY) % RULE_WEEKDAYS;
    int64_t minute = local % DAY_S / MINUTE_S;
    if (r->weekdays.set)
        *met &= note(m, "weekdays", (r->weekdays.v >> weekday & 1) != 0);
    if (r->hours_from.set) {
        bool after = minute >= r->hours_from.v;
        bool before = minute < r->hours_to.v;
        bool over_midnight = r->hours_from.v > r->hours_to.v;
        *met &= note(m, "hours", over_midnight ? after || before : after && before);
    }
    return E_OK;
}

static void match_mfa(struct matcher *m, const struct row_access_rule *r, bool *met)
{
    opt_i64_t age = mfa_age(m);
    if (r->mfa.set)
        *met &= note(m, "mfa", age.set == (r->mfa.v != 0));
    if (r->mfa_max_age.set)
        *met &= note(m, "mfa_max_age_s", age.set && age.v <= r->mfa_max_age.v);
}

static bool word_in(const str_t *list, size_t n, str_t word)
{
    for (size_t i = 0; i < n; i++) {
        if (str_eq(list[i], word))
            return true;
    }
    return false;
}

static err_t match_client(struct matcher *m, const struct row_access_rule *r, bool *met)
{
    const str_t *list = NULL;
    const str_t *asked = NULL;
    size_t n = 0;
    size_t asked_n = 0;
    bool found = false;
    if (r->clients.n > 0) {
        TRY(scopes_list(m->act->arena, r->clients, &list, &n));
        *met &= note(m, "clients", word_in(list, n, m->ask->app->client_id));
    }
    if (r->scopes.n > 0) {
        TRY(scopes_list(m->act->arena, r->scopes, &list, &n));
        TRY(scopes_list(m->act->arena, m->ask->scope, &asked, &asked_n));
        for (size_t i = 0; i < asked_n; i++)
            found = found || word_in(list, n, asked[i]);
        *met &= note(m, "scopes", found);
    }
    return E_OK;
}

static err_t match_when(struct matcher *m, const struct row_access_rule *r, bool *met)
{
    struct diag why = { 0 };
    struct when *w = NULL;
    bool yes = false;
    if (r->expression.n == 0)
        return E_OK;
    err_t e = when_compile(m->act->arena, r->expression, &why, &w);
    if (e == E_OK)
        e = when_run(w, &m->env, &why, &yes);
    if (e == E_BAD_FIELD)
        return failed(m, "when");
    TRY(e);
    *met &= note(m, "when", yes);
    return E_OK;
}

/* E_BAD_FIELD: a condition failed. All of them are asked, for who wants an explanation. */
static err_t rule_match(struct matcher *m, const struct row_access_rule *r, bool *ret)
{
    bool met = true;
    TRY(match_groups(m, r, &met));
    TRY(match_cidr(m, "cidr", r->cidr, true, &met));
    TRY(match_cidr(m, "not_cidr", r->not_cidr, false, &met));
    TRY(match_time(m, r, &met));
    match_mfa(m, r, &met);
    TRY(match_client(m, r, &met));
    if (r->device_level.set)
        met &= note(m, "device_level", m->device_enrolled && m->device_level >= r->device_level.v);
    TRY(match_when(m, r, &met));
    *ret = met;
    return E_OK;
}

static void env_str(struct matcher *m, enum when_var v, str_t s)
{
    m->env.v[v] = (struct when_value){ .type = WHEN_STR, .present = s.p != NULL, .s = s };
}

static void env_int(struct matcher *m, enum when_var v, opt_i64_t i)
{
    m->env.v[v] = (struct when_value){ .type = WHEN_INT, .present = i.set, .i = i.v };
}

static void env_strs(struct matcher *m, enum when_var v, const str_t *list, size_t n)
{
    m->env.v[v] = (struct when_value){ .type = WHEN_STRS, .present = true, .strs = list, .n = n };
}

static err_t id_text(struct arena *a, oid_t id, str_t *ret)
{
    char text[OID_TEXT];
    oid_format(id, text);
    return str_copy(a, str_of(text, sizeof text), ret);
}

static err_t env_lists(struct matcher *m)
{
    struct arena *a = m->act->arena;
    const str_t *roles = NULL;
    const str_t *scopes = NULL;
    size_t roles_n = 0;
    size_t scopes_n = 0;
    str_t *groups = ARENA_ARRAY(a, str_t, m->groups_n + 1);
    if (groups == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < m->groups_n; i++)
        groups[i] = m->groups[i].name;
    TRY(roles_names(a, m->facts->roles, &roles, &roles_n));
    TRY(scopes_list(a, m->ask->scope, &scopes, &scopes_n));
    env_strs(m, WHEN_GROUPS, groups, m->groups_n);
    env_strs(m, WHEN_USER_ROLES, roles, roles_n);
    env_strs(m, WHEN_REQUEST_SCOPES, scopes, scopes_n);
    return E_OK;
}

static err_t env_fill(struct matcher *m)
{
    struct arena *a = m->act->arena;
    const struct row_application *app = m->ask->app;
    str_t id = STR_NONE;
    int64_t now = m->act->now.us / US;
    TRY(id_text(a, m->ask->principal, &id));
    env_str(m, WHEN_USER_ID, id);
    env_str(m, WHEN_USER_KIND, str_from_cz(actor_kind_name(m->ask->kind)));
    env_str(m, WHEN_USER_USERNAME, m->facts->username);
    env_str(m, WHEN_USER_EMAIL, m->facts->email);
    env_str(m, WHEN_USER_DISPLAY_NAME, m->facts->display_name);
    env_str(m, WHEN_CLIENT_ID, app->client_id);
    env_str(m, WHEN_CLIENT_NAME, app->name);
    env_str(m, WHEN_CLIENT_KIND, word_of(&app_kind_words, app->kind));
    if (m->has_device) {
        TRY(id_text(a, m->ask->device, &id));
        env_str(m, WHEN_DEVICE_ID, id);
        m->env.v[WHEN_DEVICE_ENROLLED] =
            (struct when_value){ .type = WHEN_BOOL, .present = true, .b = m->device_enrolled };
        env_int(m, WHEN_DEVICE_LEVEL, (opt_i64_t){ true, m->device_level });
    }
    env_str(m, WHEN_REQUEST_IP, m->has_ip ? m->ask->ip : STR_NONE);
    env_int(m, WHEN_REQUEST_TIME, (opt_i64_t){ true, now });
    env_int(m, WHEN_REQUEST_HOUR, (opt_i64_t){ true, now % DAY_S / 3600 });
    env_int(m, WHEN_REQUEST_WEEKDAY,
            (opt_i64_t){ true, (now / DAY_S + EPOCH_WEEKDAY) % RULE_WEEKDAYS });
    opt_i64_t mfa = mfa_age(m);
    m->env.v[WHEN_SESSION_MFA] =
        (struct when_value){ .type = WHEN_BOOL, .present = m->ask->proof != NULL, .b = mfa.set };
    env_int(m, WHEN_SESSION_MFA_AGE, mfa);
    if (m->ask->proof != NULL)
        env_int(m, WHEN_SESSION_AGE, age_s(m, m->ask->proof->auth_at));
    return env_lists(m);
}

/* The device that acts, or the one that a person is on. Somebody else's is none. */
static err_t device_fill(struct matcher *m)
{
    const struct access_ask *ask = m->ask;
    oid_t id = ask->kind == ACTOR_DEVICE ? ask->principal : ask->device;
    struct sql_access_device in = { .org = ask->app->org, .id = id };
    struct sql_access_device_row row;
    if (!oid_is_set(id))
        return E_OK;
    err_t e = sql_access_device(m->act->db, m->act->arena, &in, &row);
    if (e == E_NOT_FOUND)
        return E_OK;
    TRY(e);
    m->has_device = ask->kind == ACTOR_DEVICE || oid_eq(row.user_id, ask->principal);
    m->device_enrolled = m->has_device && row.status == DEVICE_ENROLLED;
    m->device_level = row.key_hash.n > 0 ? RULE_DEVICE_KEY : RULE_DEVICE_TOKEN;
    return E_OK;
}

/* With the membership that is tried. */
static err_t groups_fill(struct matcher *m)
{
    struct act_trial trial = act_trial_of(m->act, m->ask->principal);
    struct sql_member_groups in = { .org = m->ask->app->org,
                                    .kind = m->ask->kind,
                                    .member_id = m->ask->principal };
    struct sql_member_groups_row *rows = NULL;
    size_t n = 0;
    TRY(sql_member_groups(m->act->db, m->act->arena, &in, &rows, &n));
    m->groups = ARENA_ARRAY(m->act->arena, struct sql_member_groups_row, n + 1);
    if (m->groups == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        if (!oid_eq(rows[i].id, trial.leaves))
            m->groups[m->groups_n++] = rows[i];
    }
    if (oid_is_set(trial.joins) && !in_group(m, trial.joins)) {
        struct row_principal_group group;
        TRY(group_get(m->act, trial.joins, &group));
        m->groups[m->groups_n++] = (struct sql_member_groups_row){ group.id, group.name };
    }
    return E_OK;
}

static err_t matcher_fill(struct matcher *m)
{
    TRY(groups_fill(m));
    m->has_ip = m->ask->ip.n > 0 && ip_parse(m->ask->ip, m->ip) == E_OK;
    TRY(device_fill(m));
    return env_fill(m);
}

/* What a rule that holds says here: a requirement that is fulfilled allows, one that nobody without
 * a session can fulfil refuses. */
static struct access_decision effect_of(const struct matcher *m, const struct row_access_rule *r)
{
    struct access_decision d = { .effect = (enum access_effect)r->effect,
                                 .rule = r->id,
                                 .rule_name = r->name,
                                 .reason = STR("a rule") };
    const struct access_proof *proof = m->ask->proof;
    if (d.effect != ACCESS_REQUIRE_MFA && d.effect != ACCESS_REQUIRE_REAUTH)
        return d;
    if (proof == NULL) {
        d.effect = ACCESS_DENY;
        d.reason = STR("a rule wants what only a person in a session can give");
        return d;
    }
    bool reauth = d.effect == ACCESS_REQUIRE_REAUTH;
    opt_i64_t age = reauth ? age_s(m, proof->auth_at) : mfa_age(m);
    int64_t max = r->max_age.set ? r->max_age.v : reauth ? RULE_AGE_DEFAULT_S : INT64_MAX;
    if (age.set && age.v <= max) {
        d.effect = ACCESS_ALLOW;
        d.reason = STR("a rule, and what it requires was given");
    }
    return d;
}

static bool is_before(const struct row_access_rule *a, const struct row_access_rule *b)
{
    return a->position != b->position ? a->position < b->position
                                      : memcmp(a->id.b, b->id.b, sizeof a->id.b) < 0;
}

/* The rules with the one that is tried in its place. */
static err_t rules_with(struct arena *arena, const struct access_ask *ask,
                        struct row_access_rule **rows, size_t *n)
{
    const struct rule_draft *tried = ask->rule;
    const struct row_access_rule *row = &tried->row;
    bool comes = !tried->gone && row->status == APP_ACTIVE &&
                 (!oid_is_set(row->application_id) || oid_eq(row->application_id, ask->app->id));
    struct row_access_rule *all = ARENA_ARRAY(arena, struct row_access_rule, *n + 1);
    size_t all_n = 0;
    if (all == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < *n; i++) {
        const struct row_access_rule *one = &(*rows)[i];
        if (oid_eq(one->id, row->id))
            continue;
        if (comes && is_before(row, one)) {
            all[all_n++] = *row;
            comes = false;
        }
        all[all_n++] = *one;
    }
    if (comes)
        all[all_n++] = *row;
    *rows = all;
    *n = all_n;
    return E_OK;
}

static err_t rules_load(struct act *act, const struct access_ask *ask, struct row_access_rule **ret,
                        size_t *ret_n)
{
    struct sql_access_rules_of in = { .org = ask->app->org,
                                      .application_id = ask->app->id,
                                      .n = RULES_MAX };
    TRY(sql_access_rules_of(act->db, act->arena, &in, ret, ret_n));
    return ask->rule != NULL ? rules_with(act->arena, ask, ret, ret_n) : E_OK;
}

err_t rules_decide(struct act *act, const struct access_ask *ask, const struct access_facts *facts,
                   struct access_trace *trace, struct access_decision *ret)
{
    struct row_access_rule *rows = NULL;
    size_t n = 0;
    TRY(rules_load(act, ask, &rows, &n));
    if (n == 0)
        return E_OK;
    struct matcher *m = ARENA_NEW(act->arena, struct matcher);
    struct rule_trace *traces = ARENA_ARRAY(act->arena, struct rule_trace, n);
    if (m == NULL || traces == NULL)
        return E_NO_MEMORY;
    *m = (struct matcher){ .act = act, .ask = ask, .facts = facts };
    TRY(matcher_fill(m));
    *ret = (struct access_decision){ .reason = STR("no rule of the application holds") };
    for (size_t i = 0; i < n; i++) {
        m->trace = &traces[i];
        traces[i].rule = &rows[i];
        if (trace != NULL)
            *trace = (struct access_trace){ traces, i + 1 };
        err_t e = rule_match(m, &rows[i], &traces[i].matched);
        if (e == E_BAD_FIELD) {
            *ret = (struct access_decision){ .rule = rows[i].id,
                                             .rule_name = rows[i].name,
                                             .reason = STR("a condition could not be asked") };
            return E_OK;
        }
        TRY(e);
        if (!traces[i].matched)
            continue;
        *ret = effect_of(m, &rows[i]);
        return E_OK;
    }
    return E_OK;
}
