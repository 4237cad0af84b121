/* SPDX-License-Identifier: Apache-2.0 */
#include "api/handlers_audit.h"

#include "api/audit_tail.h"
#include "api/page.h"
#include "base/num.h"
#include "domain/identity/organisation.h"

enum { PAGE_DEFAULT = 100 };

/* Whose record: one's own, or for a system administrator anybody's, and the chain `system`. */
static err_t org_of(struct request *rq, str_t slug, oid_t *ret)
{
    bool system_admin = perms_have(rq->act.actor.perms, PERM_SYSTEM_ADMIN);
    oid_t org = rq->act.org;
    if (slug.p != NULL && system_admin && str_eq(slug, STR("system"))) {
        *ret = (oid_t){ 0 };
        return E_OK;
    }
    if (slug.p != NULL) {
        TRY(organisation_find(&rq->act, slug, &org));
        if (!oid_eq(org, rq->act.org) && !system_admin)
            return FAIL(&rq->act.why, E_NOT_FOUND, "there is no such organisation");
    }
    *ret = org;
    return E_OK;
}

static err_t filter_of(struct request *rq, const struct audit_query *q, struct audit_filter *ret)
{
    *ret = (struct audit_filter){
        .from = q->from,
        .to = q->to,
        .action = q->action,
        .actor = q->actor,
        .target = q->target,
        .result = q->result,
        .oldest_first = str_eq(q->order, STR("asc")),
    };
    return org_of(rq, q->org, &ret->org);
}

/* What makes it this list: a cursor serves no other. */
static err_t filter_name(struct request *rq, const struct audit_query *q,
                         const struct audit_filter *f, str_t *ret)
{
    char org[OID_TEXT];
    oid_format(f->org, org);
    str_t head;
    TRY(str_format(rq->act.arena, &head, "%.*s\n%lld\n%lld\n%d", (int)sizeof org, org,
                   (long long)q->from.us, (long long)q->to.us, f->oldest_first ? 1 : 0));
    return str_format(rq->act.arena, ret, "%.*s\n%.*s\n%.*s\n%.*s\n%.*s", STR_ARG(head),
                      STR_ARG(q->actor), STR_ARG(q->action), STR_ARG(q->target),
                      STR_ARG(q->result));
}

/* Cursors are places in the chain. */
static err_t place_make(struct request *rq, int64_t seq, str_t filters, str_t *ret)
{
    str_t text;
    TRY(str_format(rq->act.arena, &text, "%lld", (long long)seq));
    return cursor_make(rq, text, filters, ret);
}

static err_t place_open(struct request *rq, str_t cursor, str_t filters, int64_t *ret)
{
    str_t text = STR_NONE;
    if (cursor.p == NULL)
        return E_OK;
    TRY(cursor_open(rq, cursor, filters, &text));
    return num_parse_i64(text, ret) == E_OK
               ? E_OK
               : FAIL(&rq->act.why, E_BAD_CURSOR, "this is no cursor of this list");
}

static err_t page_reply(struct request *rq, const struct audit_page *page, str_t filters)
{
    struct arena *a = rq->act.arena;
    struct audit_out *out = ARENA_ARRAY(a, struct audit_out, page->n + 1);
    str_t next = STR_NONE;
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < page->n; i++)
        TRY(audit_view_make(a, &page->rows[i], &out[i]));
    if (page->next != 0)
        TRY(place_make(rq, page->next, filters, &next));
    return reply_list(rq, &audit_out_shape, out, page->n, next);
}

static err_t list(struct request *rq, const struct audit_query *q,
                  const struct audit_filter *filter)
{
    struct audit_page page;
    str_t filters;
    int64_t from = 0;
    TRY(filter_name(rq, q, filter, &filters));
    TRY(place_open(rq, q->page.cursor, filters, &from));
    int64_t limit = q->page.limit > 0 ? q->page.limit : PAGE_DEFAULT;
    TRY(audit_page_read(rq->act.db, rq->act.arena, filter, from, limit, &page));
    return page_reply(rq, &page, filters);
}

err_t audit_get(struct request *rq)
{
    const struct audit_query *q = rq->query;
    struct audit_filter filter;
    TRY(filter_of(rq, q, &filter));
    if (q->format.p != NULL && !str_eq(q->format, STR("json"))) {
        TRY(request_may(rq, PERM_AUDIT_EXPORT));
        return audit_export(rq, &filter, str_eq(q->format, STR("csv")));
    }
    return list(rq, q, &filter);
}

err_t audit_stream(struct request *rq)
{
    struct audit_filter filter;
    TRY(filter_of(rq, rq->query, &filter));
    return audit_tail_make(rq, &filter);
}

err_t audit_own(struct request *rq)
{
    struct audit_query q = *(const struct audit_query *)rq->query;
    struct audit_filter filter;
    char id[OID_TEXT];
    TRY(filter_of(rq, &q, &filter));
    filter.own = rq->act.actor.id;
    oid_format(filter.own, id);
    q.actor = str_of(id, sizeof id); /* a cursor serves nobody else */
    return list(rq, &q, &filter);
}

err_t audit_bytes(struct request *rq)
{
    const struct audit_bytes_query *q = rq->query;
    struct audit_ask ask = { .limit = q->page.limit > 0 ? q->page.limit : PAGE_DEFAULT };
    struct audit_stored_page page;
    str_t next = STR_NONE;
    TRY(org_of(rq, q->org, &ask.org));
    str_t filters = oid_bytes(&ask.org);
    TRY(place_open(rq, q->page.cursor, filters, &ask.after));
    TRY(audit_stored_read(rq->act.db, rq->act.arena, &ask, &page));
    struct audit_bytes_out *out = ARENA_ARRAY(rq->act.arena, struct audit_bytes_out, page.n + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < page.n; i++)
        TRY(audit_bytes_make(rq->act.arena, page.chain, &page.rows[i], &out[i]));
    if (page.more)
        TRY(place_make(rq, page.rows[page.n - 1].seq, filters, &next));
    return reply_list(rq, &audit_bytes_shape, out, page.n, next);
}
