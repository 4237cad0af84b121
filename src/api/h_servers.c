/* SPDX-License-Identifier: Apache-2.0 */
/* MCP servers, as administrators name them. */
#include "api/handlers_gateway.h"
#include "api/page.h"
#include "api/server_view.h"
#include "api/services.h"
#include "domain/gateway/tool.h"

struct server_rules server_rules_of(const struct request *rq)
{
    const struct settings *s = services_settings(rq->services);
    return (struct server_rules){ .kind = GATE_KIND_ANY,
                                  .commands = s->commands,
                                  .commands_n = s->commands_n };
}

static err_t words_of(struct request *rq, str_t text, struct strs *ret)
{
    str_t rest = text;
    str_t part;
    size_t n = 0;
    str_t *words = ARENA_ARRAY(rq->act.arena, str_t, SERVER_SECRETS_MAX);
    if (words == NULL)
        return E_NO_MEMORY;
    while (text.n > 0 && n < SERVER_SECRETS_MAX && str_split(&rest, ' ', &part))
        words[n++] = part;
    *ret = (struct strs){ words, n };
    return E_OK;
}

struct strs server_warnings(str_t url)
{
    static const str_t plain[] = { { "plain-http", 10 } };
    bool has = str_eq_nocase(str_sub(url, 0, 7), STR("http://"));
    return (struct strs){ plain, has ? 1 : 0 };
}

static err_t server_view(struct request *rq, const struct row_server *row, struct server_out *ret)
{
    *ret = (struct server_out){
        .id = row->id,
        .name = row->name,
        .prefix = row->prefix,
        .title = row->title,
        .transport = str_from_cz(gate_transport_name((enum gate_transport)row->transport)),
        .url = row->url,
        .command = row->command,
        .status = str_from_cz(account_status_name((enum account_status)row->status)),
        .pinning = str_from_cz(gate_pinning_name((enum gate_pinning)row->pinning)),
        .per_user = row->per_user != 0,
        .parallel_max = row->parallel_max,
        .queue_max = row->queue_max,
        .timeout_ms = row->timeout_ms,
        .message_max = row->message_max,
        .seen_at = row->seen_at,
        .seen_version = row->seen_version,
        .seen_as = row->seen_as,
        .failed_at = row->failed_at,
        .failed = row->failed,
        .warnings = server_warnings(row->url),
        .created_at = row->created_at,
        .updated_at = row->updated_at,
    };
    TRY(words_of(rq, row->env_names, &ret->env_names));
    TRY(words_of(rq, row->header_names, &ret->header_names));
    return etag_make(rq, row->id, row->revision, &ret->etag);
}

struct counts {
    struct row_tool_count *v;
    size_t n;
};

/* Of the tools that it has shown; a server without any has no row there. */
static void count_tools(const struct counts *counts, struct server_out *ret)
{
    for (size_t i = 0; i < counts->n; i++) {
        if (oid_eq(counts->v[i].server_id, ret->id)) {
            ret->tools = counts->v[i].tools;
            ret->tools_quarantined = counts->v[i].quarantined;
            return;
        }
    }
}

static err_t server_reply(struct request *rq, int status, const struct row_server *row)
{
    struct server_out *out = ARENA_NEW(rq->act.arena, struct server_out);
    struct counts counts = { NULL, 0 };
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(server_view(rq, row, out));
    TRY(tool_counts(&rq->act, row->id, &counts.v, &counts.n));
    count_tools(&counts, out);
    TRY(reply_header(rq, STR("ETag"), out->etag));
    request_target(rq, "server", row->id, row->name);
    return reply_obj(rq, status, &server_out_shape, out);
}

static struct server_in input_of(const struct request *rq)
{
    const struct server_body *b = rq->in;
    return (struct server_in){ .name = b->name,
                               .prefix = b->prefix,
                               .title = b->title,
                               .transport = b->transport,
                               .url = b->url,
                               .command = b->command,
                               .status = b->status,
                               .pinning = b->pinning,
                               .per_user = b->per_user,
                               .parallel_max = b->parallel_max,
                               .queue_max = b->queue_max,
                               .timeout_ms = b->timeout_ms,
                               .message_max = b->message_max,
                               .env = b->env.text,
                               .headers = b->headers.text };
}

err_t server_url_check(struct request *rq, str_t url, struct diag *why)
{
    const struct settings *s = services_settings(rq->services);
    if (url.n == 0)
        return E_OK;
    return outbound_url_check(&s->upstreams, rq->act.arena, url, why);
}

/* What a person's own servers are is none of an administrator's business. */
err_t server_of_path(struct request *rq, struct row_server *ret)
{
    oid_t id;
    TRY(request_param_id(rq, 0, &id));
    TRY(server_get(&rq->act, id, ret));
    if (oid_is_set(ret->owner))
        return FAIL(&rq->act.why, E_NOT_FOUND, "there is no such server");
    request_target(rq, "server", ret->id, ret->name);
    return E_OK;
}

/* Still as the caller knows it. */
static err_t server_unmoved(struct request *rq, struct row_server *ret)
{
    str_t etag;
    TRY(server_of_path(rq, ret));
    TRY(etag_make(rq, ret->id, ret->revision, &etag));
    return etag_check(rq, etag);
}

err_t commands_list(struct request *rq)
{
    const struct settings *s = services_settings(rq->services);
    struct command_out *out = ARENA_ARRAY(rq->act.arena, struct command_out, s->commands_n + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < s->commands_n; i++) {
        const struct gate_command *c = &s->commands[i];
        out[i] = (struct command_out){ .name = c->name,
                                       .env = { c->vars, c->vars_n },
                                       .network = c->network || c->hosts_n > 0 };
    }
    return reply_list(rq, &command_out_shape, out, s->commands_n, STR_NONE);
}

err_t servers_list(struct request *rq)
{
    const struct server_query *q = rq->query;
    struct row_server *rows = NULL;
    struct counts counts = { NULL, 0 };
    struct page page;
    size_t n = 0;
    TRY(page_open(rq, &q->page, STR(""), &page));
    TRY(server_list(&rq->act, (oid_t){ 0 }, page.after, page.limit + 1, &rows, &n));
    size_t shown = page_shown(&page, n);
    struct server_out *out = ARENA_ARRAY(rq->act.arena, struct server_out, shown + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(tool_counts(&rq->act, (oid_t){ 0 }, &counts.v, &counts.n));
    for (size_t i = 0; i < shown; i++) {
        TRY(server_view(rq, &rows[i], &out[i]));
        count_tools(&counts, &out[i]);
    }
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].id : page.after));
    return reply_list(rq, &server_out_shape, out, shown, page.next);
}

/* Names are looked up when it is called; what can be told from the text is told now. */
err_t servers_write_prepare(struct request *rq)
{
    struct diag why = diag_like(&rq->act.why);
    err_t e = server_url_check(rq, input_of(rq).url, &why);
    if (e == E_OK || e == E_NO_MEMORY)
        return e;
    return diag_pass(&rq->act.why, E_BAD_FIELD, "url", &why);
}

err_t servers_create(struct request *rq)
{
    struct server_in in = input_of(rq);
    struct server_rules rules = server_rules_of(rq);
    struct row_server row;
    TRY(server_create(&rq->act, &rules, &in, &row));
    return server_reply(rq, 201, &row);
}

err_t servers_get(struct request *rq)
{
    struct row_server row;
    TRY(server_of_path(rq, &row));
    return server_reply(rq, 200, &row);
}

err_t servers_change(struct request *rq)
{
    struct server_in in = input_of(rq);
    struct server_rules rules = server_rules_of(rq);
    struct row_server row;
    TRY(server_unmoved(rq, &row));
    TRY(server_change(&rq->act, &rules, &row, &in, &row));
    return server_reply(rq, 200, &row);
}

err_t servers_delete(struct request *rq)
{
    struct row_server row;
    TRY(server_unmoved(rq, &row));
    TRY(server_delete(&rq->act, row.id));
    return reply_empty(rq, 204);
}
