/* SPDX-License-Identifier: Apache-2.0 */
/*
 * POST /devices/bulk: one move for many devices. Each is a step of the transaction: what one of
 * them is refused leaves no trace of it, and none of the others pays for it. Each that moved has
 * the event that its own row would write; the refusals of right (403) are on the record once per
 * reason.
 */
#include "api/handlers_fleet.h"

enum { STEP_ARENA_MAX = 1024 * 1024 }; /* what one device is read and written with */

static const struct bulk_action {
    const char *name;
    enum perm may;
    enum device_move move;
    const char *event;
} actions[] = {
    { "approve", PERM_DEVICE_APPROVE, MOVE_APPROVE, "device.approved" },
    { "refuse", PERM_DEVICE_APPROVE, MOVE_REFUSE, "device.refused" },
    { "revoke", PERM_DEVICE_REVOKE, MOVE_REVOKE, "device.revoked" },
    { "block", PERM_DEVICE_REVOKE, MOVE_BLOCK, "device.blocked" },
    { "unblock", PERM_DEVICE_REVOKE, MOVE_UNBLOCK, "device.unblocked" },
};

struct bulk {
    struct request *rq;
    const struct device_bulk_in *in;
    const struct bulk_action *action;
    struct fleet_rules rules;
    struct arena *arena; /* of the request: what outlives a step */
    struct effects effects;
    bool noted[E_COUNT]; /* refusals of right that are on the record already */
    struct row_device device;
};

static const struct bulk_action *action_of(str_t name)
{
    for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
        if (str_eq(name, str_from_cz(actions[i].name)))
            return &actions[i];
    }
    return NULL; /* the shape lets no other through */
}

static err_t decide(struct bulk *b)
{
    struct enrol_decide_in in = { .device_id = b->device.id,
                                  .reason = b->in->reason,
                                  .rules = &b->rules };
    struct enrol_several several;
    TRY(request_grants(b->rq, STR_NONE, b->in->groups, STR_NONE, &in.grants));
    TRY((b->action->move == MOVE_APPROVE ? enrol_approve : enrol_refuse)(&b->rq->act, &in,
                                                                         &several));
    if (several.n == 0)
        return E_OK;
    return FAIL(&b->rq->act.why, E_SEVERAL_REQUESTS,
                "%zu requests are open: decide about one of them by its request_id", several.n);
}

static err_t move_one(struct bulk *b, oid_t id)
{
    struct act *act = &b->rq->act;
    TRY(device_get(act, id, &b->device));
    if (b->action->move == MOVE_APPROVE || b->action->move == MOVE_REFUSE)
        return decide(b);
    return device_change_row(act, &b->device, b->action->move, b->in->reason);
}

static err_t record(struct bulk *b, oid_t id, err_t result)
{
    struct audit_event e = b->rq->event;
    e.action = str_from_cz(b->action->event);
    e.result = result == E_OK ? AUDIT_OK : AUDIT_REFUSED;
    e.target_kind = STR("device");
    e.target_id = id;
    e.target_name = b->device.machine_id;
    e.reason = result == E_OK ? b->in->reason : str_from_cz(err_info(result)->slug);
    return request_audit_more(b->rq, &e);
}

/* One device in an arena of its own: 500 of them with all that was said of them are too much for
 * one. */
static err_t step_run(struct bulk *b, oid_t id)
{
    struct act *act = &b->rq->act;
    b->device = (struct row_device){ 0 };
    effects_init(&act->effects);
    TRY(db_step_begin(act->db));
    err_t result = move_one(b, id);
    if (result != E_OK) {
        TRY(db_step_undo(act->db));
        return result;
    }
    TRY(db_step_keep(act->db));
    for (const struct effect *e = act->effects.first; e != NULL; e = e->next)
        TRY(effect_add(b->arena, &b->effects, *e));
    return record(b, id, E_OK);
}

/* Is it this device's own refusal, or does the whole call fail? */
static bool is_refusal(err_t e)
{
    return err_info(e)->status < 500;
}

static err_t refusal_note(struct bulk *b, oid_t id, err_t e, struct device_bulk_result *ret)
{
    const struct act *act = &b->rq->act;
    const struct err_info *info = err_info(e);
    bool explained = act->why.err == e && act->why.text[0] != '\0';
    ret->code = str_from_cz(info->slug);
    const char *said = explained ? diag_said(&act->why) : message_in(act->why.messages, info->text);
    TRY(str_copy(b->arena, str_from_cz(said), &ret->detail));
    if (info->status != 403 || b->noted[e])
        return E_OK;
    b->noted[e] = true;
    return record(b, id, e);
}

static err_t step(struct bulk *b, struct arena *scratch, oid_t id, struct device_bulk_result *ret)
{
    struct act *act = &b->rq->act;
    arena_reset(scratch);
    act_clear_why(act);
    act->arena = scratch;
    *ret = (struct device_bulk_result){ .device_id = id };
    err_t e = step_run(b, id);
    ret->ok = e == E_OK;
    if (e != E_OK && is_refusal(e))
        e = refusal_note(b, id, e, ret);
    act->arena = b->arena;
    return e;
}

/* The ids as they are, each once. */
static err_t ids_of(struct request *rq, const struct device_bulk_in *in, oid_t **ret, size_t *ret_n)
{
    oid_t *ids = ARENA_ARRAY(rq->act.arena, oid_t, in->device_ids.n);
    size_t n = 0;
    if (ids == NULL)
        return E_NO_MEMORY;
    if (in->device_ids.n == 0)
        return diag_set_field(&rq->act.why, E_BAD_FIELD, "device_ids", "want at least one id");
    for (size_t i = 0; i < in->device_ids.n; i++) {
        size_t at = 0;
        if (oid_parse(in->device_ids.v[i], &ids[n]) != E_OK)
            return diag_set_field(&rq->act.why, E_BAD_FIELD, "device_ids",
                                  "want ids: UUIDs as text");
        while (!oid_eq(ids[at], ids[n]))
            at++;
        n += at == n ? 1 : 0;
    }
    *ret = ids;
    *ret_n = n;
    return E_OK;
}

static err_t steps(struct bulk *b, const oid_t *ids, size_t n, struct device_bulk_out *out)
{
    CLEANUP(arena_freep) struct arena *scratch = arena_new(STEP_ARENA_MAX);
    struct device_bulk_result *results = ARENA_ARRAY(b->arena, struct device_bulk_result, n);
    if (scratch == NULL || results == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        TRY(step(b, scratch, ids[i], &results[i]));
        out->done += results[i].ok ? 1 : 0;
    }
    out->results = (struct rows){ results, n };
    return E_OK;
}

err_t devices_bulk(struct request *rq)
{
    const struct device_bulk_in *in = rq->in;
    struct bulk b = { .rq = rq, .in = in, .action = action_of(in->action), .arena = rq->act.arena };
    struct device_bulk_out *out = ARENA_NEW(rq->act.arena, struct device_bulk_out);
    oid_t *ids = NULL;
    size_t n = 0;
    str_t details;
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(request_may(rq, b.action->may));
    if (in->groups.n > 0 && b.action->move != MOVE_APPROVE)
        return diag_set_field(&rq->act.why, E_BAD_FIELD, "groups",
                              "groups go with the decision approve only");
    TRY(ids_of(rq, in, &ids, &n));
    b.rules = request_fleet_rules(rq);
    effects_init(&b.effects);
    err_t e = steps(&b, ids, n, out);
    rq->act.arena = b.arena;
    effects_init(&rq->act.effects);
    TRY(e);
    act_clear_why(&rq->act);
    for (const struct effect *f = b.effects.first; f != NULL; f = f->next)
        TRY(effect_add(b.arena, &rq->act.effects, *f));
    TRY(str_format(b.arena, &details, "{\"action\":\"%s\",\"done\":%lld,\"refused\":%lld}",
                   b.action->name, (long long)out->done, (long long)n - (long long)out->done));
    request_details(rq, details);
    request_reason(rq, in->reason);
    return reply_obj(rq, 200, &device_bulk_out_shape, out);
}
