/* SPDX-License-Identifier: Apache-2.0 */
#include "api/mcp_edge.h"

#include "api/passage.h"
#include "api/refused.h"
#include "api/reply.h"
#include "base/ref.h"
#include "mcp/hub.h"

enum { IN_ARENA_ROOM = 2 * 1024 * 1024 }; /* beside the body: fields, and what is made of them */

struct gate_who mcp_who_of(const struct actor *a)
{
    return (struct gate_who){ .kind = a->kind, .id = a->id, .org = a->org };
}

bool mcp_calls_tools(const struct actor *a)
{
    return a->kind == ACTOR_USER || a->kind == ACTOR_SERVICE || a->kind == ACTOR_DEVICE;
}

/* ---- loading, on a worker ---- */

err_t mcp_load_both(struct act *act, const struct mcp_gates *gates, const struct gate_who *who,
                    struct gate_access **ret_access, struct gate_catalogue **ret_catalogue)
{
    CLEANUP(ref_dropp) struct gate_access *access = gate_access_find(gates->memory, who);
    CLEANUP(ref_dropp)
    struct gate_catalogue *catalogue = gate_catalogue_find(gates->memory, who->org);
    err_t e = E_OK;
    if (access == NULL) {
        TRY(gate_access_load(act, who, &access));
        e = gate_access_fill(gates->memory, gates->stamp, who, access);
    }
    if (e != E_AGAIN && catalogue == NULL) {
        TRY(gate_catalogue_load(act, who->org, &catalogue));
        e = gate_catalogue_fill(gates->memory, gates->stamp, catalogue);
    }
    if (e == E_AGAIN)
        return e;
    *ret_access = ref_take(access);
    *ret_catalogue = ref_take(catalogue);
    return E_OK;
}

err_t mcp_load(struct act *act, const struct mcp_gates *gates)
{
    CLEANUP(ref_dropp) struct gate_access *access = NULL;
    CLEANUP(ref_dropp) struct gate_catalogue *catalogue = NULL;
    const struct gate_who who = mcp_who_of(&act->actor);
    if (!mcp_calls_tools(&act->actor))
        return FAIL(&act->why, E_FORBIDDEN, "%s", MCP_NOBODY_CALLS);
    return mcp_load_both(act, gates, &who, &access, &catalogue);
}

/* ---- to the hub, on the loop ---- */

static err_t copy_fields(struct arena *a, const struct http_xchg *x, struct mcp_in *in)
{
    struct http_field *fields = ARENA_ARRAY(a, struct http_field, x->fields_n + 1);
    size_t n = 0;
    if (fields == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < x->fields_n; i++) {
        if (str_eq_nocase(x->fields[i].name, STR("Authorization")) ||
            str_eq_nocase(x->fields[i].name, STR("Cookie")))
            continue; /* it is proven already, and nobody behind shall have it */
        TRY(str_copy(a, x->fields[i].name, &fields[n].name));
        TRY(str_copy(a, str_trim(x->fields[i].value), &fields[n].value));
        n++;
    }
    in->fields = fields;
    in->fields_n = n;
    return E_OK;
}

static err_t copy_request(struct arena *a, const struct http_xchg *x, struct mcp_in *in)
{
    char peer[PEER_TEXT_MAX];
    in->server = STR("");
    in->query = STR_NONE;
    if (x->query.p != NULL)
        TRY(str_copy(a, x->query, &in->query));
    TRY(str_copy(a, x->path, &in->path));
    TRY(str_copy(a, peer_text(&x->peer, peer), &in->ip));
    return copy_fields(a, x, in);
}

err_t mcp_in_make(const struct http_xchg *x, str_t body, struct mcp_in **ret)
{
    struct arena *a = arena_new(IN_ARENA_ROOM + 4 * body.n);
    struct mcp_in *in = a == NULL ? NULL : ARENA_NEW(a, struct mcp_in);
    err_t e = in == NULL ? E_NO_MEMORY : copy_request(a, x, in);
    if (e == E_OK)
        e = str_copy(a, body, &in->body);
    if (e != E_OK) {
        arena_free(a);
        return e;
    }
    in->arena = a;
    in->method = x->method;
    *ret = in;
    return E_OK;
}

/* One server has a face of its own. */
static err_t in_make(const struct hot_ask *ask, struct mcp_in **ret)
{
    str_t params[ROUTE_PARAMS_MAX];
    struct mcp_in *in;
    TRY(mcp_in_make(ask->x, ask->x->body, &in));
    bool one = route_params(ask->route, ask->x->path, params) > 0;
    in->face = one ? FACE_ONE : FACE_ALL;
    in->request_id = edge_id(ask->x);
    in->who.actor = ask->who->who.actor;
    in->who.expires_at = ask->who->who.expires_at;
    if (ask->token != NULL)
        in->who.token = *ask->token;
    err_t e = one ? str_copy(in->arena, params[0], &in->server) : E_OK;
    if (e != E_OK) {
        mcp_in_free(in);
        return e;
    }
    *ret = in;
    return E_OK;
}

static err_t open_hatch(struct api *api, struct http_xchg *x, struct mcp_in *in)
{
    struct api_loop *loop = edge_loop(api, x);
    buf_clear(&loop->head);
    reply_head_common(&loop->head, STR_NONE, edge_id(x), true);
    TRY(loop->head.err);
    return hatch_open(x, mcp_hub_loop(api->services->mcp), LENT_HATCH, buf_str(&loop->head),
                      &in->hatch);
}

void mcp_edge_pass_on(struct api *api, struct http_xchg *x, struct mcp_in *in)
{
    err_t e = services_stop(api->services) ? E_STOPPING : open_hatch(api, x, in);
    if (e != E_OK) {
        mcp_in_free(in);
        edge_refuse(api, x, e, NULL, edge_id(x));
        return;
    }
    http_park(x);
    mcp_hub_take(api->services->mcp, in);
}

static void hand_over(const struct hot_ask *ask, struct gate_access *access,
                      struct gate_catalogue *catalogue)
{
    struct http_xchg *x = ask->x;
    struct mcp_in *in = NULL;
    err_t e = in_make(ask, &in);
    if (e == E_OK)
        e = open_hatch(ask->api, x, in);
    if (e != E_OK) {
        mcp_in_free(in);
        edge_refuse(ask->api, x, e, NULL, edge_id(x));
        return;
    }
    in->access = ref_take(access);
    in->catalogue = ref_take(catalogue);
    if (ask->passage != NULL)
        passage_free(ask->passage); /* it goes with the request */
    http_park(x);
    mcp_hub_take(ask->api->services->mcp, in);
}

enum hot_answer mcp_hot(const struct hot_ask *ask)
{
    const struct services *sv = ask->api->services;
    if (ask->who == NULL)
        return HOT_LOAD;
    const struct actor *actor = &ask->who->who.actor;
    struct diag why = { 0 };
    err_t e = services_stop(sv)        ? E_STOPPING
              : mcp_calls_tools(actor) ? E_OK
                                       : FAIL(&why, E_FORBIDDEN, "%s", MCP_NOBODY_CALLS);
    if (e != E_OK) {
        refused_count_known(ask->api, ask->x, ask->route, actor, e);
        edge_refuse(ask->api, ask->x, e, &why, edge_id(ask->x));
        return HOT_DONE;
    }
    const struct gate_who who = mcp_who_of(actor);
    CLEANUP(ref_dropp) struct gate_access *access = gate_access_find(sv->gate, &who);
    CLEANUP(ref_dropp) struct gate_catalogue *catalogue = gate_catalogue_find(sv->gate, who.org);
    if (access == NULL || catalogue == NULL)
        return HOT_LOAD;
    hand_over(ask, access, catalogue);
    return HOT_DONE;
}

void mcp_edge_gone(struct http_xchg *x)
{
    hatch_gone(x->user);
}

void mcp_edge_drained(struct http_xchg *x)
{
    hatch_drained(x->user);
}
