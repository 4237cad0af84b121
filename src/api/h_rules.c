/* SPDX-License-Identifier: Apache-2.0 */
/* Access rules, and why somebody may or may not open an application. */
#include "api/handlers_access.h"
#include "api/handlers_identity.h"
#include "api/page.h"
#include "api/shapes_identity.h"
#include "api/shapes_rules.h"
#include "api/shapes_whatif.h"
#include "api/whatif_view.h"
#include "domain/access/app_words.h"
#include "domain/access/rule.h"
#include "domain/whatif/whatif.h"

enum { HOURS_TEXT = 11, HOUR_MINUTES = 60, US = 1000000 };

static err_t groups_view(struct request *rq, oid_t id, struct rule_out *ret)
{
    struct sql_access_rule_groups_row *rows = NULL;
    size_t n = 0;
    TRY(rule_groups(&rq->act, id, &rows, &n));
    str_t *names = ARENA_ARRAY(rq->act.arena, str_t, n + 1);
    if (names == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++) { /* by kind: each list is a run of them */
        struct strs *list = rows[i].kind == RULE_GROUPS_ANY ? &ret->groups_any : &ret->groups_all;
        names[i] = rows[i].name;
        if (list->n++ == 0)
            list->v = &names[i];
    }
    return E_OK;
}

static err_t times_view(struct request *rq, const struct row_access_rule *row, struct rule_out *ret)
{
    str_t *names = ARENA_ARRAY(rq->act.arena, str_t, RULE_WEEKDAYS);
    if (names == NULL)
        return E_NO_MEMORY;
    ret->weekdays.v = names;
    for (size_t day = 0; day < RULE_WEEKDAYS; day++) {
        if (row->weekdays.set && (row->weekdays.v >> day & 1) != 0)
            names[ret->weekdays.n++] = str_from_cz(rule_weekday_name(day));
    }
    if (!row->hours_from.set)
        return E_OK;
    int from = (int)row->hours_from.v;
    int to = (int)row->hours_to.v;
    return str_format(rq->act.arena, &ret->hours, "%02d:%02d-%02d:%02d", from / HOUR_MINUTES,
                      from % HOUR_MINUTES, to / HOUR_MINUTES, to % HOUR_MINUTES);
}

static err_t rule_view(struct request *rq, const struct row_access_rule *row, struct rule_out *ret)
{
    struct arena *a = rq->act.arena;
    *ret = (struct rule_out){
        .id = row->id,
        .name = row->name,
        .effect = str_from_cz(access_effect_name((enum access_effect)row->effect)),
        .status = word_of(&app_status_words, row->status),
        .application_id = row->application_id,
        .position = row->position,
        .max_age_s = row->max_age,
        .tz = row->tz,
        .mfa = { row->mfa.set, row->mfa.v != 0 },
        .mfa_max_age_s = row->mfa_max_age,
        .device_level = rule_device_level_name(row->device_level),
        .when = row->expression,
        .created_at = row->created_at,
        .updated_at = row->updated_at,
    };
    TRY(scopes_list(a, row->cidr, &ret->cidr.v, &ret->cidr.n));
    TRY(scopes_list(a, row->not_cidr, &ret->not_cidr.v, &ret->not_cidr.n));
    TRY(scopes_list(a, row->clients, &ret->clients.v, &ret->clients.n));
    TRY(scopes_list(a, row->scopes, &ret->scopes.v, &ret->scopes.n));
    TRY(times_view(rq, row, ret));
    TRY(groups_view(rq, row->id, ret));
    return etag_make(rq, row->id, row->revision, &ret->etag);
}

static err_t rule_reply(struct request *rq, int status, const struct row_access_rule *row)
{
    struct rule_out *out = ARENA_NEW(rq->act.arena, struct rule_out);
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(rule_view(rq, row, out));
    TRY(reply_header(rq, STR("ETag"), out->etag));
    request_target(rq, "access-rule", row->id, row->name);
    return reply_obj(rq, status, &rule_out_shape, out);
}

/* The rule of the path, still as the caller knows it. */
static err_t rule_of_path(struct request *rq, struct row_access_rule *ret)
{
    oid_t id;
    str_t etag;
    TRY(request_param_id(rq, 0, &id));
    TRY(rule_get(&rq->act, id, ret));
    request_target(rq, "access-rule", ret->id, ret->name);
    TRY(etag_make(rq, id, ret->revision, &etag));
    return etag_check(rq, etag);
}

static struct rule_in rule_words(const struct rule_body *b)
{
    return (struct rule_in){
        .name = b->name,
        .effect = b->effect,
        .status = b->status,
        .application = b->application_id,
        .position = b->position,
        .max_age = b->max_age_s,
        .groups_any = names_of(b->groups_any),
        .groups_all = names_of(b->groups_all),
        .cidr = names_of(b->cidr),
        .not_cidr = names_of(b->not_cidr),
        .weekdays = names_of(b->weekdays),
        .hours = b->hours,
        .tz = b->tz,
        .mfa = b->mfa,
        .mfa_max_age = b->mfa_max_age_s,
        .clients = names_of(b->clients),
        .scopes = names_of(b->scopes),
        .device_level = b->device_level,
        .when = b->when,
    };
}

err_t rules_list(struct request *rq)
{
    const struct search_query *q = rq->query;
    struct row_access_rule *rows = NULL;
    struct page page;
    size_t n = 0;
    TRY(page_open(rq, &q->page, STR_NONE, &page));
    TRY(rule_page(&rq->act, page.after, page.limit + 1, &rows, &n));
    size_t shown = page_shown(&page, n);
    struct rule_out *out = ARENA_ARRAY(rq->act.arena, struct rule_out, shown + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < shown; i++)
        TRY(rule_view(rq, &rows[i], &out[i]));
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].id : page.after));
    return reply_list(rq, &rule_out_shape, out, shown, page.next);
}

err_t rules_create(struct request *rq)
{
    struct rule_in words = rule_words(rq->in);
    struct row_access_rule row;
    TRY(rule_create(&rq->act, &words, &row));
    return rule_reply(rq, 201, &row);
}

err_t rules_get(struct request *rq)
{
    struct row_access_rule row;
    oid_t id;
    TRY(request_param_id(rq, 0, &id));
    TRY(rule_get(&rq->act, id, &row));
    return rule_reply(rq, 200, &row);
}

err_t rules_change(struct request *rq)
{
    struct rule_in words = rule_words(rq->in);
    struct row_access_rule row;
    TRY(rule_of_path(rq, &row));
    TRY(rule_change(&rq->act, row.id, &words, &row));
    return rule_reply(rq, 200, &row);
}

err_t rules_delete(struct request *rq)
{
    struct row_access_rule row;
    TRY(rule_of_path(rq, &row));
    TRY(rule_delete(&rq->act, row.id));
    return reply_empty(rq, 204);
}

static err_t draft_of(struct request *rq, const struct rule_preview_body *b, struct rule_draft *ret)
{
    struct rule_in words = { .name = STR_NONE };
    bool comes = b->rule.v != NULL;
    if (comes)
        words = rule_words(b->rule.v);
    else if (!oid_is_set(b->rule_id))
        return diag_set_field(&rq->act.why, E_BAD_FIELD, "rule",
                              "want it, or the rule_id of one that would be deleted");
    TRY(rule_draft(&rq->act, b->rule_id, &words, ret));
    ret->gone = !comes;
    return E_OK;
}

err_t rules_preview(struct request *rq)
{
    struct rule_draft draft;
    struct whatif w;
    TRY(whatif_may(rq));
    TRY(draft_of(rq, rq->in, &draft));
    TRY(whatif_rule(&rq->act, &draft, &w));
    return whatif_reply(rq, &w);
}

static err_t trace_view(struct request *rq, const struct access_trace *trace, struct rows *ret)
{
    struct rule_verdict_out *rules =
        ARENA_ARRAY(rq->act.arena, struct rule_verdict_out, trace->n + 1);
    if (rules == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < trace->n; i++) {
        const struct rule_trace *t = &trace->rules[i];
        struct condition_out *v = ARENA_ARRAY(rq->act.arena, struct condition_out, t->n + 1);
        if (v == NULL)
            return E_NO_MEMORY;
        for (size_t c = 0; c < t->n; c++)
            v[c] = (struct condition_out){ str_from_cz(t->v[c].condition), t->v[c].met,
                                           t->v[c].failed };
        rules[i] = (struct rule_verdict_out){
            .rule_id = t->rule->id,
            .name = t->rule->name,
            .effect = str_from_cz(access_effect_name((enum access_effect)t->rule->effect)),
            .matched = t->matched,
            .conditions = { v, t->n },
        };
    }
    *ret = (struct rows){ rules, trace->n };
    return E_OK;
}

/* A device is on its own, or what a person sits at. */
static err_t asker_of(struct request *rq, const struct access_explain_body *b,
                      struct access_ask *ask)
{
    bool user = oid_is_set(b->user_id);
    bool service = oid_is_set(b->service_account_id);
    bool device = oid_is_set(b->device_id);
    if (user + service + (device && !user) != 1)
        return FAIL(&rq->act.why, E_BAD_FIELD,
                    "want exactly one of user_id, service_account_id, device_id");
    ask->kind = user ? ACTOR_USER : service ? ACTOR_SERVICE : ACTOR_DEVICE;
    ask->principal = user ? b->user_id : service ? b->service_account_id : b->device_id;
    ask->device = b->device_id;
    return E_OK;
}

err_t rules_explain(struct request *rq)
{
    const struct access_explain_body *b = rq->in;
    struct access_explain_out *out = ARENA_NEW(rq->act.arena, struct access_explain_out);
    struct access_ask ask = { .ip = b->ip, .scope = b->scope };
    struct access_trace trace = { 0 };
    struct access_decision d;
    struct row_application app;
    if (out == NULL)
        return E_NO_MEMORY;
    err_t e = application_get(&rq->act, b->application_id, &app);
    if (e == E_NOT_FOUND)
        return diag_set_field(&rq->act.why, e, "application_id", "there is no such application");
    TRY(e);
    TRY(asker_of(rq, b, &ask));
    struct access_proof proof = { .auth_at = { rq->act.now.us - b->auth_age_s.v * US } };
    if (b->mfa_age_s.set)
        proof.mfa_at.us = rq->act.now.us - b->mfa_age_s.v * US;
    ask.app = &app;
    ask.proof = b->auth_age_s.set ? &proof : NULL;
    TRY(access_explain(&rq->act, &ask, &trace, &d));
    *out = (struct access_explain_out){ .effect = str_from_cz(access_effect_name(d.effect)),
                                        .rule_id = d.rule,
                                        .rule = d.rule_name,
                                        .reason = d.reason };
    TRY(trace_view(rq, &trace, &out->rules));
    return reply_obj(rq, 200, &access_explain_out_shape, out);
}
