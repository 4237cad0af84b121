/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts that people make themselves. */
#include "api/handlers_identity.h"
#include "api/handlers_people.h"
#include "domain/signin/registration.h"

/* {"groups":[...]}: for the record. */
static err_t groups_detail(struct request *rq, oid_t user)
{
    enum { DETAILS_MAX = 16 * 1024 };
    CLEANUP(buf_fini) struct buf b = { 0 };
    struct strs groups = { 0 };
    str_t text = STR_NONE;
    TRY(groups_shown(rq, ACTOR_USER, user, &groups));
    buf_init(&b, DETAILS_MAX);
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    json_out_name(&o, STR("groups"));
    json_out_open(&o, '[');
    for (size_t i = 0; i < groups.n; i++)
        json_out_str(&o, groups.v[i]);
    json_out_close(&o, ']');
    json_out_close(&o, '}');
    TRY(b.err);
    TRY(str_copy(rq->act.arena, buf_str(&b), &text));
    request_details(rq, text);
    return E_OK;
}

err_t users_validate(struct request *rq)
{
    const struct validate_body *in = rq->in;
    struct names groups = names_of(in->groups);
    struct row_user_account row;
    oid_t id;
    TRY(request_param_id(rq, 0, &id));
    TRY(registration_validate(&rq->act, id, &groups, &row));
    request_reason(rq, in->reason);
    TRY(groups_detail(rq, id));
    return user_reply(rq, 200, &row);
}

err_t users_reject(struct request *rq)
{
    const struct validate_body *in = rq->in;
    struct row_user_account row;
    oid_t id;
    TRY(request_param_id(rq, 0, &id));
    TRY(registration_reject(&rq->act, id, &row));
    request_target(rq, "user", row.id, row.username);
    request_reason(rq, in->reason);
    return reply_empty(rq, 204);
}
