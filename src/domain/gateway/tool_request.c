/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/gateway/tool_request.h"

#include "base/ref.h"
#include "domain/gateway/server.h"

static err_t no_such_tool(struct act *act)
{
    diag_clear(&act->why);
    return FAIL(&act->why, E_NOT_FOUND, "there is no such tool");
}

/* The tool and its server as a decision wants them; a whole catalogue would be read for one row. */
struct asked {
    struct gate_server server;
    struct gate_tool tool;
};

static err_t asked_load(struct act *act, const struct gate_place *place, struct asked *ret)
{
    struct sql_tool_get in = { .server_id = place->server, .name = place->tool };
    struct row_server server;
    struct row_tool tool;
    TRY(server_get(act, place->server, &server));
    TRY(sql_tool_get(act->db, act->arena, &in, &tool));
    ret->tool = (struct gate_tool){ .id = tool.id,
                                    .name = tool.name,
                                    .state = (enum gate_tool_state)tool.state,
                                    .class = (enum gate_class)(tool.class_set.set ? tool.class_set.v
                                                                                  : tool.class) };
    ret->server = (struct gate_server){ .id = server.id,
                                        .org = server.org,
                                        .owner = server.owner,
                                        .kind = (enum gate_kind)server.kind,
                                        .pinning = (enum gate_pinning)server.pinning,
                                        .active = server.status == ACCOUNT_ACTIVE,
                                        .tools = &ret->tool,
                                        .tools_n = 1 };
    return E_OK;
}

/* E_NOT_FOUND: the tool is not there. */
static err_t look(struct act *act, oid_t user, const struct gate_place *place, bool *ret_may_call,
                  bool *ret_may_be_given)
{
    CLEANUP(ref_dropp) struct gate_access *access = NULL;
    struct gate_who who = { .kind = ACTOR_USER, .id = user, .org = act->org };
    struct gate_decision d;
    struct asked asked;
    TRY(asked_load(act, place, &asked));
    TRY(gate_access_load(act, &who, &access));
    struct gate_ask ask = { .access = access,
                            .server = &asked.server,
                            .tool = asked.tool.name,
                            .class = asked.tool.class,
                            .list = true };
    gate_decide(&ask, &d);
    *ret_may_call = d.listed;
    *ret_may_be_given = gate_may_be_given(&ask);
    return E_OK;
}

/* What he may call he need not ask for; what is switched off is there for nobody. */
static err_t may_be_asked_for(struct act *act, const struct gate_place *place)
{
    bool may_call = false;
    bool may_be_given = false;
    err_t e = look(act, act->actor.id, place, &may_call, &may_be_given);
    if (e == E_NOT_FOUND)
        return no_such_tool(act);
    TRY(e);
    if (may_call)
        return FAIL(&act->why, E_CONFLICT, "you may call it already");
    return may_be_given ? E_OK : no_such_tool(act);
}

static err_t not_too_many(struct act *act)
{
    struct sql_tool_request_open_n in = { .user_id = act->actor.id };
    struct sql_tool_request_open_n_row open;
    TRY(sql_tool_request_open_n(act->db, act->arena, &in, &open));
    if (open.n >= TOOL_REQUESTS_OPEN_MAX)
        return FAIL(&act->why, E_CONFLICT, "%d of your requests wait: let them be decided first",
                    TOOL_REQUESTS_OPEN_MAX);
    return E_OK;
}

err_t tool_request_make(struct act *act, str_t tool, str_t reason, struct row_tool_request *ret)
{
    struct gate_place place;
    if (act->actor.kind != ACTOR_USER || !oid_eq(act->actor.org, act->org))
        return FAIL(&act->why, E_FORBIDDEN, "only people of the organisation ask for access");
    err_t e = tool_place(act, tool, &place);
    if (e == E_BAD_FIELD)
        return no_such_tool(act);
    TRY(e);
    TRY(may_be_asked_for(act, &place));
    TRY(not_too_many(act));
    struct sql_tool_request_add in = { .id = oid_make(),
                                       .org = act->org,
                                       .user_id = act->actor.id,
                                       .server_id = place.server,
                                       .tool = place.tool,
                                       .reason = reason.n > 0 ? reason : STR_NONE,
                                       .now = act->now };
    e = sql_tool_request_add(act->db, &in);
    if (e == E_CONFLICT)
        return FAIL(&act->why, e, "you asked for it already: wait for the answer");
    TRY(e);
    return tool_request_get(act, in.id, ret);
}

err_t tool_request_get(struct act *act, oid_t id, struct row_tool_request *ret)
{
    struct sql_tool_request_get in = { .org = act->org, .id = id };
    err_t e = sql_tool_request_get(act->db, act->arena, &in, ret);
    return e == E_NOT_FOUND ? FAIL(&act->why, e, "there is no such request") : e;
}

err_t tool_request_page(struct act *act, enum access_request_status status, oid_t after, int64_t n,
                        struct row_tool_request **ret, size_t *ret_n)
{
    struct sql_tool_request_list in = { .org = act->org, .status = status, .after = after, .n = n };
    return sql_tool_request_list(act->db, act->arena, &in, ret, ret_n);
}

err_t tool_request_own(struct act *act, enum access_request_status status, oid_t after, int64_t n,
                       struct row_tool_request **ret, size_t *ret_n)
{
    struct sql_tool_request_own in = {
        .user_id = act->actor.id, .status = status, .after = after, .n = n
    };
    return sql_tool_request_own(act->db, act->arena, &in, ret, ret_n);
}

static err_t decide(struct act *act, oid_t id, enum access_request_status status, str_t reason)
{
    struct sql_tool_request_decide in = { .org = act->org,
                                          .id = id,
                                          .status = status,
                                          .reason = reason.n > 0 ? reason : STR_NONE,
                                          .by_kind = act->actor.kind,
                                          .by_id = act->actor.id,
                                          .now = act->now };
    TRY(sql_tool_request_decide(act->db, &in));
    if (db_changed(act->db) != 1)
        return FAIL(&act->why, E_CONFLICT, "this request was decided already");
    return E_OK;
}

/* An approval that gives nothing would be a lie. */
static err_t is_given(struct act *act, oid_t user, const struct gate_place *place)
{
    bool may_call = false;
    bool may_be_given = false;
    TRY(look(act, user, place, &may_call, &may_be_given));
    if (!may_call)
        return FAIL(&act->why, E_CONFLICT,
                    "the tool is switched off, waits for approval, or is held to conditions: "
                    "change that first");
    return E_OK;
}

/* What his own permission says else about the tool stays. */
static err_t give(struct act *act, const struct row_tool_request *row, bool approval,
                  struct row_permission *ret)
{
    struct gate_place place = { row->server_id, row->tool };
    const opt_bool_t yes = { .set = true, .v = true };
    struct row_permission old = { 0 };
    struct permission_of of;
    TRY(permission_of(act, GATE_SUBJECT_USER, row->user_id, &of));
    err_t e = permission_find(act, &of, &place, &old);
    if (e == E_NOT_FOUND)
        diag_clear(&act->why);
    else
        TRY(e);
    struct permission_in in = { .can_read = row->class.v == GATE_READ ? yes : old.can_read,
                                .can_write = row->class.v == GATE_WRITE ? yes : old.can_write,
                                .can_execute = row->class.v == GATE_EXECUTE ? yes : old.can_execute,
                                .is_enabled = old.is_enabled.set ? yes : old.is_enabled,
                                .approval = approval ? yes : old.approval,
                                .arguments = old.arguments,
                                .device = old.device };
    TRY(permission_put(act, &of, &place, &in, ret));
    return is_given(act, row->user_id, &place);
}

err_t tool_request_approve(struct act *act, oid_t id, bool approval, str_t reason,
                           struct row_permission *ret_given, struct row_tool_request *ret)
{
    struct row_tool_request row;
    TRY(tool_request_get(act, id, &row));
    TRY(decide(act, id, ACCESS_REQUEST_APPROVED, reason));
    if (!row.class.set)
        return FAIL(&act->why, E_CONFLICT,
                    "the server has no such tool any more: refuse the request");
    TRY(give(act, &row, approval, ret_given));
    return tool_request_get(act, id, ret);
}

err_t tool_request_refuse(struct act *act, oid_t id, str_t reason, struct row_tool_request *ret)
{
    struct row_tool_request row;
    TRY(tool_request_get(act, id, &row));
    TRY(decide(act, id, ACCESS_REQUEST_REFUSED, reason));
    return tool_request_get(act, id, ret);
}
