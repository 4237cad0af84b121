/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON Schemas of configurations. What a new one breaks is found out on a worker, because it may
 * take a while with many policies; a version that is published in just that moment is checked
 * against the schema that its own transaction sees.
 */
#include "api/handlers_schema.h"

#include "api/handlers_fleet.h"
#include "api/page.h"
#include "api/shapes_schema.h"
#include "domain/policy/config_schema.h"

static err_t line_view(struct request *rq, const struct row_config_schema_line *row,
                       struct config_schema_out *ret)
{
    *ret = (struct config_schema_out){
        .id = row->id,
        .namespace = row->namespace,
        .description = row->description,
        .revision = row->revision,
        .created_at = row->created_at,
        .updated_at = row->updated_at,
    };
    return etag_make(rq, row->id, row->revision, &ret->etag);
}

static err_t schema_reply(struct request *rq, int status, const struct shape *shape,
                          const struct row_config_schema *row)
{
    struct config_schema_out *out = ARENA_NEW(rq->act.arena, struct config_schema_out);
    const struct row_config_schema_line line = {
        .id = row->id,
        .namespace = row->namespace,
        .description = row->description,
        .created_at = row->created_at,
        .updated_at = row->updated_at,
        .revision = row->revision,
    };
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(line_view(rq, &line, out));
    out->schema.text = row->content;
    TRY(reply_header(rq, STR("ETag"), out->etag));
    request_target(rq, "schema", row->id, row->namespace);
    return reply_obj(rq, status, shape, out);
}

/* The schema of the path, still as the caller knows it. */
static err_t schema_of_path(struct request *rq, struct row_config_schema *ret)
{
    oid_t id;
    str_t etag;
    TRY(request_param_id(rq, 0, &id));
    TRY(config_schema_get(&rq->act, id, ret));
    TRY(etag_make(rq, id, ret->revision, &etag));
    return etag_check(rq, etag);
}

static struct config_schema_in input_of(const struct request *rq)
{
    const struct config_schema_body *in = rq->in;
    return (struct config_schema_in){ in->namespace, in->description, in->schema.text };
}

static bool is_forced(const struct request *rq)
{
    const struct config_schema_body *in = rq->in;
    return in->force.set && in->force.v;
}

static void encode_break(struct json_out *o, const struct schema_break *b)
{
    json_out_open(o, '{');
    if (oid_is_set(b->policy)) {
        JSON_OUT(o, "policy_id", id, b->policy);
        JSON_OUT(o, "policy", str, b->policy_name);
        JSON_OUT(o, "number", i64, b->number);
        JSON_OUT(o, "version", str, b->version);
    }
    JSON_OUT(o, "pointer", str, b->pointer);
    JSON_OUT(o, "keyword", str, b->keyword);
    JSON_OUT(o, "want", str, b->want);
    json_out_close(o, '}');
}

static err_t refuse_breaks(struct request *rq, const struct schema_breaks *breaks)
{
    enum { BREAKS_TEXT_MAX = 256 * 1024 };
    str_t text;
    CLEANUP(buf_fini) struct buf b = { 0 };
    buf_init(&b, BREAKS_TEXT_MAX);
    struct json_out o = json_out_to(&b);
    json_out_open(&o, '[');
    for (size_t i = 0; i < breaks->n; i++)
        encode_break(&o, &breaks->v[i]);
    json_out_close(&o, ']');
    TRY(b.err);
    TRY(str_copy(rq->act.arena, buf_str(&b), &text));
    err_t e = breaks->n == CONFIG_SCHEMA_BREAKS_MAX
                  ? FAIL(&rq->act.why, E_CONFLICT,
                         "the schema would break %zu things or more: see `breaks`, and send force "
                         "if it shall",
                         breaks->n)
                  : FAIL(&rq->act.why, E_CONFLICT,
                         "things that the schema would break: %zu; see `breaks`, and send force if "
                         "it shall",
                         breaks->n);
    return reply_problem_more(rq, e, STR("breaks"), text);
}

static err_t find_breaks(struct request *rq, str_t namespace, str_t old)
{
    const struct config_schema_body *in = rq->in;
    struct schema_breaks *breaks = ARENA_NEW(rq->act.arena, struct schema_breaks);
    if (breaks == NULL)
        return E_NO_MEMORY;
    if (is_forced(rq))
        return E_OK;
    TRY(config_schema_breaks(&rq->act, namespace, old, in->schema.text, breaks));
    return breaks->n > 0 ? refuse_breaks(rq, breaks) : E_OK;
}

static err_t note(struct request *rq, const struct row_config_schema *row)
{
    str_t details;
    TRY(str_format(rq->act.arena, &details, "{\"force\":%s,\"revision\":%lld}",
                   is_forced(rq) ? "true" : "false", (long long)row->revision));
    request_details(rq, details);
    return E_OK;
}

err_t schemas_list(struct request *rq)
{
    const struct config_schema_query *q = rq->query;
    struct row_config_schema_line *rows = NULL;
    struct page page;
    size_t n = 0;
    TRY(page_open(rq, &q->page, STR(""), &page));
    TRY(config_schema_list(&rq->act, page.after, page.limit + 1, &rows, &n));
    struct config_schema_out *out = ARENA_ARRAY(rq->act.arena, struct config_schema_out, n);
    if (n > 0 && out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        TRY(line_view(rq, &rows[i], &out[i]));
    size_t shown = page_shown(&page, n);
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].id : page.after));
    return reply_list(rq, &config_schema_line_shape, out, shown, page.next);
}

err_t schemas_create_prepare(struct request *rq)
{
    struct config_schema_in in = input_of(rq);
    TRY(config_schema_check(&rq->act, &in));
    return find_breaks(rq, in.namespace, STR_NONE);
}

err_t schemas_create(struct request *rq)
{
    struct config_schema_in in = input_of(rq);
    struct row_config_schema row;
    TRY(config_schema_create(&rq->act, &in, &row));
    TRY(note(rq, &row));
    return schema_reply(rq, 201, &config_schema_line_shape, &row);
}

err_t schemas_get(struct request *rq)
{
    const struct config_schema_which *which = rq->query;
    struct row_config_schema row;
    oid_t id;
    TRY(request_param_id(rq, 0, &id));
    TRY(config_schema_get(&rq->act, id, &row));
    if (which->revision.set && which->revision.v != row.revision)
        TRY(config_schema_at(&rq->act, which->revision.v, &row));
    return schema_reply(rq, 200, &config_schema_out_shape, &row);
}

err_t schemas_change_prepare(struct request *rq)
{
    struct row_config_schema row;
    TRY(schema_of_path(rq, &row));
    return find_breaks(rq, row.namespace, row.content);
}

err_t schemas_change(struct request *rq)
{
    struct config_schema_in in = input_of(rq);
    struct row_config_schema row;
    TRY(schema_of_path(rq, &row));
    TRY(config_schema_change(&rq->act, &row, &in, &row));
    TRY(note(rq, &row));
    return schema_reply(rq, 200, &config_schema_line_shape, &row);
}

err_t schemas_delete(struct request *rq)
{
    struct row_config_schema row;
    TRY(schema_of_path(rq, &row));
    TRY(config_schema_delete(&rq->act, row.id));
    request_target(rq, "schema", row.id, row.namespace);
    return reply_empty(rq, 204);
}
