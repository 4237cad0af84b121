/* SPDX-License-Identifier: Apache-2.0 */
/* What the one who asks may open, and nothing about the rest. */
#include "api/handlers_access.h"
#include "api/shapes_access.h"
#include "domain/access/app_words.h"
#include "domain/access/decide.h"

static struct portal_application_out portal_view(const struct row_application *row)
{
    return (struct portal_application_out){ .id = row->id,
                                            .name = row->name,
                                            .kind = word_of(&app_kind_words, row->kind),
                                            .description = row->description,
                                            .icon = row->icon,
                                            .launch_url = row->launch_url,
                                            .admin = row->admin != 0 };
}

/* His own organisation's: a system administrator who looks at another one has nothing there. */
static err_t own(struct request *rq, struct row_application **ret, size_t *ret_n)
{
    return access_of(&rq->act, rq->act.actor.kind, rq->act.actor.id, ret, ret_n);
}

err_t portal_list(struct request *rq)
{
    struct row_application *rows = NULL;
    size_t n = 0;
    TRY(own(rq, &rows, &n));
    struct portal_application_out *out =
        ARENA_ARRAY(rq->act.arena, struct portal_application_out, n + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        out[i] = portal_view(&rows[i]);
    return reply_list(rq, &portal_application_out_shape, out, n, STR_NONE);
}

err_t portal_get(struct request *rq)
{
    struct portal_application_out *out = ARENA_NEW(rq->act.arena, struct portal_application_out);
    struct row_application *rows = NULL;
    size_t n = 0;
    oid_t id;
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(request_param_id(rq, 0, &id));
    TRY(own(rq, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        if (!oid_eq(rows[i].id, id))
            continue;
        *out = portal_view(&rows[i]);
        return reply_obj(rq, 200, &portal_application_out_shape, out);
    }
    return FAIL(&rq->act.why, E_NOT_FOUND, "there is no such application");
}
