/* SPDX-License-Identifier: Apache-2.0 */
/* Writing JSON straight into a buffer: the writer keeps the commas and the nesting, the buffer
 * keeps the errors. */
#ifndef PLAT_JSON_OUT_H
#define PLAT_JSON_OUT_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/id.h"

struct json_out {
    struct buf *b; /* borrowed */
    bool comma;    /* the next value wants one before it */
};

static inline struct json_out json_out_to(struct buf *b)
{
    return (struct json_out){ .b = b, .comma = false };
}

void json_out_open(struct json_out *o, char bracket);  /* '{' or '[' */
void json_out_close(struct json_out *o, char bracket); /* '}' or ']' */
void json_out_name(struct json_out *o, str_t name);
void json_out_str(struct json_out *o,
                  str_t v); /* absent: null; bytes that are not UTF-8 become U+FFFD */
void json_out_i64(struct json_out *o, int64_t v);
void json_out_bool(struct json_out *o, bool v);
void json_out_null(struct json_out *o);
void json_out_ts(struct json_out *o, ts_t v);      /* RFC 3339; absent: null */
void json_out_id(struct json_out *o, oid_t v);     /* absent: null */
void json_out_raw(struct json_out *o, str_t json); /* text that is JSON already; absent: null */

/* "name": value in one call. */
#define JSON_OUT(o, name, kind, v)                                                                 \
    do {                                                                                           \
        json_out_name((o), STR(name));                                                             \
        json_out_##kind((o), (v));                                                                 \
    } while (0)

#endif
