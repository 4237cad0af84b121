/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/access/rule.h"

#include "base/buf.h"
#include "base/cidr.h"
#include "base/zone.h"
#include "domain/access/app_words.h"
#include "domain/access/when.h"
#include "domain/identity/group.h"

static const char *const weekdays[RULE_WEEKDAYS] = {
    "sun", "mon", "tue", "wed", "thu", "fri", "sat"
};
static const struct word levels[] = { { RULE_DEVICE_TOKEN, "token" },
                                      { RULE_DEVICE_KEY, "software-key" } };
static const struct words level_words = { levels, ARRAY_LEN(levels) };

const char *rule_weekday_name(size_t day)
{
    return weekdays[day];
}

str_t rule_device_level_name(opt_i64_t level)
{
    return level.set ? word_of(&level_words, level.v) : STR_NONE;
}

static err_t bad(struct act *act, const char *field, const char *want)
{
    diag_clear(&act->why);
    return diag_set_field(&act->why, E_BAD_FIELD, field, "%s", want);
}

static err_t apply_effect(struct act *act, str_t name, int64_t *v)
{
    if (name.p == NULL)
        return E_OK;
    for (size_t i = 0; i < ACCESS_EFFECT_COUNT; i++) {
        if (str_eq(name, str_from_cz(access_effect_name((enum access_effect)i)))) {
            *v = (int64_t)i;
            return E_OK;
        }
    }
    return bad(act, "effect", N_("want deny, allow, require_mfa or require_reauth"));
}

static err_t apply_application(struct act *act, str_t text, oid_t *v)
{
    struct row_application app;
    if (text.p == NULL)
        return E_OK;
    if (text.n == 0) {
        *v = (oid_t){ 0 };
        return E_OK;
    }
    oid_t id;
    if (oid_parse(text, &id) != E_OK)
        return bad(act, "application_id", N_("want the id of an application"));
    err_t e = application_get(act, id, &app);
    if (e == E_NOT_FOUND)
        return bad(act, "application_id", N_("there is no such application here"));
    TRY(e);
    *v = id;
    return E_OK;
}

/* A list as one text. */
static err_t apply_list(struct act *act, const char *field, const struct names *list,
                        bool (*good)(str_t text), str_t *v)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    if (!list->set)
        return E_OK;
    buf_init(&b, RULE_TEXT_MAX);
    for (size_t i = 0; i < list->n; i++) {
        if (!good(list->v[i]))
            return bad(act, field, N_("one of them is not well-formed"));
        if (i > 0)
            buf_add_byte(&b, ' ');
        buf_add(&b, list->v[i]);
    }
    if (b.err == E_TOO_BIG)
        return bad(act, field, N_("want at most 2,048 bytes in all"));
    TRY(b.err);
    if (list->n == 0) {
        *v = STR_NONE;
        return E_OK;
    }
    return str_copy(act->arena, buf_str(&b), v);
}

static bool is_cidr(str_t text)
{
    struct cidr block;
    return cidr_parse(text, &block) == E_OK;
}

static err_t apply_weekdays(struct act *act, const struct names *list, opt_i64_t *v)
{
    int64_t bits = 0;
    if (!list->set)
        return E_OK;
    for (size_t i = 0; i < list->n; i++) {
        size_t day = 0;
        while (day < RULE_WEEKDAYS && !str_eq(list->v[i], str_from_cz(weekdays[day])))
            day++;
        if (day == RULE_WEEKDAYS)
            return bad(act, "weekdays", N_("want mon, tue, wed, thu, fri, sat, sun"));
        bits |= 1 << day;
    }
    *v = (opt_i64_t){ .set = bits != 0, .v = bits };
    return E_OK;
}

/* "HH:MM" as minutes; 24:00 is the day's end. */
static err_t minutes_parse(str_t text, int64_t *ret)
{
    if (text.n != 5 || text.p[2] != ':')
        return E_BAD_FIELD;
    for (size_t i = 0; i < text.n; i++) {
        if (i != 2 && (text.p[i] < '0' || text.p[i] > '9'))
            return E_BAD_FIELD;
    }
    int h = (text.p[0] - '0') * 10 + text.p[1] - '0';
    int m = (text.p[3] - '0') * 10 + text.p[4] - '0';
    if (m > 59 || h * 60 + m > 24 * 60)
        return E_BAD_FIELD;
    *ret = h * 60 + m;
    return E_OK;
}

static err_t apply_hours(struct act *act, str_t text, struct row_access_rule *row)
{
    int64_t from = 0;
    int64_t to = 0;
    if (text.p == NULL)
        return E_OK;
    if (text.n > 0 &&
        (text.n != 11 || text.p[5] != '-' || minutes_parse(str_sub(text, 0, 5), &from) != E_OK ||
         minutes_parse(str_sub(text, 6, 5), &to) != E_OK || from == to))
        return bad(act, "hours", N_("want two different times of the day, such as 08:00-18:30"));
    row->hours_from = (opt_i64_t){ .set = text.n > 0, .v = from };
    row->hours_to = (opt_i64_t){ .set = text.n > 0, .v = to };
    return E_OK;
}

static err_t apply_tz(struct act *act, str_t text, str_t *v)
{
    int64_t offset = 0;
    if (text.p == NULL)
        return E_OK;
    if (text.n > 0) {
        err_t e = zone_offset(act->arena, text, act->now, &offset);
        if (e == E_BAD_FIELD)
            return bad(act, "tz",
                       N_("want UTC or a zone that this machine knows, such as Europe/Paris"));
        TRY(e);
    }
    *v = text.n > 0 ? text : STR_NONE;
    return E_OK;
}

static err_t apply_when(struct act *act, str_t text, str_t *v)
{
    struct when *w = NULL;
    if (text.p == NULL)
        return E_OK;
    if (text.n > 0)
        TRY(when_compile(act->arena, text, &act->why, &w));
    *v = text.n > 0 ? text : STR_NONE;
    return E_OK;
}

static void apply_age(opt_i64_t in, opt_i64_t *v)
{
    if (in.set)
        *v = (opt_i64_t){ .set = in.v != 0, .v = in.v };
}

static err_t rule_apply(struct act *act, const struct rule_in *in, struct row_access_rule *row)
{
    TRY(name_wanted(act, "name", in->name));
    if (in->name.p != NULL)
        row->name = in->name;
    TRY(apply_effect(act, in->effect, &row->effect));
    if (in->status.p != NULL && word_parse(&app_status_words, in->status, &row->status) != E_OK)
        return bad(act, "status", N_("want active or disabled"));
    TRY(apply_application(act, in->application, &row->application_id));
    if (in->position.set)
        row->position = in->position.v;
    apply_age(in->max_age, &row->max_age);
    TRY(apply_list(act, "cidr", &in->cidr, is_cidr, &row->cidr));
    TRY(apply_list(act, "not_cidr", &in->not_cidr, is_cidr, &row->not_cidr));
    TRY(apply_weekdays(act, &in->weekdays, &row->weekdays));
    TRY(apply_hours(act, in->hours, row));
    TRY(apply_tz(act, in->tz, &row->tz));
    if (in->mfa.set)
        row->mfa = (opt_i64_t){ true, in->mfa.v };
    else if (in->mfa.v)
        row->mfa = (opt_i64_t){ 0 };
    apply_age(in->mfa_max_age, &row->mfa_max_age);
    TRY(apply_list(act, "clients", &in->clients, scope_is, &row->clients));
    TRY(apply_list(act, "scopes", &in->scopes, scope_is, &row->scopes));
    if (in->device_level.p != NULL && in->device_level.n > 0) {
        row->device_level.set = true;
        if (word_parse(&level_words, in->device_level, &row->device_level.v) != E_OK)
            return bad(act, "device_level", N_("want token or software-key"));
    } else if (in->device_level.p != NULL) {
        row->device_level = (opt_i64_t){ 0 };
    }
    return apply_when(act, in->when, &row->expression);
}

static err_t groups_find(struct act *act, const struct names *names, const char *field,
                         enum rule_group_kind kind, struct rule_draft *d)
{
    for (size_t i = 0; i < names->n; i++) {
        struct row_principal_group group;
        err_t e = group_find(act, names->v[i], &group);
        if (e == E_BAD_FIELD)
            return bad(act, field, N_("want ids or names of groups that are there"));
        TRY(e);
        d->groups[d->groups_n++] =
            (struct sql_access_rule_groups_row){ kind, group.id, group.name };
    }
    return E_OK;
}

/* A list that is absent is as it was. */
static err_t groups_apply(struct act *act, const struct rule_in *in, struct rule_draft *d)
{
    struct sql_access_rule_groups_row *old = NULL;
    size_t n = 0;
    TRY(rule_groups(act, d->row.id, &old, &n));
    d->groups = ARENA_ARRAY(act->arena, struct sql_access_rule_groups_row,
                            n + in->groups_any.n + in->groups_all.n + 1);
    if (d->groups == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        bool replaced = old[i].kind == RULE_GROUPS_ANY ? in->groups_any.set : in->groups_all.set;
        if (!replaced)
            d->groups[d->groups_n++] = old[i];
    }
    TRY(groups_find(act, &in->groups_any, "groups_any", RULE_GROUPS_ANY, d));
    return groups_find(act, &in->groups_all, "groups_all", RULE_GROUPS_ALL, d);
}

err_t rule_draft(struct act *act, oid_t id, const struct rule_in *in, struct rule_draft *ret)
{
    struct rule_draft d = { .row = { .id = oid_make(),
                                     .status = APP_ACTIVE,
                                     .effect = ACCESS_DENY,
                                     .position = RULE_POSITION_DEFAULT } };
    if (oid_is_set(id))
        TRY(rule_get(act, id, &d.row));
    TRY(rule_apply(act, in, &d.row));
    TRY(groups_apply(act, in, &d));
    *ret = d;
    return E_OK;
}

static err_t taken(struct act *act, err_t e)
{
    return e == E_CONFLICT ? FAIL(&act->why, e, "a rule of this name is there already") : e;
}

static err_t row_save(struct act *act, const struct row_access_rule *r)
{
    struct sql_access_rule_save save = { .id = r->id,
                                         .org = act->org,
                                         .application_id = r->application_id,
                                         .name = r->name,
                                         .position = r->position,
                                         .status = r->status,
                                         .effect = r->effect,
                                         .max_age = r->max_age,
                                         .cidr = r->cidr,
                                         .not_cidr = r->not_cidr,
                                         .weekdays = r->weekdays,
                                         .hours_from = r->hours_from,
                                         .hours_to = r->hours_to,
                                         .tz = r->tz,
                                         .mfa = r->mfa,
                                         .mfa_max_age = r->mfa_max_age,
                                         .clients = r->clients,
                                         .scopes = r->scopes,
                                         .device_level = r->device_level,
                                         .expression = r->expression,
                                         .now = act->now };
    TRY(name_key(act->arena, r->name, &save.name_key));
    return taken(act, sql_access_rule_save(act->db, &save));
}

static err_t draft_save(struct act *act, const struct rule_draft *d, struct row_access_rule *ret)
{
    struct sql_access_rule_groups_clear clear = { .rule_id = d->row.id };
    TRY(row_save(act, &d->row));
    TRY(sql_access_rule_groups_clear(act->db, &clear));
    for (size_t i = 0; i < d->groups_n; i++) {
        struct sql_access_rule_group_add add = { .rule_id = d->row.id,
                                                 .kind = d->groups[i].kind,
                                                 .group_id = d->groups[i].group_id };
        TRY(sql_access_rule_group_add(act->db, &add));
    }
    return rule_get(act, d->row.id, ret);
}

err_t rule_create(struct act *act, const struct rule_in *in, struct row_access_rule *ret)
{
    struct sql_access_rule_count count = { .org = act->org };
    struct sql_access_rule_count_row there;
    struct rule_draft d;
    TRY(sql_access_rule_count(act->db, act->arena, &count, &there));
    if (there.n >= RULES_MAX)
        return FAIL(&act->why, E_CONFLICT, "an organisation has at most %d rules", RULES_MAX);
    TRY(rule_draft(act, (oid_t){ 0 }, in, &d));
    return draft_save(act, &d, ret);
}

/* A rule for an application of administrators is theirs too. */
err_t rule_get(struct act *act, oid_t id, struct row_access_rule *ret)
{
    struct sql_access_rule_get in = { .org = act->org, .id = id };
    err_t e = sql_access_rule_get(act->db, act->arena, &in, ret);
    return e == E_NOT_FOUND ? FAIL(&act->why, e, "there is no such rule") : e;
}

err_t rule_change(struct act *act, oid_t id, const struct rule_in *in, struct row_access_rule *ret)
{
    struct rule_draft d;
    TRY(rule_draft(act, id, in, &d));
    return draft_save(act, &d, ret);
}

err_t rule_delete(struct act *act, oid_t id)
{
    struct row_access_rule row;
    TRY(rule_get(act, id, &row));
    struct sql_access_rule_groups_clear clear = { .rule_id = id };
    TRY(sql_access_rule_groups_clear(act->db, &clear));
    struct sql_access_rule_drop drop = { .org = act->org, .id = id };
    return sql_access_rule_drop(act->db, &drop);
}

err_t rule_page(struct act *act, oid_t after, int64_t n, struct row_access_rule **ret,
                size_t *ret_n)
{
    struct sql_access_rule_list in = { .org = act->org, .after = after, .n = n };
    return sql_access_rule_list(act->db, act->arena, &in, ret, ret_n);
}

err_t rule_groups(struct act *act, oid_t id, struct sql_access_rule_groups_row **ret, size_t *ret_n)
{
    struct sql_access_rule_groups in = { .rule_id = id };
    return sql_access_rule_groups(act->db, act->arena, &in, ret, ret_n);
}
