/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/version_load.h"

#include "sql/policy.h"

void loaded_version_fini(struct loaded_version *v)
{
    json_free(v->content);
    json_free(v->locks);
    *v = (struct loaded_version){ 0 };
}

static err_t stored_json(struct act *act, str_t text, enum json_type type, struct json **ret)
{
    CLEANUP(json_freep) struct json *v = NULL;
    err_t e = json_parse(text, NULL, &v);
    if (e == E_NO_MEMORY)
        return e;
    if (e != E_OK || json_type(v) != type)
        return FAIL(&act->why, E_CORRUPT, "a stored policy version is not what was written");
    *ret = v;
    v = NULL;
    return E_OK;
}

static err_t locked_paths(struct act *act, struct arena *a, const struct json *list,
                          struct resolve_version *words)
{
    str_t *paths = ARENA_ARRAY(a, str_t, json_count(list) + 1);
    if (paths == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < json_count(list); i++) {
        if (json_type(json_at(list, i)) != JSON_STRING)
            return FAIL(&act->why, E_CORRUPT, "a stored lock is not what was written");
        paths[i] = json_string(json_at(list, i));
    }
    words->locked = paths;
    words->locked_n = json_count(list);
    return E_OK;
}

/* A draft has no version text yet, and so never is the newest of an answer. Of a moment that has
 * passed the policy may have been deleted since. */
static err_t version_row(struct act *act, struct arena *a, const struct config_plan *plan, oid_t id,
                         struct row_plan_words *ret)
{
    const struct config_draft *draft = plan->draft;
    if (draft != NULL && oid_eq(draft->version, id)) {
        *ret = (struct row_plan_words){ .content = draft->content,
                                        .locked = draft->locked,
                                        .enabled = draft->enabled };
        return E_OK;
    }
    err_t e = sql_plan_version(act->db, a, &(struct sql_plan_version){ .id = id }, ret);
    return e == E_NOT_FOUND && ts_is_set(plan->at)
               ? sql_plan_version_kept(act->db, a, &(struct sql_plan_version_kept){ .id = id }, ret)
               : e;
}

err_t version_load(struct act *act, struct arena *a, const struct config_plan *plan,
                   const struct config_entry *entry, struct loaded_version *ret)
{
    struct row_plan_words row;
    CLEANUP(loaded_version_finip) struct loaded_version v = { 0 };
    TRY(version_row(act, a, plan, entry->version, &row));
    TRY(stored_json(act, row.content, JSON_OBJECT, &v.content));
    TRY(stored_json(act, row.locked, JSON_ARRAY, &v.locks));
    v.words = (struct resolve_version){ .level = (int)entry->level,
                                        .content = v.content,
                                        .enabled = row.enabled,
                                        .version = row.version,
                                        .day = row.day,
                                        .day_number = row.day_number };
    v.number = row.number;
    v.content_n = row.content.n;
    TRY(locked_paths(act, a, v.locks, &v.words));
    *ret = v;
    v.content = NULL; /* they have an owner now */
    v.locks = NULL;
    return E_OK;
}
