/* SPDX-License-Identifier: Apache-2.0 */
/* A server is tried, by the hub: this row says which, and who asks. */
#include "api/handlers_gateway.h"
#include "api/mcp_edge.h"
#include "api/reply.h"
#include "api/server_view.h"
#include "mcp/in.h"

static err_t fill(struct request *rq, oid_t server, struct mcp_in *in)
{
    struct mcp_rest *rest = ARENA_NEW(in->arena, struct mcp_rest);
    if (rest == NULL)
        return E_NO_MEMORY;
    rest->problem = problem_encode;
    rest->messages = rq->act.why.messages;
    in->face = FACE_TEST;
    in->rest = rest;
    in->target = server;
    in->request_id = rq->id;
    in->who.actor = rq->act.actor;
    return gate_catalogue_load(&rq->act, rq->act.org, &in->catalogue);
}

err_t servers_test(struct request *rq)
{
    struct row_server row;
    struct mcp_in *in;
    TRY(server_of_path(rq, &row));
    TRY(mcp_in_make(rq->xchg, STR(""), &in));
    err_t e = fill(rq, row.id, in);
    if (e != E_OK) {
        mcp_in_free(in);
        return e;
    }
    rq->onward = in;
    return E_OK;
}
