/* SPDX-License-Identifier: Apache-2.0 */
/* The record as a stream: each part is one page of the store, read and encoded when the one before
 * has gone out. */
#include "api/csv.h"
#include "api/handlers_audit.h"

/* A part ends early once it is this long: what waits for a slow client is bounded (STREAM_MAX of
 * plat/http). */
enum { PART_ROWS = 500, PART_ENOUGH = 256 * 1024, PART_MAX = 64 * 1024 * 1024 };

struct export_state { /* in the request's arena */
    struct audit_filter filter;
    int64_t from;
    bool csv;
};

static handler_f export_part;

err_t audit_export(struct request *rq, const struct audit_filter *f, bool csv)
{
    struct export_state *st = ARENA_NEW(rq->act.arena, struct export_state);
    if (st == NULL)
        return E_NO_MEMORY;
    st->filter = *f; /* its texts are the query's, which lives as long */
    st->csv = csv;
    return reply_export(rq, "audit", csv, export_part, st);
}

static const char csv_head[] =
    "at,chain,seq,action,result,actor_kind,actor_id,actor_name,target_kind,target_id,"
    "target_name,reason,ip,request_id,details,hash,prev_hash\r\n";

static void csv_row(struct buf *b, const struct audit_out *e, const struct audit_view *v)
{
    csv_time(b, e->at, ',');
    csv_id(b, e->chain);
    buf_add_i64(b, e->seq);
    buf_add_byte(b, ',');
    csv_cell(b, e->action, ',');
    csv_cell(b, e->result, ',');
    csv_cell(b, v->actor_kind, ',');
    csv_id(b, v->actor_id);
    csv_cell(b, v->actor_name, ',');
    csv_cell(b, v->target_kind, ',');
    csv_id(b, v->target_id);
    csv_cell(b, v->target_name, ',');
    csv_cell(b, e->reason, ',');
    csv_cell(b, e->ip, ',');
    csv_id(b, e->request_id);
    csv_cell(b, e->details.text, ',');
    csv_cell(b, e->hash, ',');
    csv_cell(b, e->prev_hash, '\r');
    buf_add_byte(b, '\n');
}

static err_t row_write(struct arena *a, struct buf *b, const struct audit_row *row, bool csv)
{
    struct audit_out out;
    TRY(audit_view_make(a, row, &out));
    if (csv) {
        csv_row(b, &out, &row->view);
        return b->err;
    }
    struct json_out o = json_out_to(b);
    shape_encode(&o, &audit_out_shape, &out);
    buf_add_byte(b, '\n');
    return b->err;
}

/* Where the next part goes on; 0: there is none. */
static err_t rows_write(struct arena *a, struct buf *b, const struct audit_page *page, bool csv,
                        int64_t *ret_next)
{
    size_t i = 0;
    while (i < page->n && b->n < PART_ENOUGH)
        TRY(row_write(a, b, &page->rows[i++], csv));
    *ret_next = i < page->n ? page->rows[i - 1].seq : page->next;
    return E_OK;
}

static err_t export_part(struct request *rq)
{
    struct export_state *st = rq->reply.more_state;
    struct arena *a = rq->act.arena;
    struct audit_page page;
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, PART_MAX);
    TRY(audit_page_read(rq->act.db, a, &st->filter, st->from, PART_ROWS, &page));
    if (st->csv && st->from == 0)
        buf_add(&b, str_of(csv_head, sizeof csv_head - 1));
    TRY(rows_write(a, &b, &page, st->csv, &st->from));
    TRY(str_copy(a, buf_str(&b), &rq->reply.raw));
    if (st->from == 0)
        rq->reply.more = NULL;
    return E_OK;
}
