/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/pointer.h"

#include <assert.h>

/* A name without its escapes (RFC 6901 section 4): ~1 is a slash, ~0 a tilde. */
struct name {
    char room[POINTER_MAX];
    str_t text;
};

bool pointer_is_valid(str_t pointer)
{
    bool good = pointer.n < POINTER_MAX && (pointer.n == 0 || pointer.p[0] == '/');
    for (size_t i = 0; good && i < pointer.n; i++) {
        if (pointer.p[i] == '~')
            good = i + 1 < pointer.n && (pointer.p[i + 1] == '0' || pointer.p[i + 1] == '1');
    }
    return good;
}

/* The next step of the pointer; false at its end. */
static bool name_next(str_t *rest, struct name *ret)
{
    size_t n = 0;
    if (rest->n == 0)
        return false;
    assert(rest->p[0] == '/');
    str_t tail = str_sub(*rest, 1, rest->n);
    str_t raw = str_sub(tail, 0, str_find(tail, '/'));
    assert(raw.n < sizeof ret->room); /* pointer_is_valid bounds it */
    for (size_t i = 0; i < raw.n; i++) {
        bool escape = raw.p[i] == '~' && i + 1 < raw.n;
        if (escape)
            i++;
        ret->room[n++] = !escape ? raw.p[i] : (char)(raw.p[i] == '1' ? '/' : '~');
    }
    ret->text = str_of(ret->room, n);
    *rest = str_sub(tail, raw.n, tail.n);
    return true;
}

const struct json *pointer_get(const struct json *root, str_t pointer)
{
    const struct json *v = root;
    struct name name;
    while (v != NULL && name_next(&pointer, &name))
        v = json_type(v) == JSON_OBJECT ? json_member(v, name.text) : NULL;
    return v;
}

err_t pointer_put(struct json *root, str_t pointer, struct json *value)
{
    struct json *at = root;
    struct name name;
    bool found = name_next(&pointer, &name);
    assert(found); /* the root itself cannot be replaced */
    while (pointer.n > 0) {
        if (json_type(at) == JSON_OBJECT && json_member(at, name.text) == NULL) {
            err_t e = json_set(at, name.text, json_new_object());
            if (e != E_OK) {
                json_free(value);
                return e;
            }
        }
        at = json_type(at) == JSON_OBJECT ? json_member_mut(at, name.text) : NULL;
        if (at == NULL || json_type(at) != JSON_OBJECT) {
            json_free(value);
            return E_CONFLICT;
        }
        (void)name_next(&pointer, &name); /* there is one: pointer.n > 0 */
    }
    return json_set(at, name.text, value);
}

void pointer_cut(struct json *root, str_t pointer)
{
    struct json *at = root;
    struct name name;
    while (at != NULL && json_type(at) == JSON_OBJECT && name_next(&pointer, &name)) {
        struct json *next = json_member_mut(at, name.text);
        if (next != NULL && (pointer.n == 0 || json_type(next) == JSON_ARRAY)) {
            json_remove(at, name.text);
            return;
        }
        at = next;
    }
}
