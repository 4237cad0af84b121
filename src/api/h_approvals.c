/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of tools that wait for a person's yes, and the answers. */
#include "api/handlers_gateway.h"
#include "api/page.h"
#include "api/services.h"
#include "api/shapes_approval.h"
#include "base/enc.h"
#include "domain/gateway/approval.h"
#include "domain/gateway/permission.h"
#include "domain/gateway/server.h"
#include "mcp/hub.h"

/* Who is gone has no name any more. */
static err_t name_of(struct request *rq, int64_t kind, oid_t id, str_t *ret)
{
    struct permission_of of;
    *ret = STR_NONE;
    if (kind < ACTOR_USER || kind > ACTOR_DEVICE)
        return E_OK;
    err_t e = permission_of(&rq->act, (enum gate_subject)kind, id, &of);
    if (e == E_NOT_FOUND) {
        diag_clear(&rq->act.why);
        return E_OK;
    }
    TRY(e);
    *ret = of.name;
    return E_OK;
}

static err_t view(struct request *rq, const struct row_approval *row, struct approval_out *ret)
{
    CLEANUP(buf_fini) struct buf b = { 0 };
    struct row_server server;
    *ret = (struct approval_out){
        .id = row->id,
        .state = str_from_cz(approval_state_name((enum approval_state)row->state)),
        .caller_kind = str_from_cz(actor_kind_name((enum actor_kind)row->principal_kind)),
        .caller_id = row->principal,
        .device_id = row->device_id,
        .server_id = row->server_id,
        .tool = row->tool,
        .decided_by = row->decided_by,
        .decided_at = row->decided_at,
        .reason = row->reason,
        .created_at = row->created_at,
        .expires_at = row->expires_at,
    };
    TRY(name_of(rq, row->principal_kind, row->principal, &ret->caller_name));
    if (oid_is_set(row->device_id))
        TRY(name_of(rq, ACTOR_DEVICE, row->device_id, &ret->device_name));
    if (row->decided_kind.set)
        TRY(name_of(rq, row->decided_kind.v, row->decided_by, &ret->decided_by_name));
    TRY(server_get(&rq->act, row->server_id, &server));
    ret->server_name = server.name;
    buf_init(&b, (size_t)2 * SHA256_SIZE);
    buf_add_hex(&b, row->digest.p, row->digest.n);
    TRY(b.err);
    return str_copy(rq->act.arena, buf_str(&b), &ret->digest);
}

err_t approvals_list(struct request *rq)
{
    const struct approval_query *q = rq->query;
    struct row_approval *rows = NULL;
    struct page page;
    str_t filters;
    int64_t state = 0;
    size_t n = 0;
    bool newest = q->newest.set && q->newest.v;
    for (int64_t s = APPROVAL_WAITING; s < APPROVAL_STATES; s++) {
        if (str_eq(q->state, str_from_cz(approval_state_name((enum approval_state)s))))
            state = s;
    }
    TRY(str_format(rq->act.arena, &filters, "%.*s %d", STR_ARG(q->state), newest));
    TRY(page_open(rq, &q->page, filters, &page));
    const struct approval_list list = { state, page.after, page.limit + 1, newest };
    TRY(approval_page(&rq->act, &list, &rows, &n));
    size_t shown = page_shown(&page, n);
    struct approval_out *out = ARENA_ARRAY(rq->act.arena, struct approval_out, shown + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < shown; i++)
        TRY(view(rq, &rows[i], &out[i]));
    TRY(page_close(rq, &page, n, shown > 0 ? rows[shown - 1].id : page.after));
    return reply_list(rq, &approval_line_shape, out, shown, page.next);
}

static err_t row_of_path(struct request *rq, struct row_approval *ret)
{
    oid_t id;
    if (oid_parse(rq->params[0], &id) != E_OK)
        return FAIL(&rq->act.why, E_NOT_FOUND, "there is no such call");
    return approval_get(&rq->act, id, ret);
}

err_t approvals_get(struct request *rq)
{
    struct approval_out *out = ARENA_NEW(rq->act.arena, struct approval_out);
    struct row_approval row = { 0 };
    if (out == NULL)
        return E_NO_MEMORY;
    TRY(row_of_path(rq, &row));
    TRY(view(rq, &row, out));
    TRY(approval_arguments(&rq->act, &row, &out->arguments.text));
    return reply_obj(rq, 200, &approval_out_shape, out);
}

/* What the hub hears after COMMIT. */
struct told {
    struct mcp_verdict verdict;
    struct approval_out out;
};

static err_t decide(struct request *rq, bool yes)
{
    const struct approval_body *b = rq->in;
    struct told *told = ARENA_NEW(rq->act.arena, struct told);
    struct row_approval row = { 0 };
    digest_t shown;
    str_t target;
    if (told == NULL)
        return E_NO_MEMORY;
    if (b->digest.p != NULL && hex_decode(b->digest, shown.b, sizeof shown.b) != E_OK)
        return diag_set_field(&rq->act.why, E_BAD_FIELD, "digest", "want 64 hex digits");
    TRY(row_of_path(rq, &row));
    TRY(view(rq, &row, &told->out));
    TRY(str_format(rq->act.arena, &target, "%.*s/%.*s", STR_ARG(told->out.server_name),
                   STR_ARG(row.tool)));
    request_target(rq, "approval", row.id, target);
    const struct approval_answer answer = {
        .id = row.id,
        .yes = yes,
        .reason = b->reason,
        .own_is_fine = services_settings(rq->services)->gateway.approve_own,
        .since = rq->services->started_at,
        .digest = b->digest.p != NULL ? &shown : NULL,
    };
    told->verdict = (struct mcp_verdict){ .id = row.id, .yes = yes };
    (void)snprintf(told->verdict.reason, sizeof told->verdict.reason, "%.*s", STR_ARG(b->reason));
    TRY(approval_decide(&rq->act, &answer, &told->verdict.digest));
    TRY(approval_get(&rq->act, row.id, &row));
    TRY(view(rq, &row, &told->out));
    rq->made = told;
    return E_OK;
}

err_t approvals_approve(struct request *rq)
{
    return decide(rq, true);
}

err_t approvals_deny(struct request *rq)
{
    return decide(rq, false);
}

err_t approvals_finish(struct request *rq)
{
    const struct told *told = rq->made;
    mcp_hub_decided(rq->services->mcp, &told->verdict);
    return reply_obj(rq, 200, &approval_line_shape, &told->out);
}
