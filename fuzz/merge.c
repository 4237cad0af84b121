/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The merge patch with locks, and who said what. Input: a JSON array of
 * {"level":n,"content":{},"locked":["/pointer"]}. Oracle: the plain model of the same rules; and
 * the leaves, each with the value that its source said, are the whole result.
 */
#include "domain/policy/provenance.h"
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
    struct provenance said;
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

struct told {
    struct arena *a;
    struct json *rebuilt;
};

static err_t rebuild(void *arg, const struct said_leaf *leaf)
{
    struct told *t = arg;
    struct json *at = t->rebuilt;
    str_t rest = leaf->pointer;
    str_t name;
    assert(leaf->by->value != NULL ? json_equal(leaf->by->value, leaf->value)
                                   : json_count(leaf->value) == 0);
    assert(pointer_next(t->a, &rest, &name) == E_OK);
    while (rest.n > 0) {
        if (json_member(at, name) == NULL)
            assert(json_set(at, name, json_new_object()) == E_OK);
        at = json_member_mut(at, name);
        assert(pointer_next(t->a, &rest, &name) == E_OK);
    }
    assert(json_member(at, name) == NULL);
    assert(json_set(at, name, json_clone(leaf->value)) == E_OK);
    return E_OK;
}

static err_t is_gone(void *arg, const struct said_leaf *leaf)
{
    assert(model_at(((struct told *)arg)->a, ((struct told *)arg)->rebuilt, leaf->pointer) == NULL);
    return E_OK;
}

static void check_provenance(struct run *r)
{
    CLEANUP(arena_freep) struct arena *scratch = arena_new(MIB(16));
    struct told t = { r->a, json_new_object() };
    struct json *value = r->resolve.merge.value;
    assert(provenance_leaves(&r->said, value, scratch, rebuild, &t) == E_OK);
    assert(json_equal(t.rebuilt, value));
    assert(provenance_removed(&r->said, value, scratch, is_gone, &t) == E_OK);
    json_free(t.rebuilt);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    CLEANUP(json_freep) struct json *levels = NULL;
    CLEANUP(arena_freep) struct arena *a = arena_new(MIB(64));
    if (json_parse(str_of(p, n), NULL, &levels) != E_OK || json_type(levels) != JSON_ARRAY)
        return 0;
    struct run r = { .a = a, .model = { .a = a, .value = json_new_object() } };
    assert(resolve_init(&r.resolve, a) == E_OK);
    provenance_init(&r.said, a, STR(""));
    resolve_record(&r.resolve, &r.said);
    for (size_t i = 0; i < json_count(levels); i++) {
        if (is(json_at(levels, i), JSON_OBJECT))
            run_version(&r, json_at(levels, i));
    }
    size_t refused = 0;
    for (size_t i = 0; i < r.said.n; i++)
        refused += r.said.words[i].how == MERGE_REFUSED;
    assert(json_equal(r.resolve.merge.value, r.model.value));
    assert(refused == r.model.refused_n);
    check_provenance(&r);
    resolve_fini(&r.resolve);
    json_free(r.model.value);
    return 0;
}
