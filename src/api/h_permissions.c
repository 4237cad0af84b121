/* SPDX-License-Identifier: Apache-2.0 */
/* Permissions of people, service accounts, devices, groups, and of everybody. */
#include "api/handlers_gateway.h"
#include "api/managed.h"
#include "api/page.h"
#include "api/permission_draft.h"
#include "api/permission_view.h"
#include "base/ref.h"

/* Whose permissions the path is about. */
static const struct subject_path {
    const char *begins;
    enum gate_subject kind;
} subject_paths[] = {
    { "/permissions/user/", GATE_SUBJECT_USER },
    { "/permissions/service-account/", GATE_SUBJECT_SERVICE },
    { "/permissions/device/", GATE_SUBJECT_DEVICE },
    { "/permissions/group/", GATE_SUBJECT_GROUP },
    { "/permissions/defaults", GATE_SUBJECT_DEFAULT },
};

/* `ret_params`: how many of the path's parameters name him. */
static err_t subject_of_path(struct request *rq, struct permission_of *ret, size_t *ret_params)
{
    str_t path = str_from_cz(rq->route->path);
    enum gate_subject kind = GATE_SUBJECT_DEFAULT;
    oid_t id = { 0 };
    for (size_t i = 0; i < ARRAY_LEN(subject_paths); i++) {
        if (str_starts(path, str_from_cz(subject_paths[i].begins)))
            kind = subject_paths[i].kind;
    }
    *ret_params = kind == GATE_SUBJECT_DEFAULT ? 0 : 1;
    if (*ret_params > 0)
        TRY(request_param_id(rq, 0, &id));
    TRY(permission_of(&rq->act, kind, id, ret));
    request_target(rq, gate_subject_name(kind), id, ret->name);
    return E_OK;
}

/* What a list of rows is shown with. */
struct view {
    struct server_names names;
    struct gate_access *access; /* one reference */
};

static void view_fini(struct view *v)
{
    ref_drop(v->access);
}

static err_t view_open(struct request *rq, const struct permission_of *of, struct view *ret)
{
    struct view v = { .access = NULL };
    TRY(server_names_load(&rq->act, &v.names));
    TRY(permission_access(&rq->act, of, &v.access));
    *ret = v;
    return E_OK;
}

/* What the default would inherit is what is built in. */
static void inherit(const struct view *v, const struct row_permission *row,
                    struct inherited_out *ret)
{
    struct gate_place place = { row->server_id, row->tool };
    struct gate_flags flags;
    gate_flags(v->access, &place, row->id, &flags);
    *ret = (struct inherited_out){ .can_read = flags.can[GATE_READ],
                                   .can_write = flags.can[GATE_WRITE],
                                   .can_execute = flags.can[GATE_EXECUTE],
                                   .is_enabled = flags.enabled,
                                   .approval = flags.approval };
}

static err_t permission_view(struct request *rq, const struct view *v,
                             const struct permission_of *of, const struct row_permission *row,
                             struct permission_out *ret)
{
    struct inherited_out *inherited = ARENA_NEW(rq->act.arena, struct inherited_out);
    if (inherited == NULL)
        return E_NO_MEMORY;
    inherit(v, row, inherited);
    TRY(permission_out_make(rq, &v->names, of, row, ret));
    ret->inherited = (struct obj){ inherited };
    return E_OK;
}

err_t permissions_list(struct request *rq)
{
    const struct permission_query *q = rq->query;
    CLEANUP(view_fini) struct view v = { .access = NULL };
    struct permission_of of;
    struct row_permission *rows = NULL;
    struct page page;
    size_t n = 0;
    size_t params;
    TRY(subject_of_path(rq, &of, &params));
    TRY(page_open(rq, &q->page, params > 0 ? rq->params[0] : STR(""), &page));
    TRY(permission_page(&rq->act, &of, page.after, page.limit + 1, &rows, &n));
    size_t shown = page_shown(&page, n);
    struct permission_out *out = ARENA_ARRAY(rq->act.arena, struct permission_out, shown + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(view_open(rq, &of, &v));
    for (size_t i = 0; i < shown; i++)
        TRY(permission_view(rq, &v, &of, &rows[i], &out[i]));
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].id : page.after));
    return reply_list(rq, &permission_out_shape, out, shown, page.next);
}

/* If-Match holds for the row that stands there; nothing matches where there is none. */
static err_t still_the_same(struct request *rq, const struct permission_of *of,
                            const struct gate_place *place)
{
    struct row_permission old;
    str_t etag = STR("");
    err_t e = permission_find(&rq->act, of, place, &old);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    act_clear_why(&rq->act);
    if (e == E_OK)
        TRY(etag_make(rq, old.id, old.revision, &etag));
    return etag_check(rq, etag);
}

static err_t put_one(struct request *rq, const struct permission_of *of,
                     const struct permission_body *b, struct row_permission *ret)
{
    struct permission_in in = permission_in_of(b);
    struct gate_place place;
    TRY(tool_place(&rq->act, b->tool, &place));
    TRY(still_the_same(rq, of, &place));
    return permission_put(&rq->act, of, &place, &in, ret);
}

err_t permissions_put(struct request *rq)
{
    CLEANUP(view_fini) struct view v = { .access = NULL };
    struct permission_out *out = ARENA_NEW(rq->act.arena, struct permission_out);
    struct permission_of of;
    struct row_permission row;
    size_t params;
    str_t details;
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(subject_of_path(rq, &of, &params));
    TRY(put_one(rq, &of, rq->in, &row));
    TRY(view_open(rq, &of, &v));
    TRY(permission_view(rq, &v, &of, &row, out));
    TRY(managed_mark(rq, PERMISSION_MARK, row.id));
    TRY(permission_details(rq, out, &details));
    request_details(rq, details);
    TRY(reply_header(rq, STR("ETag"), out->etag));
    return reply_obj(rq, 200, &permission_out_shape, out);
}

/* Each row is on the record by itself, beside the one event of the call. */
static err_t record_one(struct request *rq, const struct permission_of *of,
                        const struct permission_out *row)
{
    struct audit_event e = rq->event;
    e.org = rq->act.org;
    e.action = STR("permission.changed");
    e.reason = STR_NONE;
    e.target_kind = str_from_cz(gate_subject_name(of->kind));
    e.target_id = of->id;
    e.target_name = of->name;
    TRY(permission_details(rq, row, &e.details));
    return request_audit_more(rq, &e);
}

err_t permissions_put_bulk(struct request *rq)
{
    const struct permissions_body *b = rq->in;
    const struct permission_body *in = b->permissions.v;
    CLEANUP(view_fini) struct view v = { .access = NULL };
    struct permissions_out *out = ARENA_NEW(rq->act.arena, struct permissions_out);
    struct row_permission *rows =
        ARENA_ARRAY(rq->act.arena, struct row_permission, b->permissions.n);
    struct permission_out *shown =
        ARENA_ARRAY(rq->act.arena, struct permission_out, b->permissions.n);
    struct permission_of of;
    size_t params;
    str_t details;
    if (out == NULL || rows == NULL || shown == NULL)
        return E_NO_MEMORY;
    TRY(subject_of_path(rq, &of, &params));
    for (size_t i = 0; i < b->permissions.n; i++)
        TRY(put_one(rq, &of, &in[i], &rows[i]));
    TRY(view_open(rq, &of, &v));
    for (size_t i = 0; i < b->permissions.n; i++) {
        TRY(permission_view(rq, &v, &of, &rows[i], &shown[i]));
        TRY(managed_mark(rq, PERMISSION_MARK, rows[i].id));
        TRY(record_one(rq, &of, &shown[i]));
    }
    TRY(str_format(rq->act.arena, &details, "{\"permissions\":%zu}", b->permissions.n));
    request_details(rq, details);
    out->permissions = (struct rows){ shown, b->permissions.n };
    return reply_obj(rq, 200, &permissions_out_shape, out);
}

/* PREFIX__TOOL in one parameter, or server and tool in two. */
static err_t place_of_path(struct request *rq, size_t params, struct gate_place *ret)
{
    str_t text = rq->params[params];
    if (rq->params[params + 1].p != NULL)
        TRY(str_format(rq->act.arena, &text, "%.*s/%.*s", STR_ARG(rq->params[params]),
                       STR_ARG(rq->params[params + 1])));
    err_t e = tool_place(&rq->act, text, ret);
    if (e != E_BAD_FIELD)
        return e;
    act_clear_why(&rq->act);
    return FAIL(&rq->act.why, E_NOT_FOUND, "there is no such tool");
}

/* The record says whose it was, and about which tool. */
static err_t drop(struct request *rq, const struct permission_of *of,
                  const struct row_permission *row)
{
    struct gate_place place = { row->server_id, row->tool };
    struct permission_out shown = { 0 };
    struct server_names names;
    str_t details;
    TRY(still_the_same(rq, of, &place));
    TRY(permission_drop(&rq->act, of, row->id));
    TRY(managed_unmark(rq, row->id));
    TRY(server_names_load(&rq->act, &names));
    TRY(tool_text(rq->act.arena, &names, &place, &shown.tool));
    TRY(permission_details(rq, &shown, &details));
    request_details(rq, details);
    return reply_empty(rq, 204);
}

err_t permissions_drop(struct request *rq)
{
    struct permission_of of;
    struct gate_place place;
    struct row_permission row;
    size_t params;
    TRY(subject_of_path(rq, &of, &params));
    TRY(place_of_path(rq, params, &place));
    TRY(permission_find(&rq->act, &of, &place, &row));
    return drop(rq, &of, &row);
}

err_t permissions_drop_row(struct request *rq)
{
    struct permission_of of;
    struct row_permission row;
    oid_t id;
    TRY(request_param_id(rq, 0, &id));
    TRY(permission_get(&rq->act, id, &row));
    TRY(permission_of(&rq->act, (enum gate_subject)row.kind, row.subject, &of));
    request_target(rq, gate_subject_name(of.kind), of.id, of.name);
    return drop(rq, &of, &row);
}

/* Of everybody, with whose they are; what each would inherit is asked subject by subject. */
err_t permissions_all(struct request *rq)
{
    const struct permission_query *q = rq->query;
    struct server_names names;
    struct permission_row *rows = NULL;
    struct page page;
    size_t n = 0;
    TRY(page_open(rq, &q->page, STR(""), &page));
    TRY(permission_all(&rq->act, page.after, page.limit + 1, &rows, &n));
    TRY(server_names_load(&rq->act, &names));
    size_t shown = page_shown(&page, n);
    struct permission_out *out = ARENA_ARRAY(rq->act.arena, struct permission_out, shown + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < shown; i++)
        TRY(permission_out_make(rq, &names, &rows[i].of, &rows[i].row, &out[i]));
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].row.id : page.after));
    return reply_list(rq, &permission_out_shape, out, shown, page.next);
}
