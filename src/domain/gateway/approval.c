/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/gateway/approval.h"

#include <string.h>

#include "domain/authz/actor.h"
#include "domain/hooks/hook_seal.h"

#define APPROVAL_TABLE "mcp_approval"

const char *approval_state_name(enum approval_state s)
{
    static const char *const names[APPROVAL_STATES] = { [APPROVAL_WAITING] = "waiting",
                                                        [APPROVAL_APPROVED] = N_("approved"),
                                                        [APPROVAL_DENIED] = N_("denied"),
                                                        [APPROVAL_OVER] = N_("expired") };
    return names[s];
}

/* What a call without arguments has. */
static str_t arguments_of(str_t arguments)
{
    return arguments.p != NULL ? arguments : STR("{}");
}

err_t approval_ask(struct act *act, const struct approval_in *in, oid_t *ret)
{
    str_t arguments = arguments_of(in->arguments);
    digest_t digest = sha256_of(arguments);
    struct sql_approval_waiting_row waiting;
    struct hook_sealed sealed;
    oid_t id = oid_make();
    TRY(sql_approval_waiting(
        act->db, act->arena,
        &(struct sql_approval_waiting){ .org = act->org, .principal = act->actor.id }, &waiting));
    if (waiting.n >= APPROVALS_WAITING_MAX)
        return FAIL(&act->why, E_OVERLOADED, "%d calls of this principal wait already",
                    APPROVALS_WAITING_MAX);
    TRY(hook_seal(act, APPROVAL_TABLE, id, arguments, &sealed));
    struct sql_approval_add add = { .id = id,
                                    .org = act->org,
                                    .principal_kind = act->actor.kind,
                                    .principal = act->actor.id,
                                    .server_id = in->server,
                                    .tool = in->tool,
                                    .digest = str_of((const char *)digest.b, sizeof digest.b),
                                    .epoch = sealed.epoch,
                                    .key_id = sealed.key_id,
                                    .sealed = sealed.bytes,
                                    .now = act->now,
                                    .expires_at = ts_add(act->now, in->life) };
    if (act->actor.kind == ACTOR_DEVICE)
        add.device_id = act->actor.id;
    TRY(sql_approval_add(act->db, &add));
    *ret = id;
    return E_OK;
}

err_t approval_get(struct act *act, oid_t id, struct row_approval *ret)
{
    struct sql_approval_get in = { .org = act->org, .id = id };
    err_t e = sql_approval_get(act->db, act->arena, &in, ret);
    if (e == E_NOT_FOUND)
        return FAIL(&act->why, e, "there is no such call");
    return e;
}

/* Above all ids. */
static oid_t beyond(oid_t id)
{
    oid_t ret = id;
    if (!oid_is_set(id))
        memset(&ret, 0xff, sizeof ret);
    return ret;
}

err_t approval_page(struct act *act, const struct approval_list *list, struct row_approval **ret,
                    size_t *ret_n)
{
    const bool all = perms_have(act->actor.perms, PERM_APPROVAL_READ);
    const oid_t person = all ? (oid_t){ 0 } : act->actor.id;
    const opt_i64_t state = { .set = list->state > 0, .v = list->state };
    if (list->newest) {
        struct sql_approval_newest down = { .org = act->org,
                                            .state = state,
                                            .person = person,
                                            .before = beyond(list->after),
                                            .limit = list->limit };
        return sql_approval_newest(act->db, act->arena, &down, ret, ret_n);
    }
    struct sql_approval_page up = { .org = act->org,
                                    .state = state,
                                    .person = person,
                                    .after = list->after,
                                    .limit = list->limit };
    return sql_approval_page(act->db, act->arena, &up, ret, ret_n);
}

err_t approval_arguments(struct act *act, const struct row_approval *row, str_t *ret)
{
    if (row->state != APPROVAL_WAITING) {
        *ret = STR_NONE;
        return E_OK;
    }
    struct hook_sealed from = { row->epoch, row->key_id, row->sealed };
    return hook_unseal(act, APPROVAL_TABLE, row->id, &from, ret);
}

/* His own, or that of a device of his. */
static err_t is_own(struct act *act, const struct row_approval *row, bool *ret)
{
    struct sql_gate_device in = { .org = act->org, .id = row->principal };
    struct sql_gate_device_row device;
    *ret = oid_eq(row->principal, act->actor.id);
    if (*ret || row->principal_kind != ACTOR_DEVICE)
        return E_OK;
    err_t e = sql_gate_device(act->db, act->arena, &in, &device);
    if (e == E_NOT_FOUND)
        return E_OK;
    TRY(e);
    *ret = oid_is_set(device.user_id) && oid_eq(device.user_id, act->actor.id);
    return E_OK;
}

static err_t may_decide(struct act *act, const struct row_approval *row,
                        const struct approval_answer *in)
{
    bool own = false;
    TRY(is_own(act, row, &own));
    if (own && !in->own_is_fine)
        return FAIL(&act->why, E_FORBIDDEN, "nobody decides about a call of his own");
    if (in->digest != NULL && !(row->digest.n == sizeof in->digest->b &&
                                memcmp(row->digest.p, in->digest->b, row->digest.n) == 0))
        return FAIL(&act->why, E_STALE, "digest: the arguments of this call are other ones");
    return E_OK;
}

static err_t refuse_decided(struct diag *why, enum approval_state is)
{
    const char *name = approval_state_name(is);
    if (diag_is_taken(why))
        return E_CONFLICT;
    (void)FAIL(why, E_CONFLICT, "this call waits no more: it is %s", name);
    diag_say(why, "this call waits no more: it is %s", message_in(why->messages, name));
    return E_CONFLICT;
}

err_t approval_decide(struct act *act, const struct approval_answer *in, digest_t *ret)
{
    struct row_approval row;
    struct sql_approval_decide_row decided;
    TRY(approval_get(act, in->id, &row));
    TRY(may_decide(act, &row, in));
    struct sql_approval_decide decide = { .org = act->org,
                                          .id = row.id,
                                          .state = in->yes ? APPROVAL_APPROVED : APPROVAL_DENIED,
                                          .decided_kind = act->actor.kind,
                                          .decided_by = act->actor.id,
                                          .reason = in->reason,
                                          .nothing = STR(""),
                                          .now = act->now,
                                          .since = in->since };
    err_t e = sql_approval_decide(act->db, act->arena, &decide, &decided);
    if (e == E_NOT_FOUND)
        return refuse_decided(&act->why, row.state == APPROVAL_WAITING
                                             ? APPROVAL_OVER
                                             : (enum approval_state)row.state);
    TRY(e);
    if (decided.digest.n != sizeof ret->b)
        return E_CORRUPT;
    memcpy(ret->b, decided.digest.p, sizeof ret->b);
    return E_OK;
}

err_t approval_end(struct act *act, oid_t id, str_t reason)
{
    struct sql_approval_end_row row;
    struct sql_approval_end in = {
        .org = act->org, .id = id, .reason = reason, .nothing = STR(""), .now = act->now
    };
    return sql_approval_end(act->db, act->arena, &in, &row);
}
