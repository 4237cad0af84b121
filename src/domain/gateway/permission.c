/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/gateway/permission.h"

#include "domain/identity/group.h"
#include "domain/identity/service.h"
#include "domain/identity/user.h"

const char *gate_subject_name(enum gate_subject kind)
{
    static const char *const names[GATE_SUBJECTS] = {
        [GATE_SUBJECT_USER] = "user",       [GATE_SUBJECT_SERVICE] = "service-account",
        [GATE_SUBJECT_DEVICE] = "device",   [GATE_SUBJECT_GROUP] = "group",
        [GATE_SUBJECT_DEFAULT] = "default",
    };
    return names[kind];
}

static err_t user_name(struct act *act, oid_t id, str_t *ret)
{
    struct row_user_account row;
    TRY(user_get(act, id, &row));
    *ret = row.username;
    return E_OK;
}

static err_t service_name(struct act *act, oid_t id, str_t *ret)
{
    struct row_service_account row;
    TRY(service_get(act, id, &row));
    *ret = row.name;
    return E_OK;
}

static err_t device_name(struct act *act, oid_t id, str_t *ret)
{
    struct sql_actor_device in = { .org = act->org, .id = id };
    struct sql_actor_device_row row;
    err_t e = sql_actor_device(act->db, act->arena, &in, &row);
    if (e == E_NOT_FOUND)
        return FAIL(&act->why, e, "there is no such device");
    TRY(e);
    *ret = row.name;
    return E_OK;
}

static err_t group_name(struct act *act, oid_t id, str_t *ret)
{
    struct row_principal_group row;
    TRY(group_get(act, id, &row));
    *ret = row.name;
    return E_OK;
}

static err_t default_name(struct act *act, oid_t id, str_t *ret)
{
    (void)act;
    *ret = STR("default");
    return oid_is_set(id) ? E_NOT_FOUND : E_OK;
}

err_t permission_of(struct act *act, enum gate_subject kind, oid_t id, struct permission_of *ret)
{
    static err_t (*const names[GATE_SUBJECTS])(struct act *, oid_t, str_t *) = {
        [GATE_SUBJECT_USER] = user_name,       [GATE_SUBJECT_SERVICE] = service_name,
        [GATE_SUBJECT_DEVICE] = device_name,   [GATE_SUBJECT_GROUP] = group_name,
        [GATE_SUBJECT_DEFAULT] = default_name,
    };
    struct permission_of of = { .kind = kind, .id = id };
    TRY(names[kind](act, id, &of.name));
    *ret = of;
    return E_OK;
}

err_t permission_find(struct act *act, const struct permission_of *of,
                      const struct gate_place *place, struct row_permission *ret)
{
    struct sql_permission_find in = { .org = act->org,
                                      .kind = of->kind,
                                      .subject = of->id,
                                      .server_id = place->server,
                                      .tool = place->tool };
    err_t e = sql_permission_find(act->db, act->arena, &in, ret);
    return e == E_NOT_FOUND ? FAIL(&act->why, e, "there is no such permission") : e;
}

err_t permission_get(struct act *act, oid_t id, struct row_permission *ret)
{
    err_t e = sql_permission_get(act->db, act->arena,
                                 &(struct sql_permission_get){ .org = act->org, .id = id }, ret);
    return e == E_NOT_FOUND ? FAIL(&act->why, e, "there is no such permission") : e;
}

/* Rows of one principal concern him (and his devices) alone, those of groups and of the default
 * everybody. */
static err_t changed(struct act *act, const struct permission_of *of)
{
    bool one = of->kind != GATE_SUBJECT_GROUP && of->kind != GATE_SUBJECT_DEFAULT;
    struct effect e = { .kind = EFFECT_GATEWAY, .org = act->org };
    if (one)
        e.id = of->id;
    return act_effect(act, e);
}

/* Canonical, so that the same condition is the same text. */
static err_t canonical(struct arena *a, str_t text, str_t *ret)
{
    CLEANUP(json_freep) struct json *v = NULL;
    CLEANUP(buf_fini) struct buf b = { 0 };
    *ret = STR_NONE;
    if (text.n == 0)
        return E_OK;
    TRY(json_parse(text, NULL, &v));
    if (json_count(v) == 0)
        return E_OK;
    buf_init(&b, GATE_CONDITIONS_TEXT);
    json_write(&b, v);
    TRY(b.err);
    return str_copy(a, buf_str(&b), ret);
}

err_t permission_check(struct act *act, const struct permission_in *in, struct permission_in *ret)
{
    struct gate_conditions conditions;
    struct permission_in row = *in;
    str_t arguments = in->arguments.n > 0 ? in->arguments : STR_NONE;
    str_t device = in->device.n > 0 ? in->device : STR_NONE;
    bool allows = (in->can_read.set && in->can_read.v) || (in->can_write.set && in->can_write.v) ||
                  (in->can_execute.set && in->can_execute.v);
    if (!in->can_read.set && !in->can_write.set && !in->can_execute.set && !in->is_enabled.set &&
        !in->approval.set)
        return FAIL(&act->why, E_BAD_FIELD,
                    "want at least one of can_read, can_write, can_execute, is_enabled, approval");
    TRY(gate_conditions_read(act->arena, arguments, device, &act->why, &conditions));
    TRY(canonical(act->arena, arguments, &row.arguments));
    TRY(canonical(act->arena, device, &row.device));
    if (!allows && (row.arguments.p != NULL || row.device.p != NULL))
        return FAIL(&act->why, E_BAD_FIELD,
                    "arguments and device are conditions of what is allowed: want can_read, "
                    "can_write or can_execute true");
    *ret = row;
    return E_OK;
}

static err_t add(struct act *act, const struct permission_of *of, const struct gate_place *place,
                 const struct permission_in *in)
{
    struct sql_permission_count_row count;
    TRY(sql_permission_count(
        act->db, act->arena,
        &(struct sql_permission_count){ .org = act->org, .kind = of->kind, .subject = of->id },
        &count));
    if (count.n >= PERMISSIONS_MAX)
        return FAIL(&act->why, E_CONFLICT, "at most %d permissions of one %s: use groups, or *",
                    PERMISSIONS_MAX, gate_subject_name(of->kind));
    struct sql_permission_add row = { .id = oid_make(),
                                      .org = act->org,
                                      .kind = of->kind,
                                      .subject = of->id,
                                      .server_id = place->server,
                                      .tool = place->tool,
                                      .can_read = in->can_read,
                                      .can_write = in->can_write,
                                      .can_execute = in->can_execute,
                                      .is_enabled = in->is_enabled,
                                      .approval = in->approval,
                                      .arguments = in->arguments,
                                      .device = in->device,
                                      .now = act->now };
    return sql_permission_add(act->db, &row);
}

err_t permission_put(struct act *act, const struct permission_of *of,
                     const struct gate_place *place, const struct permission_in *in,
                     struct row_permission *ret)
{
    struct permission_in said;
    struct row_permission old;
    TRY(permission_check(act, in, &said));
    err_t e = permission_find(act, of, place, &old);
    if (e == E_NOT_FOUND) {
        diag_clear(&act->why);
        TRY(add(act, of, place, &said));
    } else {
        TRY(e);
        struct sql_permission_put row = { .org = act->org,
                                          .id = old.id,
                                          .can_read = said.can_read,
                                          .can_write = said.can_write,
                                          .can_execute = said.can_execute,
                                          .is_enabled = said.is_enabled,
                                          .approval = said.approval,
                                          .arguments = said.arguments,
                                          .device = said.device,
                                          .now = act->now };
        TRY(sql_permission_put(act->db, &row));
    }
    TRY(changed(act, of));
    return permission_find(act, of, place, ret);
}

err_t permission_drop(struct act *act, const struct permission_of *of, oid_t id)
{
    TRY(sql_permission_drop(act->db, &(struct sql_permission_drop){ .org = act->org, .id = id }));
    return changed(act, of);
}

err_t permission_page(struct act *act, const struct permission_of *of, oid_t after, int64_t limit,
                      struct row_permission **ret, size_t *ret_n)
{
    struct sql_permission_page in = {
        .org = act->org, .kind = of->kind, .subject = of->id, .after = after, .limit = limit
    };
    return sql_permission_page(act->db, act->arena, &in, ret, ret_n);
}

err_t permission_access(struct act *act, const struct permission_of *of, struct gate_access **ret)
{
    bool principal = of->kind != GATE_SUBJECT_GROUP && of->kind != GATE_SUBJECT_DEFAULT;
    struct gate_who who = { .org = act->org };
    if (principal) {
        who.kind = (enum actor_kind)of->kind;
        who.id = of->id;
    }
    return gate_access_load(act, &who, ret);
}

static struct permission_row with_name(oid_t org, const struct sql_permission_all_row *r)
{
    return (struct permission_row){
        .row = { .id = r->id,
                 .org = org,
                 .kind = r->kind,
                 .subject = r->subject,
                 .server_id = r->server_id,
                 .tool = r->tool,
                 .can_read = r->can_read,
                 .can_write = r->can_write,
                 .can_execute = r->can_execute,
                 .is_enabled = r->is_enabled,
                 .approval = r->approval,
                 .arguments = r->arguments,
                 .device = r->device,
                 .created_at = r->created_at,
                 .updated_at = r->updated_at,
                 .revision = r->revision },
        .of = { (enum gate_subject)r->kind, r->subject, r->name },
    };
}

err_t permission_all(struct act *act, oid_t after, int64_t limit, struct permission_row **ret,
                     size_t *ret_n)
{
    struct sql_permission_all in = { .org = act->org, .after = after, .limit = limit };
    struct sql_permission_all_row *rows = NULL;
    size_t n = 0;
    TRY(sql_permission_all(act->db, act->arena, &in, &rows, &n));
    struct permission_row *all = ARENA_ARRAY(act->arena, struct permission_row, n + 1);
    if (all == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        all[i] = with_name(act->org, &rows[i]);
    *ret = all;
    *ret_n = n;
    return E_OK;
}
