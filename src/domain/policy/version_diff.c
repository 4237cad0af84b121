/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/version_diff.h"

#include "domain/policy/changes.h"

struct side {
    struct json *content;
    struct json *locks;
};

struct noting {
    struct act *act;
    struct version_diff *to;
    size_t room;
};

static void side_fini(struct side *s)
{
    json_free(s->content);
    json_free(s->locks);
}

static err_t version_find(struct act *act, oid_t policy, int64_t number, const char *field,
                          struct row_policy_version *ret)
{
    err_t e = policy_version_find(act, policy, number, ret);
    return e == E_NOT_FOUND ? diag_set_field(&act->why, e, field, "there is no such version") : e;
}

static err_t side_open(struct act *act, const struct row_policy_version *v, struct side *ret)
{
    TRY(json_parse(v->content, &act->why, &ret->content));
    return json_parse(v->locked, &act->why, &ret->locks);
}

static err_t value_text(struct act *act, const struct json *v, str_t *ret)
{
    struct buf b;
    *ret = STR_NONE;
    if (v == NULL)
        return E_OK;
    buf_init(&b, MIB(1));
    json_write(&b, v);
    err_t e = b.err != E_OK ? b.err : str_copy(act->arena, buf_str(&b), ret);
    buf_fini(&b);
    return e;
}

/* The first time round there is no room yet: changes are counted. */
static err_t note_change(void *arg, const struct change *c)
{
    struct noting *n = arg;
    size_t i = n->to->changes_n++;
    if (n->room == 0)
        return E_OK;
    struct preview_change *at = &n->to->changes[i];
    TRY(str_copy(n->act->arena, c->pointer, &at->pointer));
    TRY(value_text(n->act, c->from, &at->from));
    return value_text(n->act, c->to, &at->to);
}

static err_t diff_content(struct act *act, const struct side *from, const struct side *to,
                          struct version_diff *ret)
{
    CLEANUP(arena_freep) struct arena *walk = arena_new(MIB(16));
    struct noting n = { .act = act, .to = ret };
    if (walk == NULL)
        return E_NO_MEMORY;
    TRY(changes_tell(walk, from->content, to->content, note_change, &n));
    n.room = ret->changes_n;
    ret->changes = ARENA_ARRAY(act->arena, struct preview_change, n.room + 1);
    if (ret->changes == NULL)
        return E_NO_MEMORY;
    ret->changes_n = 0;
    return n.room > 0 ? changes_tell(walk, from->content, to->content, note_change, &n) : E_OK;
}

static bool has_lock(const struct json *list, str_t lock)
{
    for (size_t i = 0; i < json_count(list); i++) {
        if (str_eq(json_string(json_at(list, i)), lock))
            return true;
    }
    return false;
}

/* The texts of `list` that `other` lacks. */
static err_t locks_only(struct act *act, const struct json *list, const struct json *other,
                        const str_t **ret, size_t *ret_n)
{
    size_t n = 0;
    str_t *out = ARENA_ARRAY(act->arena, str_t, json_count(list) + 1);
    if (out == NULL)
        return E_NO_MEMORY;
    for (size_t i = 0; i < json_count(list); i++) {
        str_t lock = json_string(json_at(list, i));
        if (!has_lock(other, lock))
            TRY(str_copy(act->arena, lock, &out[n++]));
    }
    *ret = out;
    *ret_n = n;
    return E_OK;
}

static err_t diff_sides(struct act *act, const struct side *from, const struct side *to,
                        struct version_diff *ret)
{
    TRY(diff_content(act, from, to, ret));
    TRY(locks_only(act, from->locks, to->locks, &ret->unlocked, &ret->unlocked_n));
    return locks_only(act, to->locks, from->locks, &ret->locked, &ret->locked_n);
}

err_t version_diff(struct act *act, oid_t policy, int64_t from, int64_t to,
                   struct version_diff *ret)
{
    CLEANUP(side_fini) struct side a = { 0 };
    CLEANUP(side_fini) struct side b = { 0 };
    struct version_diff diff = { 0 };
    TRY(version_find(act, policy, from, "from", &diff.from));
    TRY(version_find(act, policy, to, "to", &diff.to));
    TRY(side_open(act, &diff.from, &a));
    TRY(side_open(act, &diff.to, &b));
    TRY(diff_sides(act, &a, &b, &diff));
    *ret = diff;
    return E_OK;
}
