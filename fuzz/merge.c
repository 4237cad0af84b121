/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The merge patch with locks. Input: a JSON array of
 * {"level":n,"content":{},"locked":["/pointer"]}. Oracle: the plain model of the same rules, and
 * that what was locked stands as it stood.
 */
#include "domain/policy/resolve.h"
#include "tests/unit/domain/merge_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static bool is(const struct json *v, enum json_type type)
{
    return v != NULL && json_type(v) == type;
}

/* The pointers of a version that are pointers. */
static size_t locks_of(struct arena *a, const struct json *list, str_t **ret)
{
    size_t n = is(list, JSON_ARRAY) ? json_count(list) : 0;
    str_t *locks = ARENA_ARRAY(a, str_t, n + 1);
    size_t good = 0;
    for (size_t i = 0; i < n; i++) {
        const struct json *item = json_at(list, i);
        if (is(item, JSON_STRING) && pointer_check(json_string(item), NULL) == E_OK)
            locks[good++] = json_string(item);
    }
    *ret = locks;
    return good;
}

struct run {
    struct arena *a;
    struct resolve resolve;
    struct model model;
    str_t pending[MODEL_LOCKS_MAX]; /* of the level at hand */
    size_t pending_n;
    int level;
};

static void run_version(struct run *r, const struct json *v)
{
    const struct json *content = json_member(v, STR("content"));
    const struct json *deeper = json_member(v, STR("level"));
    str_t *locks = NULL;
    size_t n = locks_of(r->a, json_member(v, STR("locked")), &locks);
    if (!is(content, JSON_OBJECT) || r->model.locks_n + r->pending_n + n > MODEL_LOCKS_MAX)
        return;
    if (is(deeper, JSON_INT) && json_int(deeper) != 0) {
        r->level++;
        while (r->pending_n > 0)
            model_lock(&r->model, r->pending[--r->pending_n]);
    }
    model_write(&r->model, r->model.value, content, STR(""));
    struct resolve_version in = {
        .level = r->level, .content = content, .locked = locks, .locked_n = n
    };
    assert(resolve_add(&r->resolve, &in) == E_OK);
    for (size_t i = 0; i < n; i++)
        r->pending[r->pending_n++] = locks[i];
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    CLEANUP(json_freep) struct json *levels = NULL;
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(64));
    if (json_parse(str_of(p, n), NULL, &levels) != E_OK || json_type(levels) != JSON_ARRAY)
        return 0;
    struct run r = { .a = a, .model = { .a = a, .value = json_new_object() } };
    assert(resolve_init(&r.resolve, a) == E_OK);
    for (size_t i = 0; i < json_count(levels); i++) {
        if (is(json_at(levels, i), JSON_OBJECT))
            run_version(&r, json_at(levels, i));
    }
    size_t refused = 0;
    for (const struct merge_refused *f = r.resolve.merge.refused; f != NULL; f = f->next)
        refused++;
    assert(json_equal(r.resolve.merge.value, r.model.value));
    assert(refused == r.model.refused_n);
    resolve_fini(&r.resolve);
    json_free(r.model.value);
    return 0;
}
