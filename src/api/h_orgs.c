/* SPDX-License-Identifier: Apache-2.0 */
#include "api/handlers_identity.h"
#include "api/page.h"
#include "api/shapes_identity.h"
#include "domain/identity/organisation.h"

static struct org_out org_view(const struct row_organisation *row)
{
    return (struct org_out){
        .id = row->id,
        .slug = row->slug,
        .name = row->name,
        .status = str_from_cz(account_status_name((enum account_status)row->status)),
        .created_at = row->created_at,
    };
}

err_t orgs_list(struct request *rq)
{
    const struct search_query *q = rq->query;
    struct row_organisation *rows = NULL;
    struct page page;
    size_t n = 0;
    TRY(page_open(rq, &q->page, STR(""), &page));
    TRY(organisation_page(&rq->act, page.after, page.limit + 1, &rows, &n));
    struct org_out *out = ARENA_ARRAY(rq->act.arena, struct org_out, n + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    size_t shown = page_shown(&page, n);
    for (size_t i = 0; i < shown; i++)
        out[i] = org_view(&rows[i]);
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].id : page.after));
    return reply_list(rq, &org_out_shape, out, shown, page.next);
}

err_t orgs_create(struct request *rq)
{
    const struct org_body *in = rq->in;
    struct row_organisation row;
    TRY(organisation_create(&rq->act, in->slug, in->name, &row));
    struct org_out *out = ARENA_NEW(rq->act.arena, struct org_out);
    if (out == NULL)
        return E_NO_MEMORY;
    *out = org_view(&row);
    rq->event.org = row.id; /* its own record begins with its making */
    request_target(rq, "organisation", row.id, row.slug);
    return reply_obj(rq, 201, &org_out_shape, out);
}
