/* SPDX-License-Identifier: Apache-2.0 */
#include "api/whatif_view.h"

#include "api/shapes_preview.h"
#include "api/shapes_whatif.h"

err_t whatif_may(struct request *rq)
{
    TRY(request_may(rq, PERM_USER_READ));
    return request_may(rq, PERM_DEVICE_READ);
}

static err_t changes_view(struct request *rq, const struct whatif_result *r, enum whatif_what what,
                          struct rows *ret)
{
    struct whatif_change_out *out =
        ARENA_ARRAY(rq->act.arena, struct whatif_change_out, r->changes_n + 1);
    size_t n = 0;
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < r->changes_n; i++) {
        const struct whatif_change *c = &r->changes[i];
        if (c->what == what)
            out[n++] = (struct whatif_change_out){ c->id, c->name, c->from, c->to, c->by };
    }
    *ret = (struct rows){ out, n };
    return E_OK;
}

static err_t values_view(struct request *rq, const struct whatif_result *r, struct rows *ret)
{
    struct change_out *out = ARENA_ARRAY(rq->act.arena, struct change_out, r->changes_n + 1);
    size_t n = 0;
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < r->changes_n; i++) {
        const struct whatif_change *c = &r->changes[i];
        if (c->what == WHATIF_VALUE)
            out[n++] = (struct change_out){ c->name, { c->from }, { c->to } };
    }
    *ret = (struct rows){ out, n };
    return E_OK;
}

static void enabled_view(const struct whatif_result *r, struct whatif_result_out *ret)
{
    for (size_t i = 0; i < r->changes_n; i++) {
        if (r->changes[i].what != WHATIF_ENABLED)
            continue;
        ret->enabled_from = (opt_bool_t){ true, str_eq(r->changes[i].from, STR("true")) };
        ret->enabled_to = (opt_bool_t){ true, str_eq(r->changes[i].to, STR("true")) };
    }
}

static err_t result_view(struct request *rq, const struct whatif_result *r,
                         struct whatif_result_out *ret)
{
    struct whatif_who_out *sample =
        ARENA_ARRAY(rq->act.arena, struct whatif_who_out, r->sample_n + 1);
    if (sample == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < r->sample_n; i++)
        sample[i] = (struct whatif_who_out){ str_from_cz(gate_subject_name(
                                                 (enum gate_subject)r->sample[i].kind)),
                                             r->sample[i].id, r->sample[i].name };
    *ret = (struct whatif_result_out){ .who = (int64_t)r->who_n,
                                       .sample = { sample, r->sample_n },
                                       .changes = (int64_t)r->changes_all };
    TRY(changes_view(rq, r, WHATIF_ROLE, &ret->roles));
    TRY(changes_view(rq, r, WHATIF_APPLICATION, &ret->applications));
    TRY(changes_view(rq, r, WHATIF_TOOL, &ret->tools));
    enabled_view(r, ret);
    return values_view(rq, r, &ret->values);
}

err_t whatif_reply(struct request *rq, const struct whatif *w)
{
    struct whatif_out *out = ARENA_NEW(rq->act.arena, struct whatif_out);
    struct whatif_result_out *results =
        ARENA_ARRAY(rq->act.arena, struct whatif_result_out, w->results_n + 1);
    if (out == NULL || results == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < w->results_n; i++)
        TRY(result_view(rq, &w->results[i], &results[i]));
    *out = (struct whatif_out){ .looked_at = (int64_t)w->looked_n,
                                .changed = (int64_t)w->changed_n,
                                .truncated = w->truncated,
                                .results = { results, w->results_n } };
    return reply_obj(rq, 200, &whatif_out_shape, out);
}
