/* SPDX-License-Identifier: Apache-2.0 */
#include "plat/json/jansson_api.h"

#include "base/fault.h"

#include <assert.h>
#include <malloc.h>

static const enum json_type types[] = {
    [JANSSON_OBJECT] = JSON_OBJECT, [JANSSON_ARRAY] = JSON_ARRAY, [JANSSON_STRING] = JSON_STRING,
    [JANSSON_INTEGER] = JSON_INT,   [JANSSON_REAL] = JSON_REAL,   [JANSSON_TRUE] = JSON_BOOL,
    [JANSSON_FALSE] = JSON_BOOL,    [JANSSON_NULL] = JSON_NULL,
};

/* What jansson used before us: malloc and free, unless a program that loads libseneschal has said
 * otherwise. */
static json_malloc_t value_malloc;
static json_free_t value_free;
static _Thread_local bool value_malloc_failed;

static void *value_alloc(size_t size)
{
    void *p = fault_here() ? NULL : value_malloc(size);
    if (p == NULL)
        value_malloc_failed = true;
    return p;
}

/* A parsed body may hold a secret, and nobody can tell any more which of its pieces do. */
static void value_wipe_and_free(void *p)
{
    if (p != NULL)
        explicit_bzero(p, malloc_usable_size(p));
    value_free(p);
}

/* jansson wants its allocator before the first value is made; there is no earlier moment than this.
 * Only the C library's own can say how long a piece is. */
__attribute__((constructor)) static void value_hook_alloc(void)
{
    json_get_alloc_funcs(&value_malloc, &value_free);
    bool ours = value_malloc == malloc && value_free == free;
    json_set_alloc_funcs(value_alloc, ours ? value_wipe_and_free : value_free);
}

bool jansson_failed(void)
{
    return value_malloc_failed;
}

void jansson_forget_failure(void)
{
    value_malloc_failed = false;
}

void json_free(struct json *v)
{
    json_decref(jansson_of(v));
}

enum json_type json_type(const struct json *v)
{
    return types[json_typeof(jansson_of(v))];
}

bool json_bool(const struct json *v)
{
    assert(json_type(v) == JSON_BOOL);
    return json_typeof(jansson_of(v)) == JANSSON_TRUE;
}

int64_t json_int(const struct json *v)
{
    assert(json_type(v) == JSON_INT);
    return json_integer_value(jansson_of(v));
}

str_t json_string(const struct json *v)
{
    assert(json_type(v) == JSON_STRING);
    const json_t *s = jansson_of(v);
    return str_of(json_string_value(s), json_string_length(s));
}

size_t json_count(const struct json *v)
{
    if (json_type(v) == JSON_ARRAY)
        return json_array_size(jansson_of(v));
    assert(json_type(v) == JSON_OBJECT);
    return json_object_size(jansson_of(v));
}

const struct json *json_at(const struct json *array, size_t i)
{
    assert(json_type(array) == JSON_ARRAY);
    const struct json *v = jansson_wrap(json_array_get(jansson_of(array), i));
    assert(v != NULL);
    return v;
}

const struct json *json_member(const struct json *object, str_t name)
{
    assert(json_type(object) == JSON_OBJECT);
    return jansson_wrap(json_object_getn(jansson_of(object), name.p, name.n));
}

struct json *json_member_mut(struct json *object, str_t name)
{
    assert(json_type(object) == JSON_OBJECT);
    return jansson_wrap(json_object_getn(jansson_of(object), name.p, name.n));
}

struct json *json_at_mut(struct json *array, size_t i)
{
    assert(json_type(array) == JSON_ARRAY);
    struct json *v = jansson_wrap(json_array_get(jansson_of(array), i));
    assert(v != NULL);
    return v;
}

static int pair_cmp(const void *a, const void *b)
{
    const struct json_pair *x = a;
    const struct json_pair *y = b;
    return str_cmp(x->name, y->name);
}

void json_members_sorted(const struct json *object, struct json_pair *ret)
{
    json_t *o = jansson_of(object);
    size_t n = 0;
    for (void *i = json_object_iter(o); i != NULL; i = json_object_iter_next(o, i)) {
        ret[n].name = str_of(json_object_iter_key(i), json_object_iter_key_len(i));
        ret[n++].value = jansson_wrap(json_object_iter_value(i));
    }
    qsort(ret, n, sizeof *ret, pair_cmp);
}

err_t json_members(struct arena *a, const struct json *object, struct json_pair **ret,
                   size_t *ret_n)
{
    size_t n = json_count(object);
    struct json_pair *pairs = ARENA_ARRAY(a, struct json_pair, n + 1);
    if (pairs == NULL)
        return E_NO_MEMORY;
    json_members_sorted(object, pairs);
    *ret = pairs;
    *ret_n = n;
    return E_OK;
}

static bool json_equal_arrays(const struct json *a, const struct json *b)
{
    size_t n = json_count(a);
    if (n != json_count(b))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!json_equal(json_at(a, i), json_at(b, i)))
            return false;
    }
    return true;
}

static bool json_equal_objects(const struct json *a, const struct json *b)
{
    if (json_count(a) != json_count(b))
        return false;
    json_t *o = jansson_of(a);
    for (void *i = json_object_iter(o); i != NULL; i = json_object_iter_next(o, i)) {
        str_t name = str_of(json_object_iter_key(i), json_object_iter_key_len(i));
        const struct json *other = json_member(b, name);
        if (other == NULL || !json_equal(jansson_wrap(json_object_iter_value(i)), other))
            return false;
    }
    return true;
}

bool json_equal(const struct json *a, const struct json *b)
{
    enum json_type type = json_type(a);
    if (type != json_type(b))
        return false;
    switch (type) {
    case JSON_NULL:
        return true;
    case JSON_BOOL:
        return json_bool(a) == json_bool(b);
    case JSON_INT:
        return json_int(a) == json_int(b);
    case JSON_REAL:
        return json_real_same(json_real_value(jansson_of(a)), json_real_value(jansson_of(b)));
    case JSON_STRING:
        return str_eq(json_string(a), json_string(b));
    case JSON_ARRAY:
        return json_equal_arrays(a, b);
    case JSON_OBJECT:
        return json_equal_objects(a, b);
    }
    assert(false);
    return false;
}

struct json *json_new_object(void)
{
    return jansson_wrap(json_object());
}

struct json *json_new_array(void)
{
    return jansson_wrap(json_array());
}

struct json *json_new_string(str_t s)
{
    return jansson_wrap(s.p == NULL ? json_null() : json_stringn_nocheck(s.p, s.n));
}

struct json *json_new_int(int64_t v)
{
    return jansson_wrap(json_integer(v));
}

struct json *json_new_bool(bool v)
{
    return jansson_wrap(v ? json_true() : json_false());
}

struct json *json_new_null(void)
{
    return jansson_wrap(json_null());
}

struct json *json_clone(const struct json *v)
{
    return jansson_wrap(json_deep_copy(jansson_of(v)));
}

err_t json_set(struct json *object, str_t name, struct json *value)
{
    assert(json_type(object) == JSON_OBJECT);
    /* Takes the value over, and frees it when it fails; no value is a value that could not be made.
     */
    if (json_object_setn_new_nocheck(jansson_of(object), name.p, name.n, jansson_of(value)) != 0)
        return E_NO_MEMORY;
    return E_OK;
}

err_t json_push(struct json *array, struct json *value)
{
    assert(json_type(array) == JSON_ARRAY);
    return json_array_append_new(jansson_of(array), jansson_of(value)) == 0 ? E_OK : E_NO_MEMORY;
}

err_t json_put(struct json *array, size_t i, struct json *value)
{
    assert(json_type(array) == JSON_ARRAY);
    assert(i < json_count(array));
    /* Takes the value over, and frees it when it fails; with the index in range it fails only for
     * a value that could not be made. */
    return json_array_set_new(jansson_of(array), i, jansson_of(value)) == 0 ? E_OK : E_NO_MEMORY;
}

void json_remove(struct json *object, str_t name)
{
    assert(json_type(object) == JSON_OBJECT);
    (void)json_object_deln(jansson_of(object), name.p, name.n); /* -1: it was not there */
}
