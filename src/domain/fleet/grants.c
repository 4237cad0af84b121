/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/fleet/grants.h"

#include "domain/live/history.h"
#include "plat/json/json.h"

static err_t group_find(struct act *act, str_t name, struct row_device_group *ret)
{
    oid_t id;
    str_t key;
    if (oid_parse(name, &id) == E_OK)
        return sql_fleet_group_by_id(
            act->db, act->arena, &(struct sql_fleet_group_by_id){ .org = act->org, .id = id }, ret);
    TRY(fleet_lower(act->arena, name, &key));
    return sql_fleet_group_by_name(
        act->db, act->arena, &(struct sql_fleet_group_by_name){ .org = act->org, .name_key = key },
        ret);
}

err_t groups_resolve(struct act *act, const str_t *names, size_t n, struct row_device_group **ret)
{
    struct row_device_group *groups = ARENA_ARRAY(act->arena, struct row_device_group, n);
    if (groups == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        err_t e = group_find(act, names[i], &groups[i]);
        if (e == E_NOT_FOUND)
            return diag_set_field(&act->why, E_BAD_FIELD, "groups", "there is no such group: %.*s",
                                  STR_ARG(str_sub(names[i], 0, 60)));
        TRY(e);
        perms_t rights = roles_perms((uint32_t)groups[i].roles);
        if (!perms_cover(act->actor.perms, rights))
            return FAIL(&act->why, E_FORBIDDEN, "a group has rights that you lack");
    }
    *ret = groups;
    return E_OK;
}

err_t owner_check(struct act *act, oid_t user_id)
{
    struct sql_fleet_user_get_row user;
    struct sql_fleet_user_get in = { .org = act->org, .id = user_id };
    err_t e = sql_fleet_user_get(act->db, act->arena, &in, &user);
    if (e == E_NOT_FOUND)
        return diag_set_field(&act->why, E_BAD_FIELD, "user_id", "there is no such user");
    return e;
}

err_t device_groups_put(struct act *act, oid_t device, const struct row_device_group *groups,
                        size_t n, bool replace)
{
    if (replace) {
        TRY(sql_device_group_clear(act->db, &(struct sql_device_group_clear){ .device = device }));
        TRY(history_member_gone(act, device));
    }
    for (size_t i = 0; i < n; i++) {
        struct sql_device_group_add in = { .grp = groups[i].id, .device = device };
        TRY(sql_device_group_add(act->db, &in));
        TRY(history_member(act, groups[i].id, ACTOR_DEVICE, device));
    }
    return E_OK;
}

err_t device_labels_put(struct act *act, oid_t device, str_t labels)
{
    struct sql_device_label_drop drop = { .org = act->org, .device = device };
    TRY(sql_device_label_drop(act->db, &drop));
    if (labels.p == NULL)
        return E_OK;
    CLEANUP(json_freep) struct json *root = NULL;
    struct json_pair *pairs;
    size_t n;
    TRY(json_parse(labels, &act->why, &root));
    TRY(json_members(act->arena, root, &pairs, &n));
    for (size_t i = 0; i < n; i++) {
        struct sql_device_label_add in = { .org = act->org,
                                           .device = device,
                                           .name = pairs[i].name,
                                           .value = json_string(pairs[i].value) };
        TRY(sql_device_label_add(act->db, &in));
    }
    return E_OK;
}

err_t labels_merge(struct arena *a, str_t under, str_t over, str_t *ret)
{
    if (under.p == NULL || over.p == NULL) {
        *ret = over.p != NULL ? over : under;
        return E_OK;
    }
    CLEANUP(json_freep) struct json *root = NULL;
    CLEANUP(json_freep) struct json *top = NULL;
    CLEANUP(buf_fini) struct buf b = { 0 };
    struct json_pair *pairs;
    size_t n;
    buf_init(&b, KIB(64));
    TRY(json_parse(under, NULL, &root));
    TRY(json_parse(over, NULL, &top));
    TRY(json_members(a, top, &pairs, &n));
    for (size_t i = 0; i < n; i++) {
        struct json *value = json_clone(pairs[i].value);
        if (value == NULL)
            return E_NO_MEMORY;
        TRY(json_set(root, pairs[i].name, value));
    }
    json_write(&b, root);
    TRY(b.err);
    return str_copy(a, buf_str(&b), ret);
}
