/* SPDX-License-Identifier: Apache-2.0 */
/* What the handlers of users, groups and service accounts share. */
#include "api/handlers_identity.h"
#include "domain/identity/group.h"

enum { DETAILS_MAX = 1024 };

struct names names_of(struct strs list)
{
    return (struct names){ .v = list.v, .n = list.n, .set = list.v != NULL };
}

err_t roles_shown(struct request *rq, int64_t roles, struct strs *ret)
{
    return roles_names(rq->act.arena, roles, &ret->v, &ret->n);
}

err_t groups_shown(struct request *rq, enum actor_kind kind, oid_t id, struct strs *ret)
{
    return groups_of(&rq->act, kind, id, &ret->v, &ret->n);
}

err_t account_details(struct request *rq, int64_t roles, const char *status)
{
    struct strs names = { 0 };
    str_t text = STR_NONE;
    TRY(roles_shown(rq, roles, &names));
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, DETAILS_MAX);
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '{');
    json_out_name(&o, STR("roles"));
    json_out_open(&o, '[');
    for (size_t i = 0; i < names.n; i++)
        json_out_str(&o, names.v[i]);
    json_out_close(&o, ']');
    if (status != NULL)
        JSON_OUT(&o, "status", str, str_from_cz(status));
    json_out_close(&o, '}');
    TRY(b.err);
    TRY(str_copy(rq->act.arena, buf_str(&b), &text));
    request_details(rq, text);
    return E_OK;
}
