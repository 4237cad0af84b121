/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device gets a secret that its effective configuration names. What is asked is found out on a
 * worker; only what goes on the record (a delivery, once per device, revision and hour; a refusal)
 * comes to the writer.
 */
#include "api/handlers_secret.h"

#include "api/services.h"
#include "api/shapes_secret.h"
#include "base/ref.h"
#include "domain/policy/secret_store.h"

struct asked {           /* by prepare, for the handler */
    const char *refused; /* NULL: it is given */
    struct row_secret row;
    const struct secret_value_out *out;
};

/* Memory has the bytes of most plans: they are the same for many devices. */
static err_t plan_names(struct request *rq, const struct config_plan *plan, str_t name, bool *ret)
{
    struct effective *e = live_effective_find(rq->services->live, &plan->digest);
    if (e != NULL) {
        *ret = secret_ref_holds(str_of(e->body, e->n), name);
        ref_drop(e);
        return E_OK;
    }
    struct config_body body;
    TRY(config_compute(&rq->act, plan, &body));
    *ret = secret_ref_holds(body.bytes, name);
    return E_OK;
}

/* A name that is no name, one that the configuration does not hold, and one that nobody has set:
 * one answer, which tells nothing of what there is. */
static err_t not_for_this_device(struct request *rq)
{
    return FAIL(&rq->act.why, E_NOT_FOUND, "this device has no secret of that name");
}

static err_t asked_value(struct request *rq, struct asked *asked)
{
    struct secret_value_out *out = ARENA_NEW(rq->act.arena, struct secret_value_out);
    if (out == NULL)
        return E_NO_MEMORY;
    *out = (struct secret_value_out){ .name = asked->row.name, .revision = asked->row.revision };
    TRY(secret_open(&rq->act, &asked->row, &out->value));
    asked->out = out;
    return E_OK;
}

err_t self_secret_prepare(struct request *rq)
{
    struct act *act = &rq->act;
    str_t name = rq->params[0];
    struct asked *asked = ARENA_NEW(act->arena, struct asked);
    struct config_plan plan;
    bool named = false;
    bool due = true;
    if (asked == NULL)
        return E_NO_MEMORY;
    if (!secret_name_obeys(name))
        return not_for_this_device(rq);
    TRY(config_plan(act, &(struct config_ask){ .device = act->actor.id }, &plan));
    TRY(plan_names(rq, &plan, name, &named));
    err_t e = secret_for_plan(act, &plan, name, &asked->row);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    rq->in = asked;
    asked->refused = !named ? "not-named" : e == E_NOT_FOUND ? "not-set" : NULL;
    if (asked->refused != NULL)
        return E_OK;
    TRY(asked_value(rq, asked));
    TRY(secret_delivery_is_due(act, &asked->row, act->actor.id, &due));
    return due ? E_OK : reply_obj(rq, 200, &secret_value_out_shape, asked->out);
}

static err_t refuse(struct request *rq, const struct asked *asked)
{
    str_t details;
    TRY(str_format(rq->act.arena, &details, "{\"why\":\"%s\"}", asked->refused));
    rq->event.action = STR("secret.refused");
    request_target(rq, "secret", (oid_t){ 0 }, rq->params[0]);
    request_details(rq, details);
    return not_for_this_device(rq);
}

err_t self_secret_give(struct request *rq)
{
    const struct asked *asked = rq->in;
    str_t details;
    if (asked->refused != NULL)
        return refuse(rq, asked);
    TRY(str_format(rq->act.arena, &details, "{\"revision\":%lld,\"scope\":\"%s\"}",
                   (long long)asked->row.revision, scope_name((enum scope_kind)asked->row.scope)));
    TRY(secret_delivery_note(&rq->act, &asked->row, rq->act.actor.id));
    request_target(rq, "secret", asked->row.id, asked->row.name);
    request_details(rq, details);
    return reply_obj(rq, 200, &secret_value_out_shape, asked->out);
}
