/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON as RFC 7493 (I-JSON) allows it: UTF-8, no duplicate members, no lone surrogates, depth <=
 * 32, nothing after the value. A value owns its members; const struct json * are borrowed from
 * their root.
 */
#ifndef PLAT_JSON_JSON_H
#define PLAT_JSON_JSON_H

#include "base/buf.h"

enum { JSON_DEPTH_MAX = 32 };

enum json_type { JSON_NULL, JSON_BOOL, JSON_INT, JSON_REAL, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json;

/* E_BAD_JSON: not I-JSON. E_BAD_FIELD: well-formed, but a number is out of range or a string holds
 * U+0000. E_NO_MEMORY. */
err_t json_parse(str_t text, struct diag *why, struct json **ret) MUST_USE;
void json_free(struct json *v); /* NULL is fine */
static inline void json_freep(struct json **v)
{
    json_free(*v);
}

enum json_type json_type(const struct json *v);
bool json_bool(const struct json *v);   /* of a JSON_BOOL */
int64_t json_int(const struct json *v); /* of a JSON_INT */
/* Of a JSON_STRING, borrowed. Hidden, like json_equal: libjansson has functions of the same names
 * for itself. */
str_t json_string(const struct json *v) __attribute__((visibility("hidden")));
size_t json_count(const struct json *v); /* of an array or object */
const struct json *json_at(const struct json *array, size_t i);
const struct json *json_member(const struct json *object, str_t name); /* NULL when absent */
/* Same type and same value; a real never equals an integer. */
bool json_equal(const struct json *a, const struct json *b) __attribute__((visibility("hidden")));

/* Members in byte order of their names, as an array in the arena. */
struct json_pair {
    str_t name;
    const struct json *value;
};
err_t json_members(struct arena *a, const struct json *object, struct json_pair **ret,
                   size_t *ret_n) MUST_USE;

/* Building; E_NO_MEMORY. The object takes the value over, also on failure. */
struct json *json_new_object(void);
struct json *json_new_array(void);
struct json *json_new_string(str_t s); /* absent: null */
struct json *json_new_int(int64_t v);
struct json *json_new_bool(bool v);
struct json *json_new_null(void);
struct json *json_clone(const struct json *v);                 /* deep */
struct json *json_member_mut(struct json *object, str_t name); /* NULL when absent */
struct json *json_at_mut(struct json *array, size_t i);
err_t json_set(struct json *object, str_t name, struct json *value) MUST_USE;
err_t json_push(struct json *array, struct json *value) MUST_USE;
err_t json_put(struct json *array, size_t i,
               struct json *value) MUST_USE; /* in place of the i-th */
void json_remove(struct json *object, str_t name);

/*
 * Canonical bytes: members sorted by bytes, no spaces, integers as they are, reals in the shortest
 * form that reads back the same (and as a real: 1.0 stays 1.0). What json_parse gave is at most
 * JSON_DEPTH_MAX deep, and so must be what is built.
 */
void json_write(struct buf *b, const struct json *v);

/*
 * The canonical bytes that others compute too (RFC 8785): members sorted by the UTF-16 units of
 * their names, numbers as ECMAScript writes them. But for integers beyond 2^53: they keep their
 * digits, for two that differ must not be written alike.
 */
void json_write_jcs(struct buf *b, const struct json *v);

/* One step of a JSON Pointer (RFC 6901 section 3): "/" and the name with its escapes. */
void json_pointer_add(struct buf *b, str_t name);

#endif
