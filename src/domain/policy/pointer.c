/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/policy/pointer.h"

err_t pointer_check(str_t pointer, struct diag *why)
{
    if (pointer.n > 0 && pointer.p[0] != '/')
        return FAIL(why, E_BAD_FIELD, "a JSON Pointer is empty or begins with '/'");
    size_t depth = 0;
    for (size_t i = 0; i < pointer.n; i++) {
        depth += pointer.p[i] == '/';
        if (pointer.p[i] != '~')
            continue;
        bool escape = i + 1 < pointer.n && (pointer.p[i + 1] == '0' || pointer.p[i + 1] == '1');
        if (!escape)
            return FAIL(why, E_BAD_FIELD, "in a JSON Pointer '~' is written ~0 and '/' ~1");
    }
    if (depth > JSON_DEPTH_MAX)
        return FAIL(why, E_BAD_FIELD, "a JSON Pointer has at most %d parts", JSON_DEPTH_MAX);
    return E_OK;
}

/* RFC 6901 section 4: first ~1, then ~0; one pass over pairs is the same. */
static err_t unescape(struct arena *a, str_t token, str_t *ret)
{
    char *out = arena_alloc(a, token.n);
    if (out == NULL)
        return E_NO_MEMORY;
    size_t n = 0;
    for (size_t i = 0; i < token.n; i++) {
        char c = token.p[i];
        if (c == '~') {
            i++;
            c = token.p[i] == '1' ? '/' : '~';
        }
        out[n++] = c;
    }
    *ret = str_of(out, n);
    return E_OK;
}

err_t pointer_next(struct arena *a, str_t *rest, str_t *ret)
{
    if (rest->n == 0) {
        *ret = STR_NONE;
        return E_OK;
    }
    str_t inside = str_sub(*rest, 1, rest->n - 1);
    size_t end = str_find(inside, '/');
    str_t token = str_sub(inside, 0, end);
    if (str_find(token, '~') < token.n)
        TRY(unescape(a, token, &token));
    *rest = str_sub(inside, end, inside.n - end);
    *ret = token;
    return E_OK;
}

err_t pointer_meets_array(struct arena *a, str_t pointer, const struct json *root, bool *ret)
{
    const struct json *at = root;
    for (str_t name;;) {
        TRY(pointer_next(a, &pointer, &name));
        bool array = at != NULL && json_type(at) == JSON_ARRAY;
        if (name.p == NULL || array) {
            *ret = name.p != NULL;
            return E_OK;
        }
        bool object = at != NULL && json_type(at) == JSON_OBJECT;
        at = object ? json_member(at, name) : NULL;
    }
}
