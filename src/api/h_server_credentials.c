/* SPDX-License-Identifier: Apache-2.0 */
/* What a person shows MCP servers whose credentials are each person's: his own alone, and never
 * shown again. */
#include "api/handlers_gateway.h"
#include "api/page.h"
#include "api/server_view.h"
#include "domain/gateway/credential.h"

static const char *const kind_names[] = { [GATE_CREDENTIAL_BEARER] = "bearer",
                                          [GATE_CREDENTIAL_HEADER] = "header",
                                          [GATE_CREDENTIAL_OAUTH] = "oauth" };

static err_t person(struct request *rq)
{
    return rq->act.actor.kind == ACTOR_USER
               ? E_OK
               : FAIL(&rq->act.why, E_FORBIDDEN, "only people have such credentials");
}

static err_t credential_view(struct request *rq, const struct row_server *server,
                             struct credential_out *ret)
{
    struct row_credential row;
    *ret = (struct credential_out){ .server_id = server->id,
                                    .name = server->name,
                                    .title = server->title };
    err_t e = credential_get(&rq->act, server->id, rq->act.actor.id, &row);
    if (e == E_NOT_FOUND) {
        act_clear_why(&rq->act);
        return E_OK;
    }
    TRY(e);
    ret->given = true;
    ret->kind = str_from_cz(kind_names[row.kind]);
    ret->header = row.header;
    ret->expires_at = row.expires_at;
    ret->updated_at = row.updated_at;
    return E_OK;
}

/* A server that wants none is as good as none, to somebody who may not see servers. */
static err_t wanting_server(struct request *rq, struct row_server *ret)
{
    TRY(person(rq));
    TRY(server_of_path(rq, ret));
    if (ret->per_user == 0 || ret->status != ACCOUNT_ACTIVE)
        return FAIL(&rq->act.why, E_NOT_FOUND, "no server of this id wants each person's own");
    return E_OK;
}

err_t server_credentials_list(struct request *rq)
{
    const struct server_query *q = rq->query;
    struct row_server *rows = NULL;
    struct page page;
    size_t n = 0;
    size_t wanting = 0;
    TRY(person(rq));
    TRY(page_open(rq, &q->page, STR(""), &page));
    TRY(server_list(&rq->act, (oid_t){ 0 }, page.after, SERVERS_MAX, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        if (rows[i].per_user != 0 && rows[i].status == ACCOUNT_ACTIVE)
            rows[wanting++] = rows[i];
    }
    size_t shown = page_shown(&page, wanting);
    struct credential_out *out = ARENA_ARRAY(rq->act.arena, struct credential_out, shown + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < shown; i++)
        TRY(credential_view(rq, &rows[i], &out[i]));
    TRY(page_close(rq, &page, wanting, shown > 0 ? rows[shown - 1].id : page.after));
    return reply_list(rq, &credential_out_shape, out, shown, page.next);
}

err_t server_credential_put(struct request *rq)
{
    const struct credential_body *b = rq->in;
    struct credential_in in = { b->kind, b->header, b->value, b->expires_at };
    struct server_rules rules = server_rules_of(rq);
    struct credential_out *out = ARENA_NEW(rq->act.arena, struct credential_out);
    struct row_server server;
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(wanting_server(rq, &server));
    TRY(credential_put(&rq->act, &rules, &server, rq->act.actor.id, &in));
    TRY(credential_view(rq, &server, out));
    return reply_obj(rq, 200, &credential_out_shape, out);
}

err_t server_credential_drop(struct request *rq)
{
    struct row_server server;
    TRY(wanting_server(rq, &server));
    TRY(credential_drop(&rq->act, server.id, rq->act.actor.id));
    return reply_empty(rq, 204);
}
