/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the merge must give, written down a second time and as plainly as the texts say it: the
 * pseudo-code of RFC 7386 section 2, and the rule about locks over whole pointer texts. It recurses
 * and is slow; it is only an oracle.
 */
#ifndef TESTS_DOMAIN_MERGE_MODEL_H
#define TESTS_DOMAIN_MERGE_MODEL_H

#include "domain/policy/pointer.h"
#include "plat/json/json.h"

#include <assert.h>

enum { MODEL_LOCKS_MAX = 64 };

struct model {
    struct arena *a;
    struct json *value;
    str_t locks[MODEL_LOCKS_MAX];
    size_t locks_n;
    size_t refused_n; /* that would have changed something */
};

static inline struct json *model_patch(const struct json *target, const struct json *patch,
                                       struct arena *a)
{
    if (json_type(patch) != JSON_OBJECT)
        return json_clone(patch);
    bool object = target != NULL && json_type(target) == JSON_OBJECT;
    struct json *result = object ? json_clone(target) : json_new_object();
    struct json_pair *members = NULL;
    size_t n = 0;
    assert(json_members(a, patch, &members, &n) == E_OK);
    for (size_t i = 0; i < n; i++) {
        if (json_type(members[i].value) == JSON_NULL)
            json_remove(result, members[i].name);
        else
            assert(json_set(result, members[i].name,
                            model_patch(json_member(result, members[i].name), members[i].value,
                                        a)) == E_OK);
    }
    return result;
}

/* Does `inner` stand below `outer`? */
static inline bool model_below(str_t inner, str_t outer)
{
    return inner.n > outer.n && str_starts(inner, outer) && inner.p[outer.n] == '/';
}

static inline bool model_is_locked(const struct model *m, str_t path)
{
    for (size_t i = 0; i < m->locks_n; i++) {
        str_t lock = m->locks[i];
        if (str_eq(path, lock) || model_below(path, lock) || model_below(lock, path))
            return true;
    }
    return false;
}

static inline bool model_same(const struct json *now, const struct json *wanted)
{
    return now == NULL ? json_type(wanted) == JSON_NULL : json_equal(now, wanted);
}

static inline str_t model_path(struct arena *a, str_t path, str_t name)
{
    struct buf b;
    str_t copy;
    buf_init(&b, MIB(1));
    buf_add(&b, path);
    json_pointer_add(&b, name);
    assert(str_copy(a, buf_str(&b), &copy) == E_OK);
    buf_fini(&b);
    return copy;
}

static inline void model_write(struct model *m, struct json *target, const struct json *patch,
                               str_t path)
{
    struct json_pair *members = NULL;
    size_t n = 0;
    assert(json_members(m->a, patch, &members, &n) == E_OK);
    for (size_t i = 0; i < n; i++) {
        str_t at = model_path(m->a, path, members[i].name);
        const struct json *wanted = members[i].value;
        struct json *now = json_member_mut(target, members[i].name);
        bool both =
            now != NULL && json_type(now) == JSON_OBJECT && json_type(wanted) == JSON_OBJECT;
        if (both)
            model_write(m, now, wanted, at);
        else if (model_is_locked(m, at))
            m->refused_n += !model_same(now, wanted);
        else if (json_type(wanted) == JSON_NULL)
            json_remove(target, members[i].name);
        else
            assert(json_set(target, members[i].name, model_patch(now, wanted, m->a)) == E_OK);
    }
}

static inline void model_lock(struct model *m, str_t pointer)
{
    assert(m->locks_n < MODEL_LOCKS_MAX);
    m->locks[m->locks_n++] = pointer;
}

/* What stands at a pointer; NULL: nothing. */
static inline const struct json *model_at(struct arena *a, const struct json *root, str_t pointer)
{
    const struct json *at = root;
    for (str_t name; at != NULL;) {
        assert(pointer_next(a, &pointer, &name) == E_OK);
        if (name.p == NULL)
            break;
        at = json_type(at) == JSON_OBJECT ? json_member(at, name) : NULL;
    }
    return at;
}

#endif
