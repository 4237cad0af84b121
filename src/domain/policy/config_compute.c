/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/config.h"

#include "domain/policy/resolve.h"

#include "sql/policy.h"

enum { VERSION_ARENA_MAX = 2 * 1024 * 1024, RESOLVE_ARENA_MAX = 8 * 1024 * 1024 };

static err_t compute_version(struct act *act, struct arena *scratch, oid_t id, int level,
                             struct resolve *r) MUST_USE;
static err_t compute_body(struct act *act, const struct resolve *r,
                          struct config_body *ret) MUST_USE;

err_t config_compute(struct act *act, const struct config_plan *plan, struct config_body *ret)
{
    CLEANUP(arena_freep) struct arena *kept = arena_new(RESOLVE_ARENA_MAX);
    CLEANUP(arena_freep) struct arena *scratch = arena_new(VERSION_ARENA_MAX);
    if (kept == NULL || scratch == NULL)
        return E_NO_MEMORY;
    CLEANUP(resolve_finip) struct resolve r = { 0 };
    TRY(resolve_init(&r, kept));
    for (size_t i = 0; i < plan->versions_n; i++) {
        arena_reset(scratch);
        TRY(compute_version(act, scratch, plan->versions[i], plan->levels[i], &r));
    }
    return compute_body(act, &r, ret);
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

static err_t locked_paths(struct act *act, struct arena *a, const struct json *list, str_t **ret)
{
    str_t *paths = ARENA_ARRAY(a, str_t, json_count(list) + 1);
    if (paths == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < json_count(list); i++) {
        if (json_type(json_at(list, i)) != JSON_STRING)
            return FAIL(&act->why, E_CORRUPT, "a stored lock is not what was written");
        paths[i] = json_string(json_at(list, i));
    }
    *ret = paths;
    return E_OK;
}

static err_t compute_version(struct act *act, struct arena *scratch, oid_t id, int level,
                             struct resolve *r)
{
    struct sql_plan_version_row row;
    CLEANUP(json_freep) struct json *content = NULL;
    CLEANUP(json_freep) struct json *list = NULL;
    str_t *locked = NULL;
    TRY(sql_plan_version(act->db, scratch, &(struct sql_plan_version){ .id = id }, &row));
    TRY(stored_json(act, row.content, JSON_OBJECT, &content));
    TRY(stored_json(act, row.locked, JSON_ARRAY, &list));
    TRY(locked_paths(act, scratch, list, &locked));
    return resolve_add(r, &(struct resolve_version){
                              .level = level,
                              .content = content,
                              .locked = locked,
                              .locked_n = json_count(list),
                              .enabled = row.enabled,
                              .version = row.version,
                              .day = row.day,
                              .day_number = row.day_number,
                          });
}

static err_t compute_body(struct act *act, const struct resolve *r, struct config_body *ret)
{
    struct buf b;
    struct config_body body = { 0 };
    buf_init(&b, CONFIG_BODY_MAX);
    resolve_write(r, &b);
    err_t e = b.err;
    if (e == E_TOO_BIG)
        (void)FAIL(&act->why, e, "the effective configuration is over %d KiB",
                   CONFIG_BODY_MAX / 1024); /* e says the same */
    if (e == E_OK)
        e = str_copy(act->arena, buf_str(&b), &body.bytes);
    if (e == E_OK && r->newest.p != NULL)
        e = str_copy(act->arena, r->newest, &body.version);
    if (e == E_OK) {
        body.etag = sha256_of(body.bytes);
        *ret = body;
    }
    buf_fini(&b);
    return e;
}
