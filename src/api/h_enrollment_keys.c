/* SPDX-License-Identifier: Apache-2.0 */
/* Enrolment keys, and the fleet lock. */
#include "api/handlers_fleet.h"

#include "api/page.h"

static err_t key_view(struct request *rq, const struct row_enrolment_key *row,
                      struct enrollment_key_out *ret)
{
    struct sql_enrolment_key_group_list in = { .org = rq->act.org, .key_id = row->id };
    struct row_device_group *groups;
    size_t n;
    *ret = (struct enrollment_key_out){
        .id = row->id,
        .name = row->name,
        .uses = row->uses,
        .uses_left = row->uses_left,
        .used = row->used_n,
        .expires_at = row->expires_at,
        .auto_approve = row->auto_approve,
        .labels = { row->labels.p != NULL ? row->labels : STR("{}") },
        .machine_pattern = row->machine_pattern,
        .may_uninstall = row->may_uninstall,
        .adopt = row->adopt,
        .created_by = row->created_by,
        .created_at = row->created_at,
    };
    TRY(sql_enrolment_key_group_list(rq->act.db, rq->act.arena, &in, &groups, &n));
    TRY(groups_view(rq->act.arena, groups, n, &ret->groups));
    return etag_make(rq, row->id, row->revision, &ret->etag);
}

static err_t key_reply(struct request *rq, int status, const struct row_enrolment_key *row,
                       str_t key)
{
    struct enrollment_key_out *out = ARENA_NEW(rq->act.arena, struct enrollment_key_out);
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(key_view(rq, row, out));
    TRY(reply_header(rq, STR("ETag"), out->etag));
    out->key = key;
    request_target(rq, "enrollment-key", row->id, row->name);
    return reply_obj(rq, status, &enrollment_key_out_shape, out);
}

err_t enrollment_keys_create(struct request *rq)
{
    const struct enrollment_key_in *in = rq->in;
    struct enrolment_key_in make = {
        .name = in->name,
        .uses = in->uses,
        .expires_at = in->expires_at,
        .auto_approve = in->auto_approve,
        .may_uninstall = in->may_uninstall,
        .adopt = in->adopt,
        .groups = in->groups.v,
        .groups_n = in->groups.n,
        .labels = in->labels.text,
        .machine_pattern = in->machine_pattern,
    };
    struct row_enrolment_key row;
    struct token_text key;
    str_t text;
    TRY(enrolment_key_make(&rq->act, &make, &row, &key));
    TRY(str_copy(rq->act.arena, str_of(key.p, key.n), &text));
    return key_reply(rq, 201, &row, text);
}

err_t enrollment_keys_list(struct request *rq)
{
    const struct fleet_query *q = rq->query;
    struct row_enrolment_key *rows;
    struct page page;
    size_t n;
    TRY(page_open(rq, &q->page, STR(""), &page));
    TRY(enrolment_key_list(&rq->act, page.after, page.limit + 1, &rows, &n));
    size_t shown = page_shown(&page, n);
    struct enrollment_key_out *out = ARENA_ARRAY(rq->act.arena, struct enrollment_key_out, shown);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < shown; i++)
        TRY(key_view(rq, &rows[i], &out[i]));
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].id : page.after));
    return reply_list(rq, &enrollment_key_out_shape, out, shown, page.next);
}

err_t enrollment_keys_get(struct request *rq)
{
    struct row_enrolment_key row;
    oid_t id;
    TRY(request_param_id(rq, 0, &id));
    TRY(enrolment_key_get(&rq->act, id, &row));
    return key_reply(rq, 200, &row, STR_NONE);
}

err_t enrollment_keys_delete(struct request *rq)
{
    struct row_enrolment_key row;
    oid_t id;
    TRY(request_param_id(rq, 0, &id));
    TRY(enrolment_key_get(&rq->act, id, &row));
    request_target(rq, "enrollment-key", id, row.name);
    TRY(enrolment_key_delete(&rq->act, id));
    return reply_empty(rq, 204);
}

static err_t lock_reply(struct request *rq)
{
    struct fleet_rules rules = request_fleet_rules(rq);
    struct fleet_lock lock;
    struct fleet_lock_out *out = ARENA_NEW(rq->act.arena, struct fleet_lock_out);
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(fleet_lock_get(&rq->act, &rules, &lock));
    *out = (struct fleet_lock_out){
        .locked = lock.locked,
        .known = lock.refuse_known ? STR("refuse") : STR("allow"),
        .by = lock.by,
    };
    return reply_obj(rq, 200, &fleet_lock_out_shape, out);
}

err_t fleet_lock_read(struct request *rq)
{
    return lock_reply(rq);
}

/* `known` left out stays as it is. */
err_t fleet_lock_write(struct request *rq)
{
    const struct fleet_lock_in *in = rq->in;
    struct fleet_rules rules = request_fleet_rules(rq);
    struct fleet_lock before;
    TRY(fleet_lock_get(&rq->act, &rules, &before));
    bool refuse = in->known.p != NULL ? str_eq(in->known, STR("refuse")) : before.refuse_known;
    request_target(rq, "organisation", rq->act.org, STR_NONE);
    rq->event.action = in->locked ? STR("fleet.locked") : STR("fleet.unlocked");
    TRY(fleet_lock_set(&rq->act, &rules, in->locked, refuse));
    return lock_reply(rq);
}
