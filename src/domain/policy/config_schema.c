/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/config_schema.h"

#include "domain/policy/pointer.h"
#include "domain/policy/schema_apply.h"

static err_t check_namespace(struct act *act, str_t namespace)
{
    struct diag what = diag_like(&act->why);
    if (namespace.n > CONFIG_NAMESPACE_MAX)
        return diag_set_field(&act->why, E_BAD_FIELD, "namespace", "want at most %d bytes",
                              CONFIG_NAMESPACE_MAX);
    if (pointer_check(namespace, &what) != E_OK)
        return diag_pass(&act->why, E_BAD_FIELD, "namespace", &what);
    return E_OK;
}

static err_t check_content(struct act *act, str_t content)
{
    CLEANUP(schema_freep) struct schema *s = NULL;
    return schema_of_text(act, content, SCHEMA_PART, &s);
}

static err_t namespace_is_free(struct act *act, str_t namespace)
{
    struct sql_config_schema_id_by_namespace_row same;
    struct sql_config_schema_count_row count;
    err_t e = sql_config_schema_id_by_namespace(
        act->db, act->arena,
        &(struct sql_config_schema_id_by_namespace){ .org = act->org, .namespace = namespace },
        &same);
    if (e == E_OK)
        return diag_set_field(&act->why, E_CONFLICT, "namespace",
                              "another schema describes this namespace");
    if (e != E_NOT_FOUND)
        return e;
    TRY(sql_config_schema_count(act->db, act->arena,
                                &(struct sql_config_schema_count){ .org = act->org }, &count));
    if (count.n >= CONFIG_SCHEMAS_MAX)
        return FAIL(&act->why, E_CONFLICT, "an organisation has at most %d schemas",
                    CONFIG_SCHEMAS_MAX);
    return E_OK;
}

static str_t or_none(str_t s)
{
    return s.n > 0 ? s : STR_NONE;
}

/* The revision that is now in force joins those that were. */
static err_t keep_revision(struct act *act, oid_t id, struct row_config_schema *ret)
{
    TRY(config_schema_get(act, id, ret));
    return sql_config_schema_revision_add(
        act->db,
        &(struct sql_config_schema_revision_add){
            .schema_id = id, .revision = ret->revision, .content = ret->content, .now = act->now });
}

err_t config_schema_check(struct act *act, const struct config_schema_in *in)
{
    TRY(check_namespace(act, in->namespace));
    return check_content(act, in->content);
}

err_t config_schema_create(struct act *act, const struct config_schema_in *in,
                           struct row_config_schema *ret)
{
    oid_t id = oid_make();
    str_t namespace = in->namespace.p != NULL ? in->namespace : STR("");
    TRY(config_schema_check(act, in));
    TRY(namespace_is_free(act, namespace));
    TRY(sql_config_schema_add(
        act->db, &(struct sql_config_schema_add){ .id = id,
                                                  .org = act->org,
                                                  .namespace = namespace,
                                                  .description = or_none(in->description),
                                                  .content = in->content,
                                                  .now = act->now }));
    return keep_revision(act, id, ret);
}

err_t config_schema_get(struct act *act, oid_t id, struct row_config_schema *ret)
{
    return sql_config_schema_by_id(
        act->db, act->arena, &(struct sql_config_schema_by_id){ .org = act->org, .id = id }, ret);
}

err_t config_schema_at(struct act *act, int64_t revision, struct row_config_schema *schema)
{
    struct sql_config_schema_revision_get_row row;
    TRY(sql_config_schema_revision_get(
        act->db, act->arena,
        &(struct sql_config_schema_revision_get){ .schema_id = schema->id, .revision = revision },
        &row));
    schema->revision = revision;
    schema->content = row.content;
    schema->updated_at = row.made_at;
    return E_OK;
}

err_t config_schema_list(struct act *act, oid_t after, int64_t limit,
                         struct row_config_schema_line **ret, size_t *ret_n)
{
    return sql_config_schema_list(
        act->db, act->arena,
        &(struct sql_config_schema_list){ .org = act->org, .after = after, .limit = limit }, ret,
        ret_n);
}

err_t config_schema_change(struct act *act, const struct row_config_schema *old,
                           const struct config_schema_in *in, struct row_config_schema *ret)
{
    str_t description = in->description.p != NULL ? in->description : old->description;
    oid_t id = old->id;
    TRY(check_content(act, in->content));
    TRY(sql_config_schema_set(act->db,
                              &(struct sql_config_schema_set){ .org = act->org,
                                                               .id = id,
                                                               .description = or_none(description),
                                                               .content = in->content,
                                                               .now = act->now }));
    return keep_revision(act, id, ret);
}

err_t config_schema_delete(struct act *act, oid_t id)
{
    TRY(sql_config_schema_revision_drop_all(
        act->db, &(struct sql_config_schema_revision_drop_all){ .schema_id = id }));
    return sql_config_schema_drop(act->db,
                                  &(struct sql_config_schema_drop){ .org = act->org, .id = id });
}
