/* SPDX-License-Identifier: Apache-2.0 */
/* Drafts: everything that may still change. */
#include "domain/policy/policy.h"

#include "domain/policy/config_schema.h"
#include "domain/policy/content_check.h"
#include "domain/policy/pointer.h"
#include "domain/policy/resolve.h"

#include <assert.h>

static_assert(POLICY_LOCKS_MAX == 1000, "the refusal below says so");

static err_t bad_locks(struct act *act, const char *what)
{
    return diag_set_field(&act->why, E_BAD_FIELD, "locked", "%s", what);
}

static err_t check_lock(struct act *act, struct arena *scratch, const struct json *content,
                        const struct json *item)
{
    bool array = false;
    struct diag what = diag_like(&act->why);
    if (json_type(item) != JSON_STRING)
        return bad_locks(act, N_("want a list of texts"));
    str_t lock = json_string(item);
    if (str_eq(lock, RESOLVE_LOCK_ENABLED))
        return E_OK;
    if (lock.n > POLICY_LOCK_TEXT_MAX)
        return bad_locks(act, N_("a path is too long"));
    if (pointer_check(lock, &what) != E_OK)
        return diag_pass(&act->why, E_BAD_FIELD, "locked", &what);
    TRY(pointer_meets_array(scratch, lock, content, &array));
    if (array)
        return bad_locks(act, N_("a lock goes through members of objects, never into an array"));
    return E_OK;
}

/* The content and its locks, checked with each other; the locks as they are stored. */
static err_t check_parts(struct act *act, const struct policy_content *in, str_t *ret)
{
    CLEANUP(arena_freep) struct arena *scratch = arena_new(MIB(4));
    CLEANUP(json_freep) struct json *content = NULL;
    CLEANUP(json_freep) struct json *list = NULL;
    str_t text = in->locked.n > 0 && !str_eq(in->locked, STR("null")) ? in->locked : STR("[]");
    if (scratch == NULL)
        return E_NO_MEMORY;
    TRY(json_parse(in->content, &act->why, &content));
    TRY(json_parse(text, &act->why, &list));
    if (json_type(list) != JSON_ARRAY || json_count(list) > POLICY_LOCKS_MAX)
        return bad_locks(act, N_("want a list of at most 1000 paths"));
    for (size_t i = 0; i < json_count(list); i++)
        TRY(check_lock(act, scratch, content, json_at(list, i)));
    TRY(content_refuse_secrets(act, content, list));
    TRY(content_obey_schemas(act, content));
    *ret = text;
    return E_OK;
}

static err_t check_content(struct act *act, const struct policy_content *in)
{
    bool fits = in->content.n <= POLICY_CONTENT_MAX;
    if (!fits || in->content.n == 0 || in->content.p[0] != '{')
        return diag_set_field(&act->why, E_BAD_FIELD, "content", "want an object of at most %d KiB",
                              POLICY_CONTENT_MAX / 1024);
    return E_OK;
}

err_t policy_content_check(struct act *act, const struct policy_content *in, str_t *ret_locked)
{
    TRY(check_content(act, in));
    return check_parts(act, in, ret_locked);
}

err_t policy_version_make(struct act *act, oid_t policy, const struct policy_content *in,
                          struct row_policy_version *ret)
{
    struct sql_policy_take_number_row next;
    str_t locked;
    TRY(policy_content_check(act, in, &locked));
    TRY(sql_policy_take_number(act->db, act->arena,
                               &(struct sql_policy_take_number){ .org = act->org, .id = policy },
                               &next));
    TRY(sql_policy_version_add(act->db, &(struct sql_policy_version_add){ .id = oid_make(),
                                                                          .org = act->org,
                                                                          .policy_id = policy,
                                                                          .number = next.number,
                                                                          .content = in->content,
                                                                          .locked = locked,
                                                                          .enabled = in->enabled,
                                                                          .now = act->now }));
    return policy_version_find(act, policy, next.number, ret);
}

err_t policy_version_find(struct act *act, oid_t policy, int64_t number,
                          struct row_policy_version *ret)
{
    return sql_policy_version_get(
        act->db, act->arena,
        &(struct sql_policy_version_get){ .org = act->org, .policy_id = policy, .number = number },
        ret);
}

err_t policy_version_page(struct act *act, oid_t policy, int64_t before, int64_t limit,
                          struct row_policy_version_line **ret, size_t *ret_n)
{
    struct row_policy_info exists;
    TRY(policy_get(act, policy, &exists));
    return sql_policy_version_list(
        act->db, act->arena,
        &(struct sql_policy_version_list){
            .org = act->org, .policy_id = policy, .before = before, .limit = limit },
        ret, ret_n);
}

static err_t check_draft(struct act *act, const struct row_policy_version *v)
{
    if (v->state != POLICY_DRAFT)
        return FAIL(&act->why, E_CONFLICT, "version %lld is published: it never changes",
                    (long long)v->number);
    return E_OK;
}

err_t policy_version_change(struct act *act, const struct row_policy_version *draft,
                            const struct policy_content *in, struct row_policy_version *ret)
{
    str_t locked;
    TRY(check_draft(act, draft));
    TRY(policy_content_check(act, in, &locked));
    TRY(sql_policy_version_set(act->db, &(struct sql_policy_version_set){ .org = act->org,
                                                                          .id = draft->id,
                                                                          .content = in->content,
                                                                          .locked = locked,
                                                                          .enabled = in->enabled,
                                                                          .now = act->now }));
    return policy_version_find(act, draft->policy_id, draft->number, ret);
}

err_t policy_version_delete(struct act *act, const struct row_policy_version *draft)
{
    TRY(check_draft(act, draft));
    return sql_policy_version_drop(
        act->db, &(struct sql_policy_version_drop){ .org = act->org, .id = draft->id });
}
