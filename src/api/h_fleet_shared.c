/* SPDX-License-Identifier: Apache-2.0 */
/* What the fleet's handlers share. */
#include "api/handlers_fleet.h"

#include "api/reply.h"
#include "api/services.h"

struct fleet_rules request_fleet_rules(const struct request *rq)
{
    const struct settings *s = services_settings(rq->services);
    return (struct fleet_rules){
        .locked = s->fleet_locked.set && s->fleet_locked.v,
        .locked_by = str_from_cz(s->fleet_locked_by),
        .open_most = s->enrol_open,
        .open_per_machine = s->enrol_open_per_machine,
    };
}

err_t request_grants(struct request *rq, str_t user_id, struct strs groups, str_t labels,
                     struct device_grants *ret)
{
    struct device_grants grants = {
        .has_user = user_id.p != NULL,
        .has_groups = groups.v != NULL,
        .groups = groups.v,
        .groups_n = groups.n,
        .labels = labels,
    };
    if (user_id.n > 0 && oid_parse(user_id, &grants.user_id) != E_OK)
        return diag_set_field(&rq->act.why, E_BAD_FIELD, "user_id", "want an id: a UUID as text");
    *ret = grants;
    return E_OK;
}

err_t reply_problem_more(struct request *rq, err_t e, str_t member, str_t json)
{
    str_t body;
    struct buf b;
    buf_init(&b, KIB(64));
    problem_encode_act(&b, e, &rq->act, rq->id);
    if (b.err == E_OK && b.n > 0)
        b.n--; /* its closing brace comes again behind the member */
    BUF_ADD(&b, ",\"");
    buf_add(&b, member);
    BUF_ADD(&b, "\":");
    buf_add(&b, json);
    BUF_ADD(&b, "}");
    err_t copied = b.err != E_OK ? b.err : str_copy(rq->act.arena, buf_str(&b), &body);
    buf_fini(&b);
    TRY(copied);
    rq->quiet = true;
    return reply_raw(rq, err_info(e)->status, "application/problem+json", body);
}
