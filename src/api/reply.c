/* SPDX-License-Identifier: Apache-2.0 */
#include "api/reply.h"

#include "base/buf.h"

err_t reply_obj(struct request *rq, int status, const struct shape *s, const void *from)
{
    rq->reply.status = status;
    rq->reply.shape = s;
    rq->reply.body = from;
    return E_OK;
}

err_t reply_list(struct request *rq, const struct shape *item, const void *rows, size_t n,
                 str_t next_cursor)
{
    rq->reply.status = 200;
    rq->reply.shape = item;
    rq->reply.body = rows;
    rq->reply.list = true;
    rq->reply.rows_n = n;
    rq->reply.next_cursor = next_cursor;
    return E_OK;
}

err_t reply_empty(struct request *rq, int status)
{
    rq->reply.status = status;
    rq->reply.shape = NULL;
    rq->reply.raw = STR("");
    return E_OK;
}

err_t reply_raw(struct request *rq, int status, const char *content_type, str_t body)
{
    rq->reply.status = status;
    rq->reply.shape = NULL;
    rq->reply.content_type = content_type;
    rq->reply.raw = body;
    return E_OK;
}

err_t reply_part(struct request *rq)
{
    struct arena *whole = rq->act.arena;
    reply_part_free(rq);
    rq->reply.part = arena_new(REQUEST_ARENA_MAX);
    if (rq->reply.part == NULL)
        return E_NO_MEMORY;
    rq->act.arena = rq->reply.part;
    err_t e = rq->reply.more(rq);
    rq->act.arena = whole;
    return e;
}

void reply_part_free(struct request *rq)
{
    arena_free(rq->reply.part);
    rq->reply.part = NULL;
    rq->reply.raw = STR("");
}

err_t reply_export(struct request *rq, const char *name, bool csv, handler_f *more, void *state)
{
    str_t disposition;
    rq->reply.more = more;
    rq->reply.more_state = state;
    TRY(str_format(rq->act.arena, &disposition, "attachment; filename=\"%s.%s\"", name,
                   csv ? "csv" : "ndjson"));
    TRY(reply_header(rq, STR("Content-Disposition"), disposition));
    TRY(reply_part(rq));
    return reply_raw(rq, 200, csv ? "text/csv; charset=utf-8" : "application/x-ndjson",
                     rq->reply.raw);
}

err_t reply_refusal(struct request *rq, err_t e)
{
    rq->reply.status = err_info(e)->status;
    rq->reply.refusal = e;
    return E_OK;
}

err_t reply_header(struct request *rq, str_t name, str_t value)
{
    return str_format(rq->act.arena, &rq->reply.head, "%.*s%.*s: %.*s\r\n", STR_ARG(rq->reply.head),
                      STR_ARG(name), STR_ARG(value));
}

err_t reply_retry_after(struct request *rq, int64_t seconds)
{
    str_t value;
    TRY(str_format(rq->act.arena, &value, "%lld", (long long)seconds));
    return reply_header(rq, STR("Retry-After"), value);
}

void reply_head_common(struct buf *b, str_t content_type, oid_t request_id, bool no_store)
{
    char id[OID_TEXT];
    oid_format(request_id, id);
    if (content_type.n > 0) {
        BUF_ADD(b, "Content-Type: ");
        buf_add(b, content_type);
        BUF_ADD(b, "\r\n");
    }
    BUF_ADD(b, "X-Content-Type-Options: nosniff\r\n"
               "Referrer-Policy: no-referrer\r\n"
               "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n");
    if (no_store)
        BUF_ADD(b, "Cache-Control: no-store\r\n");
    BUF_ADD(b, "Seneschal-Request-Id: ");
    buf_add(b, str_of(id, sizeof id));
    BUF_ADD(b, "\r\n");
}

static void encode_list(struct json_out *o, const struct reply *r)
{
    json_out_open(o, '{');
    json_out_name(o, STR("items"));
    json_out_open(o, '[');
    for (size_t i = 0; i < r->rows_n; i++)
        shape_encode(o, r->shape, (const char *)r->body + i * r->shape->size);
    json_out_close(o, ']');
    JSON_OUT(o, "next_cursor", str, r->next_cursor);
    if (r->total.set)
        JSON_OUT(o, "total", i64, r->total.v);
    json_out_close(o, '}');
}

void reply_encode(struct buf *b, const struct reply *r)
{
    struct json_out o = json_out_to(b);
    if (r->shape == NULL)
        buf_add(b, r->raw);
    else if (r->list)
        encode_list(&o, r);
    else
        shape_encode(&o, r->shape, r->body);
}

void reply_encode_without_secrets(struct buf *b, const struct shape *s, const void *from)
{
    struct field fields[64];
    struct shape open = *s;
    open.fields = fields;
    open.n = 0;
    for (size_t i = 0; i < s->n && open.n < ARRAY_LEN(fields); i++) {
        if (!s->fields[i].secret)
            fields[open.n++] = s->fields[i];
    }
    struct json_out o = json_out_to(b);
    shape_encode(&o, &open, from);
    if (open.n == s->n || b->err != E_OK)
        return;
    b->n--; /* the closing brace comes again, after one more member */
    if (open.n > 0)
        BUF_ADD(b, ",");
    BUF_ADD(b, "\"secret_shown\":true}");
}

err_t problem_public(err_t e)
{
    switch ((int)e) {
    case E_AGAIN:
    case E_CLOSED:
    case E_IO:
    case E_CORRUPT:
    case E_USAGE:
    case E_OK:
        return E_INTERNAL;
    default:
        return e;
    }
}

static void encode_flaw(struct json_out *o, str_t field, str_t want)
{
    json_out_open(o, '{');
    JSON_OUT(o, "field", str, field);
    JSON_OUT(o, "want", str, want);
    json_out_close(o, '}');
}

/* `act` may be NULL; where it has several flaws, its `why` is the first of them. */
static void encode_flaws(struct json_out *o, const struct diag *why, const struct act *act)
{
    size_t n = act != NULL ? act->flaws_n : 0;
    json_out_name(o, STR("errors"));
    json_out_open(o, '[');
    for (size_t i = 0; i < n; i++)
        encode_flaw(o, act->flaws[i].field, act->flaws[i].want);
    if (n == 0)
        encode_flaw(o, str_from_cz(why->field), str_from_cz(diag_said(why)));
    json_out_close(o, ']');
}

static void encode_problem(struct buf *b, err_t e, const struct diag *why, const struct act *act,
                           oid_t request_id)
{
    err_t shown = problem_public(e);
    const struct err_info *info = err_info(shown);
    bool explained = shown == e && why->err == e && why->text[0] != '\0';
    str_t title = str_from_cz(message_in(why->messages, info->text));
    char type[64];
    (void)snprintf(type, sizeof type, "urn:seneschal:problem:%s", info->slug);
    struct json_out o = json_out_to(b);
    json_out_open(&o, '{');
    JSON_OUT(&o, "type", str, str_from_cz(type));
    JSON_OUT(&o, "title", str, title);
    JSON_OUT(&o, "status", i64, info->status);
    JSON_OUT(&o, "detail", str, explained ? str_from_cz(diag_said(why)) : title);
    JSON_OUT(&o, "code", str, str_from_cz(info->slug));
    if (explained && why->field[0] != '\0')
        encode_flaws(&o, why, act);
    JSON_OUT(&o, "request_id", id, request_id);
    json_out_close(&o, '}');
}

void problem_encode(struct buf *b, err_t e, const struct diag *why, oid_t request_id)
{
    encode_problem(b, e, why, NULL, request_id);
}

void problem_encode_act(struct buf *b, err_t e, const struct act *act, oid_t request_id)
{
    encode_problem(b, e, &act->why, act, request_id);
}
