/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside plat/json: jansson under names that leave ours alone. Its enumerators become JANSSON_*,
 * and its json_string and json_equal, which we define ourselves, are not reachable. Of its macros
 * only json_typeof is safe to use: the others name the enumerators.
 */
#ifndef PLAT_JSON_JANSSON_API_H
#define PLAT_JSON_JANSSON_API_H

#include "plat/json/json.h"

#define JSON_OBJECT  JANSSON_OBJECT
#define JSON_ARRAY   JANSSON_ARRAY
#define JSON_STRING  JANSSON_STRING
#define JSON_INTEGER JANSSON_INTEGER
#define JSON_REAL    JANSSON_REAL
#define JSON_TRUE    JANSSON_TRUE
#define JSON_FALSE   JANSSON_FALSE
#define JSON_NULL    JANSSON_NULL
#define json_type    jansson_type
#define json_string  jansson_string
#define json_equal   jansson_equal
#include <jansson.h>
#undef JSON_OBJECT
#undef JSON_ARRAY
#undef JSON_STRING
#undef JSON_INTEGER
#undef JSON_REAL
#undef JSON_TRUE
#undef JSON_FALSE
#undef JSON_NULL
#undef json_type
#undef json_string
#undef json_equal

/* A struct json is a json_t; jansson's readers are not const-correct. */
static inline json_t *jansson_of(const struct json *v)
{
    return (json_t *)(uintptr_t)v;
}
static inline struct json *jansson_wrap(json_t *v)
{
    return (struct json *)(void *)v;
}

/*
 * Did an allocation of jansson fail in this thread since the last jansson_forget_failure()? Its
 * lexer goes on after some failures with a token that lacks bytes, so its own answer is not enough.
 */
bool jansson_failed(void);
void jansson_forget_failure(void);

/* Text as a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD. */
void json_text_put(struct buf *b, str_t text);
/* The shortest digits that read back as v; always with '.' or 'e', so that it reads back as a real.
 */
void json_real_put(struct buf *b, double v);
/* As ECMAScript writes it. */
void json_real_put_es(struct buf *b, double v);
/* The same bits: 0.0 and -0.0 are written differently, so they differ. Never NaN: JSON has none. */
bool json_real_same(double a, double b);
/* The members of an object into `ret` (room for json_count), in byte order of their names. */
void json_members_sorted(const struct json *object, struct json_pair *ret);

#endif
