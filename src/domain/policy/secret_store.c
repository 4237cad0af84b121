/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/secret_store.h"

#include "domain/policy/secret_seal.h"

#define DELIVERY_AGAIN DUR_HOURS(1)

static err_t find(struct act *act, const struct secret_at *at, struct row_secret_line *ret);
static err_t add(struct act *act, const struct secret_in *in, const struct secret_at *at,
                 struct row_secret_line *ret);
static err_t put(struct act *act, const struct secret_in *in, const struct row_secret_line *old,
                 struct row_secret_line *ret);

/* The scope that is meant, held to its rules. */
static err_t placed(struct act *act, const struct secret_at *at, struct secret_at *ret)
{
    struct secret_at to = *at;
    if (to.scope == 0)
        to.scope = SCOPE_ORG;
    TRY(assignment_place(act, to.scope, &to.target_id));
    *ret = to;
    return E_OK;
}

err_t secret_set(struct act *act, const struct secret_in *in, struct row_secret_line *ret,
                 bool *ret_created)
{
    struct secret_at at;
    struct row_secret_line row;
    if (!secret_name_obeys(in->at.name))
        return diag_set_field(&act->why, E_BAD_FIELD, "name",
                              "want 1 to %d of a-z, 0-9, '-', '_' and '.'", SECRET_NAME_MAX);
    if (in->value.n == 0 || in->value.n > SECRET_VALUE_MAX)
        return diag_set_field(&act->why, E_BAD_FIELD, "value", "want 1 to %d bytes of text",
                              SECRET_VALUE_MAX);
    TRY(placed(act, &in->at, &at));
    err_t e = find(act, &at, &row);
    bool created = e == E_NOT_FOUND;
    if (e != E_OK && !created)
        return e;
    TRY(created ? add(act, in, &at, &row) : put(act, in, &row, &row));
    TRY(act_scope_changed(act, at.scope, act->org, at.target_id));
    *ret = row;
    *ret_created = created;
    return E_OK;
}

static err_t find(struct act *act, const struct secret_at *at, struct row_secret_line *ret)
{
    return sql_secret_at(
        act->db, act->arena,
        &(struct sql_secret_at){
            .org = act->org, .name = at->name, .scope = (int)at->scope, .target = at->target_id },
        ret);
}

static err_t add(struct act *act, const struct secret_in *in, const struct secret_at *at,
                 struct row_secret_line *ret)
{
    struct sql_secret_count_row count;
    struct secret_sealed s;
    oid_t id = oid_make();
    TRY(sql_secret_count(act->db, act->arena, &(struct sql_secret_count){ .org = act->org },
                         &count));
    if (count.n >= SECRET_ORG_MAX)
        return FAIL(&act->why, E_CONFLICT, "an organisation has at most %d secrets",
                    SECRET_ORG_MAX);
    TRY(secret_seal(act, id, in->value, &s));
    TRY(sql_secret_add(act->db, &(struct sql_secret_add){ .id = id,
                                                          .org = act->org,
                                                          .name = at->name,
                                                          .scope = (int)at->scope,
                                                          .target = at->target_id,
                                                          .description = in->description,
                                                          .epoch = s.epoch,
                                                          .key_id = s.key_id,
                                                          .sealed = s.bytes,
                                                          .now = act->now }));
    return find(act, at, ret);
}

static err_t put(struct act *act, const struct secret_in *in, const struct row_secret_line *old,
                 struct row_secret_line *ret)
{
    struct secret_sealed s;
    struct secret_at at = { old->name, (enum scope_kind)old->scope, old->target };
    str_t description = in->description.p != NULL ? in->description : old->description;
    TRY(secret_seal(act, old->id, in->value, &s));
    TRY(sql_secret_put(act->db, &(struct sql_secret_put){ .org = act->org,
                                                          .id = old->id,
                                                          .description = description,
                                                          .epoch = s.epoch,
                                                          .key_id = s.key_id,
                                                          .sealed = s.bytes,
                                                          .now = act->now }));
    return find(act, &at, ret);
}

err_t secret_get(struct act *act, const struct secret_at *at, struct row_secret_line *ret)
{
    struct secret_at to;
    TRY(placed(act, at, &to));
    err_t e = find(act, &to, ret);
    return e == E_NOT_FOUND
               ? FAIL(&act->why, e, "there is no such secret for this %s", scope_name(to.scope))
               : e;
}

err_t secret_list(struct act *act, const struct secret_at *filter, oid_t after, int64_t limit,
                  struct row_secret_line **ret, size_t *ret_n)
{
    return sql_secret_list(
        act->db, act->arena,
        &(struct sql_secret_list){ .org = act->org,
                                   .name = filter->name,
                                   .scope = { .set = filter->scope != 0, .v = (int)filter->scope },
                                   .target = filter->target_id,
                                   .after = after,
                                   .limit = limit },
        ret, ret_n);
}

err_t secret_delete(struct act *act, const struct row_secret_line *old)
{
    enum scope_kind scope = (enum scope_kind)old->scope;
    TRY(sql_secret_delivery_drop(act->db,
                                 &(struct sql_secret_delivery_drop){ .secret_id = old->id }));
    TRY(sql_secret_drop(act->db, &(struct sql_secret_drop){ .org = act->org, .id = old->id }));
    return act_scope_changed(act, scope, act->org, old->target);
}

err_t secret_forget_device(struct act *act, oid_t device)
{
    TRY(sql_secret_delivery_drop_device(
        act->db, &(struct sql_secret_delivery_drop_device){ .device_id = device }));
    TRY(sql_secret_delivery_drop_target(
        act->db, &(struct sql_secret_delivery_drop_target){
                     .org = act->org, .scope = SCOPE_DEVICE, .target = device }));
    return sql_secret_drop_target(act->db, &(struct sql_secret_drop_target){ .org = act->org,
                                                                             .scope = SCOPE_DEVICE,
                                                                             .target = device });
}

static err_t find_global(struct act *act, str_t name, struct row_secret *ret)
{
    struct row_secret *rows = NULL;
    size_t n = 0;
    TRY(sql_secret_sealed_global(act->db, act->arena,
                                 &(struct sql_secret_sealed_global){ .name = name }, &rows, &n));
    if (n == 0)
        return E_NOT_FOUND;
    *ret = rows[0];
    return E_OK;
}

/* A plan's scopes stand in the order in which they apply: what comes later is more specific. */
err_t secret_for_plan(struct act *act, const struct config_plan *plan, str_t name,
                      struct row_secret *ret)
{
    for (size_t i = plan->scopes_n; i > 0; i--) {
        const struct config_scope *s = &plan->scopes[i - 1];
        err_t e = s->kind == SCOPE_GLOBAL
                      ? find_global(act, name, ret)
                      : sql_secret_sealed_at(act->db, act->arena,
                                             &(struct sql_secret_sealed_at){ .org = s->org,
                                                                             .name = name,
                                                                             .scope = (int)s->kind,
                                                                             .target = s->id },
                                             ret);
        if (e != E_NOT_FOUND)
            return e;
    }
    return E_NOT_FOUND;
}

err_t secret_delivery_is_due(struct act *act, const struct row_secret *row, oid_t device, bool *ret)
{
    struct sql_secret_delivery_get_row last;
    err_t e = sql_secret_delivery_get(
        act->db, act->arena,
        &(struct sql_secret_delivery_get){ .secret_id = row->id, .device_id = device }, &last);
    if (e != E_OK && e != E_NOT_FOUND)
        return e;
    *ret = e == E_NOT_FOUND || last.revision != row->revision ||
           act->now.us - last.at.us >= DELIVERY_AGAIN.us || act->now.us < last.at.us;
    return E_OK;
}

err_t secret_delivery_note(struct act *act, const struct row_secret *row, oid_t device)
{
    return sql_secret_delivery_put(act->db,
                                   &(struct sql_secret_delivery_put){ .secret_id = row->id,
                                                                      .device_id = device,
                                                                      .revision = row->revision,
                                                                      .now = act->now });
}
