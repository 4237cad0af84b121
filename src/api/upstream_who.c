/* SPDX-License-Identifier: Apache-2.0 */
#include "api/upstream_who.h"

#include "api/gained.h"
#include "domain/identity/user.h"

static err_t account_event(struct request *rq, const struct row_provider *p, oid_t user)
{
    struct audit_event e = rq->event;
    struct row_user_account row;
    TRY(user_get(&rq->act, user, &row));
    e.action = STR("user.created");
    e.target_kind = STR("user");
    e.target_id = user;
    e.target_name = row.username;
    e.reason = p->name;
    return request_audit_more(rq, &e);
}

err_t upstream_who(struct request *rq, const struct row_provider *p,
                   const struct upstream_identity *who, bool groups, oid_t *ret)
{
    struct access_watch watch = { .kind = ACTOR_USER };
    bool fresh;
    TRY(upstream_person(&rq->act, p, who, ret, &fresh));
    watch.id = *ret;
    if (fresh)
        TRY(account_event(rq, p, *ret));
    else
        TRY(access_watch(&rq->act, ACTOR_USER, *ret, &watch));
    if (groups)
        TRY(upstream_groups(&rq->act, p, who, *ret));
    return gained_note(rq, &watch);
}
