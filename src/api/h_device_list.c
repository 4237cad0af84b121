/* SPDX-License-Identifier: Apache-2.0 */
/* The list of devices: pages behind a cursor, pages from any row, and all of it as a file. */
#include "api/csv.h"
#include "api/handlers_fleet.h"

#include "domain/fleet/device_list.h"

/* A part of a file ends early once it is long enough: what waits for a slow client is bounded
 * (STREAM_MAX of plat/http). */
enum {
    PAGE_DEFAULT = 100,
    CHUNK_ROWS = 100,              /* read at once */
    PAGE_ENOUGH = 3 * 1024 * 1024, /* bytes of REQUEST_ARENA_MAX */
    PART_ROWS = 100,
    PART_ENOUGH = 256 * 1024,
    PART_MAX = 1024 * 1024,
    POSITION_MAX = 512
};

err_t devices_own_only(struct request *rq, oid_t *ret_user)
{
    const struct actor *actor = &rq->act.actor;
    if (perms_have(actor->perms, PERM_DEVICE_READ) || actor->kind != ACTOR_USER)
        return request_may(rq, PERM_DEVICE_READ);
    *ret_user = actor->id;
    return E_OK;
}

static err_t filter_of(struct request *rq, const struct device_query *q, struct device_filter *f)
{
    *f = (struct device_filter){
        .search = q->search, .group = q->group, .user_id = q->user, .label = q->label
    };
    if (q->status.p != NULL && device_statuses_parse(q->status, &f->statuses) != E_OK)
        return diag_set_field(&rq->act.why, E_BAD_FIELD, "status",
                              "want PENDING, ENROLLED, BLOCKED, UNINSTALLED, REFUSED or REVOKED; "
                              "several by commas");
    if (q->offset.set && q->page.cursor.p != NULL)
        return diag_set_field(&rq->act.why, E_BAD_FIELD, "offset",
                              "a page begins at an offset or at a cursor, not at both");
    TRY(device_sort_parse(q->sort, &f->sort));
    return devices_own_only(rq, &f->user_id);
}

/* What a cursor is bound to: everything that makes the list another one. */
static err_t filter_text(struct request *rq, const struct device_filter *f, str_t *ret)
{
    char user[OID_TEXT];
    oid_format(f->user_id, user);
    return str_format(rq->act.arena, ret, "%d\n%lld\n%.*s\n%.*s\n%.*s\n%.*s", (int)f->sort,
                      (long long)f->statuses, OID_TEXT, user, STR_ARG(f->search), STR_ARG(f->group),
                      STR_ARG(f->label));
}

/* Rows of one answer. */
struct listing {
    struct device_out *out;
    size_t n;
    str_t next; /* the position behind the last; absent after the end of the list */
};

/* Strangers say much of machines that wait: a page of such rows ends before the memory of its
 * request does. */
static bool is_long(const struct request *rq, const struct listing *l)
{
    return l->n > 0 && arena_used(rq->act.arena) >= PAGE_ENOUGH;
}

static err_t rows_add(struct request *rq, const struct device_filter *f, struct device_page *page,
                      struct listing *l)
{
    size_t i = 0;
    while (i < page->n && !is_long(rq, l))
        TRY(device_view(rq, &page->rows[i++], false, &l->out[l->n++]));
    if (i == 0 && page->n > 0)
        return E_OK; /* it begins where it was going to */
    if (i > 0)
        TRY(device_page_cut(&rq->act, f->sort, i, page));
    l->next = page->next;
    return E_OK;
}

static err_t rows_read(struct request *rq, const struct device_query *q,
                       const struct device_filter *f, int64_t limit, struct listing *l)
{
    do {
        struct device_page page;
        int64_t left = limit - (int64_t)l->n;
        int64_t rows = left < CHUNK_ROWS ? left : CHUNK_ROWS;
        if (q->offset.set && l->n == 0)
            TRY(device_jump(&rq->act, f, q->offset.v, rows, &page));
        else
            TRY(device_list(&rq->act, f, l->next, rows, &page));
        TRY(rows_add(rq, f, &page, l));
    } while (l->next.p != NULL && (int64_t)l->n < limit && !is_long(rq, l));
    return E_OK;
}

static err_t list_page(struct request *rq, const struct device_query *q,
                       const struct device_filter *f)
{
    str_t filters;
    str_t cursor = STR_NONE;
    int64_t limit = q->page.limit > 0 ? q->page.limit : PAGE_DEFAULT;
    struct listing l = { .out = ARENA_ARRAY(rq->act.arena, struct device_out, (size_t)limit),
                         .next = STR_NONE };
    if (l.out == NULL)
        return E_NO_MEMORY;
    TRY(filter_text(rq, f, &filters));
    if (q->page.cursor.p != NULL)
        TRY(cursor_open(rq, q->page.cursor, filters, &l.next));
    TRY(rows_read(rq, q, f, limit, &l));
    if (l.next.p != NULL)
        TRY(cursor_make(rq, l.next, filters, &cursor));
    return reply_list(rq, &device_out_shape, l.out, l.n, cursor);
}

struct device_export { /* in the request's arena; the texts of its filter are the query's */
    struct device_filter filter;
    bool csv;
    bool begun;
    size_t position_n;
    char position[POSITION_MAX]; /* behind which the next part begins */
};

static const char csv_head[] =
    "id,machine_id,hostname,type,os,client_version,status,status_reason,user_id,groups,labels,"
    "credential_level,enrolled_at,last_seen_at,created_at,config_version,config_result\r\n";

static err_t csv_row(struct arena *a, struct buf *b, const struct device_out *d)
{
    const struct device_config_out *config = d->config.v;
    const str_t texts[] = { d->machine_id,     d->hostname, d->type,         d->os,
                            d->client_version, d->status,   d->status_reason };
    str_t groups = STR("");
    csv_id(b, d->id);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        csv_cell(b, texts[i], ',');
    csv_id(b, d->user_id);
    for (size_t i = 0; i < d->groups.n; i++)
        TRY(str_format(a, &groups, "%.*s%s%.*s", STR_ARG(groups), i > 0 ? ";" : "",
                       STR_ARG(d->groups.v[i])));
    csv_cell(b, groups, ',');
    csv_cell(b, d->labels.text, ',');
    csv_cell(b, d->credential_level, ',');
    csv_time(b, d->enrolled_at, ',');
    csv_time(b, d->last_seen_at, ',');
    csv_time(b, d->created_at, ',');
    csv_cell(b, config->version, ',');
    csv_cell(b, config->result, '\r');
    buf_add_byte(b, '\n');
    return b->err;
}

static err_t row_write(struct request *rq, const struct row_device *row, bool csv, struct buf *b)
{
    struct device_out out;
    TRY(device_view(rq, row, false, &out));
    if (csv)
        return csv_row(rq->act.arena, b, &out);
    struct json_out o = json_out_to(b);
    shape_encode(&o, &device_out_shape, &out);
    buf_add_byte(b, '\n');
    return b->err;
}

/* What is not written any more is left for the next part. */
static err_t part_write(struct request *rq, const struct device_export *st,
                        struct device_page *page, struct buf *b)
{
    size_t n = 0;
    if (st->csv && !st->begun)
        buf_add(b, str_from_cz(csv_head));
    while (n < page->n && b->n < PART_ENOUGH && (n == 0 || arena_used(rq->act.arena) < PAGE_ENOUGH))
        TRY(row_write(rq, &page->rows[n++], st->csv, b));
    return n > 0 ? device_page_cut(&rq->act, st->filter.sort, n, page) : b->err;
}

static err_t export_part(struct request *rq)
{
    struct device_export *st = rq->reply.more_state;
    CLEANUP(buf_fini) struct buf b = { 0 };
    struct device_page page;
    str_t position = st->begun ? str_of(st->position, st->position_n) : STR_NONE;
    buf_init(&b, PART_MAX);
    TRY(device_list(&rq->act, &st->filter, position, PART_ROWS, &page));
    TRY(part_write(rq, st, &page, &b));
    TRY(str_copy(rq->act.arena, buf_str(&b), &rq->reply.raw));
    st->begun = true;
    if (page.next.p == NULL) {
        rq->reply.more = NULL;
        return E_OK;
    }
    if (page.next.n > sizeof st->position)
        return E_TOO_BIG;
    memcpy(st->position, page.next.p, page.next.n);
    st->position_n = page.next.n;
    return E_OK;
}

static err_t export_all(struct request *rq, const struct device_filter *f, bool csv)
{
    struct device_export *st = ARENA_NEW(rq->act.arena, struct device_export);
    if (st == NULL)
        return E_NO_MEMORY;
    st->filter = *f;
    st->csv = csv;
    return reply_export(rq, "devices", csv, export_part, st);
}

err_t devices_list(struct request *rq)
{
    const struct device_query *q = rq->query;
    struct device_filter f;
    int64_t total;
    TRY(filter_of(rq, q, &f));
    if (q->format.p != NULL && !str_eq(q->format, STR("json")))
        return export_all(rq, &f, str_eq(q->format, STR("csv")));
    TRY(list_page(rq, q, &f));
    if (!q->count)
        return E_OK;
    TRY(device_count(&rq->act, &f, &total));
    rq->reply.total = (opt_i64_t){ true, total };
    return E_OK;
}

err_t device_counts_read(struct request *rq, const struct device_filter *f,
                         struct device_counts_out *ret)
{
    int64_t n[DEVICE_STATUS_COUNT];
    TRY(device_counts(&rq->act, f, n));
    *ret = (struct device_counts_out){
        .pending = n[DEVICE_PENDING],
        .enrolled = n[DEVICE_ENROLLED],
        .blocked = n[DEVICE_BLOCKED],
        .uninstalled = n[DEVICE_UNINSTALLED],
        .refused = n[DEVICE_REFUSED],
        .revoked = n[DEVICE_REVOKED],
    };
    for (int one = DEVICE_PENDING; one < DEVICE_STATUS_COUNT; one++)
        ret->all += n[one];
    return E_OK;
}

err_t devices_counts(struct request *rq)
{
    struct device_filter f;
    struct device_counts_out *out = ARENA_NEW(rq->act.arena, struct device_counts_out);
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(filter_of(rq, rq->query, &f));
    TRY(device_counts_read(rq, &f, out));
    return reply_obj(rq, 200, &device_counts_shape, out);
}
