/* SPDX-License-Identifier: Apache-2.0 */
/* Who may open an application, and what a person may open. */
#include "api/gained.h"
#include "api/handlers_access.h"
#include "api/page.h"
#include "api/shapes_access.h"
#include "api/shapes_identity.h"
#include "domain/access/app_words.h"
#include "domain/access/binding.h"

static struct binding_out binding_view(const struct row_binding *row)
{
    return (struct binding_out){ .id = row->id,
                                 .kind = str_from_cz(binding_kind_name(row->kind)),
                                 .target_id = row->target_id,
                                 .name = row->name,
                                 .created_at = row->created_at };
}

static err_t application_of_path(struct request *rq, struct row_application *ret)
{
    oid_t id;
    TRY(request_param_id(rq, 0, &id));
    TRY(application_get(&rq->act, id, ret));
    request_target(rq, "application", ret->id, ret->name);
    return E_OK;
}

/* The application is the target, who it is bound to stands in the details; a second event says it
 * the other way round, for those who wait for what somebody gains or loses. */
static err_t binding_event(struct request *rq, const char *action,
                           const struct row_application *app, const struct row_binding *row)
{
    static const char *const kinds[] = {
        [BINDING_GROUP] = "group",
        [BINDING_USER] = "user",
        [BINDING_SERVICE] = "service-account",
    };
    char id[OID_TEXT];
    str_t details;
    oid_format(row->target_id, id);
    TRY(str_format(rq->act.arena, &details, "{\"to\":{\"id\":\"%.*s\",\"kind\":\"%s\"}}",
                   (int)sizeof id, id, kinds[row->kind]));
    request_details(rq, details);
    struct gained_target target = { kinds[row->kind], row->target_id, row->name };
    return gained_write(rq, action, &target, &app->name, 1);
}

err_t bindings_list(struct request *rq)
{
    const struct search_query *q = rq->query;
    struct row_application app;
    struct row_binding *rows = NULL;
    struct page page;
    size_t n = 0;
    TRY(application_of_path(rq, &app));
    TRY(page_open(rq, &q->page, rq->params[0], &page));
    TRY(binding_page(&rq->act, app.id, page.after, page.limit + 1, &rows, &n));
    size_t shown = page_shown(&page, n);
    struct binding_out *out = ARENA_ARRAY(rq->act.arena, struct binding_out, shown + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < shown; i++)
        out[i] = binding_view(&rows[i]);
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].id : page.after));
    return reply_list(rq, &binding_out_shape, out, shown, page.next);
}

err_t bindings_add(struct request *rq)
{
    const struct binding_body *b = rq->in;
    struct binding_in in = { b->group_id, b->group, b->user_id, b->username,
                             b->service_account_id };
    struct row_application app;
    struct row_binding row;
    bool is_new = false;
    struct binding_out *out = ARENA_NEW(rq->act.arena, struct binding_out);
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(application_of_path(rq, &app));
    TRY(binding_add(&rq->act, &app, &in, &row, &is_new));
    if (is_new)
        TRY(binding_event(rq, "access.gained", &app, &row));
    rq->quiet = !is_new; /* it was bound already: nothing happened */
    *out = binding_view(&row);
    return reply_obj(rq, 201, &binding_out_shape, out);
}

err_t bindings_drop(struct request *rq)
{
    struct row_application app;
    struct row_binding row;
    oid_t id;
    TRY(application_of_path(rq, &app));
    TRY(request_param_id(rq, 1, &id));
    TRY(binding_drop(&rq->act, app.id, id, &row));
    TRY(binding_event(rq, "access.lost", &app, &row));
    return reply_empty(rq, 204);
}
