/* SPDX-License-Identifier: Apache-2.0 */
#include "api/gained.h"
#include "api/handlers_identity.h"
#include "api/page.h"
#include "api/shapes_identity.h"
#include "domain/identity/group.h"

/* The group is the target; who went in or out stands in the details. */
static err_t member_event(struct request *rq, oid_t group_id, struct member m)
{
    struct row_principal_group group;
    char id[OID_TEXT];
    str_t details;
    oid_format(m.id, id);
    TRY(group_get(&rq->act, group_id, &group));
    TRY(str_format(rq->act.arena, &details, "{\"member\":{\"id\":\"%.*s\",\"kind\":\"%s\"}}",
                   (int)sizeof id, id, actor_kind_name(m.kind)));
    request_target(rq, "group", group.id, group.name);
    request_details(rq, details);
    return E_OK;
}

err_t members_list(struct request *rq)
{
    const struct search_query *q = rq->query;
    struct row_group_member *rows = NULL;
    struct page page;
    size_t n = 0;
    oid_t group;
    TRY(request_param_id(rq, 0, &group));
    TRY(page_open(rq, &q->page, rq->params[0], &page));
    TRY(group_member_page(&rq->act, group, page.after, page.limit + 1, &rows, &n));
    size_t shown = page_shown(&page, n);
    struct member_out *out = ARENA_ARRAY(rq->act.arena, struct member_out, shown + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < shown; i++)
        out[i] = (struct member_out){ str_from_cz(actor_kind_name((enum actor_kind)rows[i].kind)),
                                      rows[i].member_id, rows[i].name };
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].member_id : page.after));
    return reply_list(rq, &member_out_shape, out, shown, page.next);
}

err_t members_add(struct request *rq)
{
    const struct member_body *b = rq->in;
    struct member_in in = { b->user_id, b->username, b->service_account_id, b->device_id };
    struct access_watch watch;
    struct row_principal_group row;
    struct member m;
    oid_t group;
    bool added = false;
    TRY(request_param_id(rq, 0, &group));
    TRY(group_get(&rq->act, group, &row));
    TRY(member_resolve(&rq->act, &in, &m));
    TRY(access_watch(&rq->act, m.kind, m.id, &watch));
    TRY(group_member_add(&rq->act, group, &in, &m, &added));
    TRY(gained_tell(rq, &watch));
    TRY(member_event(rq, group, m));
    rq->quiet = !added; /* he was in already: nothing happened */
    return reply_empty(rq, 204);
}

err_t members_drop(struct request *rq)
{
    struct access_watch watch;
    struct member m;
    oid_t group;
    oid_t member;
    TRY(request_param_id(rq, 0, &group));
    TRY(request_param_id(rq, 1, &member));
    TRY(group_member_kind(&rq->act, group, member, &m));
    TRY(access_watch(&rq->act, m.kind, m.id, &watch));
    TRY(group_member_drop(&rq->act, group, member, &m));
    TRY(gained_note(rq, &watch));
    TRY(member_event(rq, group, m));
    return reply_empty(rq, 204);
}
