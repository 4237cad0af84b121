/* SPDX-License-Identifier: Apache-2.0 */
#include "api/gained.h"
#include "api/handlers_identity.h"
#include "api/page.h"
#include "api/shapes_identity.h"
#include "domain/identity/organisation.h"
#include "domain/identity/user.h"

static err_t user_view(struct request *rq, const struct row_user_account *row, struct user_out *ret)
{
    *ret = (struct user_out){
        .id = row->id,
        .username = row->username,
        .email = row->email,
        .display_name = row->display_name,
        .status = str_from_cz(account_status_name((enum account_status)row->status)),
        .created_at = row->created_at,
        .updated_at = row->updated_at,
    };
    TRY(roles_shown(rq, row->roles, &ret->roles));
    TRY(groups_shown(rq, ACTOR_USER, row->id, &ret->groups));
    return etag_make(rq, row->id, row->revision, &ret->etag);
}

err_t user_reply(struct request *rq, int status, const struct row_user_account *row)
{
    struct user_out *out = ARENA_NEW(rq->act.arena, struct user_out);
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(user_view(rq, row, out));
    TRY(reply_header(rq, STR("ETag"), out->etag));
    request_target(rq, "user", row->id, row->username);
    return reply_obj(rq, status, &user_out_shape, out);
}

/* The user of the path, still as the caller knows him. */
static err_t user_of_path(struct request *rq, struct row_user_account *ret)
{
    oid_t id;
    str_t etag;
    TRY(request_param_id(rq, 0, &id));
    TRY(user_get(&rq->act, id, ret));
    request_target(rq, "user", ret->id, ret->username);
    TRY(etag_make(rq, id, ret->revision, &etag));
    return etag_check(rq, etag);
}

/* `org` of the body: one's own, or any for a system administrator. */
static err_t user_org(struct request *rq, str_t slug)
{
    oid_t org;
    if (slug.p == NULL)
        return E_OK;
    TRY(organisation_find(&rq->act, slug, &org));
    if (!oid_eq(org, rq->act.org) && !perms_have(rq->act.actor.perms, PERM_SYSTEM_ADMIN))
        return FAIL(&rq->act.why, E_NOT_FOUND, "there is no such organisation");
    rq->act.org = org;
    rq->event.org = org;
    return E_OK;
}

static struct user_in user_words(const struct user_body *b)
{
    return (struct user_in){
        .username = b->username,
        .email = b->email,
        .display_name = b->display_name,
        .status = b->status,
        .roles = names_of(b->roles),
        .groups = names_of(b->groups),
    };
}

err_t users_list(struct request *rq)
{
    const struct user_query *q = rq->query;
    struct user_filter filter = { q->search, q->username, q->email };
    struct row_user_account *rows = NULL;
    struct page page;
    str_t name;
    int64_t total = 0;
    size_t n = 0;
    TRY(str_format(rq->act.arena, &name, "%.*s\n%.*s\n%.*s", STR_ARG(q->search),
                   STR_ARG(q->username), STR_ARG(q->email)));
    TRY(page_open(rq, &q->page, name, &page));
    TRY(user_page(&rq->act, &filter, page.after, page.limit + 1, &rows, &n));
    size_t shown = page_shown(&page, n);
    struct user_out *out = ARENA_ARRAY(rq->act.arena, struct user_out, shown + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < shown; i++)
        TRY(user_view(rq, &rows[i], &out[i]));
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].id : page.after));
    TRY(reply_list(rq, &user_out_shape, out, shown, page.next));
    if (!q->count)
        return E_OK;
    TRY(user_count(&rq->act, &filter, &total));
    rq->reply.total = (opt_i64_t){ true, total };
    return E_OK;
}

err_t users_create(struct request *rq)
{
    const struct user_body *in = rq->in;
    struct user_in words = user_words(in);
    struct row_user_account row;
    TRY(user_org(rq, in->org));
    TRY(user_create(&rq->act, &words, &row));
    TRY(gained_note(rq, &(struct access_watch){ .kind = ACTOR_USER, .id = row.id }));
    TRY(account_details(rq, row.roles, account_status_name((enum account_status)row.status)));
    return user_reply(rq, 201, &row);
}

err_t users_get(struct request *rq)
{
    struct row_user_account row;
    oid_t id;
    TRY(request_param_id(rq, 0, &id));
    TRY(user_get(&rq->act, id, &row));
    return user_reply(rq, 200, &row);
}

err_t users_change(struct request *rq)
{
    struct access_watch watch;
    struct user_in words = user_words(rq->in);
    struct row_user_account row;
    TRY(user_of_path(rq, &row));
    TRY(access_watch(&rq->act, ACTOR_USER, row.id, &watch));
    TRY(user_change(&rq->act, row.id, &words, &row));
    TRY(gained_note(rq, &watch));
    TRY(account_details(rq, row.roles, account_status_name((enum account_status)row.status)));
    return user_reply(rq, 200, &row);
}

err_t users_delete(struct request *rq)
{
    struct access_watch watch;
    struct row_user_account row;
    TRY(user_of_path(rq, &row));
    TRY(access_watch(&rq->act, ACTOR_USER, row.id, &watch));
    TRY(user_delete(&rq->act, row.id));
    TRY(gained_note(rq, &watch));
    return reply_empty(rq, 204);
}
