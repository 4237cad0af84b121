/* SPDX-License-Identifier: Apache-2.0 */
#include "api/handlers_hooks.h"
#include "api/page.h"
#include "api/services.h"
#include "api/shapes_hooks.h"

static const char *const state_names[] = { "", "waiting", "delivered", "dead" };

static int64_t state_of(str_t name)
{
    for (size_t i = 1; i < ARRAY_LEN(state_names); i++) {
        if (str_eq(name, str_from_cz(state_names[i])))
            return (int64_t)i;
    }
    return 0;
}

static struct delivery_out view(const struct row_delivery *row)
{
    return (struct delivery_out){ .id = row->id,
                                  .event = row->event,
                                  .state = str_from_cz(state_names[row->state]),
                                  .attempts = row->attempts,
                                  .status = row->status,
                                  .error = row->error,
                                  .created_at = row->created_at,
                                  .due_at = row->due_at,
                                  .done_at = row->done_at,
                                  .payload = { row->body } };
}

err_t deliveries_list(struct request *rq)
{
    const struct delivery_query *q = rq->query;
    struct row_delivery *rows = NULL;
    struct row_webhook hook;
    struct page page;
    size_t n = 0;
    oid_t id;
    str_t filters = STR_NONE;
    TRY(request_param_id(rq, 0, &id));
    TRY(webhook_get(&rq->act, id, &hook));
    TRY(str_format(rq->act.arena, &filters, "%.*s|%.*s", STR_ARG(rq->params[0]),
                   STR_ARG(q->state)));
    TRY(page_open(rq, &q->page, filters, &page));
    const struct delivery_ask ask = {
        .webhook = id, .state = state_of(q->state), .before = page.after, .limit = page.limit + 1
    };
    TRY(delivery_list(&rq->act, &ask, &rows, &n));
    size_t shown = page_shown(&page, n);
    struct delivery_out *out = ARENA_ARRAY(rq->act.arena, struct delivery_out, shown + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < shown; i++)
        out[i] = view(&rows[i]);
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].id : page.after));
    return reply_list(rq, &delivery_out_shape, out, shown, page.next);
}

err_t deliveries_redeliver(struct request *rq)
{
    struct delivery_out *out = ARENA_NEW(rq->act.arena, struct delivery_out);
    struct row_delivery row;
    struct row_webhook hook;
    char text[OID_TEXT];
    str_t details;
    oid_t id;
    oid_t delivery;
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(request_param_id(rq, 0, &id));
    TRY(request_param_id(rq, 1, &delivery));
    TRY(webhook_get(&rq->act, id, &hook));
    TRY(delivery_again(&rq->act, id, delivery, &row));
    atomic_fetch_add(&rq->services->hooks.moved, 1);
    oid_format(delivery, text);
    TRY(str_format(rq->act.arena, &details, "{\"delivery\":\"%.*s\"}", OID_TEXT, text));
    request_target(rq, "webhook", hook.id, hook.name);
    request_details(rq, details);
    *out = view(&row);
    return reply_obj(rq, 200, &delivery_out_shape, out);
}
