/* SPDX-License-Identifier: Apache-2.0 */
/* The log as it was kept: pages, and exports whose parts are read one by one. */
#include "api/csv.h"
#include "api/handlers_operation.h"
#include "api/log_tail.h"
#include "api/log_view.h"
#include "api/services.h"
#include "api/whole_server.h"
#include "base/num.h"
#include "plat/os/logbook.h"

/* Bytes that are looked at for one page: a filter that hits nothing gives an empty page and a place
 * to go on from. */
enum {
    PAGE_DEFAULT = 100,
    PART_ROWS = 1000,
    PART_ENOUGH = 256 * 1024,
    LOOK_BYTES_MAX = 32 * 1024 * 1024,
    PART_MAX = 1024 * 1024
};

struct page {
    struct arena *a;
    const struct log_filter *f;
    struct log_out *rows;
    size_t n;
    size_t limit;
};

static err_t page_line(void *arg, struct logbook_place at, str_t text)
{
    struct page *p = arg;
    struct log_line line;
    (void)at;
    if (!log_line_parse(text, &line) || !log_line_is_wanted(p->f, &line, text))
        return E_OK;
    err_t e = log_view_make(p->a, &line, &p->rows[p->n]);
    if (e == E_CORRUPT) /* a spoilt line is no reason to show none */
        return E_OK;
    TRY(e);
    return ++p->n == p->limit ? E_AGAIN : E_OK;
}

static err_t book_of(struct request *rq, struct logbook **ret)
{
    TRY(whole_server_may(rq));
    if (rq->services->logbook == NULL)
        return FAIL(&rq->act.why, E_STORE_UNREACHABLE,
                    "the log is not kept: see `log-not-kept` there");
    *ret = rq->services->logbook;
    return E_OK;
}

static err_t place_parse(struct request *rq, str_t position, struct logbook_place *ret)
{
    str_t rest = position;
    str_t segment;
    struct logbook_place place = { 0 };
    if (!str_split(&rest, '.', &segment) || rest.p == NULL ||
        num_parse_i64(segment, &place.segment) != E_OK ||
        num_parse_i64(rest, &place.offset) != E_OK)
        return FAIL(&rq->act.why, E_BAD_CURSOR, "this is no cursor of this list");
    *ret = place;
    return E_OK;
}

/* What makes it this list: a cursor serves no other. */
static err_t filters_name(struct request *rq, const struct log_filter *f, str_t *ret)
{
    return str_format(rq->act.arena, ret, "%d\n%lld\n%lld\n%.*s\n%.*s", (int)f->least,
                      (long long)f->from.us, (long long)f->to.us, STR_ARG(f->request_id),
                      STR_ARG(f->q));
}

static err_t page_reply(struct request *rq, const struct page *p, struct logbook_place next,
                        str_t filters)
{
    str_t cursor = STR_NONE;
    if (next.segment != 0) {
        TRY(str_format(rq->act.arena, &cursor, "%lld.%lld", (long long)next.segment,
                       (long long)next.offset));
        TRY(cursor_make(rq, cursor, filters, &cursor));
    }
    return reply_list(rq, &log_out_shape, p->rows, p->n, cursor);
}

static err_t export_begin(struct request *rq, const struct log_filter *f, bool csv);

err_t logs_get(struct request *rq)
{
    const struct log_query *q = rq->query;
    struct log_filter f;
    struct logbook *book = NULL;
    struct logbook_place next;
    str_t filters;
    str_t position = STR_NONE;
    TRY(book_of(rq, &book));
    TRY(log_filter_make(rq, q, &f));
    if (q->format.p != NULL && !str_eq(q->format, STR("json"))) {
        TRY(request_may(rq, PERM_AUDIT_EXPORT));
        return export_begin(rq, &f, str_eq(q->format, STR("csv")));
    }
    struct page p = { .a = rq->act.arena, .f = &f };
    struct logbook_ask ask = {
        .since = f.from, .until = f.to, .bytes_max = LOOK_BYTES_MAX, .line = page_line, .arg = &p
    };
    TRY(filters_name(rq, &f, &filters));
    if (q->page.cursor.p != NULL)
        TRY(cursor_open(rq, q->page.cursor, filters, &position));
    if (position.p != NULL)
        TRY(place_parse(rq, position, &ask.from));
    p.limit = q->page.limit > 0 ? (size_t)q->page.limit : PAGE_DEFAULT;
    p.rows = ARENA_ARRAY(rq->act.arena, struct log_out, p.limit);
    if (p.rows == NULL)
        return E_NO_MEMORY;
    TRY(logbook_read(book, &ask, &rq->act.why, &next));
    return page_reply(rq, &p, next, filters);
}

/* ---- exports ---- */

struct export_state { /* in the request's arena */
    struct log_filter filter;
    struct logbook_place from;
    bool csv;
    bool begun;
};

struct part {
    const struct export_state *st;
    struct buf *b;
    size_t n;
};

/* The last cell is an object, as `fields` is in JSON. */
static err_t csv_line(struct buf *b, const struct log_line *line)
{
    CLEANUP(buf_fini) struct buf fields = { 0 };
    buf_init(&fields, LOGBOOK_LINE_MAX);
    buf_addf(&fields, "{%.*s}", STR_ARG(line->fields));
    TRY(fields.err);
    static const char *const names[] = { "debug", "info", "warning", "error" };
    char at[TS_TEXT];
    ts_format(line->at, at);
    csv_cell(b, str_of(at, sizeof at), ',');
    csv_cell(b, str_from_cz(names[line->level]), ',');
    csv_cell(b, line->event, ',');
    csv_cell(b, line->request_id, ',');
    csv_cell(b, buf_str(&fields), '\r');
    buf_add_byte(b, '\n');
    return b->err;
}

static err_t part_line(void *arg, struct logbook_place at, str_t text)
{
    struct part *p = arg;
    struct log_line line;
    (void)at;
    if (!log_line_parse(text, &line) || !log_line_is_wanted(&p->st->filter, &line, text))
        return E_OK;
    if (p->st->csv) {
        TRY(csv_line(p->b, &line));
    } else {
        buf_add(p->b, text);
        buf_add_byte(p->b, '\n');
    }
    TRY(p->b->err);
    return ++p->n == PART_ROWS || p->b->n >= PART_ENOUGH ? E_AGAIN : E_OK;
}

static err_t export_part(struct request *rq)
{
    struct export_state *st = rq->reply.more_state;
    CLEANUP(buf_fini) struct buf b = { 0 };
    struct part p = { .st = st, .b = &b };
    const struct logbook_ask ask = { .from = st->from,
                                     .since = st->filter.from,
                                     .until = st->filter.to,
                                     .bytes_max = LOOK_BYTES_MAX,
                                     .line = part_line,
                                     .arg = &p };
    buf_init(&b, PART_MAX);
    if (st->csv && !st->begun)
        BUF_ADD(&b, "at,level,event,request_id,fields\r\n");
    TRY(logbook_read(rq->services->logbook, &ask, &rq->act.why, &st->from));
    TRY(str_copy(rq->act.arena, buf_str(&b), &rq->reply.raw));
    st->begun = true;
    if (st->from.segment == 0)
        rq->reply.more = NULL;
    return E_OK;
}

static err_t export_begin(struct request *rq, const struct log_filter *f, bool csv)
{
    struct export_state *st = ARENA_NEW(rq->act.arena, struct export_state);
    if (st == NULL)
        return E_NO_MEMORY;
    *st = (struct export_state){ .filter = *f, .csv = csv }; /* its texts live as long */
    return reply_export(rq, "log", csv, export_part, st);
}

/* ---- the live tail, and a new file ---- */

err_t logs_stream(struct request *rq)
{
    struct log_filter f;
    struct logbook *book;
    TRY(book_of(rq, &book));
    TRY(log_filter_make(rq, rq->query, &f));
    return log_tail_make(rq, &f);
}

err_t logs_rotate(struct request *rq)
{
    struct logbook *book;
    TRY(book_of(rq, &book));
    request_target(rq, "log", (oid_t){ 0 }, STR_NONE);
    return E_OK;
}

/* After COMMIT: the record has it, so now it is done. */
err_t logs_rotated(struct request *rq)
{
    struct logbook *book = rq->services->logbook;
    struct log_rotated *out = ARENA_NEW(rq->act.arena, struct log_rotated);
    struct logbook_stats stats;
    int64_t closed;
    if (out == NULL)
        return E_NO_MEMORY;
    logbook_rotate(book, &closed);
    logbook_stats(book, &stats);
    *out = (struct log_rotated){
        .closed = { closed != 0, closed },
        .segments = (int64_t)stats.segments,
        .bytes = stats.bytes,
        .lost = (int64_t)stats.lost,
    };
    return reply_obj(rq, 200, &log_rotated_shape, out);
}
