/* SPDX-License-Identifier: Apache-2.0 */
/* Tools of MCP servers: their pins, what waits for approval, and what they are classed as. */
#include "api/handlers_gateway.h"
#include "api/page.h"
#include "api/server_view.h"
#include "base/enc.h"
#include "domain/gateway/tool.h"
#include "plat/mcp/mcp_pin.h"

static const char *const state_names[] = { [GATE_TOOL_ACTIVE] = "active",
                                           [GATE_TOOL_QUARANTINED] = "quarantined",
                                           [GATE_TOOL_GONE] = "gone" };

static err_t hex_of(struct request *rq, str_t bytes, str_t *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    *ret = STR_NONE;
    if (bytes.p == NULL)
        return E_OK;
    buf_init(&b, (size_t)SHA256_SIZE * 2);
    buf_add_hex(&b, bytes.p, bytes.n);
    TRY(b.err);
    return str_copy(rq->act.arena, buf_str(&b), ret);
}

static err_t tool_view(struct request *rq, const struct row_tool *row, struct tool_out *ret)
{
    int64_t class = row->class_set.set ? row->class_set.v : row->class;
    *ret = (struct tool_out){
        .id = row->id,
        .name = row->name,
        .state = str_from_cz(state_names[row->state]),
        .class = str_from_cz(gate_class_name((enum gate_class) class)),
        .class_of_annotations = str_from_cz(gate_class_name((enum gate_class)row->class)),
        .approval = row->approval != 0,
        .first_seen_at = row->first_seen_at,
        .changed_at = row->changed_at,
        .definition = { row->definition },
        .pending = { row->pending },
    };
    TRY(hex_of(rq, row->digest, &ret->digest));
    TRY(hex_of(rq, row->pending_digest, &ret->pending_digest));
    return etag_make(rq, row->id, row->revision, &ret->etag);
}

static err_t changes_view(struct request *rq, const struct json *before, const struct json *after,
                          struct rows *ret)
{
    struct mcp_changes changes = { .n = 0 };
    TRY(mcp_diff(rq->act.arena, before, after, &changes));
    struct tool_change_out *out = ARENA_ARRAY(rq->act.arena, struct tool_change_out, changes.n + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < changes.n; i++)
        out[i] = (struct tool_change_out){ changes.row[i].pointer,
                                           { changes.row[i].before },
                                           { changes.row[i].after } };
    *ret = (struct rows){ out, changes.n };
    return E_OK;
}

static err_t findings_view(struct request *rq, const struct json *tool, struct rows *ret)
{
    struct mcp_pin pin;
    TRY(mcp_pin_make(rq->act.arena, tool, NULL, &pin));
    struct tool_finding_out *out =
        ARENA_ARRAY(rq->act.arena, struct tool_finding_out, pin.findings_n + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < pin.findings_n; i++)
        out[i] = (struct tool_finding_out){ pin.findings[i].pointer,
                                            str_from_cz(mcp_find_text(pin.findings[i].kind)) };
    *ret = (struct rows){ out, pin.findings_n };
    return E_OK;
}

/* With both definitions, and what is between them. */
static err_t tool_reply(struct request *rq, const struct row_tool *row)
{
    CLEANUP(json_freep) struct json *before = NULL;
    CLEANUP(json_freep) struct json *after = NULL;
    struct tool_out *out = ARENA_NEW(rq->act.arena, struct tool_out);
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(tool_view(rq, row, out));
    if (row->definition.p != NULL)
        TRY(json_parse(row->definition, NULL, &before));
    if (row->pending.p != NULL)
        TRY(json_parse(row->pending, NULL, &after));
    if (before != NULL && after != NULL)
        TRY(changes_view(rq, before, after, &out->changes));
    TRY(findings_view(rq, after != NULL ? after : before, &out->findings));
    TRY(reply_header(rq, STR("ETag"), out->etag));
    return reply_obj(rq, 200, &tool_out_shape, out);
}

err_t server_tools_list(struct request *rq)
{
    const struct tool_query *q = rq->query;
    struct row_server server;
    struct row_tool *rows = NULL;
    struct page page;
    str_t filters;
    int64_t state = 0;
    size_t n = 0;
    TRY(server_of_path(rq, &server));
    for (int64_t s = GATE_TOOL_ACTIVE; s <= GATE_TOOL_GONE; s++) {
        if (str_eq(q->state, str_from_cz(state_names[s])))
            state = s;
    }
    TRY(str_format(rq->act.arena, &filters, "%.*s %.*s", STR_ARG(rq->params[0]),
                   STR_ARG(q->state)));
    TRY(page_open(rq, &q->page, filters, &page));
    struct tool_ask ask = { server.id, state, page.after, page.limit + 1 };
    TRY(tool_page(&rq->act, &ask, &rows, &n));
    size_t shown = page_shown(&page, n);
    struct tool_out *out = ARENA_ARRAY(rq->act.arena, struct tool_out, shown + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < shown; i++)
        TRY(tool_view(rq, &rows[i], &out[i]));
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].id : page.after));
    return reply_list(rq, &tool_line_shape, out, shown, page.next);
}

static err_t tool_of_path(struct request *rq, struct row_tool *ret)
{
    struct row_server server;
    str_t target;
    TRY(server_of_path(rq, &server));
    TRY(tool_get(&rq->act, server.id, rq->params[1], ret));
    TRY(str_format(rq->act.arena, &target, "%.*s/%.*s", STR_ARG(server.name), STR_ARG(ret->name)));
    request_target(rq, "tool", ret->id, target);
    return E_OK;
}

static err_t tool_unmoved(struct request *rq, struct row_tool *ret)
{
    str_t etag;
    TRY(tool_of_path(rq, ret));
    TRY(etag_make(rq, ret->id, ret->revision, &etag));
    return etag_check(rq, etag);
}

err_t server_tools_get(struct request *rq)
{
    struct row_tool row;
    TRY(tool_of_path(rq, &row));
    return tool_reply(rq, &row);
}

err_t server_tools_change(struct request *rq)
{
    const struct tool_body *b = rq->in;
    struct tool_in in = { .class = b->class, .approval = b->approval };
    struct row_tool row;
    str_t details;
    TRY(tool_unmoved(rq, &row));
    TRY(tool_change(&rq->act, &row, &in, &row));
    int64_t class = row.class_set.set ? row.class_set.v : row.class;
    TRY(str_format(rq->act.arena, &details, "{\"approval\":%s,\"class\":\"%s\"}",
                   row.approval != 0 ? "true" : "false", gate_class_name((enum gate_class) class)));
    request_details(rq, details);
    return tool_reply(rq, &row);
}

err_t server_tools_approve(struct request *rq)
{
    const struct tool_approve_body *b = rq->in;
    digest_t digest;
    struct row_tool row;
    str_t details;
    str_t approved;
    if (b->digest.p != NULL && hex_decode(b->digest, digest.b, sizeof digest.b) != E_OK)
        return diag_set_field(&rq->act.why, E_BAD_FIELD, "digest", "want 64 hex digits");
    TRY(tool_unmoved(rq, &row));
    TRY(tool_approve(&rq->act, &row, b->digest.p != NULL ? &digest : NULL, &row));
    TRY(hex_of(rq, row.digest, &approved));
    TRY(str_format(rq->act.arena, &details, "{\"digest\":\"%.*s\"}", STR_ARG(approved)));
    request_details(rq, details);
    return tool_reply(rq, &row);
}
