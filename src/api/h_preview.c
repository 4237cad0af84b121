/* SPDX-License-Identifier: Apache-2.0 */
/* What a draft would change, and what changes between two versions. Both only read. */
#include "api/handlers_policy.h"

#include "api/shapes_preview.h"
#include "domain/policy/assignment.h"
#include "domain/policy/policy.h"
#include "domain/policy/preview.h"
#include "domain/policy/version_diff.h"

/* A stored version, or words as they would be saved; neither where only assignments change. */
static err_t draft_of(struct request *rq, const struct preview_in *in, struct config_draft *ret)
{
    struct row_policy_info policy;
    struct row_policy_version v;
    struct policy_content content = { in->content.text, in->locked.text, in->enabled };
    bool words = content.content.p != NULL;
    TRY(policy_get(&rq->act, in->policy_id, &policy));
    *ret = (struct config_draft){ .policy = policy.id };
    if (!in->number.set && !words && (in->assignment.v != NULL || oid_is_set(in->without)))
        return E_OK;
    if (in->number.set == words)
        return diag_set_field(&rq->act.why, E_BAD_FIELD, "number",
                              "want number or content, not both");
    if (words) {
        ret->version = oid_make();
        ret->content = content.content;
        ret->enabled = content.enabled;
        return policy_content_check(&rq->act, &content, &ret->locked);
    }
    TRY(policy_version_find(&rq->act, policy.id, in->number.v, &v));
    ret->version = v.id;
    ret->content = v.content;
    ret->locked = v.locked;
    ret->enabled = v.enabled;
    return E_OK;
}

/* What it would give: the version that it stays at, the one that is tried, or the newest. */
static err_t trial_version(struct request *rq, const struct config_draft *draft, opt_i64_t number,
                           struct config_trial *ret)
{
    struct row_policy_info policy;
    struct row_policy_version v;
    ret->pinned = number.set && number.v != 0;
    ret->version = draft->version;
    if (!ret->pinned && oid_is_set(draft->version))
        return E_OK;
    if (!ret->pinned) {
        TRY(policy_get(&rq->act, draft->policy, &policy));
        number = policy.newest_number;
    }
    if (!number.set)
        return E_OK;
    TRY(policy_version_find(&rq->act, draft->policy, number.v, &v));
    ret->version = v.id;
    return E_OK;
}

/* As strict as making it. */
static err_t trial_of(struct request *rq, const struct preview_in *in,
                      const struct config_draft *draft, struct config_trial *ret)
{
    const struct trial_in *trial = in->assignment.v;
    struct assignment_in at = { .policy_id = in->policy_id,
                                .target_id = trial->target_id,
                                .priority = trial->priority,
                                .number = trial->number };
    TRY(scope_parse(trial->scope, &at.scope));
    TRY(assignment_check(&rq->act, &at, draft->gone));
    *ret =
        (struct config_trial){ .scope = at.scope,
                               .target = at.target_id,
                               .priority = at.priority.set ? at.priority.v : ASSIGNMENT_PRIORITY };
    return trial_version(rq, draft, at.number, ret);
}

/* As strict as taking it away. */
static err_t gone_of(struct request *rq, const struct preview_in *in, oid_t *ret)
{
    struct row_assignment row;
    err_t e = assignment_get(&rq->act, in->without, &row);
    if (e == E_NOT_FOUND || (e == E_OK && !oid_eq(row.policy_id, in->policy_id)))
        return diag_set_field(&rq->act.why, E_NOT_FOUND, "without",
                              "the policy has no such assignment");
    TRY(e);
    TRY(assignment_may_touch(&rq->act, (enum scope_kind)row.scope));
    *ret = row.id;
    return E_OK;
}

static err_t changes_view(struct request *rq, const struct preview_change *changes, size_t n,
                          struct rows *ret)
{
    struct change_out *out = ARENA_ARRAY(rq->act.arena, struct change_out, n + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        out[i] = (struct change_out){ changes[i].pointer, { changes[i].from }, { changes[i].to } };
    *ret = (struct rows){ out, n };
    return E_OK;
}

static err_t result_view(struct request *rq, const struct preview_result *r,
                         struct preview_result_out *ret)
{
    struct preview_device_out *sample =
        ARENA_ARRAY(rq->act.arena, struct preview_device_out, r->sample_n + 1);
    if (sample == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < r->sample_n; i++)
        sample[i] = (struct preview_device_out){ r->sample[i].id, r->sample[i].machine_id,
                                                 r->sample[i].hostname };
    *ret = (struct preview_result_out){
        .devices = (int64_t)r->devices_n,
        .sample_device_id = r->sample[0].id,
        .sample = { sample, r->sample_n },
        .enabled_from = r->enabled_from,
        .enabled_to = r->enabled_to,
        .changes = (int64_t)r->changes_all,
    };
    return changes_view(rq, r->changes, r->changes_n, &ret->diff);
}

static err_t faults_view(struct request *rq, const struct schema_faults *faults, struct rows *ret)
{
    struct fault_out *out = ARENA_ARRAY(rq->act.arena, struct fault_out, faults->n + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < faults->n; i++) {
        const struct schema_fault *f = &faults->v[i];
        out[i] = (struct fault_out){ f->pointer, str_from_cz(f->keyword), STR_NONE };
        TRY(schema_fault_want(rq->act.arena, f, rq->act.why.messages, &out[i].want));
    }
    *ret = (struct rows){ out, faults->n };
    return E_OK;
}

/* What would be wrong then: said, not refused. */
static err_t check_results(struct request *rq, const struct config_draft *draft,
                           const struct preview *p, struct preview_result_out *results)
{
    struct schema_faults faults;
    for (size_t i = 0; i < p->results_n && i < PREVIEW_FAULTY_MAX; i++) {
        TRY(preview_faults(&rq->act, draft, p->results[i].sample[0].id, &faults));
        TRY(faults_view(rq, &faults, &results[i].faults));
    }
    return E_OK;
}

static err_t preview_view(struct request *rq, const struct config_draft *draft,
                          const struct preview *p, struct preview_out *ret)
{
    struct preview_result_out *results =
        ARENA_ARRAY(rq->act.arena, struct preview_result_out, p->results_n + 1);
    if (results == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < p->results_n; i++)
        TRY(result_view(rq, &p->results[i], &results[i]));
    TRY(check_results(rq, draft, p, results));
    *ret = (struct preview_out){
        .devices = (int64_t)p->devices_n,
        .changed = (int64_t)p->changed_n,
        .looked_at = (int64_t)p->looked_n,
        .truncated = p->truncated,
        .results = { results, p->results_n },
    };
    return E_OK;
}

err_t policies_preview(struct request *rq)
{
    const struct preview_in *in = rq->in;
    struct preview_out *out = ARENA_NEW(rq->act.arena, struct preview_out);
    struct config_draft draft;
    struct config_trial trial;
    struct preview p;
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(request_may(rq, PERM_DEVICE_READ));
    TRY(draft_of(rq, in, &draft));
    if (oid_is_set(in->without))
        TRY(gone_of(rq, in, &draft.gone));
    if (in->assignment.v != NULL) {
        TRY(trial_of(rq, in, &draft, &trial));
        draft.trial = &trial;
    }
    TRY(preview_run(&rq->act, &draft, in->device_id, &p));
    TRY(preview_view(rq, &draft, &p, out));
    return reply_obj(rq, 200, &preview_out_shape, out);
}

err_t policies_diff(struct request *rq)
{
    const struct diff_query *q = rq->query;
    struct diff_out *out = ARENA_NEW(rq->act.arena, struct diff_out);
    struct version_diff d;
    oid_t policy;
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(request_param_id(rq, 0, &policy));
    TRY(version_diff(&rq->act, policy, q->from, q->to, &d));
    *out = (struct diff_out){
        .from = d.from.number,
        .to = d.to.number,
        .from_version = d.from.version,
        .to_version = d.to.version,
        .enabled_from = d.from.enabled,
        .enabled_to = d.to.enabled,
        .unlocked = { d.unlocked, d.unlocked_n },
        .locked = { d.locked, d.locked_n },
    };
    TRY(changes_view(rq, d.changes, d.changes_n, &out->diff));
    return reply_obj(rq, 200, &diff_out_shape, out);
}
