/* SPDX-License-Identifier: Apache-2.0 */
/* What a change of a schema breaks: published versions that somebody gets, and what it forbids. */
#include "domain/policy/schema_apply.h"
#include "domain/policy/schema_compare.h"
#include "sql/policy.h"

enum { BREAKS_SCRATCH_MAX = 16 * 1024 * 1024 };

/* In the language of the caller, in the act's memory. */
static err_t want_said(struct act *act, str_t want, str_t *ret)
{
    const char *english = str_cz(act->arena, want);
    if (english == NULL)
        return E_NO_MEMORY;
    *ret = str_from_cz(message_in(act->why.messages, english));
    return E_OK;
}

static err_t add_faults(struct act *act, const struct sql_config_schema_assigned_row *version,
                        str_t text, const struct schema_faults *faults, struct schema_breaks *ret)
{
    for (size_t i = 0; i < faults->n && ret->n < CONFIG_SCHEMA_BREAKS_MAX; i++) {
        struct schema_break b = { .policy = version->policy_id,
                                  .policy_name = version->name,
                                  .number = version->number,
                                  .keyword = str_from_cz(faults->v[i].keyword) };
        TRY(str_copy(act->arena, text, &b.version));
        TRY(str_copy(act->arena, faults->v[i].pointer, &b.pointer));
        TRY(schema_fault_want(act->arena, &faults->v[i], act->why.messages, &b.want));
        ret->v[ret->n++] = b;
    }
    return E_OK;
}

static err_t check_version(struct act *act, const struct schema *s, str_t namespace,
                           const struct sql_config_schema_assigned_row *version,
                           struct schema_breaks *ret)
{
    CLEANUP(arena_freep) struct arena *scratch = arena_new(BREAKS_SCRATCH_MAX);
    CLEANUP(json_freep) struct json *content = NULL;
    struct schema_faults faults = { .n = 0 };
    struct row_policy_version row;
    if (scratch == NULL)
        return E_NO_MEMORY;
    TRY(sql_policy_version_get(act->db, scratch,
                               &(struct sql_policy_version_get){ .org = act->org,
                                                                 .policy_id = version->policy_id,
                                                                 .number = version->number },
                               &row));
    err_t e = json_parse(row.content, NULL, &content);
    if (e == E_BAD_JSON || e == E_BAD_FIELD)
        return FAIL(&act->why, E_CORRUPT, "a stored policy version is not what was written");
    TRY(e);
    TRY(schema_apply(scratch, s, namespace, content, &faults));
    return add_faults(act, version, row.version, &faults, ret);
}

static err_t compare_texts(struct act *act, str_t old, str_t content, struct schema_breaks *ret)
{
    CLEANUP(arena_freep) struct arena *scratch = arena_new(BREAKS_SCRATCH_MAX);
    CLEANUP(json_freep) struct json *from = NULL;
    CLEANUP(json_freep) struct json *to = NULL;
    size_t had = ret->n;
    if (scratch == NULL)
        return E_NO_MEMORY;
    TRY(json_parse(old, &act->why, &from));
    TRY(json_parse(content, &act->why, &to));
    TRY(schema_compare(scratch, from, to, ret));
    for (size_t i = had; i < ret->n; i++) {
        TRY(str_copy(act->arena, ret->v[i].pointer, &ret->v[i].pointer));
        TRY(str_copy(act->arena, ret->v[i].keyword, &ret->v[i].keyword));
        TRY(want_said(act, ret->v[i].want, &ret->v[i].want));
    }
    return E_OK;
}

err_t config_schema_breaks(struct act *act, str_t namespace, str_t old, str_t content,
                           struct schema_breaks *ret)
{
    CLEANUP(schema_freep) struct schema *s = NULL;
    struct sql_config_schema_assigned_row *rows = NULL;
    size_t n = 0;
    ret->n = 0;
    TRY(schema_of_text(act, content, SCHEMA_PART, &s));
    TRY(sql_config_schema_assigned(
        act->db, act->arena, &(struct sql_config_schema_assigned){ .org = act->org }, &rows, &n));
    for (size_t i = 0; i < n && ret->n < CONFIG_SCHEMA_BREAKS_MAX; i++)
        TRY(check_version(act, s, namespace, &rows[i], ret));
    return old.p != NULL ? compare_texts(act, old, content, ret) : E_OK;
}
