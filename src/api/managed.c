/* SPDX-License-Identifier: Apache-2.0 */
#include "api/managed.h"

#include "api/page.h"
#include "api/shapes_identity.h"
#include "sql/store.h"

struct managed_out {
    oid_t id;
    str_t kind;
    ts_t marked_at;
};

/* clang-format off */
static const struct field managed_out_fields[] = {
    FIELD(struct managed_out, id),
    FIELD(struct managed_out, kind, .doc = "as the record names it: group, application ..."),
    FIELD(struct managed_out, marked_at),
};
/* clang-format on */

const struct shape managed_out_shape = SHAPE(struct managed_out, "Managed", managed_out_fields);

bool request_is_from_file(const struct request *rq)
{
    return str_eq(http_field(rq->xchg, STR("Seneschal-Origin")), STR("file"));
}

/* The object itself, and not something below it. */
static bool deletes_its_target(const struct request *rq)
{
    oid_t id;
    if (rq->xchg->method != HTTP_DELETE || rq->params[1].p != NULL)
        return false;
    return oid_parse(rq->params[0], &id) == E_OK && oid_eq(id, rq->event.target_id);
}

err_t managed_mark(struct request *rq, str_t kind, oid_t id)
{
    rq->marked = true;
    if (!request_is_from_file(rq))
        return E_OK;
    return sql_managed_put(rq->act.db, &(struct sql_managed_put){ .org = rq->act.org,
                                                                  .object_id = id,
                                                                  .kind = kind,
                                                                  .marked_at = rq->act.now });
}

err_t managed_unmark(struct request *rq, oid_t id)
{
    rq->marked = true;
    return sql_managed_drop(rq->act.db,
                            &(struct sql_managed_drop){ .org = rq->act.org, .object_id = id });
}

err_t managed_note(struct request *rq)
{
    const struct audit_event *e = &rq->event;
    if (rq->marked || !oid_is_set(e->target_id))
        return E_OK;
    if (deletes_its_target(rq))
        return managed_unmark(rq, e->target_id);
    return managed_mark(rq, e->target_kind, e->target_id);
}

err_t managed_list(struct request *rq)
{
    const struct search_query *q = rq->query;
    struct page page;
    struct sql_managed_page_row *rows;
    size_t n;
    TRY(page_open(rq, &q->page, STR(""), &page));
    struct sql_managed_page in = { .org = rq->act.org,
                                   .after = page.after,
                                   .limit = page.limit + 1 };
    TRY(sql_managed_page(rq->act.db, rq->act.arena, &in, &rows, &n));
    struct managed_out *out = ARENA_ARRAY(rq->act.arena, struct managed_out, n + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    size_t shown = page_shown(&page, n);
    for (size_t i = 0; i < shown; i++)
        out[i] = (struct managed_out){ rows[i].object_id, rows[i].kind, rows[i].marked_at };
    TRY(page_close(rq, &page, n, shown > 0 ? out[shown - 1].id : page.after));
    return reply_list(rq, &managed_out_shape, out, shown, page.next);
}
