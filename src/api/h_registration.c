/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts that people make themselves. */
#include "api/gained.h"
#include "api/handlers_identity.h"
#include "api/handlers_people.h"
#include "api/people.h"
#include "domain/signin/registration.h"

/* Both: who waited is told what became of it. */
static err_t tell_validated(struct request *rq, const struct row_user_account *user)
{
    str_t link = STR_NONE;
    TRY(people_link(rq, STR("/"), &link));
    const struct notice_field fields[] = { { "username", user->username, false },
                                           { "link", link, false } };
    return people_tell(rq, (struct notice_in){ .kind = NOTICE_ACCOUNT_VALIDATED,
                                               .user = user->id,
                                               .fields = fields,
                                               .fields_n = ARRAY_LEN(fields) });
}

static err_t tell_rejected(struct request *rq, const struct row_user_account *user, str_t reason)
{
    const struct notice_field fields[] = { { "username", user->username, false },
                                           { "reason", reason.n > 0 ? reason : STR("-"), false } };
    return people_tell(rq, (struct notice_in){ .kind = NOTICE_ACCOUNT_REJECTED,
                                               .email = user->email,
                                               .fields = fields,
                                               .fields_n = ARRAY_LEN(fields) });
}

err_t users_validate(struct request *rq)
{
    const struct validate_body *in = rq->in;
    struct names groups = names_of(in->groups);
    struct access_watch watch;
    struct row_user_account row;
    str_t details = STR_NONE;
    oid_t id;
    TRY(request_param_id(rq, 0, &id));
    TRY(access_watch(&rq->act, ACTOR_USER, id, &watch));
    TRY(registration_validate(&rq->act, id, &groups, &row));
    TRY(gained_note(rq, &watch));
    TRY(tell_validated(rq, &row));
    TRY(people_groups_detail(rq, id, &details));
    request_reason(rq, in->reason);
    request_details(rq, details);
    return user_reply(rq, 200, &row);
}

err_t users_reject(struct request *rq)
{
    const struct validate_body *in = rq->in;
    struct row_user_account row;
    oid_t id;
    TRY(request_param_id(rq, 0, &id));
    TRY(registration_reject(&rq->act, id, &row));
    TRY(tell_rejected(rq, &row, in->reason));
    request_target(rq, "user", row.id, row.username);
    request_reason(rq, in->reason);
    return reply_empty(rq, 204);
}
